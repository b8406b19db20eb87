"""Orders: filters, times, exact prices, the status of many, and values."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from boxapis import ConfigurationError, ConflictError, NotFoundError, OutcomeUnknownError
from boxapis.boxc.orders import Fulfillment, GivenOrder, Order, OrderItem, OrderShop
from boxapis.boxc.parties import Party
from boxapis.errors import ConnectionLostError
from tests.support.scripted_boxc import refusal, scripted_boxc, sent

pytestmark = pytest.mark.usefixtures("closing")

ORDER: GivenOrder = {
    "shop": {"id": "my-shop", "order_id": "A-1"},
    "service": "BoxC Parcel",
    "consignor": {
        "name": "Generic Company",
        "phone": "555-123-4567",
        "street1": "1 World Way",
        "city": "Shenzhen",
        "country": "CN",
    },
    "to": {"name": "John Smith", "street1": "108 N Way", "city": "Wylie", "country": "US"},
    "from": {"name": "My Company", "street1": "113 Way", "city": "Los Angeles", "country": "US"},
    "line_items": [{"sku": "SK1", "quantity": 2, "sold_for": Decimal("9.90")}],
}


async def test_filters() -> None:
    """Filters are sent under the service's names, which have dots, and a day without a time."""
    boxc, transport = scripted_boxc({"orders": [{"id": 7}], "next_page": None})
    orders = boxc.orders.list(
        created_min=date(2024, 6, 1),
        status="Exception",
        shop_id="my-shop",
        shop_order_id="A-1",
        product_id=5,
        shipping_address_name="John Smith",
    )
    assert [order async for order in orders] == [Order(id=7)]
    assert transport.requests[0].target == (
        "/v1/orders?created_min=2024-06-01&status=Exception&shop.id=my-shop&shop.order_id=A-1"
        "&product.id=5&shipping_address.name=John%20Smith"
    )


async def test_a_moment_is_no_day() -> None:
    """A filter by day refuses a date with a time, and nothing is sent."""
    boxc, transport = scripted_boxc()
    with pytest.raises(ConfigurationError, match="created_max"):
        await boxc.orders.list(created_max=datetime(2024, 6, 1, tzinfo=UTC)).page()
    assert transport.requests == []


async def test_create() -> None:
    """An order is sent as it was given, and its prices digit for digit."""
    boxc, transport = scripted_boxc({"order": {"id": 7}})
    assert await boxc.orders.create(ORDER) == Order(id=7)
    items = [{"sku": "SK1", "quantity": 2, "sold_for": 9.9}]
    assert sent(transport) == [("POST", "/orders", {"order": {**ORDER, "line_items": items}})]
    assert b'"sold_for":9.90' in (transport.requests[0].body or b"")


@pytest.mark.parametrize(
    "created",
    [
        datetime(2024, 6, 17, 15, 43, 3, tzinfo=UTC),
        datetime(2024, 6, 17, 15, 43, 3),  # noqa: DTZ001 - in UTC, says the docstring
        datetime(2024, 6, 17, 23, 43, 3, 999, tzinfo=timezone(timedelta(hours=8))),
    ],
    ids=["utc", "without a zone", "another zone"],
)
async def test_time_of_creation(created: datetime) -> None:
    """The time of creation is sent in UTC, as the service writes it; the caller's dict stays."""
    boxc, transport = scripted_boxc({"order": {"id": 7}}, {"order": {"id": 7}})
    order: Any = {**ORDER, "created": created}
    await boxc.orders.create(order)
    await boxc.orders.update(7, order)
    for _, _, body in sent(transport):
        assert body["order"]["created"] == "2024-06-17 15:43:03"
    assert order["created"] is created


async def test_status_of_many() -> None:
    """Each order is sent with its status; those that the service leaves out are not returned."""
    answer = {"orders": [{"id": 8, "status": "Packing"}, {"id": 7, "status": "Holding"}]}
    boxc, transport = scripted_boxc(answer)
    orders = await boxc.orders.set_status({7: "Holding", 8: "Processing", 9: "Holding"})
    assert orders == (Order(id=8, status="Packing"), Order(id=7, status="Holding"))
    statuses = [(7, "Holding"), (8, "Processing"), (9, "Holding")]
    body = {"orders": [{"id": number, "status": status} for number, status in statuses]}
    assert sent(transport) == [("POST", "/orders/status", body)]


async def test_raw_status_of_many() -> None:
    """A raw call has the response beside the orders."""
    boxc, _ = scripted_boxc({"orders": [{"id": 7, "status": "Holding"}]})
    raw = await boxc.raw.orders.set_status({7: "Holding"})
    assert (raw.status, raw.decoded) == (200, (Order(id=7, status="Holding"),))


async def test_values() -> None:
    """Times are in UTC, prices exact; numbers that are texts and new words pass."""
    boxc, _ = scripted_boxc(
        {
            "order": {
                "id": 7,
                "status": "Lost",
                "from": {"name": "My Company", "postal_code": 91013},
                "shop": {"id": "my-shop", "order_id": 30338272},
                "line_items": [{"sku": 92820183446, "quantity": 1, "sold_for": 9.95}],
                "fulfillments": [{"id": 1, "packed": "2024-06-18 11:09:24", "packaging_fee": 0.1}],
                "created": "2024-06-17 15:43:03",
            }
        }
    )
    packed = datetime(2024, 6, 18, 11, 9, 24, tzinfo=UTC)
    assert await boxc.orders.get(7) == Order(
        id=7,
        status="Lost",
        from_=Party(name="My Company", postal_code="91013"),
        shop=OrderShop(id="my-shop", order_id="30338272"),
        line_items=(OrderItem(sku="92820183446", quantity=1, sold_for=Decimal("9.95")),),
        fulfillments=(Fulfillment(id=1, packed=packed, packaging_fee=Decimal("0.1")),),
        created=datetime(2024, 6, 17, 15, 43, 3, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("code", "kind"), [(1326, ConflictError), (1331, ConflictError), (1330, NotFoundError)]
)
async def test_refusals(code: int, kind: type[Any]) -> None:
    """The class of an error is that of its code, whose HTTP status is 400 in any case."""
    boxc, _ = scripted_boxc(refusal(code))
    with pytest.raises(kind) as caught:
        await boxc.orders.create(ORDER)
    assert (caught.value.code, caught.value.may_have_been_applied) == (code, False)


async def test_lost_responses() -> None:
    """A new order whose response was lost may be there; a status that was set is set."""
    lost = ConnectionLostError("lost", phase="read", sent=True)
    boxc, _ = scripted_boxc(lost, lost)
    with pytest.raises(OutcomeUnknownError):
        await boxc.orders.create(ORDER)
    with pytest.raises(ConnectionLostError):
        await boxc.orders.set_status({7: "Holding"})
