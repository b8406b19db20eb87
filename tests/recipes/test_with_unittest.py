"""Recipe for testers: unittest, with the sandbox and without pytest.

Copy it, install ``'boxapis[sandbox]'``, replace `pay_invoice` by your own code, and run
``python -m unittest``.
"""

import unittest

from boxapis import BoxTracker
from boxapis.sandbox import Sandbox
from tests.recipes.payments import pay_invoice

PAY = "cmdBoxTPortalProcessPayment"


class PaymentTest(unittest.IsolatedAsyncioTestCase):
    """Payments of one customer."""

    sandbox: Sandbox

    @classmethod
    def setUpClass(cls) -> None:
        """Starts the sandbox once, in a thread of its own."""
        cls.sandbox = cls.enterClassContext(Sandbox())

    async def asyncSetUp(self) -> None:
        """Resets the sandbox and opens a client on the event loop of this test."""
        self.sandbox.reset()
        service = self.sandbox.boxtracker
        username, password = next(iter(service.users.items()))
        client = BoxTracker(username, password, base_url=self.sandbox.boxtracker_url)
        tracker = await self.enterAsyncContext(client)
        jane = service.customers[0]
        self.customer = tracker.customer(jane.username, jane.password)

    async def test_a_lost_response(self) -> None:
        """The invoice is paid once, although the response was lost."""
        payable = await self.customer.transactions.payable()
        self.sandbox.boxtracker.fault("lost_response", operation=PAY)
        invoice, card = payable.transactions[0].id, payable.cards[0].id
        self.assertEqual(await pay_invoice(self.customer, invoice, card), "paid")
        self.assertEqual(self.sandbox.boxtracker.counts[PAY], 1)


if __name__ == "__main__":
    unittest.main()
