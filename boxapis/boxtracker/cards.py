"""The resource Cards: credit cards on file, and a card that is charged or stored.

Source: the vendor's own client; its manual has no page for cards. Cards on file are listed by
``customer.profile.get()`` and ``customer.transactions.payable()``; no command deletes one.
"""

import re
from collections.abc import Coroutine, Mapping
from typing import Any, Literal

from attrs import field, frozen

from boxapis._core.awaitable import named, returns_coroutine
from boxapis._sansio import kinds, shapes
from boxapis._sansio.text import exact_int
from boxapis.boxtracker._resource import LARGEST_ID, Resource, checked_id, optional
from boxapis.errors import ConfigurationError
from boxapis.secret import Secret, required, seal

__all__ = ["Card", "Cards", "GivenCard"]


@frozen(kw_only=True)
class Card:
    """A card on file.

    Attributes:
        id: The number that payments name it by.
        brand: The brand, in short.
        mask: The card number with all but a few digits masked.
        primary: Whether it is the primary card.
        valid: Whether it can be used.
        extra: Fields that no source lists; values under sensitive names are `Secret`.
    """

    id: int = field(metadata=shapes.wire_name("ID"))
    brand: kinds.Scalar | None = optional("TypeAbrv")
    mask: kinds.Scalar | None = optional("Mask")
    primary: kinds.Flag | None = optional("PrimaryCard")
    valid: kinds.Flag | None = optional("Valid")
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)


def _sealed(value: object) -> Secret:
    return seal(value) or Secret("")


def _sealed_number(value: object) -> Secret:
    number = exact_int(value)
    return _sealed(str(number) if number is not None and 0 <= number <= _LATEST else value)


_LATEST = 9999


@frozen(kw_only=True)
class GivenCard:
    """A card to charge or to store. Number, expiry and CVV are sealed at once, and never shown.

    Attributes:
        number: The card number, as text.
        expires_month: The month of expiry, 1 to 12.
        expires_year: The year of expiry, for instance 2027.
        cvv: The security code, 3 or 4 digits, as text.
        first_name: The holder's first name.
        last_name: The holder's last name.
        address1: First line of the billing address.
        address2: Second line of the billing address.
        city: City of the billing address.
        state: State or province, two capital letters.
        zip: Zip or postal code.
        country: ``"US"`` or ``"CA"``; bookings have no place for it.
        phone: The holder's telephone number, ten digits; bookings have no place for it.
        email: The holder's e-mail address; bookings have no place for it.
    """

    number: Secret = field(converter=_sealed)
    expires_month: Secret = field(converter=_sealed_number)
    expires_year: Secret = field(converter=_sealed_number)
    cvv: Secret = field(converter=_sealed)
    first_name: str
    last_name: str
    address1: str
    city: str
    state: str
    zip: str
    address2: str = ""
    country: Literal["US", "CA"] = "US"
    phone: str = ""
    email: str = ""

    def expiry(self) -> tuple[Secret, Secret]:
        """Returns month and year of expiry, as two digits each.

        Raises:
            ConfigurationError: the month is not 1 to 12, or the year has not two or four digits.
        """
        month, year = self.expires_month.reveal(), self.expires_year.reveal()
        if month.zfill(2) in _MONTHS and _YEAR.fullmatch(year):
            return Secret(month.zfill(2)), Secret(year[-2:])
        del month, year
        message = "expires_month must be 1 to 12, and expires_year a year such as 2027"
        raise ConfigurationError(message)


_MONTHS = frozenset(f"{month:02d}" for month in range(1, 13))
_YEAR = re.compile("[0-9]{2}(?:[0-9]{2})?", re.ASCII)


def portal_arguments(card: GivenCard) -> dict[str, object]:
    """Returns a card as the portal takes it; the number goes out as it was given.

    Raises:
        ConfigurationError: number, CVV or expiry is missing or cannot be sent.
    """
    month, year = card.expiry()
    return {
        "ccard_first_name": card.first_name,
        "ccard_last_name": card.last_name,
        "ccard_address": card.address1,
        "ccard_address2": card.address2,
        "ccard_city": card.city,
        "ccard_state": card.state,
        "ccard_zip": card.zip,
        "ccard_country": card.country,
        "ccard_phone": card.phone,
        "ccard_email": card.email,
        "ccard_number": required(card.number, "the card's number"),
        "ccard_exp_month": Secret(month.reveal().lstrip("0")),  # not padded, as the client sends it
        "ccard_exp_year": year,
        "ccard_cvv": required(card.cvv, "the card's cvv"),
    }


def held_card(card: object) -> GivenCard | int | None:
    """Returns what a frame may hold of a card to pay with: a sealed one or an id; else None."""
    if type(card) is GivenCard:
        return card
    number = exact_int(card)  # one that is longer than an id may be a card's, by mistake
    return number if number is not None and 1 <= number <= LARGEST_ID else None


def payment_arguments(
    card: GivenCard | int | None, *, store: bool, make_primary: bool
) -> dict[str, object]:
    """Returns the card of a payment as the portal takes it: its id, or all of it.

    Raises:
        ConfigurationError: there is no card, or it cannot be sent or stored.
    """
    if card is None:
        message = "card must be the id of a card on file, or a GivenCard"
        raise ConfigurationError(message)
    if not isinstance(card, GivenCard):
        if store or make_primary:
            message = "store and make_primary are for a GivenCard; this card is on file"
            raise ConfigurationError(message)
        return {"ccard_id": card}
    if make_primary and not store:
        message = "make_primary is for a card that is stored: give store=True, too"
        raise ConfigurationError(message)
    flags = {"ccard_store": bool(store), "ccard_make_primary": bool(make_primary)}
    return {"ccard_id": 0, **portal_arguments(card), **flags}


def web_arguments(card: GivenCard) -> dict[str, object]:
    """Returns a card as the web API takes it, with its expiry as ``MMYY``.

    Raises:
        ConfigurationError: number, CVV or expiry is missing or cannot be sent.
    """
    month, year = card.expiry()
    return {
        "ccardFName": card.first_name,
        "ccardLName": card.last_name,
        "ccardBillingAddress1": card.address1,
        "ccardBillingAddress2": card.address2,
        "ccardBillingCity": card.city,
        "ccardBillingStateProv": card.state,
        "ccardBillingZipPostal": card.zip,
        "ccardNumber": required(card.number, "the card's number"),
        "ccardExp": Secret(month.reveal() + year.reveal()),
        "ccardCVV": required(card.cvv, "the card's cvv"),
    }


class Cards(Resource):
    """Credit cards of one customer, as ``customer.cards``."""

    __slots__ = ()

    @returns_coroutine
    def store(self, card: GivenCard) -> Coroutine[Any, Any, None]:
        """Puts a card on file; nothing is charged. Kind: changing.

        It is sent once, because a second time may store the card twice. The service does not say
        the card's id: see `Profile.cards` of ``customer.profile.get()``.

        Args:
            card: The card, with all fields but ``address2``.

        Raises:
            ConfigurationError: it is no `GivenCard`, or number, CVV or expiry is missing. Nothing
                was sent.
            ValidationError: a field is missing (303).
            PaymentError: the card is not valid (324), could not be saved (325), or the hauler takes
                no cards (327 to 329).
            OutcomeUnknownError: it was sent and no response settled it: look for its mask among
                the cards of ``customer.profile.get()``. No source says how a mask is written, so
                no function compares them.
            BoxAPIError: see `boxapis.errors`.
        """
        held = card if type(card) is GivenCard else None
        del card
        return named(self._store(held), "Cards.store")

    async def make_primary(self, id: int) -> None:  # noqa: A002 - the service's word
        """Makes a card on file the primary one. Kind: changing; a repeat does no harm.

        Args:
            id: The number of the card.

        Raises:
            ConfigurationError: it is no id of a card on file. Nothing was sent.
            NotFoundError: there is no such card (302).
            PermissionDeniedError: the customer may not do so (308).
            ServerError: the update failed (512).
            OutcomeUnknownError: it was sent and no response settled it: see `Card.primary` of the
                cards of ``customer.profile.get()``.
            BoxAPIError: see `boxapis.errors`.
        """
        arguments = {"ccard_id": checked_id(id, "the card's id")}
        return await self._do("cmdBoxTPortalCCardMakePrimary", arguments)

    async def _store(self, card: GivenCard | None) -> None:
        if card is None:
            message = "store takes a GivenCard"
            raise ConfigurationError(message)
        return await self._do("cmdBoxTPortalSaveCCard", portal_arguments(card))
