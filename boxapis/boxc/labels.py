"""The resource Labels: labels, as data and as PDF (https://docs.boxc.com/#tag/Labels)."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from attrs import field, frozen

from boxapis._sansio import kinds
from boxapis._sansio.value import Value
from boxapis.boxc._resource import PDF, Resource, given, never_ready, prepare, prepare_ids
from boxapis.boxc.parties import Event
from boxapis.errors import APIError

__all__ = ["Contents", "Label", "LabelSheet", "LabelStatus", "Labels"]

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


@frozen(kw_only=True)
class LabelSheet:
    """The PDF of up to 100 labels.

    Attributes:
        pdf: The labels in one PDF; None if none of them can be had.
        ids: The labels in it, as they were given, in order.
        missing: The labels of this hundred that are not in it.
    """

    pdf: bytes | None = field(repr=False)
    ids: tuple[int | str, ...]
    missing: tuple[int | str, ...] = ()


_GET = "GET /labels/{id}"
_SHEET = 100  # labels in one PDF at most, by the service's description
_NOT_PRINTED = frozenset({1204, 1205, 1207})


class Labels(Resource):
    """Labels of the token's user, as ``boxc.labels``; an ``id`` is a number or a tracking number.

    For a label that is not there, or not yours, methods raise `NotFoundError` (1205).
    """

    __slots__ = ()

    async def get(self, id: int | str) -> Label:
        """Returns one label. Kind: read. Scope: ``read_shipments``."""
        return await self._read(Label, "label", prepare(_GET, id))

    async def pdf(self, id: int | str) -> bytes:
        """Returns the label to print, as PDF. Kind: read. Scope: ``read_shipments``.

        Raises:
            ConflictError: it is not ready yet (1207).
        """
        return await self._read_file(prepare(_GET, id, accept=PDF))

    async def wait(self, id: int | str, *, deadline: float) -> Label:
        """Returns a label as soon as its PDF can be downloaded. Kind: read.

        Some carriers deliver labels seconds to minutes after they are bought. The first look comes
        after a second, the next ones after twice the pause each, up to 15 s. The webhook topic
        ``shipments_label`` says the same without asking. Scope: ``read_shipments``.

        Ready is a label with ``is_ready``, "the label file is ready for download" by the service's
        description. Whether `pdf` may answer 1207 all the same, no source says.

        Args:
            deadline: Seconds for the whole wait, 0.01 or more.

        Raises:
            ConfigurationError: the deadline is no such number. Nothing was sent.
            ConflictError: the label is cancelled; without a ``code``, since the service did not
                refuse anything.
            WaitTimeoutError: it was not ready by then; ``value`` is the label as last seen.
            BoxAPIError: a look failed and waiting would not help. What may go away by itself, such
                as a lost connection, 429 or 5xx, does not end the wait.
        """
        return await self._wait(_GET, id, _is_ready, deadline)

    async def pdfs(self, labels: Sequence[int | str]) -> AsyncIterator[LabelSheet]:
        """Iterates over the PDFs of any number of labels, a hundred in each, in the given order.

        The service refuses a whole PDF for one label that is not there, without saying which. The
        hundred is then asked for in halves until each such label is found, with some 14 requests
        for one and 200 at most, and then without those.

        Kind: read. Scope: ``write_shipments``.

        Returns:
            A `LabelSheet` for each hundred. A label in ``missing`` is not there or not yours, is
            not ready yet, or is cancelled (1205, 1207, 1204): the service's description shows 1205
            for whatever is not available for this PDF, so `get` tells them apart.

        Raises:
            ConfigurationError: it is one text, or one of them is no id. Nothing was sent.
            BoxAPIError: see `boxapis.errors`; sheets that were returned before are complete.
        """
        # The check would use an iterator up.
        listed: Any = labels if issubclass(type(labels), Sequence) else None
        error = prepare_ids("POST /labels/bulk", "labels", listed, PDF).error()
        if error is not None:
            raise error
        for start in range(0, len(labels), _SHEET):
            yield await self._sheet(tuple(labels[start : start + _SHEET]))

    async def _sheet(self, ids: tuple[int | str, ...]) -> LabelSheet:
        missing: tuple[int | str, ...] = ()
        while kept := tuple(one for one in ids if one not in missing):
            pdf = await self._printed(kept)
            if isinstance(pdf, bytes):
                return LabelSheet(pdf=pdf, ids=kept, missing=missing)
            found = await self._missing(kept)
            if not found:  # the halves are all there, so the refusal has another reason
                raise pdf
            missing += found
        return LabelSheet(pdf=None, ids=(), missing=missing)

    async def _missing(self, refused: tuple[int | str, ...]) -> tuple[int | str, ...]:
        """Returns the labels that a PDF of these was refused for."""
        if len(refused) == 1:
            return refused
        middle = len(refused) // 2
        missing: tuple[int | str, ...] = ()
        for half in (refused[:middle], refused[middle:]):
            if not isinstance(await self._printed(half), bytes):
                missing += await self._missing(half)
        return missing

    async def _printed(self, ids: Sequence[int | str]) -> bytes | APIError:
        """Returns the PDF of labels, or the refusal because one of them is missing."""
        try:
            return await Labels(self._caller.raw(is_raw=False)).pdf_of_many(ids)
        except APIError as error:
            if error.code not in _NOT_PRINTED:
                raise
            return error

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


def _is_ready(label: Label) -> bool:
    if label.cancelled or label.status == "Cancelled":
        raise never_ready(_GET, "the label is cancelled")
    return label.is_ready is True
