"""Tables of what Box Tracker offers and answers: 25 commands and 47 status numbers.

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
    "RESERVED_ARGUMENTS",
    "STATUSES",
    "Command",
    "Family",
    "SessionLevel",
    "Status",
    "lookup",
]

Family = Literal["portal", "web"]
SessionLevel = Literal["none", "api", "customer", "web"]


@frozen
class Command:
    """One Box Tracker command.

    Attributes:
        name: As it goes over the wire; the spelling has traps.
        family: ``"portal"`` or ``"web"``.
        session_level: The session arguments it takes: ``"none"``; ``"api"``: user, password and key
            of the API; ``"customer"``: both user names and both keys; ``"web"``: user and key.
        customer_id: Whether the argument ``customer_id`` belongs on it.
        kind: ``"read"``, ``"changing"``, or ``"idempotent"``: changing, but a repeat is harmless.
        secrets: Its arguments that must not be seen, beside those of the block.
    """

    name: str
    family: Family
    session_level: SessionLevel
    customer_id: bool
    kind: Kind
    secrets: frozenset[str] = frozenset()


_PORTAL_CARD = frozenset({"ccard_number", "ccard_exp_month", "ccard_exp_year", "ccard_cvv"})
_WEB_CARD = frozenset({"ccardNumber", "ccardExp", "ccardCVV"})
_NAMES_ID = True
_NO_ID = False


def _portal(
    verb: str,
    customer_id: bool,  # noqa: FBT001 - a column of the table
    kind: Kind,
    secrets: frozenset[str] = frozenset(),
) -> Command:
    return Command(f"cmdBoxTPortal{verb}", "portal", "customer", customer_id, kind, secrets)


def _web(verb: str, kind: Kind, secrets: frozenset[str] = frozenset()) -> Command:
    return Command(f"cmdBoxTWebAPI{verb}", "web", "web", _NO_ID, kind, secrets)


_COMMANDS = (
    Command("cmdBoxTPortalHandShake", "portal", "none", _NO_ID, "read", frozenset({"password"})),
    Command("cmdBoxTPortalCustomerHandShake", "portal", "api", _NO_ID, "read"),
    _portal("CustomerLogOut", _NO_ID, "idempotent"),
    _portal("CustomerData", _NAMES_ID, "read"),
    _portal("SaveCustomerProfile", _NAMES_ID, "changing"),
    _portal("JobsiteList", _NAMES_ID, "read"),
    _portal("JobsiteData", _NO_ID, "read"),
    _portal("SaveJobSite", _NAMES_ID, "changing"),
    _portal("WorkOrderList", _NAMES_ID, "read"),
    _portal("WorkOrderData", _NO_ID, "read"),
    _portal("SaveWorkOrder", _NAMES_ID, "changing"),
    _portal("RemoveWorkOrder", _NAMES_ID, "changing"),
    _portal("TransactionsList", _NAMES_ID, "read"),
    _portal("TransactionData", _NAMES_ID, "read"),
    _portal("EmailTransaction", _NO_ID, "changing"),
    _portal("ProcessPayment", _NAMES_ID, "changing", _PORTAL_CARD),
    _portal("SaveCCard", _NAMES_ID, "changing", _PORTAL_CARD),
    _portal("CCardMakePrimary", _NAMES_ID, "changing"),
    _portal("ReportList", _NO_ID, "read"),
    _portal("ReportParams", _NAMES_ID, "read"),
    _portal("ReportDetails", _NO_ID, "read"),
    Command("cmdBoxTWebAPIHandShake", "web", "none", _NO_ID, "read", frozenset({"password"})),
    _web("Pricing", "read"),
    _web("RequestService", "changing", _WEB_CARD),
    _web("DirectBooking", "changing", _WEB_CARD),
)

COMMANDS = MappingProxyType({command.name: command for command in _COMMANDS})

RESERVED_ARGUMENTS = ("command", "username", "password", "session_key", "key")
"""Put in by the client. ``username``, ``password`` and ``session_key`` with any suffix, too."""


def lookup(name: str) -> Command | None:
    """The row of a command, or a cautious one for a name that is new but whose family is plain.

    A command that no source lists counts as changing. None when even the family is unknown.
    """
    known = COMMANDS.get(name)
    if known is not None:
        return known
    if not (name.isascii() and name.isidentifier()):
        return None
    if name.startswith("cmdBoxTPortal"):
        return Command(name, "portal", "customer", _NO_ID, "changing", _PORTAL_CARD)
    if name.startswith("cmdBoxTWebAPI"):
        return Command(name, "web", "web", _NO_ID, "changing", _WEB_CARD)
    return None


@frozen
class Status:
    """One number Box Tracker answers with, and the error it becomes (None: success)."""

    meaning: str
    error: type[APIError] | None
    advice: str = ""


_LATER = "try again later"
_SESSION = "shake hands again"
_LOGIN = "check the user name and the password"
_ADDRESS = (
    "call from the one registered, static IP address that Box Tracker takes this user from,"
    " or through a proxy that does"
)
_RACE = "choose another date or quantity"

STATUSES = MappingProxyType(
    {
        200: Status("success", None),
        300: Status("the payload is not valid", ValidationError),
        301: Status("there are no price sheets to offer", NotFoundError),
        302: Status("the resource is not available yet", NotFoundError),
        303: Status("inputs are missing", ValidationError),
        305: Status("the credentials are not valid", AuthenticationError, _LOGIN),
        307: Status("no date is open for booking", ConflictError),
        308: Status("permissions are missing", PermissionDeniedError),
        309: Status("no web pricing is set up", NotFoundError),
        310: Status("report parameters are missing or malformed", ValidationError),
        311: Status("refused because it would harm performance", ServerError, "ask for less"),
        312: Status("not a valid report", NotFoundError),
        320: Status("the request could not be created", ServerError),
        321: Status("the customer record could not be created", ServerError),
        322: Status("the job site record could not be created", ServerError),
        324: Status("the credit card is not valid", PaymentError),
        325: Status("the credit card could not be saved", PaymentError),
        326: Status("priceSheetID is missing", ValidationError),
        327: Status("merchant services are not set up", PaymentError),
        328: Status("merchant services have no credentials", PaymentError),
        329: Status("merchant services are not set up", PaymentError),
        333: Status("latitude or longitude is missing or malformed", ValidationError),
        334: Status("distanceByRoad is missing or malformed", ValidationError),
        335: Status("the job site is too far away", ConflictError),
        336: Status("the request could not be saved", ServerError),
        337: Status("the mode, TEST or LIVE, is missing", ValidationError),
        338: Status("this day of the week cannot be booked", ConflictError, _RACE),
        340: Status("the transaction was declined", PaymentError),
        500: Status("the credentials are not valid", AuthenticationError, _LOGIN),
        502: Status("the user is not valid", AuthenticationError, _LOGIN),
        506: Status("no key could be generated", ServerError, _LATER),
        507: Status("the session has expired", SessionExpiredError, _SESSION),
        508: Status("the session key is not valid", SessionExpiredError, _SESSION),
        509: Status("the request came from the wrong IP address", PermissionDeniedError, _ADDRESS),
        510: Status("the server could not be reached", ServerError, _LATER),
        511: Status("no data could be generated", ServerError),
        512: Status("the update failed", ServerError),
        513: Status("the e-mail could not be sent", ServerError),
        514: Status("the order date cannot be changed to today", ConflictError),
        515: Status("too many containers coming in", ConflictError, _RACE),
        516: Status("too many containers going out", ConflictError, _RACE),
        517: Status("too many containers coming in and going out", ConflictError, _RACE),
        518: Status("the date is blacked out", ConflictError, _RACE),
        600: Status("the session key or user name is not valid", SessionExpiredError, _SESSION),
        602: Status("no required fields are present", ValidationError),
        700: Status("updating the session failed", SessionExpiredError, _SESSION),
        900: Status("the database connection failed", ServerError, _LATER),
    }
)
