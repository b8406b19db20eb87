"""The resource Ordering: prices for the public, requests for service, and orders booked at once.

Manual: pricing-query.html, request-service.html and direct-booking.html under
https://www.dumpster.software/api/.
"""

from collections.abc import Coroutine, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal, NotRequired, TypedDict, Unpack

from attrs import field, frozen

from boxapis._core.awaitable import named, returns_coroutine
from boxapis._sansio import kinds, shapes
from boxapis._sansio.boxtracker.days import parse_day
from boxapis._sansio.text import exact_text
from boxapis.boxtracker._resource import Resource, optional
from boxapis.boxtracker.cards import GivenCard, web_arguments
from boxapis.boxtracker.pricing import Pricing
from boxapis.errors import ConfigurationError

__all__ = [
    "GivenOrder",
    "Mode",
    "Order",
    "Ordering",
    "ServiceType",
]

Mode = Literal["TEST", "LIVE"]
"""Whether an order is real. One with ``"TEST"`` does not appear in Box Tracker."""

ServiceType = Literal["Delivery", "SOS", "Switch", "Out", "Move", "Live"] | str
"""A type of orders; `Pricing.service_types` has those that the hauler offers."""


class GivenOrder(TypedDict):
    """An order; the numbers are the greatest lengths in characters that the manual allows."""

    name: str  # person or company, 150 characters
    billing_address1: str  # 100
    billing_city: str  # 100
    billing_state: str  # two letters, for instance "VA"
    billing_zip: str  # 10
    billing_country: Literal["USA", "CAN"] | str  # 5; the vendor's client sends "United States"
    billing_phone: str  # ten digits or more, 50 characters
    billing_email: str  # 255
    job_address: str  # 100
    job_city: str  # 50
    job_state: str  # two letters
    job_zip: str  # 10
    job_latitude: Decimal | float  # degrees
    job_longitude: Decimal | float  # degrees
    distance_by_road: str  # from the centre of the hauler's territory, with its unit: "9.2 mi"
    date_requested: date | str  # a str as the service writes it: "2024-01-05"
    service_type: ServiceType
    asset_class: str  # PriceSheet.asset, for instance "20-open"; 30
    price_sheet_id: int
    billing_address2: NotRequired[str | None]  # 100
    job_name: NotRequired[str | None]  # 100
    hazards: NotRequired[str | None]
    note: NotRequired[str | None]  # remarks on the placement
    txn_class: NotRequired[str | None]  # one of txn_classes of the handshake
    terms_accepted: NotRequired[bool]  # whether the buyer accepted Pricing.terms_url


_ARGUMENTS: Mapping[str, str] = MappingProxyType(
    {
        "name": "name",
        "billing_address1": "billingAddress1",
        "billing_address2": "billingAddress2",
        "billing_city": "billingCity",
        "billing_state": "billingStateProv",
        "billing_zip": "billingZipPostal",
        "billing_country": "billingContry",
        "billing_phone": "billingPhone",
        "billing_email": "billingEmail",
        "job_name": "jobName",
        "job_address": "jobAddress",
        "job_city": "jobCity",
        "job_state": "jobStateProv",
        "job_zip": "jobZipPostal",
        "job_latitude": "jobLatitude",
        "job_longitude": "jobLongitude",
        "distance_by_road": "distanceByRoad",
        "date_requested": "dateRequested",
        "service_type": "serviceType",
        "asset_class": "assetClass",
        "hazards": "hazards",
        "price_sheet_id": "priceSheetID",
        "note": "note",
        "txn_class": "txnClass",
        "terms_accepted": "customer_terms",
    }
)


_NoCard = Literal["no card"]


@frozen(kw_only=True)
class Order:
    """The result of a request or a booking; the service may leave out any of it.

    Attributes:
        id: The number of the order.
        date_text: The day, as the service writes it; see `date`.
        address: The address of the job site.
        city: The city of the job site.
        state: The state or province of the job site.
        zip: The zip or postal code of the job site.
        test_url: For ``mode="TEST"`` the address at which the inputs can be checked.
        extra: Fields that no source lists; values under sensitive names are `Secret`.
    """

    id: kinds.Scalar | None = optional("OrderID")
    date_text: kinds.Scalar | None = optional("OrderDate")
    address: kinds.Scalar | None = optional("OrderAddress")
    city: kinds.Scalar | None = optional("OrderCity")
    state: kinds.Scalar | None = optional("OrderState")
    zip: kinds.Scalar | None = optional("OrderZip")
    test_url: kinds.Scalar | None = optional("TestURL")
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)

    @property
    def date(self) -> date | None:
        """The day; None if there is none, or it is written in a form that no source shows."""
        return parse_day(self.date_text)


class Ordering(Resource):
    """Prices and orders for the public, as ``tracker.ordering``."""

    __slots__ = ()

    async def pricing(self, zip_postal_code: str, *, txn_class: str | None = None) -> Pricing:
        """Returns the prices at a place, and what can be ordered on which day. Kind: read.

        Args:
            zip_postal_code: The place of the job, for instance ``"03060"`` or ``"I1J 8U6"``.
            txn_class: A selector for taxes, one of ``txn_classes`` of the handshake.

        Raises:
            NotFoundError: there are no price sheets to offer (301), or no web pricing (309).
            ConflictError: no date is open for booking (307).
            ValidationError: an argument is missing (303).
            BoxAPIError: see `boxapis.errors`.
        """
        arguments = {"zipPostalCode": zip_postal_code, "txnClass": txn_class}
        return await self._read(Pricing, "", "cmdBoxTWebAPIPricing", arguments)

    @returns_coroutine
    def request_service(
        self, *, mode: Mode, card: GivenCard | None = None, **order: Unpack[GivenOrder]
    ) -> Coroutine[Any, Any, Order]:
        """Puts a request before the hauler, who makes a work order of it. Kind: changing.

        It is sent once. No command looks up a request whose response was lost: the hauler, who is
        told of each request by e-mail or SMS, sees it in Box Tracker. Ask there before you send it
        again.

        Args:
            mode: ``"LIVE"``, or ``"TEST"`` to leave nothing but `Order.test_url`. No source says
                whether a test checks card and day.
            card: A card, where the hauler takes cards with Box Tracker.
            order: The order.

        Raises:
            ServerError: the request could not be created (320); it may have been carried out.
            OutcomeUnknownError: it was sent and no response settled it: ask as above.
            BoxAPIError: whatever else `book` raises, for the same reasons.
        """
        kept = _kept(card, order)
        del card, order  # an unknown argument may be a card number in the wrong place
        call = self._order("cmdBoxTWebAPIRequestService", mode, *kept)
        return named(call, "Ordering.request_service")

    @returns_coroutine
    def book(
        self, *, mode: Mode, card: GivenCard | None = None, **order: Unpack[GivenOrder]
    ) -> Coroutine[Any, Any, Order]:
        """Charges the card, if there is one, and books a work order at once. Kind: changing.

        It cannot be undone, and is sent once. The web API has no command to look up a booking whose
        response was lost. The hauler, who is told of each booking by e-mail, sees it in Box
        Tracker; if the buyer is a customer of the portal, ``customer.work_orders.list(search=...)``
        has the order by its address, and ``customer.transactions.list()`` the payment. Only if
        neither is there, book again. No source says what happens when the card is charged and the
        booking then fails.

        Args:
            mode: ``"LIVE"``, or ``"TEST"`` to leave nothing but `Order.test_url`. No source says
                whether a test checks card and day.
            card: The card to charge; None books without a charge.
            order: The order.

        Raises:
            ConfigurationError: `mode` is neither, the card is no `GivenCard` or lacks a part, or
                there is no such argument of an order. Nothing was sent.
            ValidationError: an argument is missing or malformed (303, 326, 333, 334, 337).
            ConflictError: the site is too far away (335), or the day cannot be booked (338, 515 to
                518).
            PaymentError: the card is not valid (324), could not be saved (325) or was declined
                (340), or the hauler takes no cards (327 to 329).
            ServerError: something could not be created (321, 322, 336); it may have been carried
                out.
            OutcomeUnknownError: it was sent and no response settled it: look it up as above.
            BoxAPIError: see `boxapis.errors`; ``details`` may have a ``TestURL``.
        """
        kept = _kept(card, order)
        del card, order  # as above
        return named(self._order("cmdBoxTWebAPIDirectBooking", mode, *kept), "Ordering.book")

    async def _order(
        self,
        command: str,
        mode: object,
        card: GivenCard | _NoCard | None,
        known: Mapping[str, object],
        unknown: Sequence[str],
    ) -> Order:
        if unknown:
            message = f"an order has no argument {', '.join(unknown)}; it has"
            raise ConfigurationError(f"{message} {', '.join(_ARGUMENTS)}")
        exact_mode = exact_text(mode)
        if exact_mode not in ("TEST", "LIVE"):  # a test in another spelling must not become real
            message = 'mode must be "TEST" or "LIVE"'
            raise ConfigurationError(message)
        if card == "no card":
            message = "card must be a GivenCard, or None"
            raise ConfigurationError(message)
        arguments = {_ARGUMENTS[name]: value for name, value in known.items()}
        arguments["Mode"] = exact_mode
        if isinstance(card, GivenCard):
            arguments |= web_arguments(card)
        return await self._read(Order, "", command, arguments)


def _kept(
    card: object, order: Mapping[str, object]
) -> tuple[GivenCard | _NoCard | None, Mapping[str, object], Sequence[str]]:
    """Returns what a coroutine may hold: a sealed card, known arguments, names of the others."""
    held: GivenCard | _NoCard | None = "no card"
    if card is None or type(card) is GivenCard:
        held = card
    known = {name: value for name, value in order.items() if name in _ARGUMENTS}
    return held, known, sorted(set(order) - set(known))
