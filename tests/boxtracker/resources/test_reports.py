"""Reports: the list, their parameters, and what is sent to run one."""

from datetime import date
from typing import Any

import pytest

from boxapis import ConfigurationError, InvalidResponseError, NotFoundError, ServerError
from boxapis.boxtracker.reports import Cell, ListedReport, Parameter, ReportForm, Section
from tests.support.scripted_customer import refused, scripted_customer, sent

pytestmark = pytest.mark.usefixtures("closing")

LIST, FORM = "cmdBoxTPortalReportList", "cmdBoxTPortalReportParams"
RUN = "cmdBoxTPortalReportDetails"
PARAMS: list[dict[str, Any]] = [
    {"Param": "startDate"},
    {"Param": "jobSite", "ParamExtra": [{"ID": 7, "JobName": "Kitchen", "Address": "2 Elm"}, 5]},
    {"Param": "woType", "ParamExtra": {"Out": "Remove", "ID": 1, "excludeFromJSON": [], "dbh": {}}},
    {"Param": "chk_Show_All"},
    {"Param": "sortBy_Date|Site"},
    {"Param": "new", "ParamExtra": "x", "Hint": "y"},
    {"Param": "new_thing"},
]


async def test_list() -> None:
    """The reports come as a whole, each with its heading."""
    rows = [{"ID": "3", "Name": "Tonnage", "Category": "Work"}, {"ID": 4}]
    customer, transport = scripted_customer({"reportObjList": rows})
    reports = await customer.reports.list()
    assert reports == (ListedReport(id=3, name="Tonnage", category="Work"), ListedReport(id=4))
    assert sent(transport) == [(LIST, {})]


async def test_parameters() -> None:
    """Each parameter has its argument and what may be chosen; stray keys are no choices."""
    form = {"ID": "3", "Name": "Tonnage", "RptDesc": "By month", "Params": PARAMS}
    customer, transport = scripted_customer({"reportParamsObj": form})
    found = await customer.reports.parameters(3)
    assert (found.id, found.name, found.description) == (3, "Tonnage", "By month")
    assert [(one.argument, one.choices) for one in found.parameters] == [
        ("startDate", {}),
        ("jobSite", {"7": "Kitchen, 2 Elm"}),
        ("woType", {"Out": "Remove"}),
        ("chkShowAll", {}),
        ("sortBy", {"Date": "Date", "Site": "Site"}),
        (None, {}),
        (None, {}),
    ]
    assert found.checks == {"chkShowAll": False}
    assert found.parameters[5].extra == {"Hint": "y"}
    assert sent(transport) == [(FORM, {"report_id": "3"})]
    assert (Parameter().argument, Parameter().choices, ReportForm().checks) == (None, {}, {})


async def test_run() -> None:
    """Days, month and check boxes are sent as the vendor's client does; lines become sections."""
    lines = ["[SectionRow]Tonnage", "[ContentRow]|7", 5]
    customer, transport = scripted_customer({"reportObj": lines, "new": 1})
    report = await customer.reports.run(
        3, start_date=date(2024, 1, 5), month=1, job_site=None, checks={"chkShowAll": True}
    )
    assert report.sections == (Section("Tonnage", rows=((Cell(("7",)),),)),)
    assert (report.unread, report.extra) == (("5",), {"new": 1})
    arguments = {"report_id": "3", "startDate": "Jan 05, 2024", "month": "01", "chkShowAll": "1"}
    assert sent(transport) == [(RUN, arguments)]


async def test_raw() -> None:
    """A raw run has the report with the response that it was read from."""
    customer, _ = scripted_customer({"reportObj": []}, {"reportObjList": []})
    assert (await customer.raw.reports.run(3)).decoded.sections == ()
    assert (await customer.raw.reports.list()).decoded == ()


@pytest.mark.parametrize(
    ("status", "error"), [(311, ServerError), (312, NotFoundError)], ids=["costly", "unknown"]
)
async def test_refused_runs(status: int, error: type[Exception]) -> None:
    """A report that is refused was not run, and a costly one is not tried again."""
    customer, transport = scripted_customer(refused(status))
    with pytest.raises(error):
        await customer.reports.run(3)
    assert len(sent(transport)) == 1


@pytest.mark.parametrize(
    ("body", "path"),
    [({}, "$"), ({"reportObj": "text"}, "$.reportObj"), ({"reportObj": [{}]}, "$.reportObj[0]")],
    ids=["missing", "no array", "no text"],
)
async def test_missing_lines(body: dict[str, Any], path: str) -> None:
    """F43: a response without the lines is an error that names its place."""
    customer, _ = scripted_customer(body)
    with pytest.raises(InvalidResponseError) as caught:
        await customer.reports.run(3)
    assert caught.value.path.startswith(path)


WRONG: dict[str, Any] = {
    "no id": lambda reports: reports.run(0),
    "no id of a form": lambda reports: reports.parameters("3"),
    "unknown": lambda reports: reports.run(3, startDate=date(2024, 1, 5)),
    "month 13": lambda reports: reports.run(3, month=13),
    "month as text": lambda reports: reports.run(3, month="01"),
    "no check box": lambda reports: reports.run(3, checks={"report_id": True}),
    "checks as list": lambda reports: reports.run(3, checks=["chkShowAll"]),
}


@pytest.mark.parametrize("call", WRONG.values(), ids=WRONG)
async def test_wrong_arguments(call: Any) -> None:
    """What is no argument of a report is refused, and nothing is sent."""
    customer, transport = scripted_customer()
    with pytest.raises(ConfigurationError):
        await call(customer.reports)
    assert transport.requests == []
