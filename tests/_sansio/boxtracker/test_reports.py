"""The lines of a report: sections, tables and charts; whatever the text, nothing is lost."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxapis._sansio.boxtracker.reports import Cell, Chart, Column, Report, Section, parse_report

LINES = (
    "[SectionRow]Tonnage | 2024",
    "[LegendRow][bar]|Month|In|Out",
    "[AxisRow]|Months||Tons",
    "[HeaderRow][2]|Site[ChartHide]/No|Jan[ChartAS-January]/Out|Feb/Out",
    "[ContentRow][2]|Kitchen/7|1,200.50/3|-4/x",
    "[TotalRow][2]|/|1,200.50/3|-4/0",
    "[SectionRow]Sites",
    "[HeaderRow]|Name|Containers",
    "[ContentRow]|Jan 05, 2024|2",
    "[ContentRow][1]",
)


def test_a_report() -> None:
    """Each section has its table, with cells of several parts, and its chart."""
    report = parse_report(LINES, {"new": 1})
    tonnage, sites = report.sections
    assert (report.unread, report.lines, report.extra) == ((), LINES, {"new": 1})
    assert tonnage == Section(
        "Tonnage | 2024",
        (
            Column(("Site", "No"), in_chart=False),
            Column(("Jan", "Out"), chart_name="January"),
            Column(("Feb", "Out")),
        ),
        ((Cell(("Kitchen", "7")), Cell(("1,200.50", "3")), Cell(("-4", "x"))),),
        ((Cell(("", "")), Cell(("1,200.50", "3")), Cell(("-4", "0"))),),
        Chart("bar", ("Month", "In", "Out"), ("Months", "", "Tons")),
    )
    assert tonnage.chart is not None
    assert (tonnage.chart.x_label, tonnage.chart.y_label) == ("Months", "Tons")
    assert sites.rows == ((Cell(("Jan 05, 2024",)), Cell(("2",))), ())
    assert (sites.totals, sites.chart) == ((), None)


def test_cells() -> None:
    """A number is read without the commas between thousands; the text stays as it came."""
    cell = Cell(("1,200.50", "Jan 05, 2024", " 7 "))
    assert cell.numbers == (Decimal("1200.50"), None, Decimal(7))
    assert (cell.number, cell.text) == (Decimal("1200.50"), "1,200.50/Jan 05, 2024/ 7 ")
    assert Column(("a", "b")).text == "a/b"
    assert (Chart("bar", ()).x_label, Chart("bar", (), ("a", "b")).y_label) == (None, None)


UNREAD: dict[str, str] = {
    "other marker": "[NoteRow]|a",
    "no marker": "text",
    "nothing": "",
    "text after the marker": "[ContentRow]a|b",
    "no number": "[ContentRow][x]|a",
    "no parts": "[ContentRow][0]|a",
    "too few parts": "[ContentRow][2]|a/b|c",
    "too many parts": "[TotalRow]|a/b",
    "second header": "[HeaderRow]|a",
    "header of other parts": "[HeaderRow][2]|a",
    "no kind of chart": "[LegendRow]|a|b",
    "bar of other parts": "[LegendRow][bar]|a|b|c",
    "pie of three": "[LegendRow][corechart]|a|b|c",
    "axis without a chart": "[AxisRow]|a|b|c",
    "bracket of an axis": "[AxisRow][1]|a|b|c",
}


@pytest.mark.parametrize("line", UNREAD.values(), ids=UNREAD)
def test_lines_that_do_not_fit(line: str) -> None:
    """A line that does not fit is kept as it came, and the others are read."""
    report = parse_report(["[SectionRow]a", "[HeaderRow]|b", line, "[ContentRow]|c"])
    assert report.unread == (line,)
    assert report.sections == (Section("a", (Column(("b",)),), ((Cell(("c",)),),)),)


def test_lines_before_the_first_section() -> None:
    """A section comes first: lines before it belong nowhere; their order is kept."""
    lines = ["[HeaderRow]|a", "[SectionRow]b", "[LegendRow][bar]|c", "x"]
    assert parse_report(lines).unread == (lines[0], lines[2], lines[3])


def test_charts() -> None:
    """A pie has two texts; another kind of chart has any number; a second chart is left."""
    lines = ["[SectionRow]a", "[LegendRow][corechart]|b|c", "[LegendRow][corechart]|d|e"]
    report = parse_report(lines)
    assert report.sections[0].chart == Chart("corechart", ("b", "c"))
    assert report.unread == (lines[2],)
    assert parse_report(["[SectionRow]a", "[LegendRow][new]"]).sections[0].chart == Chart("new", ())


MARKERS = ("[SectionRow]", "[HeaderRow]", "[ContentRow]", "[TotalRow]", "[LegendRow]", "[AxisRow]")
pieces = st.sampled_from(
    [
        *(*MARKERS, "[1]", "[2]", "[bar]", "[corechart]", "[ChartHide]", "[ChartAS-b]"),
        *("|", "|", "/", "a", "1,000", "\n", "]", "["),
    ]
)
texts = st.text(max_size=12) | st.builds(
    lambda marker, rest: marker + "".join(rest), st.sampled_from(MARKERS), st.lists(pieces)
)


def pieces_of(report: Report) -> list[tuple[str, ...]]:
    """The cells of every line that was read, section by section."""
    found: list[tuple[str, ...]] = []
    for section in report.sections:
        found.append((section.title,))
        found += [tuple(cell.text for cell in row) for row in section.rows + section.totals]
        if section.chart is not None:
            found.append(section.chart.legend)
    return found


@given(st.lists(texts, max_size=12))
def test_nothing_is_lost(lines: list[str]) -> None:
    """No text raises; every line is read or kept, with all its cells."""
    report = parse_report(lines)
    assert report.lines == tuple(lines)
    left = [line for line in lines if line in report.unread]
    assert set(left) == set(report.unread)
    rest = list(lines)
    for line in report.unread:
        rest.remove(line)
    rows = [line for line in rest if line.startswith(("[ContentRow]", "[TotalRow]", "[LegendRow]"))]
    titles = [line for line in rest if line.startswith("[SectionRow]")]
    expected = [tuple(line.split("|")[1:]) for line in rows]
    expected += [(line.removeprefix("[SectionRow]"),) for line in titles]
    assert sorted(pieces_of(report)) == sorted(expected)
    heads = [line for line in rest if line.startswith("[HeaderRow]")]
    columns = [len(section.columns) for section in report.sections if section.columns]
    assert sorted(columns) == sorted(line.count("|") for line in heads if "|" in line)
    axes = [section.chart.axes for section in report.sections if section.chart]
    assert sorted(one for one in axes if one) == sorted(
        tuple(line.split("|")[1:]) for line in rest if line.startswith("[AxisRow]") and "|" in line
    )
