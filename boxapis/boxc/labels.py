"""The resource Labels: labels, as data and as PDF (https://docs.boxc.com/#tag/Labels)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

from attrs import frozen

from boxapis._sansio import kinds
from boxapis._sansio.value import Value
from boxapis.boxc._resource import PDF, Resource, given, prepare, prepare_ids
from boxapis.boxc.parties import Event

__all__ = ["Contents", "Label", "LabelStatus", "Labels"]

LabelStatus = (
    Literal["Pending", "Processed", "Cancelled", "Customs", "En Route", "Exception", "Delivered"]
    | str
)
"""A status of labels: one of the known words, or a newer one."""


@frozen(kw_only=True, repr=False, eq=False)
class Contents(Value):
    """Goods in one package of a shipment with several packages.

    Attributes:
        description: The description of the goods.
        value: The total value of these goods.
    """

    description: str | None = None
    value: Decimal | None = None
    quantity: int | None = None


@frozen(kw_only=True, repr=False, eq=False)
class Label(Value):
    """A label, which stands for one parcel of a shipment.

    Attributes:
        tracking_number: The carrier's tracking number.
        status: The latest status of the parcel.
        is_ready: Whether the PDF can be downloaded; some carriers deliver it later.
        is_master: Whether it is the label that is cancelled for all packages of the shipment; true
            for a shipment with one package.
        processed: Whether the parcel was processed at a facility of BoxC.
        processed_date: Time at which it was first processed, in UTC.
        processed_weight: Weight at that time, in kg.
        overpack_id: The number of the overpack that the parcel is in.
        carrier: The code of the carrier of the last mile, for instance ``"USPS"``.
        service: The service it is billed for, for instance ``"BoxC Parcel"``.
        exit_point: The airport of export, three letters; None where it does not matter.
        cost: The price of shipping, in US dollars.
        surcharge: The additional price by route and weight, in US dollars.
        insurance_fee: The price of the insurance, in US dollars.
        weight: Weight, in kg.
        chargeable_weight: The greater one of gross and volumetric weight, in kg.
        height: Height, in cm, as are length and width.
        contents: The goods in this package.
        events: Tracking events, the latest first.
        delivery_date: Time of delivery, in UTC.
    """

    id: int
    shipment_id: int | None = None
    tracking_number: kinds.Scalar | None = None
    status: LabelStatus | None = None
    is_ready: bool | None = None
    is_master: bool | None = None
    cancelled: bool | None = None
    processed: bool | None = None
    processed_date: datetime | None = None
    processed_weight: Decimal | None = None
    overpack_id: int | None = None
    carrier: str | None = None
    service: str | None = None
    exit_point: str | None = None
    cost: Decimal | None = None
    surcharge: Decimal | None = None
    insurance_fee: Decimal | None = None
    weight: Decimal | None = None
    chargeable_weight: Decimal | None = None
    height: Decimal | None = None
    length: Decimal | None = None
    width: Decimal | None = None
    contents: tuple[Contents, ...] = ()
    events: tuple[Event, ...] = ()
    delivery_date: datetime | None = None
    created: datetime | None = None


class Labels(Resource):
    """Labels of the token's user, as ``boxc.labels``; an ``id`` is a number or a tracking number.

    For a label that is not there, or not yours, methods raise `NotFoundError` (1205).
    """

    __slots__ = ()

    async def get(self, id: int | str) -> Label:
        """Returns one label. Kind: read. Scope: ``read_shipments``."""
        return await self._read(Label, "label", prepare("GET /labels/{id}", id))

    async def pdf(self, id: int | str) -> bytes:
        """Returns the label to print, as PDF. Kind: read. Scope: ``read_shipments``.

        Raises:
            ConflictError: it is not ready yet (1207).
        """
        return await self._read_file(prepare("GET /labels/{id}", id, accept=PDF))

    async def pdf_of_many(self, labels: Sequence[int | str]) -> bytes:
        """Returns 1 to 100 labels, by number or tracking number, in one PDF, in the given order.

        Kind: read. Scope: ``write_shipments``.

        Raises:
            ConfigurationError: it is one text, or one of them is no id. Nothing was sent.
        """
        return await self._read_file(prepare_ids("POST /labels/bulk", "labels", labels, PDF))

    async def create(
        self,
        shipment_id: int,
        *,
        weight: Decimal | float | None = None,
        height: Decimal | float | None = None,
        length: Decimal | float | None = None,
        width: Decimal | float | None = None,
    ) -> Label:
        """Buys a label for a shipment that has none, or only cancelled ones.

        Kind: changing: it costs money, and is never sent twice. Scope: ``write_shipments``.

        Args:
            weight: Weight, in kg, above 0 and below 10,000, where it differs from the shipment's.
            height: Height, in cm, above 0 and below 1,000; the service's default is 1.
            length: Length, in cm, above 0 and below 1,000; the service's default is 15.
            width: Width, in cm, above 0 and below 1,000; the service's default is 10.

        Raises:
            ConflictError: the shipment has a label that is not cancelled (1201).
            NotFoundError: there is no such shipment, or it is not yours (1210).
            PaymentError: the balance does not suffice (1080).
            APIError: no carrier takes it (1050).
            OutcomeUnknownError: it was sent and no response settled it: look at the shipment.
        """
        size = given(weight=weight, height=height, length=length, width=width)
        body = {"label": {"shipment_id": shipment_id, **size}}
        return await self._read(Label, "label", prepare("POST /labels", json=body))

    async def cancel(self, id: int | str) -> Label:
        """Cancels a label, and takes its parcel out of the overpack.

        Kind: idempotent. Scope: ``write_shipments``. For a shipment with several packages cancel
        the label whose ``is_master`` is true.

        Raises:
            ConflictError: it was cancelled before (1204), cannot be cancelled (1206), or its
                overpack is locked (1251).
            ValidationError: it is not the master label of its shipment (1208).
        """
        body = {"label": {"cancelled": True}}
        return await self._read(Label, "label", prepare("PATCH /labels/{id}", id, json=body))

    async def take_out(self, id: int | str) -> Label:
        """Takes the parcel of a label out of its overpack.

        Kind: idempotent. Scope: ``write_shipments``.

        Raises:
            ConflictError: the overpack is locked (1251).
        """
        body = {"label": {"overpack_id": None}}
        return await self._read(Label, "label", prepare("PATCH /labels/{id}", id, json=body))
