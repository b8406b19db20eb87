"""Transactions of a customer: listed, offered for payment and e-mailed."""

from typing import Any

from boxapis.sandbox._boxtracker.arguments import (
    Arguments,
    identified_customer,
    logged_in_customer,
    parse_integer,
    required,
)
from boxapis.sandbox._boxtracker.data import JsonObject, SandboxCustomer
from boxapis.sandbox._boxtracker.lists import asked_page
from boxapis.sandbox._boxtracker.refusals import INVALID_PAYLOAD, NOT_AVAILABLE, Refusal
from boxapis.sandbox._boxtracker.state import BoxTrackerState

_VERSION = "2"


def transactions_list(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """One page of the customer's transactions."""
    customer = state.shown(identified_customer(state, arguments))
    found = asked_page(state, arguments, "transactionsObjList", customer.transactions)
    return found | {"custEmail": customer.record["Email"]}


def transaction_data(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """What the customer can pay: open transactions, the balance and the cards on file."""
    customer = state.shown(identified_customer(state, arguments))
    check_version(arguments)
    opened = open_transactions(customer)
    shown: JsonObject = {
        "TxnList": [{"ID": one["ID"], "OpenBal": one["OpenBal"]} for one in opened],
        "CustBalance": customer.record["Balance"],
        "CCardObjList": customer.record["CCardObjList"],
    }
    return {"transactionObj": shown}


def email_transaction(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """Note the time at which a transaction was e-mailed; nothing is sent."""
    customer = logged_in_customer(state, arguments)
    number, addresses = required(arguments, "transaction_id", "transaction_email")
    wanted = parse_integer(number)
    if wanted not in [one["ID"] for one in customer.transactions]:
        raise Refusal(NOT_AVAILABLE)
    if any(not address.strip("@") or "@" not in address for address in addresses.split("|")):
        raise Refusal(INVALID_PAYLOAD)
    emailed = {"DateEmailed": int(state.clock.utc().timestamp())}
    transactions = tuple(
        one | emailed if one["ID"] == wanted else one for one in customer.transactions
    )
    state.change(customer, transactions=transactions)
    return {}


def open_transactions(customer: SandboxCustomer) -> list[dict[str, Any]]:
    """The transactions with an open balance."""
    transactions: tuple[dict[str, Any], ...] = customer.transactions
    return [one for one in transactions if one["OpenBal"] > 0]


def check_version(arguments: Arguments) -> None:
    """Raise Refusal unless the second version is asked for; no source describes the first."""
    (version,) = required(arguments, "version")
    if version != _VERSION:
        raise Refusal(INVALID_PAYLOAD)
