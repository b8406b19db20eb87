"""BoxC orders, and the deletion of shops, which orders and SKUs prevent."""

from typing import Any, Final

from boxapis.sandbox._boxc.bodies import unwrap, unwrap_list
from boxapis.sandbox._boxc.records import Kind, Record
from boxapis.sandbox._boxc.refusals import invalid, malformed, missing, refused
from boxapis.sandbox._boxc.request import Operation, RequestContext
from boxapis.sandbox._boxc.resources import filters
from boxapis.sandbox._boxc.resources.products import PRODUCTS
from boxapis.sandbox._boxc.resources.table import (
    SHOPS,
    change,
    delete_record,
    operations,
    own_record,
    record_response,
)
from boxapis.sandbox._response import SandboxResponse, json_response

_READ: Final = "read_orders"
_WRITE: Final = "write_orders"
_OPEN: Final = ("Holding", "Processing")
_REQUIRED: Final = ("line_items", "service", "consignor", "to")

ORDERS: Final = Kind(
    path="/orders",
    key="order",
    keys="orders",
    missing=1320,
    required=("shop", *_REQUIRED),
    required_on_update=_REQUIRED,
    start={"fulfillments": [], "status": "Processing"},
    filters={
        **filters.CREATED,
        "product.id": filters.is_any(
            lambda order, value: (
                value in {str(one.get("product_id")) for one in order["line_items"]}
            )
        ),
        "shipping_address.name": filters.is_any(
            lambda order, value: value.lower() in str(order["to"].get("name")).lower()
        ),
        "shop.id": filters.is_equal("shop", "id"),
        "shop.order_id": filters.is_equal("shop", "order_id"),
        "status": filters.is_equal("status"),
    },
)


def create_order(context: RequestContext) -> SandboxResponse:
    """Store an order of a shop that exists; SKUs are not looked up."""
    sent = unwrap(context.request.body, ORDERS.key, *ORDERS.required)
    shop = _shop_of(sent, context)
    line_items = _line_items(sent)
    order = context.records.create(
        ORDERS,
        context.user_id,
        ORDERS.taken(sent),
        context.now,
        shop=shop,
        placed_at=context.now,
        products=len(line_items),
        quantity=sum(item["quantity"] for item in line_items),
    )
    return record_response(201, ORDERS, order)


def update_order(context: RequestContext) -> SandboxResponse:
    """Change an order that is not on its way yet; its shop stays."""
    order = own_record(ORDERS, context)
    sent = unwrap(context.request.body, ORDERS.key, *ORDERS.required_on_update)
    _line_items(sent)
    if order["status"] not in _OPEN:
        raise refused(1321)
    shop = order["shop"]
    change(ORDERS, order, sent, context)
    order["shop"] = shop
    return record_response(200, ORDERS, order)


def delete_order(context: RequestContext) -> SandboxResponse:
    """Delete an order that is not on its way yet."""
    if own_record(ORDERS, context)["status"] not in _OPEN:
        raise refused(1322)
    return delete_record(ORDERS, context)


def set_order_status(context: RequestContext) -> SandboxResponse:
    """Set the status of up to 100 orders.

    Orders that do not exist are left out of the response; those that cannot be changed are in it.
    """
    changes = unwrap_list(context.request.body, "orders", "id", "status")
    if any(one["status"] not in _OPEN for one in changes):
        raise invalid(f"/orders/status: The data should match one of: {', '.join(_OPEN)}")
    found = []
    for one in changes:
        order = context.records.find(ORDERS, context.user_id, id=one["id"])
        if order is not None:
            found.append(order)
            order["status"] = one["status"] if order["status"] in _OPEN else order["status"]
    return json_response(200, {"orders": found})


def delete_shop(context: RequestContext) -> SandboxResponse:
    """Delete a shop that no order and no SKU belongs to."""
    shop = own_record(SHOPS, context)["id"]
    orders = context.records.all(ORDERS, context.user_id)
    products = context.records.all(PRODUCTS, context.user_id)
    skus = [sku for product in products for sku in product["skus"]]
    if shop in {order["shop"]["id"] for order in orders} | {sku["shop_id"] for sku in skus}:
        raise refused(1371)
    return delete_record(SHOPS, context)


OPERATIONS: Final = (
    *operations(ORDERS, _READ, _WRITE, "lg"),
    Operation("POST", "/orders", _WRITE, create_order),
    Operation("PUT", "/orders/{id}", _WRITE, update_order),
    Operation("DELETE", "/orders/{id}", _WRITE, delete_order),
    Operation("POST", "/orders/status", _WRITE, set_order_status),
    Operation("DELETE", "/shops/{id}", "write_shops", delete_shop),
)


def _shop_of(sent: Record, context: RequestContext) -> Record:
    """The shop of a new order as the order shows it."""
    if not isinstance(sent["shop"], dict):
        raise malformed()
    if "id" not in sent["shop"]:
        raise missing("id", path="/order/shop")
    shop = context.records.find(SHOPS, context.user_id, id=sent["shop"]["id"])
    if shop is None:
        raise refused(1370)
    if not shop["active"]:
        raise refused(1374, 400, shop["id"])
    number = sent["shop"].get("order_id")
    for order in context.records.all(ORDERS, context.user_id):
        if number is not None and order["shop"].get("order_id") == number:
            raise refused(1326, 400, number)
    own = {"id": shop["id"], "type": "BoxC", "order_id": number}
    return own | ({"name": shop["name"]} if "name" in shop else {})


def _line_items(sent: Record) -> list[dict[str, Any]]:
    """The line items, checked; raises Refusal with 1000, 1325 or 1340."""
    items = sent["line_items"]
    if not (isinstance(items, list) and all(isinstance(item, dict) for item in items)):
        raise malformed()
    for item in items:
        if absent := [name for name in ("quantity", "sku") if name not in item]:
            raise missing(*absent, path="/order/line_items")
        if type(item["quantity"]) is not int:
            raise invalid("/order/line_items/quantity: The data must match the type: integer")
    if len({str(item["sku"]) for item in items}) < len(items):
        raise refused(1325)
    if sent.get("gift_message") and sent.get("packing_slip") is False:
        raise refused(1340)
    return items
