"""``allow``: Box Tracker gets reads and tests alone, and nothing that may be read otherwise."""

from datetime import date
from typing import Any

import pytest

from boxapis import BoxTracker, ConfigurationError, Customer, Retries, Secret
from boxapis._sansio.boxtracker.catalogue import COMMANDS
from boxapis.boxtracker.ordering import _ARGUMENTS, GivenOrder
from boxapis.options import Allow
from boxapis.testing import BoxTrackerSandbox
from tests.boxc.test_allow import is_refused
from tests.boxtracker.test_against_the_sandbox import CARD, ORDER

SESSIONS = {
    "cmdBoxTPortalHandShake",
    "cmdBoxTPortalCustomerHandShake",
    "cmdBoxTPortalCustomerLogOut",
    "cmdBoxTWebAPIHandShake",
}
LOOKS = {
    *("cmdBoxTPortalCustomerData", "cmdBoxTPortalJobsiteList", "cmdBoxTPortalJobsiteData"),
    *("cmdBoxTPortalWorkOrderList", "cmdBoxTPortalWorkOrderData", "cmdBoxTPortalTransactionsList"),
    *("cmdBoxTPortalTransactionData", "cmdBoxTPortalReportList", "cmdBoxTPortalReportParams"),
    *("cmdBoxTPortalReportDetails", "cmdBoxTWebAPIPricing"),
}
ORDERS = {"cmdBoxTWebAPIRequestService", "cmdBoxTWebAPIDirectBooking"}
WEB_ORDER = {_ARGUMENTS[name]: value for name, value in ORDER.items()}


@pytest.mark.parametrize("allow", ["reads", "tests"])
async def test_every_command(boxtracker_sandbox: BoxTrackerSandbox, allow: Allow) -> None:
    """Box Tracker gets reads, sessions and, with ``"tests"``, orders as tests; no other command.

    F151.
    """
    service, jane = boxtracker_sandbox.service, boxtracker_sandbox.customer
    orders = ORDERS if allow == "tests" else set()
    async with boxtracker_sandbox.client(retries=Retries.none()) as tracker:
        narrow = tracker.with_options(allow=allow)
        customer = narrow.customer(jane.username, jane.password)
        await tracker.handshakes.portal()
        day = (await narrow.ordering.pricing("03431")).days("20-open")[0]
        callers: list[Any] = [narrow, narrow.raw, customer, customer.raw]
        for name, command in COMMANDS.items():
            for caller in callers[:2] if command.family == "web" else callers[2:]:
                if name not in SESSIONS:
                    order = {**WEB_ORDER, "dateRequested": day} if name in ORDERS else {}
                    refused = await is_refused(caller.command(name, **order))
                    assert refused == (name not in LOOKS | orders), name
        await typed_changes(narrow, customer)
        test = narrow.ordering.book(mode="TEST", card=CARD, **order_on(day))
        if orders:
            assert (await test).test_url
        else:
            assert await is_refused(test)
        await customer.logout()
    assert set(boxtracker_sandbox.counts) == LOOKS | SESSIONS | orders
    sent = [one for one in boxtracker_sandbox.requests if one.command in ORDERS]
    assert [one.arguments["Mode"] for one in sent] == ["TEST"] * (5 if orders else 0)
    assert (service.web_orders, service.charges) == ([], [])


def order_on(day: date) -> GivenOrder:
    """An order for a day."""
    return {**ORDER, "date_requested": day}


async def typed_changes(tracker: BoxTracker, customer: Customer) -> None:
    """Run a typed method of each changing command."""
    site, profile = await customer.job_sites.blank(), await customer.profile.get()
    listed = await anext(aiter(customer.work_orders.list()))
    order = await customer.work_orders.get(listed.id)
    for call in (
        customer.profile.save(profile, phone="603-555-0199"),
        customer.job_sites.save(site, address="9 Birch Street"),
        customer.work_orders.save(order, remarks="Ring twice"),
        customer.work_orders.remove(listed.id),
        customer.transactions.email(1, ["a@example.com"]),
        customer.transactions.pay(1, [1]),
        customer.cards.store(CARD),
        customer.cards.make_primary(1),
        tracker.ordering.book(mode="LIVE", card=CARD, **ORDER),
        tracker.ordering.request_service(mode="LIVE", **ORDER),
    ):
        assert await is_refused(call)


@pytest.mark.parametrize(
    "arguments",
    [
        {"Mode": "LIVE"},
        {"mode": "LIVE"},
        {"Mode": "TEST", "mode": "LIVE"},
        {"Mode": "LIVE", "mode": "TEST"},
        *(
            {"Mode": "TEST", name: "LIVE"}
            for name in ("MODE", "Mode[]", "mode[a]", "\uff2dode", "m ode")
        ),
        *({name: "TEST"} for name in ("MODE", " Mode", "mode\0", "Mode[]")),
        *({"Mode": value} for value in ("test", "TEST ", "", Secret("LIVE"), "TEST&mode=LIVE", 1)),
    ],
    ids=repr,
)
@pytest.mark.parametrize("command", sorted(ORDERS))
@pytest.mark.filterwarnings("ignore::boxapis.UnknownArgumentWarning")  # of the other spellings
async def test_orders_that_might_be_real(
    boxtracker_sandbox: BoxTrackerSandbox, command: str, arguments: dict[str, Any]
) -> None:
    """An order is sent as a test only if no argument could be read as another mode.

    F152.
    """
    async with boxtracker_sandbox.client(allow="tests") as tracker:
        with pytest.raises(ConfigurationError, match="TEST"):
            await tracker.command(command, **arguments)
    assert boxtracker_sandbox.counts.total() == 0


@pytest.mark.parametrize(
    "arguments", [{}, {"Mode": None}, {"mode": "TEST"}, {"Mode": Secret("TEST"), "mode": "TEST"}]
)
async def test_orders_as_tests(
    boxtracker_sandbox: BoxTrackerSandbox, arguments: dict[str, Any]
) -> None:
    """The mode is added where there is none, in the query and in a form alike."""
    for method in ("GET", "POST"):
        async with boxtracker_sandbox.client(allow="tests", method=method) as tracker:
            for name in ORDERS:
                assert not await is_refused(tracker.command(name, **WEB_ORDER, **arguments))
    modes = {"Mode": "TEST"} | {name: "TEST" for name, value in arguments.items() if value}
    if "Mode" not in arguments and arguments:
        del modes["Mode"]
    orders = [one for one in boxtracker_sandbox.requests if one.command in ORDERS]
    assert len(orders) == 2 * 2
    for request in orders:
        found = request.arguments
        assert {name: found[name] for name in found if name in ("Mode", "mode")} == modes


@pytest.mark.filterwarnings("ignore::boxapis.UnknownCommandWarning")
@pytest.mark.parametrize(
    "name", ["cmdBoxTWebAPIrequestService", "cmdBoxTWebAPINew", "cmdBoxTPortalNew"]
)
async def test_unknown_commands(boxtracker_sandbox: BoxTrackerSandbox, name: str) -> None:
    """A command that no table knows counts as real, whatever its mode.

    F152.
    """
    async with boxtracker_sandbox.client(allow="tests") as tracker:
        customer = tracker.customer("jane", "jane-password")
        caller: Any = customer if "Portal" in name else tracker
        assert await is_refused(caller.command(name, Mode="TEST"))
    assert boxtracker_sandbox.counts.total() == 0
