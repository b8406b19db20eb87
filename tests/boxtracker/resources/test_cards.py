"""Cards: what is sent of a card, and that number, CVV and expiry are never shown."""

from typing import Any

import pytest

from boxapis import ConfigurationError, PaymentError
from boxapis.boxtracker.cards import GivenCard, portal_arguments, web_arguments
from boxapis.secret import Secret
from tests.support.scripted_customer import refused, scripted_customer, sent

pytestmark = pytest.mark.usefixtures("closing")

HOLDER = {
    "first_name": "Jane",
    "last_name": "Doe",
    "address1": "1 Main Street",
    "city": "Manchester",
    "state": "NH",
    "zip": "03101",
    "phone": "603-555-0100",
    "email": "jane@example.com",
}
SENT = {
    "ccard_first_name": "Jane",
    "ccard_last_name": "Doe",
    "ccard_address": "1 Main Street",
    "ccard_address2": "",
    "ccard_city": "Manchester",
    "ccard_state": "NH",
    "ccard_zip": "03101",
    "ccard_country": "US",
    "ccard_phone": "603-555-0100",
    "ccard_email": "jane@example.com",
    "ccard_number": "4111 1111-1111 1111",
    "ccard_exp_month": "3",
    "ccard_exp_year": "31",
    "ccard_cvv": "0987",
}


def card(**changes: Any) -> GivenCard:
    """A card with changes."""
    given = {"number": "4111 1111-1111 1111", "expires_month": 3, "expires_year": 2031}
    return GivenCard(**{**HOLDER, **given, "cvv": "0987", **changes})


async def test_store() -> None:
    """Every field is sent, the number as it was given and the month not padded."""
    customer, transport = scripted_customer({})
    await customer.cards.store(card())
    assert sent(transport) == [("cmdBoxTPortalSaveCCard", SENT)]


async def test_make_primary() -> None:
    """The card is named by its id."""
    customer, transport = scripted_customer({})
    await customer.cards.make_primary(7)
    assert sent(transport) == [("cmdBoxTPortalCCardMakePrimary", {"ccard_id": "7"})]


def test_nothing_secret_is_shown() -> None:
    """A card shows its holder; number, expiry and CVV are sealed from the beginning."""
    shown = repr(card())
    for secret in ("4111", "0987", "2031", "=3,"):
        assert secret not in shown
    for name in ("number", "cvv", "expires_month", "expires_year"):
        assert isinstance(getattr(card(), name), Secret)


EXPIRIES: dict[str, tuple[Any, Any, tuple[str, str, str] | None]] = {
    "numbers": (3, 2031, ("3", "31", "0331")),
    "December": (12, 31, ("12", "31", "1231")),
    "October": (10, 2030, ("10", "30", "1030")),
    "text": ("03", "2031", ("3", "31", "0331")),
    "secrets": (Secret("3"), Secret("31"), ("3", "31", "0331")),
    "month 0": (0, 2031, None),
    "month 13": (13, 2031, None),
    "negative": (-3, 2031, None),
    "no month": (None, 2031, None),
    "year of three digits": (3, 231, None),
    "huge": (3, 10**5000, None),
    "no text": (3, b"31", None),
}


@pytest.mark.parametrize(("month", "year", "expected"), EXPIRIES.values(), ids=EXPIRIES)
def test_expiry(month: Any, year: Any, expected: tuple[str, str, str] | None) -> None:
    """The portal takes month and year, the web API ``MMYY``; what is no expiry is refused."""
    given = card(expires_month=month, expires_year=year)
    if expected is None:
        with pytest.raises(ConfigurationError, match="expires_month"):
            portal_arguments(given)
        with pytest.raises(ConfigurationError, match="expires_month"):
            web_arguments(given)
        return
    portal, web = portal_arguments(given), web_arguments(given)
    assert (portal["ccard_exp_month"], portal["ccard_exp_year"], web["ccardExp"]) == expected


WRONG: dict[str, Any] = {
    "number alone": lambda cards: cards.store("4111111111111111"),
    "no number": lambda cards: cards.store(card(number="")),
    "number as int": lambda cards: cards.store(card(number=4111111111111111)),
    "no cvv": lambda cards: cards.store(card(cvv=None)),
    "id 0": lambda cards: cards.make_primary(0),
    "card as id": lambda cards: cards.make_primary(4111111111111111),
}


@pytest.mark.parametrize("call", WRONG.values(), ids=WRONG)
async def test_wrong_cards(call: Any) -> None:
    """What is no card is refused without being shown, and nothing is sent."""
    customer, transport = scripted_customer()
    with pytest.raises(ConfigurationError) as caught:
        await call(customer.cards)
    assert "4111" not in str(caught.value)
    assert transport.requests == []


async def test_refusal_hides_the_card() -> None:
    """What the service says of a card is shown without it."""
    text = "card 4111 1111-1111 1111 with 0987 is not valid"
    customer, _ = scripted_customer(refused(324) | {"errorString": text})
    with pytest.raises(PaymentError) as caught:
        await customer.cards.store(card())
    assert "4111" not in str(caught.value)
    assert "0987" not in str(caught.value)
