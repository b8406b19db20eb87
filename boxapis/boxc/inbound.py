"""The resource Inbound: products for warehouses (https://docs.boxc.com/#tag/Inbound)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal, NotRequired, TypedDict, Unpack

from attrs import frozen

from boxapis._sansio import kinds
from boxapis._sansio.value import Value
from boxapis.boxc._resource import PDF, Listing, PageOptions, Resource, prepare
from boxapis.boxc.parties import GivenWarehouse, Warehouse

__all__ = [
    "GivenInbound", "GivenInboundProduct", "GivenInboundUpdate", "Inbound", "InboundProblem",
    "InboundProduct", "InboundShipment", "InboundStatus",
]  # fmt: skip

InboundStatus = Literal["Pending", "Received", "Processed"] | str
"""The status of an inbound shipment: one of the known words, or a newer one."""


class GivenInboundProduct(TypedDict):
    """A product in a new inbound shipment, which must not have it twice."""

    id: NotRequired[int]  # the number of the product
    quantity: NotRequired[int]  # pieces, 1 or more
    cost: NotRequired[Decimal | float]  # what the manufacturer takes for a piece, in US dollars


class GivenInboundUpdate(TypedDict, total=False):
    """What can change in an inbound shipment, until the warehouse has received it."""

    warehouse: GivenWarehouse
    carrier: str | None  # at most 32 characters
    tracking_number: str | None  # at most 40
    notes: str | None  # for yourself; at most 64


class GivenInbound(GivenInboundUpdate, total=False):
    """A new inbound shipment; its products cannot be changed later."""

    products: Sequence[GivenInboundProduct]


@frozen(kw_only=True, repr=False, eq=False)
class InboundProblem(Value):
    """What a warehouse found wrong about pieces of a product.

    Attributes:
        code: The problem in words, for instance ``"Insufficient units arrived."``.
        quantity: The number of pieces with this problem.
    """

    code: str | None = None
    quantity: int | None = None


@frozen(kw_only=True, repr=False, eq=False)
class InboundProduct(Value):
    """A product in an inbound shipment.

    Attributes:
        quantity: The number of pieces sent.
        processed: The number of pieces that the warehouse has processed.
        cost: What the manufacturer takes for a piece, in US dollars.
        codes: Problems with its pieces, known once the warehouse has processed them.
    """

    id: int | None = None
    name: str | None = None
    quantity: int | None = None
    processed: int | None = None
    cost: Decimal | None = None
    is_packaging: bool | None = None
    codes: tuple[InboundProblem, ...] = ()


@frozen(kw_only=True, repr=False, eq=False)
class InboundShipment(Value):
    """A shipment of products to a warehouse.

    Attributes:
        status: ``"Pending"`` at first; ``"Received"`` at the warehouse, after which it cannot be
            changed or deleted; ``"Processed"`` once its products are in stock.
        products: The products in it; empty in a list of inbound shipments.
        notes: Notes for yourself.
        received: Time of arrival at the warehouse, in UTC.
        processed_at: Time when the warehouse had processed it, in UTC.
    """

    id: int
    status: InboundStatus | None = None
    products: tuple[InboundProduct, ...] = ()
    warehouse: Warehouse | None = None
    carrier: str | None = None
    tracking_number: kinds.Scalar | None = None
    notes: str | None = None
    created: datetime | None = None
    received: datetime | None = None
    processed_at: datetime | None = None


class Inbound(Resource):
    """Inbound shipments of the token's user, as ``boxc.inbound``.

    For an ``id`` that is not there, or not yours, methods raise `NotFoundError` (1350).
    """

    __slots__ = ()

    def list(self, **pages: Unpack[PageOptions]) -> Listing[InboundShipment]:
        """Lists all inbound shipments, page after page. Kind: read. Scope: ``read_products``."""
        return self._list(InboundShipment, "inbound", "GET /inbound", **pages)

    async def get(self, id: int) -> InboundShipment:
        """Returns one inbound shipment with its products. Kind: read. Scope: ``read_products``."""
        return await self._read(InboundShipment, "inbound", prepare("GET /inbound/{id}", id))

    async def pdf(self, id: int) -> bytes:
        """Returns an inbound shipment's label, as PDF. Kind: read. Scope: ``read_products``."""
        # The one PDF that is described by a parameter of the query, and not by the header.
        query = {"type": "PDF"}
        return await self._read_file(prepare("GET /inbound/{id}", id, params=query, accept=PDF))

    async def create(self, inbound: GivenInbound) -> InboundShipment:
        """Creates an inbound shipment. Kind: changing. Scope: ``write_products``.

        Carrier, tracking number and notes may follow by `update`.

        Raises:
            ValidationError: the service does not accept a field (1000), a product cannot be added
                (1352), or is there twice (1354).
            OutcomeUnknownError: it was sent and no response settled it: list the inbound shipments.
        """
        body = {"inbound": inbound}
        return await self._read(InboundShipment, "inbound", prepare("POST /inbound", json=body))

    async def update(self, id: int, inbound: GivenInboundUpdate) -> InboundShipment:
        """Changes warehouse, carrier, tracking number or notes of an inbound shipment.

        Kind: idempotent. Scope: ``write_products``.

        Raises:
            ConflictError: it cannot be changed any more (1353).
        """
        prepared = prepare("PUT /inbound/{id}", id, json={"inbound": inbound})
        return await self._read(InboundShipment, "inbound", prepared)

    async def delete(self, id: int) -> None:
        """Deletes an inbound shipment that has not been received.

        Kind: idempotent. Scope: ``write_products``.

        Raises:
            ConflictError: it cannot be deleted any more (1351).
        """
        return await self._do(prepare("DELETE /inbound/{id}", id))
