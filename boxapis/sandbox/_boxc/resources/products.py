"""BoxC products and their SKUs."""

from typing import Any, Final

from boxapis.sandbox._boxc.bodies import unwrap
from boxapis.sandbox._boxc.records import Kind, Record
from boxapis.sandbox._boxc.refusals import refused
from boxapis.sandbox._boxc.request import Operation, RequestContext
from boxapis.sandbox._boxc.resources import filters
from boxapis.sandbox._boxc.resources.table import SHOPS, operations, own_record, record_response
from boxapis.sandbox._response import SandboxResponse

_READ: Final = "read_products"
_WRITE: Final = "write_products"
_SKU: Final = "/products/{id}/shop/{shopId}/sku/{sku}"

PRODUCTS: Final = Kind(
    path="/products",
    key="product",
    keys="products",
    missing=1332,
    required=("coo", "description", "name", "value"),
    required_on_update=("coo", "description", "name", "value"),
    start={"backordered": 0, "quantity": 0, "skus": [], "warehouses": []},
    unlisted=frozenset({"is_packaging", "skus", "warehouses"}),
    filters={
        "name": filters.is_any(lambda one, value: value.lower() in str(one["name"]).lower()),
        "shop.id": filters.is_any(
            lambda one, value: value in {sku["shop_id"] for sku in one["skus"]}
        ),
        "sku": filters.is_any(lambda one, value: value in {sku["sku"] for sku in one["skus"]}),
    },
    sorts=("id", "name", "backordered", "quantity"),
    has_pdf=True,
)


def add_sku(context: RequestContext) -> SandboxResponse:
    """Add a SKU for a shop to a product."""
    product = own_record(PRODUCTS, context)
    sent = unwrap(context.request.body, "sku", "shop_id", "sku")
    if context.records.find(SHOPS, context.user_id, id=sent["shop_id"]) is None:
        raise refused(1370)
    _check_free(sent["shop_id"], sent["sku"], context)
    sku = {"active": sent.get("active", True), "shop_id": sent["shop_id"], "sku": sent["sku"]}
    _check_active(product, sku)
    product["skus"].append(sku)
    return record_response(201, PRODUCTS, product)


def update_sku(context: RequestContext) -> SandboxResponse:
    """Rename a SKU, or make it active or inactive."""
    product, sku = _own_sku(context)
    sent = unwrap(context.request.body, "sku", "active")
    if sent.get("sku", sku["sku"]) != sku["sku"]:
        _check_free(sku["shop_id"], sent["sku"], context)
    changed = sku | {name: sent[name] for name in ("active", "sku") if name in sent}
    _check_active(product, changed, but=sku)
    sku |= changed
    return record_response(200, PRODUCTS, product)


def delete_sku(context: RequestContext) -> SandboxResponse:
    """Delete a SKU; the response is 200 without a body."""
    product, sku = _own_sku(context)
    product["skus"].remove(sku)
    return SandboxResponse(200)


OPERATIONS: Final = (
    *operations(PRODUCTS, _READ, _WRITE, "lcgud"),
    Operation("POST", "/products/{id}/skus", _WRITE, add_sku),
    Operation("PUT", _SKU, _WRITE, update_sku),
    Operation("DELETE", _SKU, _WRITE, delete_sku),
)


def _own_sku(context: RequestContext) -> tuple[Record, dict[str, Any]]:
    product = own_record(PRODUCTS, context)
    _, shop, name = context.identifiers
    for sku in product["skus"]:
        if (sku["shop_id"], sku["sku"]) == (shop, name):
            return product, sku
    raise refused(1330, 404, name, shop)


def _check_free(shop: object, name: object, context: RequestContext) -> None:
    for product in context.records.all(PRODUCTS, context.user_id):
        if any((sku["shop_id"], sku["sku"]) == (shop, name) for sku in product["skus"]):
            raise refused(1334, 400, name, shop)


def _check_active(product: Record, sku: dict[str, Any], but: dict[str, Any] | None = None) -> None:
    """Raise Refusal with 1337 if the SKU and another one of the same shop would be active."""
    others = [one for one in product["skus"] if one is not but and one["shop_id"] == sku["shop_id"]]
    if sku["active"] and any(one["active"] for one in others):
        raise refused(1337, 400, product["id"], sku["shop_id"])
