"""The README's orders and payments as printed: what they leave in the sandbox."""

import ast
import asyncio
import inspect
from collections.abc import Iterator
from typing import Any

import pytest

from boxapis.sandbox import BoxTrackerService, Sandbox, SandboxClock
from tests.support.printed import printed

pytestmark = pytest.mark.servers

ORDER = "Order a container, and move it"
SAVE = "cmdBoxTPortalSaveWorkOrder"
PAY = "cmdBoxTPortalProcessPayment"
BOOK = "cmdBoxTWebAPIDirectBooking"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[BoxTrackerService]:
    """The sandbox's Box Tracker on 1 January 2026, set in the environment."""
    with Sandbox(clock=SandboxClock(running=False)) as sandbox:
        for name, value in sandbox.environment.items():
            monkeypatch.setenv(name, value)
        yield sandbox.boxtracker


def run(heading: str) -> None:
    """Run the blocks below a heading."""
    for block in printed(heading):
        code = compile(block, "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        outcome = eval(code, {})  # noqa: S307 - our own README
        assert inspect.iscoroutine(outcome)
        asyncio.run(outcome)


def test_order_is_placed_and_moved(service: BoxTrackerService) -> None:
    """One order is placed and moved to the last day; all others stay as they are."""
    before = service.customers[0].work_orders
    run(ORDER)
    *others, placed = service.customers[0].work_orders
    assert tuple(others) == before
    assert (placed["OrderType"], placed["OrderDateString"]) == ("Delivery", "Jan 15, 2026")
    assert service.counts[SAVE] == 2


def test_similar_order(service: BoxTrackerService, capsys: pytest.CaptureFixture[str]) -> None:
    """Where there is a similar order, it is shown, and nothing is placed or moved."""
    before = service.customers[0].work_orders
    service.respond_next(SAVE, 512, payload={"similarWOs": ["Order 7 of that day"]})
    run(ORDER)
    assert "Order 7 of that day" in capsys.readouterr().out
    assert (service.customers[0].work_orders, service.counts[SAVE]) == (before, 1)


@pytest.mark.parametrize("is_lost", [False, True])
def test_payment(
    service: BoxTrackerService, capsys: pytest.CaptureFixture[str], *, is_lost: bool
) -> None:
    """One invoice is paid once; if the response is lost, the code finds that it was paid."""
    if is_lost:
        service.fault("lost_response", operation=PAY)
    run("Pay an invoice")
    found = capsys.readouterr().out
    assert found.startswith("to pay: 12.25 US dollars")
    assert ("still open: False" in found) is is_lost
    assert [(one.amount, one.customer) for one in service.charges] == [(12.25, "jane")]


def test_payment_of_another_sum(
    service: BoxTrackerService, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the sum has changed meanwhile, nothing is charged."""
    payable: dict[str, Any] = {"TxnList": [{"ID": 7, "OpenBal": "5.00"}], "CustBalance": "5.00"}
    payable["CCardObjList"] = [{"ID": 3, "PrimaryCard": 1, "Valid": 1, "Mask": "*1"}]
    service.respond_next("cmdBoxTPortalTransactionData", 200, payload={"transactionObj": payable})
    run("Pay an invoice")
    assert "are open now" in capsys.readouterr().out
    assert (service.charges, service.counts[PAY]) == ([], 0)


def test_booking(service: BoxTrackerService, capsys: pytest.CaptureFixture[str]) -> None:
    """A test leaves nothing, and the booking after it is charged once."""
    run("A public order page")
    found = capsys.readouterr().out
    assert "399.0 US dollars" in found
    assert f"order {service.web_orders[0].order_id} on 2026-01-15" in found
    assert [(one.command, one.amount) for one in service.charges] == [(BOOK, 399.0)]
    assert (len(service.web_orders), service.counts[BOOK]) == (1, 2)
