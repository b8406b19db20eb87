"""Credit cards: those on file, and the form of one that is charged or stored."""

import re
from datetime import date
from typing import Any, Final

from boxapis.sandbox._boxtracker.arguments import (
    Arguments,
    check_state,
    identified_customer,
    parse_integer,
    required,
)
from boxapis.sandbox._boxtracker.availability import today
from boxapis.sandbox._boxtracker.data import JsonObject, SandboxCustomer
from boxapis.sandbox._boxtracker.refusals import (
    CARD_NOT_VALID,
    INVALID_PAYLOAD,
    NOT_AVAILABLE,
    Refusal,
)
from boxapis.sandbox._boxtracker.state import BoxTrackerState

_FIELDS: Final = (
    *("ccard_first_name", "ccard_last_name", "ccard_address", "ccard_city", "ccard_state"),
    *("ccard_zip", "ccard_country", "ccard_phone", "ccard_email"),
    *("ccard_number", "ccard_exp_month", "ccard_exp_year", "ccard_cvv"),
)
_NUMBER: Final = re.compile("[0-9]{12,19}", re.ASCII)
_CVV: Final = re.compile("[0-9]{3,4}", re.ASCII)
_BRANDS: Final = {"3": "AX", "4": "VI", "5": "MC", "6": "DI"}


def save_card(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """Put a card on file; it becomes the primary one only if it is the first."""
    customer = identified_customer(state, arguments)
    card = given_card(state, arguments)
    store_card(state, customer, card, is_primary=not cards_of(customer))
    return {}


def make_card_primary(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """Make a card on file the primary one, and no other."""
    customer = identified_customer(state, arguments)
    (number,) = required(arguments, "ccard_id")
    chosen = find_card(customer, parse_integer(number))
    _change_cards(state, customer, cards_of(customer), primary=chosen["ID"])
    return {}


def cards_of(customer: SandboxCustomer) -> list[dict[str, Any]]:
    """The cards on file."""
    record: dict[str, Any] = customer.record
    found: list[dict[str, Any]] = record["CCardObjList"]
    return found


def find_card(customer: SandboxCustomer, number: int) -> dict[str, Any]:
    """The card on file with a number; raises Refusal with 302."""
    for card in cards_of(customer):
        if card["ID"] == number:
            return card
    raise Refusal(NOT_AVAILABLE)


def given_card(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """The card in a portal command's arguments, without a number on file; raises Refusal."""
    required(arguments, *_FIELDS)
    check_state(arguments["ccard_state"])
    if arguments["ccard_country"] not in ("US", "CA"):
        raise Refusal(INVALID_PAYLOAD)
    month, year = arguments["ccard_exp_month"], arguments["ccard_exp_year"]
    mask = check_card(state, arguments["ccard_number"], month, year, arguments["ccard_cvv"])
    return {"TypeAbrv": _BRANDS.get(arguments["ccard_number"][0], "OT"), "Mask": mask, "Valid": 1}


def check_card(state: BoxTrackerState, number: str, month: str, year: str, cvv: str) -> str:
    """The masked number of a valid card; raises Refusal with 324 and the reason."""
    digits = number.replace(" ", "").replace("-", "")
    if not _NUMBER.fullmatch(digits) or _luhn_sum(digits) % 10:
        raise Refusal(CARD_NOT_VALID, "ERROR: Invalid Credit Card Number")
    if not _CVV.fullmatch(cvv):
        raise Refusal(CARD_NOT_VALID, "ERROR: Invalid Credit Card Security Code")
    expiry = _expiry(month, year)
    if expiry is None or expiry < today(state).replace(day=1):
        raise Refusal(CARD_NOT_VALID, "ERROR: Credit Card Has Expired")
    return digits[-4:].rjust(len(digits), "*")


def store_card(
    state: BoxTrackerState, customer: SandboxCustomer, card: JsonObject, *, is_primary: bool
) -> None:
    """Put a card on file."""
    stored: dict[str, Any] = {"ID": state.new_id(), **card, "PrimaryCard": 0}
    primary = stored["ID"] if is_primary else None
    _change_cards(state, customer, [*cards_of(customer), stored], primary)


def _change_cards(
    state: BoxTrackerState,
    customer: SandboxCustomer,
    cards: list[dict[str, Any]],
    primary: int | None,
) -> None:
    if primary is not None:
        cards = [card | {"PrimaryCard": int(card["ID"] == primary)} for card in cards]
    state.change(customer, record=customer.record | {"CCardObjList": cards})


def _expiry(month: str, year: str) -> date | None:
    if not (month.isascii() and month.isdigit() and year.isascii() and year.isdigit()):
        return None
    try:
        return date(2000 + int(year[-2:]), int(month), 1)
    except ValueError:
        return None


def _luhn_sum(digits: str) -> int:
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2]]
    return sum(doubled) + sum(int(digit) for digit in digits[::-2])
