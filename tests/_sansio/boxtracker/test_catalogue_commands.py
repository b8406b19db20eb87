"""The 25 commands of Box Tracker, and undocumented ones."""

import pytest

from boxapis._sansio.boxtracker.catalogue import (
    COMMANDS,
    RESERVED_ARGUMENTS,
    Command,
    Family,
    SessionLevel,
    lookup,
)
from boxapis._sansio.operation import Kind
from boxapis.secret import SENSITIVE_FIELDS

PORTAL_CARD = {"ccard_number", "ccard_exp_month", "ccard_exp_year", "ccard_cvv"}
WEB_CARD = {"ccardNumber", "ccardExp", "ccardCVV"}

Row = tuple[str, Family, SessionLevel, bool, Kind, set[str]]

# Name, API, session arguments, with customer_id, kind, secret arguments.
EXPECTED: list[Row] = [
    ("cmdBoxTPortalHandShake", "portal", "none", False, "read", {"password"}),
    ("cmdBoxTPortalCustomerHandShake", "portal", "api", False, "read", set()),
    ("cmdBoxTPortalCustomerLogOut", "portal", "customer", False, "idempotent", set()),
    ("cmdBoxTPortalCustomerData", "portal", "customer", True, "read", set()),
    ("cmdBoxTPortalSaveCustomerProfile", "portal", "customer", True, "changing", set()),
    ("cmdBoxTPortalJobsiteList", "portal", "customer", True, "read", set()),
    ("cmdBoxTPortalJobsiteData", "portal", "customer", False, "read", set()),
    ("cmdBoxTPortalSaveJobSite", "portal", "customer", True, "changing", set()),
    ("cmdBoxTPortalWorkOrderList", "portal", "customer", True, "read", set()),
    ("cmdBoxTPortalWorkOrderData", "portal", "customer", False, "read", set()),
    ("cmdBoxTPortalSaveWorkOrder", "portal", "customer", True, "changing", set()),
    ("cmdBoxTPortalRemoveWorkOrder", "portal", "customer", True, "changing", set()),
    ("cmdBoxTPortalTransactionsList", "portal", "customer", True, "read", set()),
    ("cmdBoxTPortalTransactionData", "portal", "customer", True, "read", set()),
    ("cmdBoxTPortalEmailTransaction", "portal", "customer", False, "changing", set()),
    ("cmdBoxTPortalProcessPayment", "portal", "customer", True, "changing", PORTAL_CARD),
    ("cmdBoxTPortalSaveCCard", "portal", "customer", True, "changing", PORTAL_CARD),
    ("cmdBoxTPortalCCardMakePrimary", "portal", "customer", True, "changing", set()),
    ("cmdBoxTPortalReportList", "portal", "customer", False, "read", set()),
    ("cmdBoxTPortalReportParams", "portal", "customer", True, "read", set()),
    ("cmdBoxTPortalReportDetails", "portal", "customer", False, "read", set()),
    ("cmdBoxTWebAPIHandShake", "web", "none", False, "read", {"password"}),
    ("cmdBoxTWebAPIPricing", "web", "web", False, "read", set()),
    ("cmdBoxTWebAPIRequestService", "web", "web", False, "changing", WEB_CARD),
    ("cmdBoxTWebAPIDirectBooking", "web", "web", False, "changing", WEB_CARD),
]
NAMES = [row[0] for row in EXPECTED]


def as_command(row: Row) -> Command:
    """Returns a command as a row of the table."""
    return Command(*row[:5], frozenset(row[5]))


def test_the_table_is_whole() -> None:
    """There are 21 portal and 4 web API commands, in the order of the manual."""
    assert list(COMMANDS) == NAMES
    assert len(NAMES) == 25
    assert sum(name.startswith("cmdBoxTPortal") for name in NAMES) == 21


@pytest.mark.parametrize("row", EXPECTED, ids=NAMES)
def test_commands(row: Row) -> None:
    """Each command has its API, session arguments, kind and secrets."""
    assert COMMANDS[row[0]] == as_command(row)
    assert lookup(row[0]) is COMMANDS[row[0]]


@pytest.mark.parametrize(
    "name",
    [
        "cmdBoxTPortalNewThing",
        "cmdBoxTPortalHandshake",  # the wire has two capitals
        "cmdBoxTPortalJobSiteList",
        "cmdBoxTPortalTransactionList",
        "cmdBoxTPortal2",
    ],
)
def test_a_new_portal_command_is_taken_with_care(name: str) -> None:
    """An undocumented portal command counts as changing, with all card fields sensitive."""
    expected: Row = (name, "portal", "customer", False, "changing", PORTAL_CARD)
    assert lookup(name) == as_command(expected)


@pytest.mark.parametrize("name", ["cmdBoxTWebAPINewThing", "cmdBoxTWebAPIrequestService"])
def test_a_new_web_command_is_taken_with_care(name: str) -> None:
    """So does an undocumented web API command, the older manual's spelling included."""
    expected: Row = (name, "web", "web", False, "changing", WEB_CARD)
    assert lookup(name) == as_command(expected)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "JobsiteList",
        "cmdBoxTOther",
        "cmdboxtportaljobsitelist",
        " cmdBoxTPortalJobsiteList",
        "cmdBoxTPortalJobsiteList ",
        "cmdBoxTPortalJobsiteList\n",
        "cmdBoxTPortalJobsiteList&offset=0",
        "cmdBoxTPortal\ud800",
        "cmdBoxTPortalÉtat",
    ],
    ids=ascii,
)
def test_unknown_families(name: str) -> None:
    """A name of neither family, or with other than letters and digits, is no command."""
    assert lookup(name) is None


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.name)
def test_every_secret_argument_is_a_sensitive_field(command: Command) -> None:
    """Every sensitive argument is among the published SENSITIVE_FIELDS."""
    assert command.secrets <= SENSITIVE_FIELDS


def test_reserved_arguments() -> None:
    """The reserved arguments are those that the client adds."""
    assert RESERVED_ARGUMENTS == ("command", "username", "password", "session_key", "key")


def test_the_tables_cannot_be_changed() -> None:
    """The tables cannot be changed."""
    with pytest.raises(TypeError):
        COMMANDS["cmdBoxTPortalX"] = COMMANDS[NAMES[0]]  # type: ignore[index]  # the point
