"""What each Box Tracker command does with its arguments."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from boxapis.sandbox._boxtracker.data import JOB_SITE_NEEDS, Customer, Entry, blank_job_site
from boxapis.sandbox._boxtracker.lists import ordered, page, searched, whole_number
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
Command = Callable[[BoxTrackerState, Arguments], Entry]


def portal_hand_shake(state: BoxTrackerState, arguments: Arguments) -> Entry:
    """Open a portal session of an API user."""
    return {"sessionKey": _api_session(state, arguments, "portal")}


def web_hand_shake(state: BoxTrackerState, arguments: Arguments) -> Entry:
    """Open a web API session of an API user."""
    return {"sessionKey": _api_session(state, arguments, "web"), "txnClasses": list(TXN_CLASSES)}


def customer_hand_shake(state: BoxTrackerState, arguments: Arguments) -> Entry:
    """Open a customer session with a password, or confirm one with its key."""
    username, password, key, customer_name = _needed(
        arguments, "username_api", "password_api", "session_key_api", "username_customer"
    )
    if not arguments.keys() & {"password_customer", "session_key_customer"}:
        raise Refusal(MISSING_INPUTS)
    state.check_api_user(username, password)
    state.use_api_session("portal", username, key)
    customer = state.customer(customer_name)
    return _entered(state, arguments, customer) | {"customerID": state.shown(customer).customer_id}


def customer_log_out(state: BoxTrackerState, arguments: Arguments) -> Entry:
    """End the customer session; the API session lives on."""
    _customer_of(state, arguments)
    state.sessions.close(arguments["session_key_customer"])
    return {}


def customer_data(state: BoxTrackerState, arguments: Arguments) -> Entry:
    """The customer's own record."""
    return {"customerObj": _named_customer(state, arguments).record}


def job_site_list(state: BoxTrackerState, arguments: Arguments) -> Entry:
    """One page of the customer's job sites."""
    sites: Sequence[Entry] = _listing_customer(state, arguments).job_sites
    if "orderBy" in arguments:
        sites = ordered(sites, arguments["orderBy"])
    return _page(state, arguments, "jobSiteObjList", sites)


def job_site_data(state: BoxTrackerState, arguments: Arguments) -> Entry:
    """One job site of the customer's, or with id 0 the form of a new one; 302 for any other."""
    customer = _customer_of(state, arguments)
    (number,) = _needed(arguments, "jobsite_id")
    wanted = whole_number(number)
    mine = (site for site in customer.job_sites if site["ID"] == wanted)
    site = next(mine, None if wanted else blank_job_site())
    if site is None:
        raise Refusal(NOT_AVAILABLE)
    shown = state.shown(customer)
    if shown is not customer and shown.job_sites:
        site = shown.job_sites[0]
    return {"jobSiteObj": site | {"requiredFields": list(JOB_SITE_NEEDS)}}


def work_order_list(state: BoxTrackerState, arguments: Arguments) -> Entry:
    """One page of the customer's work orders."""
    orders = _listing_customer(state, arguments).work_orders
    return _page(state, arguments, "workOrderObjList", orders)


def transactions_list(state: BoxTrackerState, arguments: Arguments) -> Entry:
    """One page of the customer's transactions."""
    customer = _listing_customer(state, arguments)
    found = _page(state, arguments, "transactionsObjList", customer.transactions)
    return found | {"custEmail": customer.record["Email"]}


def web_pricing(state: BoxTrackerState, arguments: Arguments) -> Entry:
    """Price sheets and bookable days."""
    username, key, _ = _needed(arguments, "username", "key", "zipPostalCode")
    state.use_api_session("web", username, key)
    return pricing(state.clock.utc().date())


def other_portal_command(state: BoxTrackerState, arguments: Arguments) -> Entry:
    """A known portal command that the sandbox does not play: 302 with good sessions."""
    _customer_of(state, arguments)
    raise Refusal(NOT_AVAILABLE)


def other_web_command(state: BoxTrackerState, arguments: Arguments) -> Entry:
    """A known web command that the sandbox does not play: 302 with a good session."""
    username, key = _needed(arguments, "username", "key")
    state.use_api_session("web", username, key)
    raise Refusal(NOT_AVAILABLE)


_NOT_PLAYED_PORTAL: Final = (
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
_NOT_PLAYED_WEB: Final = (
    "cmdBoxTWebAPIRequestService",
    "cmdBoxTWebAPIrequestService",
    "cmdBoxTWebAPIDirectBooking",
)

COMMANDS: Mapping[str, Command] = MappingProxyType(
    {
        "cmdBoxTPortalHandShake": portal_hand_shake,
        "cmdBoxTWebAPIHandShake": web_hand_shake,
        "cmdBoxTPortalCustomerHandShake": customer_hand_shake,
        "cmdBoxTPortalCustomerLogOut": customer_log_out,
        "cmdBoxTPortalCustomerData": customer_data,
        "cmdBoxTPortalJobsiteList": job_site_list,
        "cmdBoxTPortalJobsiteData": job_site_data,
        "cmdBoxTPortalWorkOrderList": work_order_list,
        "cmdBoxTPortalTransactionsList": transactions_list,
        "cmdBoxTWebAPIPricing": web_pricing,
        **dict.fromkeys(_NOT_PLAYED_PORTAL, other_portal_command),
        **dict.fromkeys(_NOT_PLAYED_WEB, other_web_command),
    }
)


def _needed(arguments: Arguments, *names: str) -> tuple[str, ...]:
    if any(name not in arguments for name in names):
        raise Refusal(MISSING_INPUTS)
    return tuple(arguments[name] for name in names)


def _api_session(state: BoxTrackerState, arguments: Arguments, kind: SessionKind) -> str:
    username, password = _needed(arguments, "username", "password")
    state.check_api_user(username, password)
    return state.open_session(kind, username)


def _entered(state: BoxTrackerState, arguments: Arguments, customer: Customer) -> Entry:
    key, under = arguments.get("session_key_customer"), arguments["session_key_api"]
    if key is None:
        return _logged_in(state, arguments, customer)
    try:
        state.use_customer_session(customer.username, key, under)
    except Refusal:
        if "password_customer" not in arguments:
            raise
        return _logged_in(state, arguments, customer)
    return _confirmed(state, customer, key, under)


def _logged_in(state: BoxTrackerState, arguments: Arguments, customer: Customer) -> Entry:
    if arguments["password_customer"] != customer.password:
        raise Refusal(state.rules.customer_password_status)
    key = state.open_session("customer", customer.username, arguments["session_key_api"])
    return {"sessionKey": key}


def _confirmed(state: BoxTrackerState, customer: Customer, key: str, under: str) -> Entry:
    returns = state.rules.confirm_returns
    if returns == "none":
        return {}
    if returns == "new":
        return {"sessionKey": state.open_session("customer", customer.username, under)}
    return {"sessionKey": key}


def _customer_of(state: BoxTrackerState, arguments: Arguments) -> Customer:
    user, key, customer, customer_key = _needed(
        arguments,
        "username_api",
        "session_key_api",
        "username_customer",
        "session_key_customer",
    )
    return state.use_both_sessions(user, key, customer, customer_key)


def _named_customer(state: BoxTrackerState, arguments: Arguments) -> Customer:
    customer = _customer_of(state, arguments)
    (customer_id,) = _needed(arguments, "customer_id")
    if whole_number(customer_id) != customer.customer_id:
        raise Refusal(MISSING_PERMISSIONS)
    return state.shown(customer)


def _listing_customer(state: BoxTrackerState, arguments: Arguments) -> Customer:
    customer = _named_customer(state, arguments)
    _needed(arguments, "offset")
    return customer


def _page(
    state: BoxTrackerState, arguments: Arguments, name: str, records: Sequence[Entry]
) -> Entry:
    found = searched(records, arguments.get("search", ""))
    if not found and state.rules.empty_list_status != SUCCESS:
        raise Refusal(state.rules.empty_list_status)
    return page(name, found, whole_number(arguments["offset"]))
