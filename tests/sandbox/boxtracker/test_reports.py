"""Box Tracker's reports: their list, their parameters, and lines in the known grammar."""

import re
from typing import Any

import pytest

from tests.support.tracker_calls import Portal

DETAILS = "cmdBoxTPortalReportDetails"
KINDS = {
    *("startDate", "endDate", "deliveryDate", "month", "year", "jobSite", "woType"),
    *("chk", "sortBy", "filterBy", "listBy"),
}


async def lines(portal: Portal, report: int, **arguments: Any) -> list[str]:
    """The lines of a report."""
    found: list[str] = (await portal.ask(DETAILS, report_id=report, **arguments))["reportObj"]
    return found


async def test_every_kind_of_parameter_is_played(portal: Portal) -> None:
    """The reports have a name, a category, and together every kind of parameter."""
    reports = (await portal.ask("cmdBoxTPortalReportList"))["reportObjList"]
    found = []
    for report in reports:
        assert report.keys() == {"ID", "Name", "Category"}
        asked = await portal.ask("cmdBoxTPortalReportParams", report_id=report["ID"])
        params = asked["reportParamsObj"]
        assert (params["ID"], params["Name"]) == (report["ID"], report["Name"])
        assert params["RptDesc"]
        found += params["Params"]
    assert {param["Param"].partition("_")[0] for param in found} == KINDS
    extras = {param["Param"]: param["ParamExtra"] for param in found if "ParamExtra" in param}
    assert extras["jobSite"][0].keys() == {"ID", "JobName", "Address"}
    assert extras["woType"].keys() >= {"Delivery", "ID", "excludeFromJSON", "dbh"}


@pytest.mark.parametrize("report", [1, 2, 3])
async def test_lines_keep_the_grammar(portal: Portal, report: int) -> None:
    """A section comes first, and each cell of a row has as many parts as its marker says."""
    found = await lines(portal, report)
    assert found[0].startswith("[SectionRow]")
    rows = [line for line in found if re.match(r"\[(Header|Content|Total)Row\]", line)]
    assert len(rows) > 2
    widths = set()
    for row in rows:
        marker, *cells = row.split("|")
        parts = int(match[1]) if (match := re.search(r"\]\[(\d+)\]", marker)) else 1
        assert [len(cell.split("/")) for cell in cells] == [parts] * len(cells)
        widths.add(len(cells))
    assert len(widths) == 1
    assert any("," in row for row in rows) == (report == 3)


async def test_legends(portal: Portal) -> None:
    """A bar chart has a legend cell more than parts and an axis line, a pie exactly two cells."""
    bars, pie = await lines(portal, 2), await lines(portal, 3)
    assert bars[1:3] == ["[LegendRow][bar]|Month|Orders|Containers", "[AxisRow]|Month||Number"]
    assert pie[1] == "[LegendRow][corechart]|Job|Open"
    assert "[ChartHide]" in bars[3]
    assert "[ChartAS-All]" in bars[3]


async def test_reports_follow_the_records(portal: Portal) -> None:
    """Parameters choose records, and sums are those of the rows."""
    one = await lines(portal, 1, jobSite=13913001)
    assert one[2:] == ["[ContentRow]|Job 001|Lowell|1", "[TotalRow]|||1"]
    assert len(await lines(portal, 1, chkShowAll=1)) == 123
    assert len(await lines(portal, 1, chkShowAll=0)) < 123
    by_city = [line.split("|")[2] for line in (await lines(portal, 1, sortBy="City"))[2:-1]]
    assert by_city == sorted(by_city)
    january = await lines(portal, 2, startDate="Jan 7, 2025", endDate="Jan 31, 2025")
    assert january[4:] == ["[ContentRow][2]|01/2025|25/25", "[TotalRow][2]|/|25/25"]
    day = await lines(portal, 2, deliveryDate="Jan 13, 2025", month="01", year="2025")
    assert day[-1] == "[TotalRow][2]|/|1/1"
    chosen = {"version": 2, "payment_mode": 1, "transaction_id": 13913701, "ccard_id": 139130}
    await portal.ask("cmdBoxTPortalProcessPayment", **chosen)
    invoices = await lines(portal, 3, chkShowPaid=1)
    assert len(invoices) == len(await lines(portal, 3)) + 1
    assert (await lines(portal, 2, woType="Move"))[-1].endswith("|8/8")


@pytest.mark.parametrize(
    ("report", "arguments", "refusal"),
    [
        (9, {}, 312),
        (2, {"startDate": "2025-01-07"}, 310),
        (2, {"month": "1"}, 310),
        (2, {"year": "25"}, 310),
        (2, {"woType": "Dance"}, 310),
        (2, {"listBy": "Week"}, 310),
        (1, {"chkShowAll": "yes"}, 310),
        (1, {"sortBy": "Colour"}, 310),
        ("", {}, 303),
    ],
)
async def test_refusals(
    portal: Portal, report: object, arguments: dict[str, str], refusal: int
) -> None:
    """An unknown report gets 312, and a malformed parameter 310."""
    assert (await portal.ask(DETAILS, report_id=report, **arguments))["status"] == refusal
