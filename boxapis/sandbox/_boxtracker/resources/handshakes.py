"""Box Tracker's handshakes and the log-out: sessions of API users and customers."""

from boxapis.sandbox._boxtracker.arguments import Arguments, logged_in_customer, required
from boxapis.sandbox._boxtracker.data import JsonObject, SandboxCustomer
from boxapis.sandbox._boxtracker.refusals import MISSING_INPUTS, Refusal
from boxapis.sandbox._boxtracker.resources.pricing import TXN_CLASSES
from boxapis.sandbox._boxtracker.sessions import SessionKind
from boxapis.sandbox._boxtracker.state import BoxTrackerState


def portal_handshake(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """Open a portal session of an API user."""
    return {"sessionKey": _open_api_session(state, arguments, "portal")}


def web_handshake(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """Open a web API session of an API user."""
    return {
        "sessionKey": _open_api_session(state, arguments, "web"),
        "txnClasses": list(TXN_CLASSES),
    }


def customer_handshake(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """Open a customer session with a password, or confirm one with its key."""
    username, password, key, customer_name = required(
        arguments, "username_api", "password_api", "session_key_api", "username_customer"
    )
    if not arguments.keys() & {"password_customer", "session_key_customer"}:
        raise Refusal(MISSING_INPUTS)
    state.check_api_user(username, password)
    state.use_api_session("portal", username, key)
    customer = state.customer(customer_name)
    return _open_or_confirm(state, arguments, customer) | {
        "customerID": state.shown(customer).customer_id
    }


def customer_log_out(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """Close the customer session; the API session stays open."""
    logged_in_customer(state, arguments)
    state.sessions.close(arguments["session_key_customer"])
    return {}


def _open_api_session(state: BoxTrackerState, arguments: Arguments, kind: SessionKind) -> str:
    username, password = required(arguments, "username", "password")
    state.check_api_user(username, password)
    return state.open_session(kind, username)


def _open_or_confirm(
    state: BoxTrackerState, arguments: Arguments, customer: SandboxCustomer
) -> JsonObject:
    key = arguments.get("session_key_customer")
    if key is None:
        return _log_in(state, arguments, customer)
    try:
        state.use_customer_session(customer.username, key)
    except Refusal:
        if "password_customer" not in arguments:
            raise
        return _log_in(state, arguments, customer)
    return _confirm(state, customer, key)


def _log_in(state: BoxTrackerState, arguments: Arguments, customer: SandboxCustomer) -> JsonObject:
    if arguments["password_customer"] != customer.password:
        raise Refusal(state.rules.customer_password_status)
    return {"sessionKey": state.open_session("customer", customer.username)}


def _confirm(state: BoxTrackerState, customer: SandboxCustomer, key: str) -> JsonObject:
    returns = state.rules.confirm_returns
    if returns == "none":
        return {}
    if returns == "new":
        return {"sessionKey": state.open_session("customer", customer.username)}
    return {"sessionKey": key}
