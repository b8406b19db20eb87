"""Payments by card: chosen transactions or the balance, in full."""

from typing import Any, Final

from boxapis.sandbox._boxtracker.arguments import (
    Arguments,
    identified_customer,
    parse_choice,
    parse_integer,
    required,
)
from boxapis.sandbox._boxtracker.availability import today
from boxapis.sandbox._boxtracker.data import DAY_FORMAT, JsonObject, SandboxCustomer
from boxapis.sandbox._boxtracker.ledger import CardCharge
from boxapis.sandbox._boxtracker.refusals import (
    CARD_NOT_VALID,
    INVALID_PAYLOAD,
    NOT_AVAILABLE,
    Refusal,
)
from boxapis.sandbox._boxtracker.resources.cards import find_card, given_card, store_card
from boxapis.sandbox._boxtracker.resources.transactions import check_version, open_transactions
from boxapis.sandbox._boxtracker.state import BoxTrackerState

_PAYMENT: Final = "cmdBoxTPortalProcessPayment"
_BALANCE: Final = 2


def process_payment(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """Charge a card; the balance falls, and a transaction of the type ``Payment`` is added."""
    customer = identified_customer(state, arguments)
    check_version(arguments)
    paid, amount = _what_is_paid(customer, arguments)
    card = _card(state, customer, arguments)
    flags = [
        parse_choice(arguments.get(name, "0"), 1) for name in ("ccard_store", "ccard_make_primary")
    ]
    state.charges.append(CardCharge(_PAYMENT, amount, customer.username, str(card["Mask"])))
    _settle(state, customer, paid, amount)
    if "ID" not in card and flags[0]:
        store_card(state, state.customer(customer.username), card, is_primary=flags[1] == 1)
    return {}


def _what_is_paid(customer: SandboxCustomer, arguments: Arguments) -> tuple[set[int], float]:
    """The numbers of the transactions that are paid, and the sum; raises Refusal."""
    mode, chosen = required(arguments, "payment_mode", "transaction_id")
    record: dict[str, Any] = customer.record
    balances = {one["ID"]: one["OpenBal"] for one in open_transactions(customer)}
    match parse_choice(mode, _BALANCE):
        case 1:
            numbers = [parse_integer(number) for number in chosen.split("|")]
            if len(set(numbers)) != len(numbers):
                raise Refusal(INVALID_PAYLOAD)
            if not balances.keys() >= set(numbers):
                raise Refusal(NOT_AVAILABLE)
            paid, amount = set(numbers), sum(balances[number] for number in numbers)
        case 2:
            paid, amount = set(balances), record["Balance"]
        case _:
            raise Refusal(INVALID_PAYLOAD)
    if amount <= 0:
        raise Refusal(NOT_AVAILABLE, "ERROR: Nothing To Pay")
    return paid, round(amount, 2)


def _card(state: BoxTrackerState, customer: SandboxCustomer, arguments: Arguments) -> JsonObject:
    """The card on file, or the one in the arguments, which has no number on file."""
    (number,) = required(arguments, "ccard_id")
    if not parse_integer(number):
        return given_card(state, arguments)
    card = find_card(customer, parse_integer(number))
    if not card["Valid"]:
        raise Refusal(CARD_NOT_VALID)
    return card


def payment_record(state: BoxTrackerState, amount: float) -> JsonObject:
    """A transaction of the type ``Payment``, made today."""
    return {
        "ID": state.new_id(),
        "Type": "Payment",
        "TxnDateString": today(state).strftime(DAY_FORMAT),
        "JobName": "",
        "Address": "",
        "Total": amount,
        "OpenBal": 0,
        "DateEmailed": 0,
    }


def _settle(
    state: BoxTrackerState, customer: SandboxCustomer, paid: set[int], amount: float
) -> None:
    record: dict[str, Any] = customer.record
    payment = payment_record(state, amount)
    settled = [one | {"OpenBal": 0} if one["ID"] in paid else one for one in customer.transactions]
    balance = round(record["Balance"] - amount, 2)
    state.change(customer, record=record | {"Balance": balance}, transactions=(*settled, payment))
