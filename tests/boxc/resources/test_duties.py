"""Duties: exact rates and totals, and a POST that is sent once."""

from decimal import Decimal

import pytest

from boxapis import BoxC, PaymentError, Retries, ServerError
from boxapis._core.clock import clocked
from boxapis.boxc.duties import Calculation, DutyTotal, GivenCalculation, Place, Product
from boxapis.transports import ScriptedTransport
from tests.support.doubles import FakeClock, closed_later
from tests.support.scripted_boxc import refusal, scripted_boxc

pytestmark = pytest.mark.usefixtures("closing")

GOODS: GivenCalculation = {
    "currency": "USD",
    "origin": {"country": "GB"},
    "destination": {"country": "US", "province": "NY"},
    "products": [
        {
            "description": "Cotton T-Shirt",
            "hs_code": "6109100040",
            "coo": "GB",
            "quantity": 20,
            "value": Decimal("10.10"),
            "currency": "GBP",
        }
    ],
}


async def test_values() -> None:
    """The goods are sent digit for digit; rates and totals come back exact."""
    product = {"hs_code": 6109100040, "value": 10.1, "duty": 23.52, "duty_rate": 0.175}
    fields = {"origin": {"country": "GB"}, "products": [product], "total": {"duty": 23.52}}
    boxc, transport = scripted_boxc({"calculate": fields})
    assert await boxc.duties.calculate(GOODS) == Calculation(
        origin=Place(country="GB"),
        products=(
            Product(
                hs_code="6109100040",
                value=Decimal("10.1"),
                duty=Decimal("23.52"),
                duty_rate=Decimal("0.175"),
            ),
        ),
        total=DutyTotal(duty=Decimal("23.52")),
    )
    assert b'"value":10.10' in (transport.requests[0].body or b"")


async def test_it_is_sent_once() -> None:
    """F126: a failure of the service is not tried again, because each request may be charged."""
    transport = ScriptedTransport([refusal(1010, 503), {"calculate": {"currency": "USD"}}])
    client = clocked(BoxC, FakeClock(flows=True).clock)
    boxc = closed_later(client("token", retries=Retries(), transport=transport))
    with pytest.raises(ServerError):
        await boxc.duties.calculate(GOODS)
    assert [request.operation for request in transport.requests] == ["POST /calculate-duty"]


async def test_without_money() -> None:
    """An account whose balance does not suffice gets no calculation."""
    boxc, _ = scripted_boxc(refusal(1080, 402))
    with pytest.raises(PaymentError):
        await boxc.duties.calculate(GOODS)
