"""Values of webhook events, one class a topic but for fulfillments (https://docs.boxc.com/#tag/Webhooks).

Apart from `webhooks`, because they bring the values of orders and manifests along.
"""

from decimal import Decimal

from attrs import field, frozen

from boxapis._sansio import kinds, shapes
from boxapis._sansio.value import Value
from boxapis.boxc.labels import LabelStatus
from boxapis.boxc.manifests import Manifest
from boxapis.boxc.orders import Fulfillment, Order, OrderItem, OrderShop
from boxapis.boxc.parties import Event, Images, Party, Service

__all__ = [
    "FulfillmentEvent", "LabelEvent", "ManifestEvent", "OrderEvent", "ShipmentEvent",
    "WebhookEvent",
]  # fmt: skip


@frozen(kw_only=True, repr=False, eq=False)
class FulfillmentEvent(Fulfillment):
    """A fulfillment that is finished, or whose tracking number came later.

    Attributes:
        line_items: The goods; empty in the topic ``fulfillments_update``.
        order_id: The number of the order.
        warehouse_id: The warehouse, for instance ``"WH0HKG01"``.
    """

    line_items: tuple[OrderItem, ...] = ()
    order_id: int | None = None
    shop: OrderShop | None = None
    warehouse_id: str | None = None


@frozen(kw_only=True, repr=False, eq=False)
class ManifestEvent(Manifest):
    """A manifest that is complete.

    Attributes:
        exit_point: The airport of export, three letters.
        forms: The file names of its forms; `Manifests.pdf` returns them.
    """

    exit_point: str | None = None
    forms: tuple[str, ...] = ()


@frozen(kw_only=True, repr=False, eq=False)
class OrderEvent(Order):
    """An order whose status became ``"Exception"``.

    Attributes:
        shipping_address: The recipient; ``to`` is None.
    """

    shipping_address: Party | None = None


@frozen(kw_only=True, repr=False, eq=False)
class LabelEvent(Value):
    """A label that can be printed.

    Attributes:
        shipment_id: The number of the shipment; ``id`` in JSON. That of the label is not sent.
        carrier: The code of the carrier of the last mile.
        content_type: The media type of ``data``, ``"application/pdf"``.
        data: The label, decoded; repr does not show it.
    """

    shipment_id: int = field(metadata=shapes.wire_name("id"))
    carrier: str | None = None
    content_type: str | None = None
    data: bytes = field(repr=False)
    tracking_number: kinds.Scalar | None = None


@frozen(kw_only=True, repr=False, eq=False)
class ShipmentEvent(Value):
    """A parcel with a new tracking event.

    Attributes:
        id: The number of the shipment.
        status: The status of the parcel after the event.
        tracking_event: What happened; ``event`` in JSON.
        order_number: Your reference.
        comments: The comments on the label.
        gross_weight: Weight, in kg, as are chargeable and volumetric weight.
    """

    id: int
    status: LabelStatus | None = None
    tracking_number: kinds.Scalar | None = None
    tracking_event: Event = field(metadata=shapes.wire_name("event"))
    order_number: kinds.Scalar | None = None
    service: Service | None = None
    entry_point: str | None = None
    exit_point: str | None = None
    comments: tuple[str, ...] = ()
    images: Images | None = None
    gross_weight: Decimal | None = None
    volumetric_weight: Decimal | None = None
    chargeable_weight: Decimal | None = None


WebhookEvent = FulfillmentEvent | LabelEvent | ManifestEvent | OrderEvent | ShipmentEvent
"""The value of a delivery of a known topic."""
