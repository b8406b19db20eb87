"""The demo's Box Tracker steps: sessions that open, expire, are refused, and end."""

from collections.abc import Awaitable, Callable, Mapping
from itertools import count
from typing import Any, TypeVar

from anyio import CapacityLimiter, create_task_group

from boxapis import BoxTracker, ClientClosedError
from boxapis.cli.demo.counting import Tally
from boxapis.cli.demo.values import Check, Finding, Plan
from boxapis.sandbox import Amounts, Sandbox

__all__ = ["COMMANDS", "BoxTrackerDemo"]

T = TypeVar("T")

COMMANDS = 200
_AT_ONCE_IN_THE_MIDDLE = 50
_SERVICE = "Box Tracker"
_PAGE = 50
_SITES = 230
_EXPIRED = 507
_IDLE_SECONDS = 301.0
_LIST = "cmdBoxTPortalJobsiteList"
_LOG_OUT = "cmdBoxTPortalCustomerLogOut"


class BoxTrackerDemo:
    """One customer's session, from the first handshake to the log-out."""

    def __init__(self, sandbox: Sandbox, tracker: BoxTracker) -> None:
        self._sandbox = sandbox
        self._service = sandbox.boxtracker
        self._tracker = tracker
        # More job sites than the customer of the environment has: every offset has records.
        self._known = self._service.add_customer(
            "demo", "demo-password &+%=#", amounts=Amounts(job_sites=_SITES)
        )
        self._customer = tracker.customer(self._known.username, self._known.password)

    def plans(self) -> tuple[Plan, ...]:
        """The steps in their order."""
        return (
            Plan(_SERVICE, "Portal handshake", self.portal_handshake),
            Plan(_SERVICE, "Customer handshake", self.customer_handshake),
            Plan(_SERVICE, f"{COMMANDS} commands at once", self.commands_at_once),
            Plan(_SERVICE, "Five idle minutes", self.expiry_in_the_middle),
            Plan(_SERVICE, "Every key refused", self.refusal_of_all),
            Plan(_SERVICE, "Page by page", self.all_pages),
            Plan(_SERVICE, "Log-out", self.log_out),
        )

    async def portal_handshake(self) -> Finding:
        """Opens the API session."""
        tally = Tally(self._service)
        await self._tracker.handshakes.portal()
        return Finding(f"API session opened: {tally.in_words()}", tally.handshakes(1, 0))

    async def customer_handshake(self) -> Finding:
        """Opens the customer's session on the API session that is there."""
        tally = Tally(self._service)
        opened = await self._customer.handshake()
        number = Check("customer id", self._known.customer_id, opened.customer_id)
        return Finding(
            f"customer {opened.customer_id} logged in: {tally.in_words()}",
            (number, *tally.handshakes(0, 1)),
        )

    async def commands_at_once(self) -> Finding:
        """Sends all commands before the first one is answered."""
        tally = Tally(self._service)
        self._service.hold_answers(until=COMMANDS)
        right = sum(await _together(self._is_right, COMMANDS))
        peak = self._service.peak_in_flight
        return Finding(
            f"{right} answered, {peak} in flight, {tally.in_words()}",
            (
                _answered(right),
                Check("in flight together", COMMANDS, peak),
                Check("requests", COMMANDS, tally.of(_LIST)),
                *tally.handshakes(0, 0),
            ),
        )

    async def expiry_in_the_middle(self) -> Finding:
        """Lets five idle minutes go by, on both clocks, when half of the commands are done."""
        tally = Tally(self._service)
        done = count(1)

        async def is_right(number: int) -> bool:
            right = await self._is_right(number)
            if next(done) == COMMANDS // 2:
                self._sandbox.clock.advance(_IDLE_SECONDS)
            return right

        right = sum(await _together(is_right, _AT_ONCE_IN_THE_MIDDLE))
        return Finding(
            f"301 s pass halfway: {right} answered, {tally.in_words()}",
            (_answered(right), *tally.handshakes(1, 1)),
        )

    async def refusal_of_all(self) -> Finding:
        """Expires the sessions on the server only: every command learns of it from its answer."""
        tally = Tally(self._service)
        self._service.expire_all()
        self._service.hold_answers(until=COMMANDS)
        right = sum(await _together(self._is_right, COMMANDS))
        refused = tally.answered_with(_EXPIRED)
        return Finding(
            f"{refused} answers 507, {right} sent again, {tally.in_words()}",
            (
                _answered(right),
                Check("refusals", COMMANDS, refused),
                Check("requests", 2 * COMMANDS, tally.of(_LIST)),
                *tally.handshakes(1, 1),
            ),
        )

    async def all_pages(self) -> Finding:
        """Walks the job sites by offset until ``recordCount``."""
        tally = Tally(self._service)
        page = await self._page(0)
        sites = list(page["jobSiteObjList"])
        for offset in range(_PAGE, page["recordCount"], _PAGE):
            sites += (await self._page(offset))["jobSiteObjList"]
        different = len({site["ID"] for site in sites})
        return Finding(
            f"{different} different job sites on {tally.of(_LIST)} pages of {_PAGE}",
            (
                Check("different job sites", _SITES, different),
                Check("job sites", _SITES, len(sites)),
                Check("requests", -(-_SITES // _PAGE), tally.of(_LIST)),
            ),
        )

    async def log_out(self) -> Finding:
        """Ends the session; a command after that is refused here, without a request."""
        tally = Tally(self._service)
        await self._customer.logout()
        refusal = await self._refusal()
        return Finding(
            f"server told; a command after it: {refusal or 'went through'}",
            (
                Check("log-outs", 1, tally.of(_LOG_OUT)),
                Check("customer sessions left", 0, self._service.live_sessions["customer"]),
                Check("commands refused", 1, int(bool(refusal))),
                Check("requests of that command", 0, tally.of(_LIST)),
            ),
        )

    async def _refusal(self) -> str:
        try:
            await self._page(0)
        except ClientClosedError as error:
            return type(error).__name__
        return ""

    async def _is_right(self, number: int) -> bool:
        """Whether the page at an offset of its own holds the very records it should."""
        wanted = list(self._known.job_sites[number : number + _PAGE])
        page = await self._page(number)
        return bool(page["jobSiteObjList"] == wanted)

    async def _page(self, offset: int) -> Mapping[str, Any]:
        return await self._customer.command(_LIST, offset=offset)


def _answered(right: int) -> Check:
    return Check("commands answered rightly", COMMANDS, right)


async def _together(work: Callable[[int], Awaitable[T]], at_once: int) -> list[T]:
    """The results of all commands, so many of which are under way at once."""
    results: list[T] = []
    limiter = CapacityLimiter(at_once)

    async def one(number: int) -> None:
        async with limiter:
            results.append(await work(number))

    async with create_task_group() as group:
        for number in range(COMMANDS):
            group.start_soon(one, number)
    return results
