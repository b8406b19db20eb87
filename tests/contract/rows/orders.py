"""Calls of `Orders`."""

from datetime import UTC, date, datetime

from boxapis.boxc.orders import GivenOrder, GivenOrderUpdate
from tests.contract.calls import Calls, Given, Reasons, body_of

CALLS: Calls = (
    lambda boxc: boxc.orders.list(
        created_min=date(2024, 6, 1),
        created_max=date(2024, 6, 30),
        status="Holding",
        shop_id="my-shop",
        shop_order_id="A-1",
        product_id=1,
        shipping_address_name="John Smith",
        limit=50,
        order="asc",
        page_token="a",
    ),
    lambda boxc: boxc.orders.find("my-shop", "30338272"),
    lambda boxc: boxc.orders.get(1),
    lambda boxc: boxc.orders.create(
        body_of("POST /orders")["order"] | {"created": datetime(2024, 6, 17, tzinfo=UTC)}
    ),
    lambda boxc: boxc.orders.update(1, body_of("PUT /orders/{id}")["order"]),
    lambda boxc: boxc.orders.delete(1),
    lambda boxc: boxc.orders.set_status({1: "Holding", 2: "Processing"}),
)

GIVEN: Given = {
    "POST /orders order": GivenOrder,
    "PUT /orders/{id} order": GivenOrderUpdate,
}
_LEVEL = "the description requires it one level too high: of the object around the order"
_SENDER = "one TypedDict for recipients, consignees and senders: each lacks some of these fields"
_SET = "set by the service, although the description does not say so beside an update"
NOT_OFFERED: Reasons = {}
DIFFERENT: Reasons = {
    "GivenConsignor.company_name?": _SENDER,
    "GivenOrder.service": "the words stand beside the service of an update only",
    "GivenOrderShop.name?": _SET,
    "GivenOrderShop.type?": _SET,
    "GivenOrderUpdate.consignor?": _LEVEL,
    "GivenOrderUpdate.line_items?": _LEVEL,
    "GivenOrderUpdate.service?": _LEVEL,
    "GivenOrderUpdate.to?": _LEVEL,
    "GivenParty.company_name?": _SENDER,
    "GivenParty.email?": _SENDER,
    "GivenParty.id?": _SENDER,
    "GivenParty.phone?": _SENDER,
    "Order.service": "the words stand beside the service of an update only",
    "Order.status": "the description's table has nine, and its schema the two that can be set",
}
