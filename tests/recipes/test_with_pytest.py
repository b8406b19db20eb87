"""Recipe for testers: a payment whose response is lost, in each dialect, and a failing BoxC.

Copy it, install ``'boxapis[testing]' pytest-asyncio``, which gives pytest the fixtures, and replace
`pay_invoice` by your own code.
"""

import pytest

from boxapis import BoxC, Retries, ServerError
from boxapis.sandbox import BoxTrackerFault
from boxapis.testing import BoxCSandbox, BoxTrackerSandbox
from tests.recipes.payments import pay_invoice

PAY = "cmdBoxTPortalProcessPayment"
SERVICE_DIALECTS = ["documented", "observed", "both"]


@pytest.mark.asyncio
@pytest.mark.parametrize("boxtracker_dialect", SERVICE_DIALECTS)
@pytest.mark.parametrize(
    ("fault", "status", "charges"),
    [(None, "paid", 1), ("lost_response", "paid", 1), ("bad_gateway", "unclear", 0)],
)
async def test_it_is_never_paid_twice(
    boxtracker_sandbox: BoxTrackerSandbox, fault: BoxTrackerFault | None, status: str, charges: int
) -> None:
    """Whatever happens to the response, the invoice is paid at most once."""
    jane = boxtracker_sandbox.customer
    async with boxtracker_sandbox.client() as tracker:
        customer = tracker.customer(jane.username, jane.password)
        payable = await customer.transactions.payable()
        invoice, card = payable.transactions[0].id, payable.cards[0].id
        if fault is not None:
            boxtracker_sandbox.fault(fault, operation=PAY)
        assert await pay_invoice(customer, invoice, card) == status
    assert boxtracker_sandbox.counts[PAY] == 1
    assert len(boxtracker_sandbox.service.charges) == charges


@pytest.mark.asyncio
async def test_a_failing_service(
    boxc_sandbox: BoxCSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code that makes its client from the environment meets a failure of BoxC once."""
    for name, value in boxc_sandbox.environment.items():
        monkeypatch.setenv(name, value)
    boxc_sandbox.fault("server_error", operation="GET /warehouses")
    async with BoxC.from_env(retries=Retries.none()) as boxc:
        with pytest.raises(ServerError, match="report it to BoxC with the request ID"):
            await boxc.request("GET", "/warehouses")
        assert "warehouses" in await boxc.request("GET", "/warehouses")
    assert boxc_sandbox.fault_hits["server_error"] == 1
