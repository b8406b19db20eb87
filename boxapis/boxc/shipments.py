"""The resource Shipments: parcels across borders (https://docs.boxc.com/#tag/Shipments)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, NotRequired, TypedDict, Unpack

from attrs import frozen

from boxapis._sansio import kinds
from boxapis._sansio.value import Value
from boxapis.boxc._resource import PDF, Listing, PageOptions, Resource, filled, given, prepare
from boxapis.boxc._shipment import Amount, Currency, LabelFailure, NatureType, Shipment
from boxapis.boxc.goods import GivenLineItem, GivenPackage
from boxapis.boxc.parties import GivenConsignor, GivenParty, Service, Terms
from boxapis.errors import ConfigurationError

__all__ = [
    "Amount", "Currency", "GivenChecks", "GivenCollection", "GivenFreight", "GivenShipment",
    "LabelFailure", "NatureType", "Processed", "Shipment", "Shipments",
]  # fmt: skip

YesNoBoth = Literal["yes", "no", "both"]


class GivenCollection(TypedDict, total=False):
    """Cash on delivery in a request."""

    amount: Decimal | float  # in the currency of the destination, 0 or more


class GivenFreight(TypedDict, total=False):
    """The declared cost of freight in a request."""

    amount: Decimal | float  # 0 or more
    currency: str  # three capital letters


class GivenChecks(TypedDict, total=False):
    """Checks that qualified parties may turn off in a request; each is on by default."""

    address: bool  # formatting and validation of addresses
    classify: bool  # HS codes and descriptions of line items; needed for `pga`
    descriptions: bool  # descriptions of line items
    denied_party: bool  # screening of the consignee
    pga: bool  # screening of line items for PGA; needs `classify`


GivenShipment = TypedDict(  # by a call, because `from` is a keyword
    "GivenShipment",
    {
        "line_items": Sequence[GivenLineItem],
        "service": Service,
        "entry_point": str,  # where it is handed in, for instance "TEST01"
        "consignor": GivenConsignor,  # the sender, for customs
        "to": GivenParty,  # the recipient; has a company_name, and no id
        "weight": Decimal | float,  # in kg, above 0 and below 10,000
        "from": NotRequired[GivenParty],  # the return address, in the country of `to`
        "consignee": NotRequired[GivenParty],  # the buyer, if not the recipient; may have an id
        "carrier": NotRequired[str | None],  # of the last mile, for instance "DeutschePost"
        "carrier_params": NotRequired[Mapping[str, Any] | None],  # depend on the carrier
        "credentials_id": NotRequired[int | None],  # of the credential to use
        "cod": NotRequired[GivenCollection],
        "comments": NotRequired[Sequence[str]],  # on the label: at most 3 of 80 characters
        "compliance": NotRequired[GivenChecks | None],
        "create_label": NotRequired[bool],  # whether to buy the label, too; default False
        "currency": NotRequired[Currency],  # to pay in; default "USD"
        "exit_point": NotRequired[str | None],  # airport for the last mile, three letters
        "freight_charge": NotRequired[GivenFreight],
        "height": NotRequired[Decimal | float],  # in cm, above 0 and below 1,000; default 1
        "length": NotRequired[Decimal | float],  # the same; default 15
        "width": NotRequired[Decimal | float],  # the same; default 10
        "ignore_bad_address": NotRequired[bool],  # declines insurance for a bad one
        "insurance": NotRequired[bool],  # above the 30 US dollars that are included, for a fee
        "irregular": NotRequired[bool],  # whether it is soft, or of irregular shape
        "is_return": NotRequired[bool],
        "nature_type": NotRequired[NatureType | None],  # of postal shipments
        "order_number": NotRequired[str | None],  # yours, at most 40 characters, not unique
        "packages": NotRequired[Sequence[GivenPackage]],  # if they are several
        "signature_confirmation": NotRequired[bool],
        "terms": NotRequired[Terms],
        "test": NotRequired[bool],  # makes test labels; cannot be changed
        "tracking_number": NotRequired[str],  # qualified parties' own, 8 to 40 characters
        "zonos_customer_id": NotRequired[str | None],  # overrides the account's
    },
)
GivenShipment.__doc__ = "A shipment in a request; all fields without `NotRequired` are required."


@frozen(kw_only=True, repr=False, eq=False)
class Processed(Value):
    """The outcome of `Shipments.process`."""

    status: Literal["Processed"] | str | None = None


class Shipments(Resource):
    """Shipments of the token's user, as ``boxc.shipments``.

    For an ``id`` that is not there, or not yours, methods raise `NotFoundError` (1210).
    """

    __slots__ = ()

    def list(
        self,
        *,
        created_min: date | None = None,
        created_max: date | None = None,
        labeled: YesNoBoth | None = None,
        packed: YesNoBoth | None = None,
        processed: YesNoBoth | None = None,
        order_number: str | None = None,
        tracking_number: str | None = None,
        overpack_id: int | None = None,
        **pages: Unpack[PageOptions],
    ) -> Listing[Shipment]:
        """Lists shipments that meet all conditions, page after page.

        Kind: read. Scope: ``read_shipments``.

        Args:
            created_min: The first day of creation to include.
            created_max: The last day of creation to include.
            labeled: Whether they have labels; the service's default is ``"both"``.
            packed: Whether they are in an overpack; the service's default is ``"both"``.
            processed: Whether they are processed; the service's default is ``"both"``.
            order_number: Your reference.
            tracking_number: A tracking number, at most 40 characters; the days are ignored then.
            overpack_id: The number of their overpack.
        """
        query: dict[str, object] = {"created_min": created_min, "created_max": created_max}
        query |= {"labeled": labeled, "packed": packed, "processed": processed}
        query |= {"order_number": order_number, "tracking_number": tracking_number}
        query["overpack_id"] = overpack_id
        return self._list(Shipment, "shipments", "GET /shipments", query, **pages)

    async def find(self, order_number: str, since: date) -> tuple[Shipment, ...]:
        """Returns the shipments with exactly this order number, to look up an unknown outcome.

        An order number need not be unique: give each shipment one of its own if you want to find
        it again. Kind: read. Scope: ``read_shipments``.

        The day is sent, and always needed: a page token that the service shows as a sample holds a
        window of 90 days, which would hide what is older. No source says whether the service's
        filter finds parts of order numbers, so they are compared here, too, but for blanks around
        them; nor how soon a new shipment is listed. So only if nothing is found minutes after the
        response was lost, when that request is surely over, was nothing created.

        Args:
            order_number: Your reference, as it was given to `create`.
            since: The first day of creation to include, in UTC; of a datetime with a zone its day
                in UTC. Take the day before the first attempt, since clocks differ.

        Returns:
            All of them, in the list's order, the newest first; ``label`` is the active label.

        Raises:
            ConfigurationError: the order number is blank, or there is no day. Nothing was sent.
            BoxAPIError: see `boxapis.errors`.
        """
        number = filled(order_number, "order_number").strip()
        if not issubclass(type(since), date):
            raise ConfigurationError("since must be a date")
        day = kinds.format_datetime(since)[:10] if isinstance(since, datetime) else since
        query = {"created_min": day, "order_number": number}
        found = self._list(Shipment, "shipments", "GET /shipments", query, limit=100)
        return tuple([one async for one in found if (one.order_number or "").strip() == number])

    async def get(self, id: int) -> Shipment:
        """Returns one shipment with all its labels. Kind: read. Scope: ``read_shipments``."""
        return await self._read(Shipment, "shipment", prepare("GET /shipments/{id}", id))

    async def pdf(self, id: int) -> bytes:
        """Returns a generic label for internal use, as PDF; `boxc.labels` has the carrier's.

        Kind: read. Scope: ``read_shipments``.
        """
        return await self._read_file(prepare("GET /shipments/{id}", id, accept=PDF))

    async def create(self, shipment: GivenShipment) -> Shipment:
        """Creates a shipment, and buys its label if ``create_label`` is true.

        Kind: changing: it may cost money, and is never sent twice. Scope: ``write_shipments``. If
        only the label fails, there is no error: the shipment is stored, and ``errors`` of the
        result has the reason.

        Raises:
            ValidationError: the service does not accept a field (1000), an address (1012, 1500 to
                1503), the goods (1215, 1221 to 1224, 1226 to 1228, 1242) or the recipient (1240).
            NotFoundError: no carrier takes it (1050, 1225), or there is no such credential (1450)
                or customs product (1461).
            PaymentError: the balance does not suffice (1080).
            ServerError: a rate (1243), a check (1010), an address service (503) or the label
                (1203) failed.
            OutcomeUnknownError: it was sent and no response settled it: `find` it by its
                ``order_number``.
        """
        body = {"shipment": shipment}
        return await self._read(Shipment, "shipment", prepare("POST /shipments", json=body))

    async def update(self, id: int, shipment: GivenShipment) -> Shipment:
        """Updates a shipment that has no label, or only cancelled ones.

        Kind: idempotent; with ``create_label`` changing: it buys the label, and is never sent
        twice. Scope: ``write_shipments``. ``test`` cannot change.

        Raises:
            ConflictError: it has a label that is not cancelled (1201), or cannot be updated (1213).
            NotFoundError, ServerError, ValidationError: as for `create`.
            OutcomeUnknownError: it was sent with ``create_label`` and no response settled it: look
                at the shipment.
        """
        body = {"shipment": shipment}
        return await self._read(Shipment, "shipment", prepare("PUT /shipments/{id}", id, json=body))

    async def delete(self, id: int) -> None:
        """Deletes a shipment that has no labels, or is a test shipment.

        Kind: idempotent. Scope: ``write_shipments``.

        Raises:
            ConflictError: it cannot be deleted (1212), or is in an overpack (1218).
        """
        return await self._do(prepare("DELETE /shipments/{id}", id))

    async def process(
        self,
        id: int,
        *,
        weight: Decimal | float,
        height: Decimal | float | None = None,
        length: Decimal | float | None = None,
        width: Decimal | float | None = None,
        irregular: bool | None = None,
        datetime: datetime | None = None,
        fulfillment_id: int | None = None,
    ) -> Processed:
        """Reports the final weight and size of a shipment, which cannot be reversed.

        Kind: changing: it settles the cost, and is never sent twice. Scope: ``write_shipments``,
        and a client that BoxC has authorized for it.

        Args:
            id: The number of the shipment; it has one package.
            weight: Weight, in kg.
            height: Height, in cm; the service's default is 1.
            length: Length, in cm; the service's default is 15.
            width: Width, in cm; the service's default is 10.
            irregular: Whether it is soft, or of irregular shape.
            datetime: The time of processing; one with a zone is sent in UTC.

        Raises:
            ConflictError: it has no labels (1202), or several packages (1230).
            NotFoundError: there is none with this id, or it is not yours (1210), or no carrier
                takes it (1050).
            PaymentError: the balance could not be charged (1082).
            OutcomeUnknownError: it was sent and no response settled it: look at the shipment.
        """
        fields = given(
            weight=weight,
            height=height,
            length=length,
            width=width,
            irregular=irregular,
            datetime=_in_utc(datetime),
            fulfillment_id=fulfillment_id,
        )
        prepared = prepare("PUT /shipments/{id}/process", id, json={"shipment": fields})
        return await self._read(Processed, "shipment", prepared)


def _in_utc(moment: object) -> object:
    return kinds.format_datetime(moment) if isinstance(moment, datetime) else moment
