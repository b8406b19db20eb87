"""Arguments of Box Tracker commands: those that must be there, their forms and their session."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

from boxapis.sandbox._boxtracker.data import DAY_FORMAT, JsonObject, SandboxCustomer
from boxapis.sandbox._boxtracker.refusals import (
    INVALID_PAYLOAD,
    MISSING_INPUTS,
    MISSING_PERMISSIONS,
    Refusal,
)
from boxapis.sandbox._boxtracker.state import BoxTrackerState

Arguments = Mapping[str, str]
CommandHandler = Callable[[BoxTrackerState, Arguments], JsonObject]

_INTEGER_DIGITS: Final = 11
_STATE: Final = re.compile("[A-Z]{2}")


def required(arguments: Arguments, *names: str) -> tuple[str, ...]:
    """The values of arguments that must be there; raises Refusal with 303."""
    if any(name not in arguments for name in names):
        raise Refusal(MISSING_INPUTS)
    return tuple(arguments[name] for name in names)


def parse_integer(text: str) -> int:
    """Parse a non-negative integer of at most eleven digits; raises Refusal with 300."""
    if not (text.isascii() and text.isdigit() and len(text) <= _INTEGER_DIGITS):
        raise Refusal(INVALID_PAYLOAD)
    return int(text)


def parse_choice(text: str, highest: int) -> int:
    """Parse a number from 0 to `highest`, such as a flag; raises Refusal with 300."""
    number = parse_integer(text)
    if number > highest:
        raise Refusal(INVALID_PAYLOAD)
    return number


def parse_day(text: str, status: int = INVALID_PAYLOAD) -> date:
    """Parse a day such as ``Jan 05, 2024`` or ``Jan 5, 2024``; raises Refusal with `status`."""
    try:
        return datetime.strptime(text, DAY_FORMAT).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise Refusal(status) from None


def check_state(text: str) -> None:
    """Raise Refusal with 300 unless a state or province is two capitals or blank."""
    if text and not _STATE.fullmatch(text):
        raise Refusal(INVALID_PAYLOAD)


def logged_in_customer(state: BoxTrackerState, arguments: Arguments) -> SandboxCustomer:
    """The customer of a command with two user names and two keys; raises Refusal."""
    user, key, customer, customer_key = required(
        arguments,
        "username_api",
        "session_key_api",
        "username_customer",
        "session_key_customer",
    )
    return state.use_both_sessions(user, key, customer, customer_key)


def identified_customer(state: BoxTrackerState, arguments: Arguments) -> SandboxCustomer:
    """The customer of a command that has ``customer_id`` as well; raises Refusal."""
    customer = logged_in_customer(state, arguments)
    (customer_id,) = required(arguments, "customer_id")
    if parse_integer(customer_id) != customer.customer_id:
        raise Refusal(MISSING_PERMISSIONS)
    return customer
