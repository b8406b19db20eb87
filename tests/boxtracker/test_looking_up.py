"""Looking up what a lost response left unknown at Box Tracker, against the sandbox."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from typing import Any

import pytest

from boxapis import BoxTracker, ConfigurationError, Customer, OutcomeUnknownError
from boxapis.boxtracker.transactions import Transaction
from boxapis.boxtracker.work_orders import WorkOrder
from boxapis.sandbox import Sandbox, SandboxClock
from tests.support.scripted_customer import scripted_customer, sent

PAY = "cmdBoxTPortalProcessPayment"
MAIL = "cmdBoxTPortalEmailTransaction"
SITE = "cmdBoxTPortalSaveJobSite"
ORDER = "cmdBoxTPortalSaveWorkOrder"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox that serves; its time stands still."""
    with Sandbox(clock=SandboxClock(running=False)) as sandbox:
        yield sandbox


@pytest.fixture
async def customer(sandbox: Sandbox) -> AsyncIterator[Customer]:
    """The first customer of the sandbox."""
    environment = sandbox.environment
    user, password = environment["BOXTRACKER_USERNAME"], environment["BOXTRACKER_PASSWORD"]
    async with BoxTracker(user, password, base_url=sandbox.boxtracker_url) as tracker:
        jane = sandbox.boxtracker.customers[0]
        yield tracker.customer(jane.username, jane.password)


@pytest.mark.servers
async def test_a_lost_payment(sandbox: Sandbox, customer: Customer) -> None:
    """F160: it shows in the open balance of its transactions, which is as before if it is not."""
    payable = await customer.transactions.payable()
    ids = [one.id for one in payable.transactions]
    before = await customer.transactions.find(ids)
    assert {one.id for one in before} == set(ids)
    assert all(one.open_balance for one in before)
    sandbox.boxtracker.fault("html_page", operation=PAY)
    with pytest.raises(OutcomeUnknownError):
        await customer.transactions.pay(payable.cards[0].id, ids)
    assert await customer.transactions.find(ids) == before
    sandbox.boxtracker.fault("lost_response", operation=PAY)
    with pytest.raises(OutcomeUnknownError):
        await customer.transactions.pay(payable.cards[0].id, ids)
    assert [one.open_balance for one in await customer.transactions.find(ids)] == [0] * len(ids)


@pytest.mark.servers
async def test_a_lost_mail(sandbox: Sandbox, customer: Customer) -> None:
    """F160: a transaction that was e-mailed says so."""
    all_ = [one async for one in customer.transactions.list()]
    one = next(one for one in all_ if not one.is_emailed)
    sandbox.boxtracker.fault("lost_response", operation=MAIL)
    with pytest.raises(OutcomeUnknownError):
        await customer.transactions.email(one.id, ["jane@example.com"])
    (found,) = await customer.transactions.find([one.id])
    assert (found.id, found.is_emailed) == (one.id, True)
    assert await customer.transactions.find([one.id + 999]) == ()


@pytest.mark.servers
async def test_a_lost_job_site(sandbox: Sandbox, customer: Customer) -> None:
    """F160: a new job site is found by its address and name, in any case and spacing."""
    blank = await customer.job_sites.blank()
    assert await customer.job_sites.find("9 Birch Street") == ()
    sandbox.boxtracker.fault("lost_response", operation=SITE)
    fields: Any = {"job_name": "Deck", "city": "K", "state": "NH", "zip": "03431"}
    with pytest.raises(OutcomeUnknownError):
        await customer.job_sites.save(blank, address="9  Birch Street", **fields)
    (found,) = await customer.job_sites.find("9 birch street ")
    assert (found.job_name, found.city) == ("Deck", "K")
    assert await customer.job_sites.find("9 Birch Street", "deck") == (found,)
    assert await customer.job_sites.find("9 Birch Street", "Shed") == ()


@pytest.mark.servers
async def test_a_lost_work_order(sandbox: Sandbox, customer: Customer) -> None:
    """F160: a new order is one more of its type, day and address than before."""
    sites = [one async for one in customer.job_sites.list()]
    where = next(one for one in sites if one.address)
    blank = await customer.work_orders.blank(where.id)
    assert isinstance(blank, WorkOrder)
    day = blank.days("20-Open")[0]
    sought: Any = (str(where.address), "Delivery", day)
    before = await customer.work_orders.find(*sought)
    sandbox.boxtracker.fault("lost_response", operation=ORDER)
    fields: Any = {"order_type": "Delivery", "asset": "20-Open", "quantity": 1, "order_date": day}
    with pytest.raises(OutcomeUnknownError):
        await customer.work_orders.save(blank, despite_similar=True, **fields)
    after = await customer.work_orders.find(*sought)
    assert len({one.id for one in after} - {one.id for one in before}) == 1
    assert await customer.work_orders.find(sought[0], "Delivery", date(2001, 1, 1)) == ()


@pytest.mark.usefixtures("closing")
async def test_days_that_cannot_be_read() -> None:
    """F160: an order whose day no source explains may be the one, and is given."""
    rows = [
        {"ID": 1, "OrderType": "delivery", "OrderDateString": "5.1.24", "jobSiteObj": site}
        for site in ({"Address": "2 Elm  Street"}, {"Address": "3 Elm Street"}, None)
    ]
    numbered = [{**row, "ID": number} for number, row in enumerate(rows, 1)]
    customer, _ = scripted_customer({"workOrderObjList": numbered, "recordCount": 3})
    found = await customer.work_orders.find("2 Elm Street", "Delivery", date(2024, 1, 5))
    assert [(one.id, one.order_date) for one in found] == [(1, None)]


@pytest.mark.usefixtures("closing")
@pytest.mark.parametrize("ids", [7, None, [0], ["7"], [True]], ids=repr)
async def test_numbers_that_are_none(ids: Any) -> None:
    """What is no list of ids is refused, and nothing is sent; all pages are read for others."""
    first = {"transactionsObjList": [{"ID": number} for number in range(1, 51)], "recordCount": 51}
    second = {"transactionsObjList": [{"ID": 51}], "recordCount": 51}
    customer, transport = scripted_customer(first, second)
    with pytest.raises(ConfigurationError):
        await customer.transactions.find(ids)
    assert transport.requests == []
    found = await customer.transactions.find([51, 2])
    assert found == (Transaction(id=2), Transaction(id=51))
    assert len(sent(transport)) == 2
