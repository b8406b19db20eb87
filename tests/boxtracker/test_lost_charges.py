"""Charges whose response is lost: made once, and looked up by the recipes of the docstrings."""

from datetime import date
from decimal import Decimal

import pytest

from boxapis import BoxTracker, Customer, OutcomeUnknownError, ServerError
from boxapis.boxtracker.ordering import GivenOrder
from boxapis.sandbox import Sandbox
from tests.boxtracker.test_against_the_sandbox import BOOK, CARD, ORDER

pytestmark = pytest.mark.servers

PAY = "cmdBoxTPortalProcessPayment"


async def test_lost_payment(served: tuple[Sandbox, BoxTracker, Customer]) -> None:
    """A charge whose response is lost is charged once, and found by the docstring's recipe."""
    sandbox, _, customer = served
    before = await customer.transactions.payable()
    sandbox.boxtracker.fault("lost_response", operation=PAY)
    with pytest.raises(OutcomeUnknownError):
        await customer.transactions.pay(CARD, expected=before.sum_of())
    after = await customer.transactions.payable()
    assert (after.balance, after.transactions) == (Decimal(0), ())
    last = [one async for one in customer.transactions.list()][-1]
    assert (last.type, last.total, last.date) == ("Payment", before.balance, date(2026, 1, 1))
    (charge,) = sandbox.boxtracker.charges
    assert (Decimal(str(charge.amount)), charge.customer) == (before.balance, "jane")
    assert sandbox.boxtracker.counts[PAY] == 1


@pytest.mark.parametrize("is_booked", [True, False], ids=["booked", "not booked"])
async def test_lost_booking(
    served: tuple[Sandbox, BoxTracker, Customer],
    is_booked: bool,  # noqa: FBT001 - a parameter
) -> None:
    """A booking of a customer with a lost response is found by the docstring's recipe, or made."""
    sandbox, tracker, customer = served
    order: GivenOrder = {**ORDER, "billing_email": str((await customer.profile.get()).email)}
    sandbox.boxtracker.fault("lost_response" if is_booked else "bad_gateway", operation=BOOK)
    with pytest.raises(OutcomeUnknownError if is_booked else ServerError) as caught:
        await tracker.ordering.book(mode="LIVE", card=CARD, **order)
    assert caught.value.may_have_been_applied
    listed = customer.work_orders.list(search="9 Birch Street")
    assert len([one async for one in listed]) == len(sandbox.boxtracker.charges) == is_booked
    if not is_booked:
        await tracker.ordering.book(mode="LIVE", card=CARD, **order)
    (found,) = [one async for one in listed]
    assert (found.order_type, found.order_date) == ("Delivery", ORDER["date_requested"])
    paid = [one async for one in customer.transactions.list()][-1]
    assert (paid.type, paid.total, paid.date) == ("Payment", Decimal(399), date(2026, 1, 1))
    (charge,) = sandbox.boxtracker.charges
    assert (charge.command, charge.amount, charge.customer) == (BOOK, 399.0, "jane")
    assert (await customer.work_orders.get(found.id)).asset == "20-Open"
    days = (await tracker.ordering.pricing("03431")).availability
    assert days is not None
    assert ("2026-01-05", "5", "4") in days.rows


async def test_a_lost_booking_of_a_stranger(served: tuple[Sandbox, BoxTracker, Customer]) -> None:
    """That of another buyer is in no portal: the hauler, whom the docstring names, has it once."""
    sandbox, tracker, customer = served
    before = [one.id async for one in customer.work_orders.list()]
    sandbox.boxtracker.fault("lost_response", operation=BOOK)
    with pytest.raises(OutcomeUnknownError):
        await tracker.ordering.book(mode="LIVE", card=CARD, **ORDER)
    assert [one.id async for one in customer.work_orders.list()] == before
    (order,) = sandbox.boxtracker.web_orders
    assert (order.kind, order.arguments["jobAddress"]) == ("booking", "9 Birch Street")
    assert (len(sandbox.boxtracker.charges), sandbox.boxtracker.counts[BOOK]) == (1, 1)
