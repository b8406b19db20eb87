"""Recipe for testers: mocks by `create_autospec`, which refuse what the library does not have.

They need neither a server nor an extra. What the services really answer, the sandbox knows better.
"""

from decimal import Decimal
from unittest.mock import create_autospec

import pytest

from boxapis import Customer, OutcomeUnknownError
from boxapis.boxtracker.transactions import Transaction
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
