"""Estimates: arrays in a query, exact prices, and parcels that no service takes."""

from decimal import Decimal
from urllib.parse import unquote

import pytest

from boxapis.boxc.estimates import Coverage, Estimate, ServiceEstimate
from tests.support.scripted_boxc import scripted_boxc, sent

pytestmark = pytest.mark.usefixtures("closing")


async def test_query() -> None:
    """Arrays have an index for each item, flags are true or false, decimals are exact."""
    boxc, transport = scripted_boxc({"estimate": {}})
    await boxc.estimates.get(
        entry_point="LAXI01",
        country="US",
        weight=Decimal("0.3450"),
        insurance=True,
        irregular=False,
        dg_codes=["0965", "SDEC1"],
        packages=[
            {"length": 10, "height": 5, "width": 15, "weight": Decimal("5.0")},
            {"length": 20, "height": 10, "width": 12, "weight": 4},
        ],
    )
    ((verb, target, body),) = sent(transport)
    assert (verb, body) == ("GET", None)
    assert unquote(target) == (
        "/estimate?entry_point=LAXI01&country=US&weight=0.3450&irregular=false&insurance=true"
        "&dg_codes[0]=0965&dg_codes[1]=SDEC1"
        "&packages[0][length]=10&packages[0][height]=5&packages[0][width]=15"
        "&packages[0][weight]=5.0&packages[1][length]=20&packages[1][height]=10"
        "&packages[1][width]=12&packages[1][weight]=4"
    )


async def test_one_code_of_dangerous_goods() -> None:
    """One code is sent as it is, and not letter by letter."""
    boxc, transport = scripted_boxc({"estimate": {}})
    await boxc.estimates.get(entry_point="LAXI01", country="US", weight=1, dg_codes="0965")
    ((_, target, _),) = sent(transport)
    assert target == "/estimate?entry_point=LAXI01&country=US&weight=1&dg_codes=0965"


async def test_values() -> None:
    """Prices are exact; no service for a parcel is an empty tuple, and no error."""
    service = {"service": "BoxC Plus", "cost": 3.55, "insurance": {"coverage": 30, "fee": 0}}
    boxc, _ = scripted_boxc(
        {"estimate": {"currency": "CAD", "services": [{**service, "terms": ["DAP", "DDU"]}]}},
        {"estimate": {"currency": "CAD", "services": []}},
    )
    one = await boxc.estimates.get(entry_point="LAXI01", country="US", weight=1)
    assert one.services == (
        ServiceEstimate(
            service="BoxC Plus",
            cost=Decimal("3.55"),
            insurance=Coverage(coverage=Decimal(30), fee=Decimal(0)),
            terms=("DAP", "DDU"),
        ),
    )
    none = await boxc.estimates.get(entry_point="LAXI01", country="US", weight=999)
    assert none == Estimate(currency="CAD")
