"""The resource Orders: orders of shops to fulfil (https://docs.boxc.com/#tag/Orders)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NotRequired, TypedDict, Unpack

from attrs import field, frozen

from boxapis._sansio import kinds, shapes
from boxapis._sansio.value import Value
from boxapis.boxc._resource import Listing, PageOptions, Resource, filled, prepare
from boxapis.boxc.parties import GivenConsignor, GivenParty, GivenWarehouse, Party, Service, Terms

__all__ = [
    "Fulfillment", "GivenOrder", "GivenOrderItem", "GivenOrderShop", "GivenOrderUpdate", "Order",
    "OrderItem", "OrderShop", "OrderStatus", "Orders", "SettableStatus",
]  # fmt: skip

OrderStatus = Literal[
    "Backordered", "Exception", "Holding", "Processing", "Ready",
    "Packing", "Partial", "Fulfilled", "Archived",
] | str  # fmt: skip
"""A status of orders: one of the known words, or a newer one."""

SettableStatus = Literal["Holding", "Processing"] | str
"""A status that an order can be given: ``"Holding"`` delays it, ``"Processing"`` fulfils it."""


class GivenOrderItem(TypedDict):
    """Goods of one kind of an order in a request."""

    sku: str  # an active SKU of the order's shop; each at most once in an order
    quantity: int  # 1 to 9,999
    sold_for: NotRequired[Decimal | float | None]  # in US dollars, for all pieces together


class GivenOrderShop(TypedDict):
    """The shop of an order in a request; fixed at creation."""

    id: str
    # The number of the order in the shop: unique there, at most 32 characters. The service sends
    # tracking numbers to a third-party shop only if it has this number.
    order_id: NotRequired[str | None]


_From = TypedDict("_From", {"from": NotRequired[GivenParty]})  # the address for returns


class GivenOrderUpdate(_From):
    """An order in an update; its key ``from`` is the address for returns.

    Its country must be that of ``to``; without one, the service prints a default address.
    """

    consignor: GivenConsignor
    line_items: Sequence[GivenOrderItem]
    service: Service  # where there is no such service, the next lower one is taken
    to: GivenParty
    consignee: NotRequired[GivenParty]  # the buyer; by default the same as ``to``
    gift_message: NotRequired[str | None]  # at most 128 characters; only with a packing slip
    ignore_bad_address: NotRequired[bool]  # by default false; true declines the insurance
    insurance: NotRequired[bool]  # of more than $30, for a fee; by default false
    packing_slip: NotRequired[bool]  # for a fee; by default false
    partial_fulfillment: NotRequired[bool]  # whether to send what is there, before the rest is
    shop: NotRequired[GivenOrderShop]
    signature_confirmation: NotRequired[bool]  # may cost a fee; by default false
    status: NotRequired[SettableStatus]  # by default "Processing"
    terms: NotRequired[Terms]  # by default DDU, or DDP where there is no DDU
    warehouse: NotRequired[GivenWarehouse]  # the only one that may fulfil it; by default any
    wholesale: NotRequired[bool]  # by default false


class GivenOrder(GivenOrderUpdate):
    """A new order in a request."""

    shop: GivenOrderShop  # type: ignore[misc]  # required here alone
    created: NotRequired[datetime]  # in the shop; in UTC if it has no zone
    # Whether an order with a wrong address or route is created, as "Exception"; by default false.
    exception_on_failure: NotRequired[bool]


@frozen(kw_only=True, repr=False, eq=False)
class OrderItem(Value):
    """Goods of one kind in an order; a list of orders may leave fields out.

    Attributes:
        sku: The SKU of the order's shop.
        sold_for: The price of all pieces together, where it is not the retail value.
        fulfilled: Whether they were sent.
        dg_code: The code of dangerous goods.
    """

    sku: kinds.Scalar | None = None
    product_id: int | None = None
    name: str | None = None
    quantity: int | None = None
    sold_for: Decimal | None = None
    fulfilled: bool | None = None
    fulfillment_id: int | None = None
    hs_code: kinds.Scalar | None = None
    dg_code: kinds.Scalar | None = None


@frozen(kw_only=True, repr=False, eq=False)
class OrderShop(Value):
    """The shop of an order.

    Attributes:
        order_id: The number of the order in the shop.
        type: The type of the shop, for instance ``"BoxC"``.
    """

    id: str | None = None
    name: str | None = None
    order_id: kinds.Scalar | None = None
    type: str | None = None


@frozen(kw_only=True, repr=False, eq=False)
class Fulfillment(Value):
    """One sending of goods for an order.

    Attributes:
        service: The carrier or the service.
        shipment_id: The number of the shipment, if BoxC carries it.
        shipping_cost: The price of shipping, if another carrier than BoxC carries it.
        created: Time at which it was begun, in UTC.
        fulfilled: Time at which it was finished, in UTC.
    """

    id: int | None = None
    service: str | None = None
    shipment_id: int | None = None
    tracking_number: kinds.Scalar | None = None
    tracking_url: str | None = None
    fulfillment_fee: Decimal | None = None
    packaging_fee: Decimal | None = None
    packaging_slip_fee: Decimal | None = None
    shipping_cost: Decimal | None = None
    created: datetime | None = None
    packed: datetime | None = None
    fulfilled: datetime | None = None


@frozen(kw_only=True, repr=False, eq=False)
class Order(Value):
    """An order.

    Attributes:
        to: The recipient.
        from_: The address for returns; ``from`` in the service's JSON.
        consignor: The sender, for customs.
        consignee: The buyer, for customs.
        products: The number of different products.
        quantity: The number of pieces.
        fulfillments: The sendings of goods.
        gift_message: The message on the packing slip.
        packing_slip: Whether each sending has a packing slip.
        partial_fulfillment: Whether what is there is sent before the rest is.
        insurance: Whether it is insured for more than $30.
        signature_confirmation: Whether the recipient signs.
        ignore_bad_address: Whether it is sent although the address could not be verified.
        created: Time of creation in the shop, if it was given, in UTC; else as ``placed_at``.
        placed_at: Time of creation at BoxC, in UTC.
    """

    id: int
    status: OrderStatus | None = None
    shop: OrderShop | None = None
    service: Service | None = None
    terms: Terms | None = None
    to: Party | None = None
    from_: Party | None = field(default=None, metadata=shapes.wire_name("from"))
    consignor: Party | None = None
    consignee: Party | None = None
    line_items: tuple[OrderItem, ...] = ()
    products: int | None = None
    quantity: int | None = None
    fulfillments: tuple[Fulfillment, ...] = ()
    gift_message: str | None = None
    packing_slip: bool | None = None
    partial_fulfillment: bool | None = None
    insurance: bool | None = None
    signature_confirmation: bool | None = None
    ignore_bad_address: bool | None = None
    wholesale: bool | None = None
    created: datetime | None = None
    placed_at: datetime | None = None


_LONG_AGO = date(2000, 1, 1)


class Orders(Resource):
    """Orders of the token's user, as ``boxc.orders``.

    For an ``id`` that is not there, or not yours, methods raise `NotFoundError` (1320).
    """

    __slots__ = ()

    def list(
        self,
        *,
        created_min: date | None = None,
        created_max: date | None = None,
        status: OrderStatus | None = None,
        shop_id: str | None = None,
        shop_order_id: str | None = None,
        product_id: int | None = None,
        shipping_address_name: str | None = None,
        **pages: Unpack[PageOptions],
    ) -> Listing[Order]:
        """Lists the orders that fit all filters, page after page.

        Kind: read. Scope: ``read_orders``.

        Args:
            created_min: The first day of creation, in UTC.
            created_max: The last day of creation, in UTC.
            shipping_address_name: The name of the recipient.
        """
        query: dict[str, object] = {"created_min": created_min, "created_max": created_max}
        query |= {"status": status, "shop.id": shop_id, "shop.order_id": shop_order_id}
        query |= {"product.id": product_id, "shipping_address.name": shipping_address_name}
        return self._list(Order, "orders", "GET /orders", query, **pages)

    async def find(self, shop_id: str, order_id: str) -> tuple[Order, ...]:
        """Returns the orders with this number in a shop, to look up an unknown outcome.

        The service accepts a number once in a shop (1326), so there is one at most. Kind: read.
        Scope: ``read_orders``. A day long ago is sent, so that no window of days hides what is
        older. No source says how soon a new order is listed: if none is found, wait until the
        request is surely over, and look again. The numbers are compared here, too.

        Args:
            shop_id: The id of the shop.
            order_id: The number of the order in the shop, as it was given to `create`.

        Raises:
            ConfigurationError: one of them is blank. Nothing was sent.
            BoxAPIError: see `boxapis.errors`.
        """
        sought = (filled(shop_id, "shop_id"), filled(order_id, "order_id"))
        query = {"created_min": _LONG_AGO, "shop.id": sought[0], "shop.order_id": sought[1]}
        found = self._list(Order, "orders", "GET /orders", query, limit=100)
        shops = [(one, one.shop) async for one in found]
        return tuple(one for one, shop in shops if shop and (shop.id, shop.order_id) == sought)

    async def get(self, id: int) -> Order:
        """Returns one order. Kind: read. Scope: ``read_orders``."""
        return await self._read(Order, "order", prepare("GET /orders/{id}", id))

    async def create(self, order: GivenOrder) -> Order:
        """Creates an order, which BoxC fulfils unless its status is ``"Holding"``.

        Kind: changing. Scope: ``write_orders``.

        Raises:
            ValidationError: the service does not accept a field (1000), the address (1012), a
                SKU that is there twice (1325), a gift message without a packing slip (1340), or
                packaging as goods (1341).
            ConflictError: the shop has an order of this number (1326); the shop (1374) or a SKU
                (1331) is inactive.
            NotFoundError: there is no such shop (1370), or no such SKU in it (1330).
            ServerError: the order could not be created (1323), or addresses cannot be verified now
                (503).
            OutcomeUnknownError: it was sent and no response settled it: `find` it by its numbers.
        """
        body = {"order": _with_text_of_time(order)}
        return await self._read(Order, "order", prepare("POST /orders", json=body))

    async def update(self, id: int, order: GivenOrderUpdate) -> Order:
        """Replaces an order that is not being packed; one that is ready is processed anew.

        Kind: idempotent. Scope: ``write_orders``.

        Raises:
            ValidationError: as for `create` (1000, 1012, 1325, 1340, 1341).
            ConflictError: its status does not allow it (1321), or a SKU is inactive (1331).
            NotFoundError: there is none with this id, or it is not yours (1320); or there is no
                such SKU in the shop (1330).
            ServerError: it could not be updated (1324).
        """
        body = {"order": _with_text_of_time(order)}
        return await self._read(Order, "order", prepare("PUT /orders/{id}", id, json=body))

    async def delete(self, id: int) -> None:
        """Deletes an order. Kind: idempotent. Scope: ``write_orders``.

        Raises:
            ConflictError: its status does not allow it (1321), or it cannot be deleted (1322).
        """
        return await self._do(prepare("DELETE /orders/{id}", id))

    async def set_status(self, statuses: Mapping[int, SettableStatus]) -> tuple[Order, ...]:
        """Delays or releases 1 to 100 orders by their numbers, and returns those that there are.

        An order that was not found is left out of the result, and one whose status cannot be
        changed is in it with the status that it had: compare.

        Kind: idempotent. Scope: ``write_orders``.

        Raises:
            ConflictError: the status of the orders does not allow it (1321).
            NotFoundError: there are no such orders (1320).
        """
        orders = [{"id": id_, "status": status} for id_, status in statuses.items()]
        prepared = prepare("POST /orders/status", json={"orders": orders})
        return await self._read_all(Order, "orders", prepared)


def _with_text_of_time(order: Mapping[str, object]) -> Mapping[str, object]:
    created = order.get("created")
    if not isinstance(created, datetime):
        return order
    return {**order, "created": kinds.format_datetime(created)}
