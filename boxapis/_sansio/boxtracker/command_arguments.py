"""The arguments of Box Tracker's 25 commands: type, requirement, meaning and source of each.

Any other argument is sent, too: the table serves completion, warnings and tests. What the client
adds itself is in `SESSION_ARGUMENTS`. Source: https://www.dumpster.software/api/ and, where its
pages say nothing, what the vendor's own published clients send.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from attrs import frozen

from boxapis._sansio.boxtracker.catalogue import SessionLevel

__all__ = ["ARGUMENTS", "SESSION_ARGUMENTS", "Argument", "Requirement", "Source"]

Requirement = Literal["yes", "no", "conditional", "always sent", "sometimes sent"]
"""``"yes"``, ``"no"`` and ``"conditional"``: required or not, as the sources say.

``"always sent"`` and ``"sometimes sent"``: no source says so, and the vendor's client sends it so.
"""

Source = Literal["documentation", "client", "both"]
"""The vendor's documentation, the vendor's own published clients, or both."""


@frozen
class Argument:
    """One argument of a command.

    Attributes:
        name: The name as it is sent; the spelling is not uniform.
        type: The type, with its limits.
        required: Whether it must be given.
        source: Where it is known from.
        meaning: What it says.
    """

    name: str
    type: str
    required: Requirement
    source: Source
    meaning: str


_A = Argument
_Rows = tuple[Argument, ...]


def _sent(*rows: tuple[str, str, str]) -> _Rows:
    """Returns arguments that the vendor's client always sends, as name, type and meaning."""
    return tuple(_A(name, kind, "always sent", "client", text) for name, kind, text in rows)


def _card(*rows: tuple[str, str, str]) -> _Rows:
    """Returns arguments that are needed to charge a card that is not on file."""
    return tuple(_A(name, kind, "conditional", "client", text) for name, kind, text in rows)


_CARD = (
    ("ccard_first_name", "text", "holder's first name"),
    ("ccard_last_name", "text", "holder's last name"),
    ("ccard_address", "text", "first line of the billing address"),
    ("ccard_address2", "text", "second line of the billing address; may be empty"),
    ("ccard_city", "text", "city of the billing address"),
    ("ccard_state", "two capitals", "state or province"),
    ("ccard_zip", "text", "zip or postal code"),
    ("ccard_country", "US or CA", "country"),
    ("ccard_phone", "text", "holder's telephone number, ten digits"),
    ("ccard_email", "text", "holder's e-mail address"),
    ("ccard_number", "text", "card number, as typed"),
    ("ccard_exp_month", "1 to 12", "month of expiry, not padded"),
    ("ccard_exp_year", "two digits", "year of expiry"),
    ("ccard_cvv", "3 or 4 digits", "security code"),
)
_OFFSET = _A("offset", "int(11)", "yes", "documentation", "place of the first record, from 0")
_SEARCH = _A("search", "text", "always sent", "client", "text to search for; empty for all")


def _order(name: str, kind: str, meaning: str, required: Requirement = "yes") -> Argument:
    return _A(name, kind, required, "both", meaning)


_ORDER: _Rows = (
    _order("name", "varchar(150)", "person or company"),
    _order("billingAddress1", "varchar(100)", "first line of the billing address"),
    _order("billingAddress2", "varchar(100)", "second line of the billing address", "no"),
    _order("billingCity", "varchar(100)", "city of the billing address"),
    _order("billingStateProv", "varchar(2)", "state or province, for instance VA"),
    _order("billingZipPostal", "varchar(10)", "zip or postal code"),
    _order("billingContry", "varchar(5)", "USA or CAN; spelt so"),
    _order("billingPhone", "varchar(50)", "telephone number, ten digits or more"),
    _order("billingEmail", "varchar(255)", "e-mail address"),
    _A("jobName", "varchar(100)", "no", "documentation", "name of the job"),
    _order("jobAddress", "varchar(100)", "address of the job site"),
    _order("jobCity", "varchar(50)", "city of the job site"),
    _order("jobStateProv", "varchar(2)", "state or province of the job site"),
    _order("jobZipPostal", "varchar(10)", "zip or postal code of the job site"),
    _order("jobLatitude", "decimal(18,14)", "latitude of the job site, in degrees"),
    _order("jobLongitude", "decimal(18,14)", "longitude of the job site, in degrees"),
    _order("distanceByRoad", "varchar(20)", "distance from the map centre, 9.2 mi or 9.2 km"),
    _order("dateRequested", "varchar(20)", "day, YYYY-MM-DD"),
    _order("serviceType", "enum", "Delivery, SOS, Switch, Out, Move or Live"),
    _order("assetClass", "varchar(30)", "class of container, for instance 20-Open"),
    _A("hazards", "text", "no", "documentation", "hazards at the site"),
    _order("priceSheetID", "int(11)", "number of the price sheet"),
    _order("note", "text", "remarks on the placement", "no"),
    _A("txnClass", "text", "no", "documentation", "selector for taxes, of the handshake"),
    _order("Mode", "TEST or LIVE", "whether it is real; the client spells it mode"),
    _A("customer_terms", "0 or 1", "sometimes sent", "client", "1: the terms were accepted"),
    _order("ccardFName", "varchar(100)", "holder's first name", "conditional"),
    _order("ccardLName", "varchar(100)", "holder's last name", "conditional"),
    _order("ccardBillingAddress1", "varchar(100)", "first line of the address", "conditional"),
    _order("ccardBillingAddress2", "varchar(100)", "second line of the address", "no"),
    _order("ccardBillingCity", "varchar(100)", "city of the address", "conditional"),
    _order("ccardBillingStateProv", "two letters", "state or province", "conditional"),
    *_card(
        ("ccardBillingZipPostal", "text", "zip or postal code"),
        ("ccardNumber", "16 characters at most", "card number"),
        ("ccardExp", "MMYY", "month and year of expiry"),
        ("ccardCVV", "3 or 4 digits", "security code"),
    ),
)


def _report(name: str, kind: str, meaning: str) -> Argument:
    return _A(name, kind, "sometimes sent", "client", meaning)


ARGUMENTS: Mapping[str, _Rows] = MappingProxyType(
    {
        "cmdBoxTPortalHandShake": (),
        "cmdBoxTPortalCustomerHandShake": (),
        "cmdBoxTPortalCustomerLogOut": (),
        "cmdBoxTPortalCustomerData": (),
        "cmdBoxTPortalSaveCustomerProfile": _sent(
            ("customer_name", "text", "customer's name"),
            ("customer_address", "text", "first line of the address"),
            ("customer_address2", "text", "second line of the address"),
            ("customer_city", "text", "city"),
            ("customer_state", "two capitals", "state or province"),
            ("customer_zip", "text", "zip or postal code"),
            ("customer_contact", "text", "person to ask for"),
            ("customer_phone", "text", "telephone number, ten digits"),
            ("customer_cell", "text", "mobile telephone number, ten digits"),
            ("customer_fax", "text", "fax number, ten digits"),
            ("customer_email", "text", "e-mail address"),
            ("customer_email_confirm", "0 or 1", "1: work orders are confirmed by e-mail"),
            ("customer_email_thankyou", "0 or 1", "1: thank-you notes by e-mail"),
            ("customer_email_reminders", "0 or 1", "1: reminders by e-mail"),
            ("customer_sms", "0 or 1", "1: notices by SMS"),
        ),
        "cmdBoxTPortalJobsiteList": (
            _OFFSET,
            _SEARCH,
            _A("orderBy", "COLUMN|ASC or COLUMN|DESC", "always sent", "client", "order"),
        ),
        "cmdBoxTPortalJobsiteData": _sent(
            ("jobsite_id", "number", "number of the job site; 0 for a blank one"),
        ),
        "cmdBoxTPortalSaveJobSite": _sent(
            ("jobsite_id", "number", "number of the job site; 0 for a new one"),
            ("jobsite_name", "text", "name of the job"),
            ("jobsite_address", "text", "street and house number"),
            ("jobsite_city", "text", "city"),
            ("jobsite_state", "two capitals", "state or province"),
            ("jobsite_zip", "text", "zip or postal code"),
            ("jobsite_county", "text", "county"),
            ("jobsite_muni", "text", "municipality"),
            ("jobsite_po", "text", "purchase order number"),
            ("jobsite_cross_street", "text", "nearest cross street"),
            ("jobsite_contact", "text", "person to ask for"),
            ("jobsite_contact_cell", "text", "mobile telephone number, ten digits"),
            ("jobsite_hazzards", "text", "hazards at the site; spelt so"),
            ("jobsite_billing_note", "text", "note for the invoice"),
            ("jobsite_leed", "0 or 1", "1: the job is to be certified (LEED)"),
            ("jobsite_validated", "0 to 3", "check of the address; 0 if edited by hand"),
        ),
        "cmdBoxTPortalWorkOrderList": (_OFFSET, _SEARCH),
        "cmdBoxTPortalWorkOrderData": _sent(
            ("workorder_id", "number", "number of the order; 0 for a blank one"),
            ("jobsite_id", "number", "number of the job site for a blank one; else 0"),
        ),
        "cmdBoxTPortalSaveWorkOrder": _sent(
            ("workorder_id", "number", "number of the order; 0 for a new one"),
            ("workorder_jsid", "number above 0", "number of the job site"),
            ("workorder_asset", "SIZE-TYPE", "class of container, for instance 20-Open"),
            ("workorder_contqty", "1 to 30", "number of containers"),
            ("workorder_targetcont", "number or empty", "container at the site"),
            ("workorder_wodate", "Mon DD, YYYY", "day"),
            ("workorder_wotype", "text", "type of order, for instance Delivery"),
            ("workorder_remarks", "text", "remarks"),
            ("workorder_material", "number or empty", "number of the material"),
            ("workorder_user_bypass", "0 or 1", "1: save it despite similar orders"),
        ),
        "cmdBoxTPortalRemoveWorkOrder": _sent(("workorder_id", "number", "number of the order")),
        "cmdBoxTPortalTransactionsList": (_OFFSET, _SEARCH),
        "cmdBoxTPortalTransactionData": _sent(("version", "2", "form of the answer")),
        "cmdBoxTPortalEmailTransaction": _sent(
            ("transaction_id", "number", "number of the transaction"),
            ("transaction_email", "text", "addresses, divided by bars"),
        ),
        "cmdBoxTPortalProcessPayment": (
            *_sent(
                ("version", "2", "form of the arguments"),
                ("payment_mode", "1 or 2", "1: chosen transactions; 2: the whole balance"),
                ("transaction_id", "text", "transactions, divided by bars; 0 in mode 2"),
                ("ccard_id", "number", "card on file; 0 for the one given below"),
            ),
            *_card(
                *_CARD,
                ("ccard_store", "0 or 1", "1: put the card on file"),
                ("ccard_make_primary", "0 or 1", "1: make it the primary card; with ccard_store"),
            ),
        ),
        "cmdBoxTPortalSaveCCard": _sent(*_CARD),
        "cmdBoxTPortalCCardMakePrimary": _sent(("ccard_id", "number", "card on file")),
        "cmdBoxTPortalReportList": (),
        "cmdBoxTPortalReportParams": _sent(("report_id", "number", "number of the report")),
        "cmdBoxTPortalReportDetails": (
            *_sent(("report_id", "number", "number of the report")),
            _report("startDate", "Mon DD, YYYY", "first day"),
            _report("endDate", "Mon DD, YYYY", "last day"),
            _report("deliveryDate", "Mon DD, YYYY", "day of delivery"),
            _report("month", "01 to 12", "month"),
            _report("year", "four digits", "year"),
            _report("jobSite", "number", "job site; left out for all"),
            _report("woType", "text", "type of order"),
            _report("sortBy", "text", "one of the report's choices"),
            _report("filterBy", "text", "one of the report's choices"),
            _report("listBy", "text", "one of the report's choices"),
        ),
        "cmdBoxTWebAPIHandShake": (),
        "cmdBoxTWebAPIPricing": (
            _A("zipPostalCode", "text", "yes", "both", "zip or postal code of the job site"),
            _A("txnClass", "text", "no", "documentation", "selector for taxes, of the handshake"),
        ),
        "cmdBoxTWebAPIRequestService": _ORDER,
        "cmdBoxTWebAPIDirectBooking": _ORDER,
    }
)
"""The caller's arguments by command, in the order in which a form would ask for them."""

SESSION_ARGUMENTS: Mapping[SessionLevel, tuple[str, ...]] = MappingProxyType(
    {
        "none": ("username", "password"),
        "api": (
            *("username_api", "password_api", "session_key_api"),
            *("username_customer", "password_customer", "session_key_customer"),
        ),
        "customer": (
            *("username_api", "session_key_api", "username_customer", "session_key_customer"),
        ),
        "web": ("username", "key"),
    }
)
"""The arguments that the client adds, by the session level of a command; see `Command`."""
