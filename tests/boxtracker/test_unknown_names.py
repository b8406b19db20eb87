"""Misspelt commands and arguments: warnings that say what was meant; and what 303 was missing."""

import inspect
import typing
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from boxapis import (
    BoxTracker,
    ConfigurationError,
    ConflictError,
    UnknownArgumentWarning,
    UnknownCommandWarning,
    ValidationError,
)
from boxapis._sansio.boxtracker.catalogue import COMMANDS, PortalCommand, WebCommand
from boxapis._sansio.boxtracker.command_arguments import ARGUMENTS
from boxapis.boxtracker.work_orders import OrderSite, WorkOrder
from tests.support.paths import is_package_code
from tests.support.scripted_customer import refused, scripted_customer, scripted_tracker

pytestmark = pytest.mark.usefixtures("closing")

LIST = "cmdBoxTPortalJobsiteList"
REPORT = "cmdBoxTPortalReportDetails"


@pytest.fixture(params=["customer", "raw"])
def call(request: pytest.FixtureRequest, closing: None) -> Callable[..., Any]:
    """The method ``command`` of a customer, and that of its raw commands."""
    customer, _ = scripted_customer()
    return customer.raw.command if request.param == "raw" else customer.command


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("cmdBoxTPortalJobSiteList", " (did you mean cmdBoxTPortalJobsiteList?)"),
        ("cmdBoxTPortalTransactionList", " (did you mean cmdBoxTPortalTransactionsList?)"),
        ("cmdBoxTPortalWeather", ""),
    ],
)
def test_misspelt_commands(call: Callable[..., Any], name: str, meant: str) -> None:
    """A command that no source has is sent with a warning, at the caller's line."""
    with pytest.warns(UnknownCommandWarning) as caught:
        call(name, serach="x").close()
    (warning,) = caught
    text = f"{name} is not a known command{meant}; it is sent all the same, once"
    assert (str(warning.message), warning.filename) == (text, __file__)


def test_misspelt_arguments(call: Callable[..., Any]) -> None:
    """Arguments that no source has are sent with one warning, which shows no value."""
    with pytest.warns(UnknownArgumentWarning) as caught:
        call(LIST, offset=0, serach="4711", Orderby="x", zzz=None, other="y").close()
    (warning,) = caught
    assert str(warning.message) == (
        f"{LIST}: not a known argument, sent all the same: 'Orderby' (did you mean orderBy?),"
        " 'other', 'serach' (did you mean search?)"
    )
    assert warning.filename == __file__


def test_misspelt_names_of_the_web_api() -> None:
    """The client's own commands warn as well."""
    tracker, _ = scripted_tracker()
    with pytest.warns(UnknownArgumentWarning, match=r"zipPostalCode\?"):
        tracker.command("cmdBoxTWebAPIPricing", zipPostCode="03060").close()
    with pytest.warns(UnknownCommandWarning, match="cmdBoxTWebAPIPricing"):
        tracker.command("cmdBoxTWebAPIPricings").close()


KNOWN: dict[str, dict[str, Any]] = {
    **{name: {row.name: "x" for row in rows} for name, rows in ARGUMENTS.items()},
    "cmdBoxTPortalCustomerData": {"customer_id": 7},
    "cmdBoxTPortalReportDetails": {"report_id": 7, "chkShowAll": True},
    "cmdBoxTWebAPIDirectBooking": {"mode": "TEST"},
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_names(name: str) -> None:
    """No argument of the tables is warned of, and no check box of a report."""
    owner: Any = scripted_tracker()[0] if COMMANDS[name].family == "web" else scripted_customer()[0]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        owner.command(name, **KNOWN[name]).close()


def test_a_warning_as_an_error_shows_no_value() -> None:
    """Where warnings are errors, no frame of the library has the arguments."""
    customer, _ = scripted_customer()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UnknownArgumentWarning) as caught:
            customer.command(LIST, cvv="4711").close()
    frames = inspect.getinnerframes(caught.tb)
    found = [each.frame.f_locals for each in frames if is_package_code(each.filename)]
    assert found
    assert "4711" not in str(found)


def test_other_names_are_refused_as_before() -> None:
    """A name of neither family is refused when it is awaited, without a warning."""
    customer, _ = scripted_customer()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        call = customer.command("jobsites")
    with pytest.raises(ConfigurationError):
        call.send(None)


def test_literals() -> None:
    """The literals have each command but those that have methods of their own."""
    levels = {"customer": PortalCommand, "web": WebCommand}
    for level, words in levels.items():
        expected = [name for name, one in COMMANDS.items() if one.session_level == level]
        expected = [name for name in expected if not name.endswith(("LogOut", "HandShake"))]
        assert list(typing.get_args(words)) == expected
    for method in (BoxTracker.command, type(scripted_customer()[0]).command):
        assert "Literal" in str(inspect.signature(method))


async def missing(call: Callable[[Any], Any], owner: Any) -> ValidationError:
    """The error of a call that is answered with 303."""
    with pytest.raises(ValidationError) as caught:
        await call(owner)
    assert caught.value.code == 303
    return caught.value


GIVEN = {row.name: "x" for row in ARGUMENTS["cmdBoxTWebAPIDirectBooking"]}


@pytest.mark.parametrize(
    ("left_out", "empty", "shown"),
    [
        ("jobCity name", "", "name, jobCity"),
        ("", "billingEmail note", "billingEmail"),
        ("ccardCVV ccardExp", "", "ccardExp, ccardCVV"),
    ],
    ids=["left out", "empty", "card"],
)
async def test_missing_inputs(left_out: str, empty: str, shown: str) -> None:
    """303 names the arguments that were not given or are empty, in the order of a form."""
    tracker, _ = scripted_tracker(refused(303))
    arguments = {name: value for name, value in GIVEN.items() if name not in left_out.split()}
    arguments |= dict.fromkeys(empty.split(), "")
    error = await missing(lambda it: it.command("cmdBoxTWebAPIDirectBooking", **arguments), tracker)
    assert error.next_step == f"these were not given or are empty: {shown}"
    assert f'inputs are missing. It says: "ERROR: No". Nothing was changed: {error.next_step}.' in (
        str(error)
    )


async def test_missing_inputs_without_a_guess() -> None:
    """Where all is given, where no source says, and with similar orders, 303 names none."""
    tracker, _ = scripted_tracker(refused(303))
    arguments = GIVEN | {"mode": "TEST"}
    del arguments["Mode"]
    error = await missing(lambda it: it.command("cmdBoxTWebAPIDirectBooking", **arguments), tracker)
    assert error.next_step == "correct the arguments, then call again"
    customer, _ = scripted_customer(refused(303))
    error = await missing(lambda it: it.reports.list(), customer)
    assert error.next_step == "correct the arguments, then call again"
    customer, _ = scripted_customer(refused(303, similarWOs=["WO 7"]))
    with pytest.raises(ConflictError) as caught:
        await customer.work_orders.save(WorkOrder(job_site=OrderSite(id=7)))
    assert caught.value.next_step.startswith("ask")


async def test_missing_inputs_of_a_typed_call() -> None:
    """A typed method's empty fields are named, too."""
    customer, _ = scripted_customer(refused(303))
    order = WorkOrder(job_site=OrderSite(id=7), order_type="Delivery")
    error = await missing(lambda it: it.work_orders.save(order), customer)
    assert "workorder_asset" in error.next_step
    assert "workorder_wotype" not in error.next_step
