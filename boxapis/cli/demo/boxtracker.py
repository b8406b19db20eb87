"""Box Tracker steps of the demo: sessions are opened, expire, are refused, and end."""

from collections.abc import Awaitable, Callable, Mapping
from itertools import count
from typing import Any

from anyio import CapacityLimiter, create_task_group

from boxapis import BoxTracker, ClientClosedError
from boxapis.cli.demo.request_counter import RequestCounter
from boxapis.cli.demo.steps import ActionResult, CountCheck, Step
from boxapis.sandbox import RecordCounts, Sandbox

__all__ = ["COMMAND_COUNT", "BoxTrackerDemo"]

COMMAND_COUNT = 200
_CONCURRENCY = 50
_SERVICE = "Box Tracker"
_PAGE = 50
_SITES = 230
_EXPIRED = 507
_IDLE_SECONDS = 301.0
_LIST = "cmdBoxTPortalJobsiteList"
_LOG_OUT = "cmdBoxTPortalCustomerLogOut"


class BoxTrackerDemo:
    """The life of a customer's session, from the handshake to the log-out."""

    def __init__(self, sandbox: Sandbox, tracker: BoxTracker) -> None:
        self._sandbox = sandbox
        self._service = sandbox.boxtracker
        self._tracker = tracker
        # Enough job sites for every offset that the commands ask for.
        self._known = self._service.add_customer(
            "demo", "demo-password &+%=#", records=RecordCounts(job_sites=_SITES)
        )
        self._customer = tracker.customer(self._known.username, self._known.password)

    def steps(self) -> tuple[Step, ...]:
        """The steps in order."""
        return (
            Step(_SERVICE, "Portal handshake", self.portal_handshake),
            Step(_SERVICE, "Customer handshake", self.customer_handshake),
            Step(_SERVICE, f"{COMMAND_COUNT} commands at once", self.commands_at_once),
            Step(_SERVICE, "Five idle minutes", self.expiry_in_the_middle),
            Step(_SERVICE, "Every key refused", self.refusal_of_all),
            Step(_SERVICE, "Page by page", self.all_pages),
            Step(_SERVICE, "Log-out", self.log_out),
        )

    async def portal_handshake(self) -> ActionResult:
        """Opens the API session."""
        counter = RequestCounter(self._service)
        await self._tracker.handshakes.portal()
        return ActionResult(
            f"API session opened: {counter.handshake_summary()}", counter.handshake_checks(1, 0)
        )

    async def customer_handshake(self) -> ActionResult:
        """Opens the customer session within the API session."""
        counter = RequestCounter(self._service)
        opened = await self._customer.handshake()
        number = CountCheck("customer id", self._known.customer_id, opened.customer_id)
        return ActionResult(
            f"customer {opened.customer_id} logged in: {counter.handshake_summary()}",
            (number, *counter.handshake_checks(0, 1)),
        )

    async def commands_at_once(self) -> ActionResult:
        """Sends all commands before the first one is answered."""
        counter = RequestCounter(self._service)
        self._service.hold_responses(until=COMMAND_COUNT)
        right = await _count_right(self._is_right, COMMAND_COUNT)
        peak = self._service.peak_in_flight
        return ActionResult(
            f"{right} answered, {peak} in flight, {counter.handshake_summary()}",
            (
                _answered_check(right),
                CountCheck("in flight together", COMMAND_COUNT, peak),
                CountCheck("requests", COMMAND_COUNT, counter.count(_LIST)),
                *counter.handshake_checks(0, 0),
            ),
        )

    async def expiry_in_the_middle(self) -> ActionResult:
        """Moves both clocks by five idle minutes when half of the commands are done."""
        counter = RequestCounter(self._service)
        done = count(1)

        async def is_right(number: int) -> bool:
            right = await self._is_right(number)
            if next(done) == COMMAND_COUNT // 2:
                self._sandbox.clock.advance(_IDLE_SECONDS)
            return right

        right = await _count_right(is_right, _CONCURRENCY)
        return ActionResult(
            f"301 s pass halfway: {right} answered, {counter.handshake_summary()}",
            (_answered_check(right), *counter.handshake_checks(1, 1)),
        )

    async def refusal_of_all(self) -> ActionResult:
        """Ends all sessions on the server, so that every command is refused once and sent again."""
        counter = RequestCounter(self._service)
        self._service.expire_sessions()
        self._service.hold_responses(until=COMMAND_COUNT)
        right = await _count_right(self._is_right, COMMAND_COUNT)
        refused = counter.count_status(_EXPIRED)
        return ActionResult(
            f"{refused} answers 507, {right} sent again, {counter.handshake_summary()}",
            (
                _answered_check(right),
                CountCheck("refusals", COMMAND_COUNT, refused),
                CountCheck("requests", 2 * COMMAND_COUNT, counter.count(_LIST)),
                *counter.handshake_checks(1, 1),
            ),
        )

    async def all_pages(self) -> ActionResult:
        """Lists all job sites page by page, up to ``recordCount``."""
        counter = RequestCounter(self._service)
        page = await self._page(0)
        sites = list(page["jobSiteObjList"])
        for offset in range(_PAGE, page["recordCount"], _PAGE):
            sites += (await self._page(offset))["jobSiteObjList"]
        different = len({site["ID"] for site in sites})
        return ActionResult(
            f"{different} different job sites on {counter.count(_LIST)} pages of {_PAGE}",
            (
                CountCheck("different job sites", _SITES, different),
                CountCheck("job sites", _SITES, len(sites)),
                CountCheck("requests", -(-_SITES // _PAGE), counter.count(_LIST)),
            ),
        )

    async def log_out(self) -> ActionResult:
        """Logs out; a command after that is refused by the client, without a request."""
        counter = RequestCounter(self._service)
        await self._customer.logout()
        refusal = await self._refusal()
        return ActionResult(
            f"session ended; a command after it: {refusal or 'went through'}",
            (
                CountCheck("log-outs", 1, counter.count(_LOG_OUT)),
                CountCheck("customer sessions left", 0, self._service.live_sessions["customer"]),
                CountCheck("commands refused", 1, int(bool(refusal))),
                CountCheck("requests of that command", 0, counter.count(_LIST)),
            ),
        )

    async def _refusal(self) -> str:
        """Name of the error that refuses a command, or an empty string."""
        try:
            await self._page(0)
        except ClientClosedError as error:
            return type(error).__name__
        return ""

    async def _is_right(self, number: int) -> bool:
        """Whether the page at an offset holds exactly the records stored there."""
        expected = self._known.job_sites[number : number + _PAGE]
        shown = (await self._page(number))["jobSiteObjList"]
        # A list leaves some fields out.
        pairs = zip(expected, shown, strict=False)
        found = [{name: site.get(name) for name in one} for site, one in pairs]
        return len(shown) == len(expected) and found == shown

    async def _page(self, offset: int) -> Mapping[str, Any]:
        return await self._customer.command(_LIST, offset=offset)


def _answered_check(right: int) -> CountCheck:
    return CountCheck("commands answered rightly", COMMAND_COUNT, right)


async def _count_right(is_right: Callable[[int], Awaitable[bool]], concurrency: int) -> int:
    """Sends all commands, at most ``concurrency`` at the same time, and counts right responses."""
    results: list[bool] = []
    limiter = CapacityLimiter(concurrency)

    async def send(number: int) -> None:
        async with limiter:
            results.append(await is_right(number))

    async with create_task_group() as group:
        for number in range(COMMAND_COUNT):
            group.start_soon(send, number)
    return sum(results)
