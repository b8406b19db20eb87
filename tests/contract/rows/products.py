"""Calls of `Products`."""

from decimal import Decimal

from boxapis.boxc.products import GivenProduct
from tests.contract.calls import Calls, Given, Reasons, body_of

CALLS: Calls = (
    lambda boxc: boxc.products.list(
        name="a", shop_id="b", sku="c", sort="quantity", limit=50, order="asc", page_token="a"
    ),
    lambda boxc: boxc.products.get(1),
    lambda boxc: boxc.products.pdf(1, height=Decimal("0.5"), width=4),
    lambda boxc: boxc.products.create(body_of("POST /products")["product"]),
    lambda boxc: boxc.products.update(1, body_of("PUT /products/{id}")["product"]),
    lambda boxc: boxc.products.delete(1),
    lambda boxc: boxc.products.add_sku(1, "my-shop", "SK1", active=True),
    lambda boxc: boxc.products.update_sku(1, "my-shop", "SK1", active=False, new_sku="SK2"),
    lambda boxc: boxc.products.delete_sku(1, "my-shop", "SK1"),
)

GIVEN: Given = {
    "POST /products product": GivenProduct,
    "PUT /products/{id} product": GivenProduct,
}
NOT_OFFERED: Reasons = {}
DIFFERENT: Reasons = {
    "Product.is_packaging?": "one class for two schemas: a list leaves it out",
    "Product.skus?": "one class for two schemas: a list leaves it out",
    "Product.url?": "one class for two schemas: only a list has it",
    "Product.warehouses?": "one class for two schemas: a list leaves it out",
}
