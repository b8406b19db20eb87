"""Recipe for testers: mocks that refuse what the library does not have, and answers of your own.

Copy it, install ``boxapis pytest pytest-asyncio respx``, and replace `pay_invoice` by your own
code. It needs no server; but what the services really answer, the sandbox knows better.
"""

from decimal import Decimal
from unittest.mock import create_autospec

import pytest
import respx

from boxapis import BoxC, BoxTracker, Customer, OutcomeUnknownError
from boxapis.boxtracker.transactions import Transaction
from boxapis.transports import HttpxTransport, ScriptedTransport
from tests.recipes.payments import pay_invoice

LOST = OutcomeUnknownError("the response was lost")
OPEN = Transaction(id=7, open_balance=Decimal("12.25"))
PAID = Transaction(id=7, open_balance=Decimal(0))


@pytest.mark.asyncio
@pytest.mark.parametrize(("found", "status"), [(PAID, "paid"), (OPEN, "unclear")])
async def test_a_lost_response(found: Transaction, status: str) -> None:
    """The payment is looked up, and not repeated."""
    customer = create_autospec(Customer, instance=True)
    customer.transactions.find.side_effect = [[OPEN], [found]]
    customer.transactions.pay.side_effect = LOST
    assert await pay_invoice(customer, 7, card=1) == status
    customer.transactions.pay.assert_awaited_once_with(1, [7])


@pytest.mark.asyncio
async def test_a_misspelt_argument() -> None:
    """What the real method would refuse, the mock refuses, too."""
    customer = create_autospec(Customer, instance=True)
    with pytest.raises(TypeError, match="invoices"):
        await customer.transactions.pay(1, invoices=[7])
    with pytest.raises(AttributeError):
        await customer.transactions.pay_all(1)


@pytest.mark.asyncio
async def test_answers_of_your_own() -> None:
    """`ScriptedTransport` gives one answer for each request, and shows what was sent."""
    script = ScriptedTransport(
        [
            {"status": 200, "sessionKey": "api-key"},
            {"status": 200, "sessionKey": "customer-key", "customerID": 13913},
            {"status": "200", "jobSiteObjList": [], "recordCount": "0", "offset": "0"},
        ]
    )
    async with BoxTracker("api-user", "api-password", transport=script) as tracker:
        page = await tracker.customer("jane", "password").job_sites.list().page()
    assert page.total == 0
    assert script.requests[-1].arguments["session_key_customer"] == "customer-key"


@pytest.mark.asyncio
async def test_with_respx() -> None:
    """`HttpxTransport` gives the answers of respx, in its default mode."""
    with respx.mock:
        respx.get("https://api.boxc.com/v1/warehouses").respond(json={"warehouses": []})
        async with BoxC("token", transport=HttpxTransport()) as boxc:
            assert await boxc.request("GET", "/warehouses") == {"warehouses": []}
