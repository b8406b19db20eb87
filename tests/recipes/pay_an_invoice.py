"""Pays an invoice with the card on file, once, whatever happens to the response.

Copy it, install ``boxapis``, and run ``python pay_an_invoice.py`` with the variables that
``boxapis sandbox`` prints, or your own.

`pay` charges in full what is open of the chosen transactions. With ``expected`` the sum is read
directly before, and if it is another one, nothing is sent. Where the response is lost, what was
paid is no longer in `payable`.
"""

import asyncio
import os
import sys

from boxapis import BoxAPIError, BoxTracker, ConflictError, OutcomeUnknownError


def variable(name: str) -> str:
    """Returns an environment variable; if it is missing, the script ends with one line."""
    return os.environ.get(name) or sys.exit(f"set the environment variable {name}")


async def main() -> None:
    """Pays the first open invoice in full with the primary card."""
    async with BoxTracker.from_env() as tracker:
        customer = tracker.customer(
            variable("BOXTRACKER_CUSTOMER_USERNAME"), variable("BOXTRACKER_CUSTOMER_PASSWORD")
        )
        payable = await customer.transactions.payable()
        if not payable.transactions:
            print("nothing is open")
            return
        card = next(card for card in payable.cards if card.primary)
        invoice = payable.transactions[0]
        total = payable.sum_of([invoice.id])  # raises ConflictError where the sum is not known
        print("to pay:", total, "US dollars with", card.mask)
        try:
            await customer.transactions.pay(card.id, [invoice.id], expected=total)
        except ConflictError as error:  # another sum than expected: nothing was sent
            print(error.details["payable"], "US dollars are open now")
        except OutcomeUnknownError:  # look before you pay again
            after = await customer.transactions.payable()
            print("still open:", invoice.id in {entry.id for entry in after.transactions})


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except BoxAPIError as error:  # its text says what to do
        sys.exit(f"{error}")
