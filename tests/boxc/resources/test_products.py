"""Products: barcodes as PDF, SKUs in paths, and one value for two schemas."""

from decimal import Decimal
from typing import Any

import pytest

from boxapis import ConfigurationError, InvalidResponseError
from boxapis.boxc.parties import Warehouse
from boxapis.boxc.products import SKU, HSCode, Product
from boxapis.transports import Response
from tests.support.scripted_boxc import PDF, scripted_boxc, sent

pytestmark = pytest.mark.usefixtures("closing")

ONE = {"product": {"id": 7}}


async def test_barcode() -> None:
    """A barcode is asked for as PDF; a size that is not given is not sent."""
    boxc, transport = scripted_boxc(PDF, PDF)
    assert await boxc.products.pdf(7) == b"%PDF-1.4"
    assert await boxc.products.pdf(7, height=Decimal("0.50"), width=2.5) == b"%PDF-1.4"
    targets = [request.target for request in transport.requests]
    assert targets == ["/v1/products/7", "/v1/products/7?height=0.50&width=2.5"]
    accepted = {dict(request.headers)["Accept"] for request in transport.requests}
    assert accepted == {"application/pdf"}


async def test_data_in_place_of_a_barcode() -> None:
    """JSON in place of a PDF is an error, and no bytes."""
    boxc, _ = scripted_boxc(ONE)
    with pytest.raises(InvalidResponseError, match="expected a PDF"):
        await boxc.products.pdf(7)


async def test_filters() -> None:
    """The filter by shop is sent under the service's name, which has a dot."""
    boxc, transport = scripted_boxc({"products": [{"id": 7}]})
    products = boxc.products.list(shop_id="my-shop", sku="SK 1", sort="quantity")
    assert [product async for product in products] == [Product(id=7)]
    assert transport.requests[0].target == "/v1/products?shop.id=my-shop&sku=SK%201&sort=quantity"


async def test_skus() -> None:
    """A SKU is one part of the path, whatever is in it; ``active`` is always sent with a change."""
    boxc, transport = scripted_boxc(ONE, ONE, ONE, Response(200))
    await boxc.products.add_sku(7, "my-shop", "SK 1/a")
    await boxc.products.update_sku(7, "my-shop", "SK 1/a", active=False)
    await boxc.products.update_sku(7, "my-shop", "SK 1/a", active=True, new_sku="SK2")
    await boxc.products.delete_sku(7, "my-shop", "SK2")
    path = "/products/7/shop/my-shop/sku/SK%201%2Fa"
    assert sent(transport) == [
        ("POST", "/products/7/skus", {"sku": {"shop_id": "my-shop", "sku": "SK 1/a"}}),
        ("PUT", path, {"sku": {"active": False}}),
        ("PUT", path, {"sku": {"active": True, "sku": "SK2"}}),
        ("DELETE", "/products/7/shop/my-shop/sku/SK2", None),
    ]


@pytest.mark.parametrize(
    ("shop_id", "sku"), [("", "SK1"), ("my-shop", ".."), ("../8", "SK1"), ("my-shop", None)]
)
async def test_skus_that_lead_elsewhere(shop_id: str, sku: Any) -> None:
    """A shop or SKU that is none, or could lead to another path, is refused; nothing is sent."""
    boxc, transport = scripted_boxc()
    with pytest.raises(ConfigurationError):
        await boxc.products.delete_sku(7, shop_id, sku)
    assert transport.requests == []


async def test_a_change_of_another_product() -> None:
    """The response to a change of a SKU must be of the product that was named."""
    boxc, _ = scripted_boxc({"product": {"id": 8}})
    with pytest.raises(InvalidResponseError) as caught:
        await boxc.products.update_sku(7, "my-shop", "SK1", active=True)
    assert caught.value.path == "$.product.id"


async def test_values() -> None:
    """Money and sizes are exact; codes may come as numbers."""
    fields: dict[str, Any] = {
        "id": 7,
        "barcode": 4011200296908,
        "supplier": 212312311,
        "value": 19.99,
    }
    fields |= {"height": 5, "hs_codes": [{"country": "US", "hs_code": 3109165102}]}
    fields |= {"skus": [{"sku": "SK1", "shop_id": "my-shop", "active": True}], "backordered": "43"}
    boxc, _ = scripted_boxc({"product": {**fields, "warehouses": [{"id": "WH0SZ001"}]}})
    assert await boxc.products.get(7) == Product(
        id=7,
        barcode="4011200296908",
        supplier="212312311",
        value=Decimal("19.99"),
        height=Decimal(5),
        hs_codes=(HSCode(country="US", hs_code="3109165102"),),
        skus=(SKU(sku="SK1", shop_id="my-shop", active=True),),
        backordered=43,
        warehouses=(Warehouse(id="WH0SZ001"),),
    )
