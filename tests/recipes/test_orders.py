"""The recipes for orders, payments and reports: what they print, and leave in the sandbox."""

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from boxapis.sandbox import BoxTrackerService, Sandbox, SandboxClock

pytestmark = pytest.mark.servers

HERE = Path(__file__).parent
ORDER = "move_a_container"
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


def run(name: str) -> None:
    """Runs a recipe as ``python NAME.py`` does."""
    runpy.run_path(str(HERE / f"{name}.py"), run_name="__main__")


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
    run("pay_an_invoice")
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
    run("pay_an_invoice")
    assert "are open now" in capsys.readouterr().out
    assert (service.charges, service.counts[PAY]) == ([], 0)


def test_booking(service: BoxTrackerService, capsys: pytest.CaptureFixture[str]) -> None:
    """A test leaves nothing, and the booking after it is charged once."""
    run("order_page")
    found = capsys.readouterr().out
    assert "399.0 US dollars" in found
    assert f"order {service.web_orders[0].order_id} on 2026-01-15" in found
    assert [(one.command, one.amount) for one in service.charges] == [(BOOK, 399.0)]
    assert (len(service.web_orders), service.counts[BOOK]) == (1, 2)


def test_report(service: BoxTrackerService, capsys: pytest.CaptureFixture[str]) -> None:
    """The report's choices, sections, rows and numbers are printed."""
    run("run_a_report")
    *_, title, february, march = ["", *capsys.readouterr().out.splitlines()]
    assert title == "Orders by month ['Month/Year', 'Orders/Containers']"
    assert february == "['02/2025', '28/28'] (Decimal('28'), Decimal('28'))"
    assert march == "['03/2025', '7/7'] (Decimal('7'), Decimal('7'))"


def test_nothing_to_pay(service: BoxTrackerService, capsys: pytest.CaptureFixture[str]) -> None:
    """Where no invoice is open, the script says so, and nothing is sent."""
    payable: dict[str, Any] = {"TxnList": [], "CustBalance": "0.00", "CCardObjList": []}
    service.respond_next("cmdBoxTPortalTransactionData", 200, payload={"transactionObj": payable})
    run("pay_an_invoice")
    assert capsys.readouterr().out == "nothing is open\n"
    assert service.counts[PAY] == 0
