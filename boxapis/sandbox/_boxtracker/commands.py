"""Box Tracker commands: a handler for each."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from boxapis.sandbox._boxtracker.data import (
    JOB_SITE_REQUIRED_FIELDS,
    JsonObject,
    SandboxCustomer,
    blank_job_site,
)
from boxapis.sandbox._boxtracker.lists import page, parse_integer, search, sort_job_sites
from boxapis.sandbox._boxtracker.pricing import TXN_CLASSES, pricing
from boxapis.sandbox._boxtracker.refusals import (
    MISSING_INPUTS,
    MISSING_PERMISSIONS,
    NOT_AVAILABLE,
    SUCCESS,
    Refusal,
)
from boxapis.sandbox._boxtracker.sessions import SessionKind
from boxapis.sandbox._boxtracker.state import BoxTrackerState

Arguments = Mapping[str, str]
CommandHandler = Callable[[BoxTrackerState, Arguments], JsonObject]


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
    username, password, key, customer_name = _required(
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
    _logged_in_customer(state, arguments)
    state.sessions.close(arguments["session_key_customer"])
    return {}


def customer_data(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """The customer's own record."""
    return {"customerObj": _identified_customer(state, arguments).record}


def job_site_list(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """One page of the customer's job sites."""
    sites: Sequence[JsonObject] = _listing_customer(state, arguments).job_sites
    if "orderBy" in arguments:
        sites = sort_job_sites(sites, arguments["orderBy"])
    return _page(state, arguments, "jobSiteObjList", sites)


def job_site_data(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """One job site of the customer, or for ID 0 the form of a new one; 302 for any other."""
    customer = _logged_in_customer(state, arguments)
    (number,) = _required(arguments, "jobsite_id")
    wanted = parse_integer(number)
    found = (site for site in customer.job_sites if site["ID"] == wanted)
    site = next(found, None if wanted else blank_job_site())
    if site is None:
        raise Refusal(NOT_AVAILABLE)
    shown = state.shown(customer)
    if shown is not customer and shown.job_sites:
        site = shown.job_sites[0]
    return {"jobSiteObj": site | {"requiredFields": list(JOB_SITE_REQUIRED_FIELDS)}}


def work_order_list(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """One page of the customer's work orders."""
    orders = _listing_customer(state, arguments).work_orders
    return _page(state, arguments, "workOrderObjList", orders)


def transactions_list(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """One page of the customer's transactions."""
    customer = _listing_customer(state, arguments)
    found = _page(state, arguments, "transactionsObjList", customer.transactions)
    return found | {"custEmail": customer.record["Email"]}


def web_pricing(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """Price sheets and bookable days."""
    username, key, _ = _required(arguments, "username", "key", "zipPostalCode")
    state.use_api_session("web", username, key)
    return pricing(state.clock.utc().date())


def unsupported_portal_command(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """A known portal command that the sandbox does not support: 302 if the sessions are valid."""
    _logged_in_customer(state, arguments)
    raise Refusal(NOT_AVAILABLE)


def unsupported_web_command(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """A known web command that the sandbox does not support: 302 if the session is valid."""
    username, key = _required(arguments, "username", "key")
    state.use_api_session("web", username, key)
    raise Refusal(NOT_AVAILABLE)


_UNSUPPORTED_PORTAL: Final = (
    "cmdBoxTPortalSaveCustomerProfile",
    "cmdBoxTPortalSaveJobSite",
    "cmdBoxTPortalWorkOrderData",
    "cmdBoxTPortalSaveWorkOrder",
    "cmdBoxTPortalRemoveWorkOrder",
    "cmdBoxTPortalTransactionData",
    "cmdBoxTPortalEmailTransaction",
    "cmdBoxTPortalProcessPayment",
    "cmdBoxTPortalSaveCCard",
    "cmdBoxTPortalCCardMakePrimary",
    "cmdBoxTPortalReportList",
    "cmdBoxTPortalReportParams",
    "cmdBoxTPortalReportDetails",
)
_UNSUPPORTED_WEB: Final = (
    "cmdBoxTWebAPIRequestService",
    "cmdBoxTWebAPIrequestService",
    "cmdBoxTWebAPIDirectBooking",
)

COMMANDS: Mapping[str, CommandHandler] = MappingProxyType(
    {
        "cmdBoxTPortalHandShake": portal_handshake,
        "cmdBoxTWebAPIHandShake": web_handshake,
        "cmdBoxTPortalCustomerHandShake": customer_handshake,
        "cmdBoxTPortalCustomerLogOut": customer_log_out,
        "cmdBoxTPortalCustomerData": customer_data,
        "cmdBoxTPortalJobsiteList": job_site_list,
        "cmdBoxTPortalJobsiteData": job_site_data,
        "cmdBoxTPortalWorkOrderList": work_order_list,
        "cmdBoxTPortalTransactionsList": transactions_list,
        "cmdBoxTWebAPIPricing": web_pricing,
        **dict.fromkeys(_UNSUPPORTED_PORTAL, unsupported_portal_command),
        **dict.fromkeys(_UNSUPPORTED_WEB, unsupported_web_command),
    }
)


def _required(arguments: Arguments, *names: str) -> tuple[str, ...]:
    if any(name not in arguments for name in names):
        raise Refusal(MISSING_INPUTS)
    return tuple(arguments[name] for name in names)


def _open_api_session(state: BoxTrackerState, arguments: Arguments, kind: SessionKind) -> str:
    username, password = _required(arguments, "username", "password")
    state.check_api_user(username, password)
    return state.open_session(kind, username)


def _open_or_confirm(
    state: BoxTrackerState, arguments: Arguments, customer: SandboxCustomer
) -> JsonObject:
    key, api_key = arguments.get("session_key_customer"), arguments["session_key_api"]
    if key is None:
        return _log_in(state, arguments, customer)
    try:
        state.use_customer_session(customer.username, key, api_key)
    except Refusal:
        if "password_customer" not in arguments:
            raise
        return _log_in(state, arguments, customer)
    return _confirm(state, customer, key, api_key)


def _log_in(state: BoxTrackerState, arguments: Arguments, customer: SandboxCustomer) -> JsonObject:
    if arguments["password_customer"] != customer.password:
        raise Refusal(state.rules.customer_password_status)
    key = state.open_session("customer", customer.username, arguments["session_key_api"])
    return {"sessionKey": key}


def _confirm(
    state: BoxTrackerState, customer: SandboxCustomer, key: str, api_key: str
) -> JsonObject:
    returns = state.rules.confirm_returns
    if returns == "none":
        return {}
    if returns == "new":
        return {"sessionKey": state.open_session("customer", customer.username, api_key)}
    return {"sessionKey": key}


def _logged_in_customer(state: BoxTrackerState, arguments: Arguments) -> SandboxCustomer:
    user, key, customer, customer_key = _required(
        arguments,
        "username_api",
        "session_key_api",
        "username_customer",
        "session_key_customer",
    )
    return state.use_both_sessions(user, key, customer, customer_key)


def _identified_customer(state: BoxTrackerState, arguments: Arguments) -> SandboxCustomer:
    customer = _logged_in_customer(state, arguments)
    (customer_id,) = _required(arguments, "customer_id")
    if parse_integer(customer_id) != customer.customer_id:
        raise Refusal(MISSING_PERMISSIONS)
    return state.shown(customer)


def _listing_customer(state: BoxTrackerState, arguments: Arguments) -> SandboxCustomer:
    customer = _identified_customer(state, arguments)
    _required(arguments, "offset")
    return customer


def _page(
    state: BoxTrackerState, arguments: Arguments, name: str, records: Sequence[JsonObject]
) -> JsonObject:
    found = search(records, arguments.get("search", ""))
    if not found and state.rules.empty_list_status != SUCCESS:
        raise Refusal(state.rules.empty_list_status)
    return page(name, found, parse_integer(arguments["offset"]))
