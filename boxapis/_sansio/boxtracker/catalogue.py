"""Tables of Box Tracker's 25 commands and 47 status codes.

21 commands are the portal's, 4 the web API's. Source: the vendor's documentation and the vendor's
own published clients (https://www.dumpster.software/api/).
"""

from types import MappingProxyType
from typing import Literal

from attrs import frozen

from boxapis._sansio.operation import Kind
from boxapis.errors import (
    APIError,
    AuthenticationError,
    ConflictError,
    NotFoundError,
    PaymentError,
    PermissionDeniedError,
    ServerError,
    SessionExpiredError,
    ValidationError,
)

__all__ = [
    "COMMANDS",
    "CUSTOMER_HANDSHAKE",
    "INPUTS_MISSING",
    "LOG_OUT",
    "PORTAL_HANDSHAKE",
    "RESERVED_ARGUMENTS",
    "STATUSES",
    "UPDATE_FAILED",
    "WEB_API_HANDSHAKE",
    "WRONG_ADDRESS",
    "Command",
    "Family",
    "PortalCommand",
    "SessionLevel",
    "StatusMeaning",
    "WebCommand",
    "lookup",
]

Family = Literal["portal", "web"]
SessionLevel = Literal["none", "api", "customer", "web"]

PortalCommand = Literal[
    "cmdBoxTPortalCustomerData",
    "cmdBoxTPortalSaveCustomerProfile",
    "cmdBoxTPortalJobsiteList",
    "cmdBoxTPortalJobsiteData",
    "cmdBoxTPortalSaveJobSite",
    "cmdBoxTPortalWorkOrderList",
    "cmdBoxTPortalWorkOrderData",
    "cmdBoxTPortalSaveWorkOrder",
    "cmdBoxTPortalRemoveWorkOrder",
    "cmdBoxTPortalTransactionsList",
    "cmdBoxTPortalTransactionData",
    "cmdBoxTPortalEmailTransaction",
    "cmdBoxTPortalProcessPayment",
    "cmdBoxTPortalSaveCCard",
    "cmdBoxTPortalCCardMakePrimary",
    "cmdBoxTPortalReportList",
    "cmdBoxTPortalReportParams",
    "cmdBoxTPortalReportDetails",
]
"""The portal's commands for ``command`` of a customer; those about sessions have methods."""

WebCommand = Literal[
    "cmdBoxTWebAPIPricing", "cmdBoxTWebAPIRequestService", "cmdBoxTWebAPIDirectBooking"
]
"""The web API's commands for ``command`` of the client; its handshake has a method."""


@frozen
class Command:
    """One Box Tracker command.

    Attributes:
        name: The name as it is sent; the spelling is not uniform.
        family: ``"portal"`` or ``"web"``.
        session_level: The session arguments: ``"none"``; ``"api"``: user, password and key of the
            API; ``"customer"``: both user names and both keys; ``"web"``: user and key.
        customer_id: Whether it takes the argument ``customer_id``.
        kind: ``"read"``, ``"changing"``, or ``"idempotent"``: changing, but a repeat is harmless.
        secrets: The names of its sensitive arguments, beside the session arguments.
    """

    name: str
    family: Family
    session_level: SessionLevel
    customer_id: bool
    kind: Kind
    secrets: frozenset[str] = frozenset()


_PORTAL_CARD = frozenset({"ccard_number", "ccard_exp_month", "ccard_exp_year", "ccard_cvv"})
_WEB_CARD = frozenset({"ccardNumber", "ccardExp", "ccardCVV"})
_WITH_ID = True
_WITHOUT_ID = False


def _portal(
    verb: str,
    customer_id: bool,  # noqa: FBT001 - a column of the table
    kind: Kind,
    secrets: frozenset[str] = frozenset(),
) -> Command:
    return Command(f"cmdBoxTPortal{verb}", "portal", "customer", customer_id, kind, secrets)


def _web(verb: str, kind: Kind, secrets: frozenset[str] = frozenset()) -> Command:
    return Command(f"cmdBoxTWebAPI{verb}", "web", "web", _WITHOUT_ID, kind, secrets)


PORTAL_HANDSHAKE = "cmdBoxTPortalHandShake"
CUSTOMER_HANDSHAKE = "cmdBoxTPortalCustomerHandShake"
LOG_OUT = "cmdBoxTPortalCustomerLogOut"
WEB_API_HANDSHAKE = "cmdBoxTWebAPIHandShake"

_COMMANDS = (
    Command(PORTAL_HANDSHAKE, "portal", "none", _WITHOUT_ID, "read", frozenset({"password"})),
    Command(CUSTOMER_HANDSHAKE, "portal", "api", _WITHOUT_ID, "read"),
    Command(LOG_OUT, "portal", "customer", _WITHOUT_ID, "idempotent"),
    _portal("CustomerData", _WITH_ID, "read"),
    _portal("SaveCustomerProfile", _WITH_ID, "changing"),
    _portal("JobsiteList", _WITH_ID, "read"),
    _portal("JobsiteData", _WITHOUT_ID, "read"),
    _portal("SaveJobSite", _WITH_ID, "changing"),
    _portal("WorkOrderList", _WITH_ID, "read"),
    _portal("WorkOrderData", _WITHOUT_ID, "read"),
    _portal("SaveWorkOrder", _WITH_ID, "changing"),
    _portal("RemoveWorkOrder", _WITH_ID, "changing"),
    _portal("TransactionsList", _WITH_ID, "read"),
    _portal("TransactionData", _WITH_ID, "read"),
    _portal("EmailTransaction", _WITHOUT_ID, "changing"),
    _portal("ProcessPayment", _WITH_ID, "changing", _PORTAL_CARD),
    _portal("SaveCCard", _WITH_ID, "changing", _PORTAL_CARD),
    _portal("CCardMakePrimary", _WITH_ID, "changing"),
    _portal("ReportList", _WITHOUT_ID, "read"),
    _portal("ReportParams", _WITH_ID, "read"),
    _portal("ReportDetails", _WITHOUT_ID, "read"),
    Command(WEB_API_HANDSHAKE, "web", "none", _WITHOUT_ID, "read", frozenset({"password"})),
    _web("Pricing", "read"),
    _web("RequestService", "changing", _WEB_CARD),
    _web("DirectBooking", "changing", _WEB_CARD),
)

COMMANDS = MappingProxyType({command.name: command for command in _COMMANDS})

INPUTS_MISSING = 303
"""The status of a command that needs further arguments."""

UPDATE_FAILED = 700
"""The status of a session that could not be updated: known neither to live nor to have ended."""

WRONG_ADDRESS = 509
"""The status of a request that came from another address than the registered one."""

RESERVED_ARGUMENTS = ("command", "username", "password", "session_key", "key")
"""Arguments that the client adds, in any spelling of their letters and digits.

So are those that begin with ``username``, ``password`` or ``session_key``.
"""


def lookup(name: str) -> Command | None:
    """Returns the entry of a command; None for a name outside both families.

    An undocumented command of a known family counts as changing, because it must not be repeated
    by mistake.
    """
    known = COMMANDS.get(name)
    if known is not None:
        return known
    if not (name.isascii() and name.isidentifier()):
        return None
    if name.startswith("cmdBoxTPortal"):
        return Command(name, "portal", "customer", _WITHOUT_ID, "changing", _PORTAL_CARD)
    if name.startswith("cmdBoxTWebAPI"):
        return Command(name, "web", "web", _WITHOUT_ID, "changing", _WEB_CARD)
    return None


@frozen
class StatusMeaning:
    """The meaning of a status code.

    Attributes:
        meaning: The meaning, as part of an error's text.
        error: The error class; None for success.
        advice: What the caller should do, for the error's ``next_step``; may be empty.
    """

    meaning: str
    error: type[APIError] | None
    advice: str = ""


_TRY_LATER = "try again later"
_NEW_HANDSHAKE = "shake hands again"
_CHECK_LOGIN = "check the user name and the password"
_REGISTERED_ADDRESS = (
    "call from the one registered, static IP address that Box Tracker takes this user from,"
    " or through a proxy that does"
)
_OTHER_DATE = "choose another date or quantity"

STATUSES = MappingProxyType(
    {
        200: StatusMeaning("success", None),
        300: StatusMeaning("the payload is not valid", ValidationError),
        301: StatusMeaning("there are no price sheets to offer", NotFoundError),
        302: StatusMeaning("the resource is not available yet", NotFoundError),
        INPUTS_MISSING: StatusMeaning("inputs are missing", ValidationError),
        305: StatusMeaning("the credentials are not valid", AuthenticationError, _CHECK_LOGIN),
        307: StatusMeaning("no date is open for booking", ConflictError),
        308: StatusMeaning("permissions are missing", PermissionDeniedError),
        309: StatusMeaning("no web pricing is set up", NotFoundError),
        310: StatusMeaning("report parameters are missing or malformed", ValidationError),
        311: StatusMeaning(
            "refused because it would harm performance", ServerError, "ask for less"
        ),
        312: StatusMeaning("not a valid report", NotFoundError),
        320: StatusMeaning("the request could not be created", ServerError),
        321: StatusMeaning("the customer record could not be created", ServerError),
        322: StatusMeaning("the job site record could not be created", ServerError),
        324: StatusMeaning("the credit card is not valid", PaymentError),
        325: StatusMeaning("the credit card could not be saved", PaymentError),
        326: StatusMeaning("priceSheetID is missing", ValidationError),
        327: StatusMeaning("merchant services are not set up", PaymentError),
        328: StatusMeaning("merchant services have no credentials", PaymentError),
        329: StatusMeaning("merchant services are not set up", PaymentError),
        333: StatusMeaning("latitude or longitude is missing or malformed", ValidationError),
        334: StatusMeaning("distanceByRoad is missing or malformed", ValidationError),
        335: StatusMeaning("the job site is too far away", ConflictError),
        336: StatusMeaning("the request could not be saved", ServerError),
        337: StatusMeaning("the mode, TEST or LIVE, is missing", ValidationError),
        338: StatusMeaning("this day of the week cannot be booked", ConflictError, _OTHER_DATE),
        340: StatusMeaning("the transaction was declined", PaymentError),
        500: StatusMeaning("the credentials are not valid", AuthenticationError, _CHECK_LOGIN),
        502: StatusMeaning("the user is not valid", AuthenticationError, _CHECK_LOGIN),
        506: StatusMeaning("no key could be generated", ServerError, _TRY_LATER),
        507: StatusMeaning("the session has expired", SessionExpiredError, _NEW_HANDSHAKE),
        508: StatusMeaning("the session key is not valid", SessionExpiredError, _NEW_HANDSHAKE),
        WRONG_ADDRESS: StatusMeaning(
            "the request came from the wrong IP address", PermissionDeniedError, _REGISTERED_ADDRESS
        ),
        510: StatusMeaning("the server could not be reached", ServerError, _TRY_LATER),
        511: StatusMeaning("no data could be generated", ServerError),
        512: StatusMeaning("the update failed", ServerError),
        513: StatusMeaning("the e-mail could not be sent", ServerError),
        514: StatusMeaning("the order date cannot be changed to today", ConflictError),
        515: StatusMeaning("too many containers coming in", ConflictError, _OTHER_DATE),
        516: StatusMeaning("too many containers going out", ConflictError, _OTHER_DATE),
        517: StatusMeaning(
            "too many containers coming in and going out", ConflictError, _OTHER_DATE
        ),
        518: StatusMeaning("the date is blacked out", ConflictError, _OTHER_DATE),
        600: StatusMeaning(
            "the session key or user name is not valid", SessionExpiredError, _NEW_HANDSHAKE
        ),
        602: StatusMeaning("no required fields are present", ValidationError),
        UPDATE_FAILED: StatusMeaning(
            "updating the session failed", SessionExpiredError, _NEW_HANDSHAKE
        ),
        900: StatusMeaning("the database connection failed", ServerError, _TRY_LATER),
    }
)
