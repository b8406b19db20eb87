"""Paying an invoice so that it is never paid twice, even if the response is lost.

The code under test of the recipes for testers: `test_with_pytest.py`, `test_with_unittest.py` and
`test_with_mocks.py`.
"""

from boxapis import BoxAPIError, Customer


async def pay_invoice(customer: Customer, invoice: int, card: int) -> str:
    """Pays an invoice and returns what became of it: ``"paid"`` or ``"unclear"``.

    Args:
        customer: The customer who has the invoice.
        invoice: The number of the invoice.
        card: The id of the card to charge.

    Raises:
        BoxAPIError: it was not paid, and the error says why.
    """
    (before,) = await customer.transactions.find([invoice])
    try:
        await customer.transactions.pay(card, [invoice])
    except BoxAPIError as error:  # an `OutcomeUnknownError`, or a gateway's 502
        if not error.may_have_been_applied:
            raise
        # Never pay again blindly: look it up. Where nothing has changed the request may be under
        # way still, so a person decides, or a later look.
        (after,) = await customer.transactions.find([invoice])
        if after.open_balance == before.open_balance:
            return "unclear"
    return "paid"
