"""Reads the lines of a report of Box Tracker's portal: sections with a table, and a chart.

Each line begins with a marker such as ``[HeaderRow]``; cells follow, divided by bars. The grammar
is that of the vendor's own client (https://www.dumpster.software/api/). That client rejects a whole
report for one line that does not fit; here such a line is kept beside the sections as it came.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from attrs import Factory, define, evolve, field, frozen

from boxapis._sansio import shapes
from boxapis._sansio.kinds import parse_decimal

__all__ = ["Cell", "Chart", "ChartKind", "Column", "Report", "Section", "parse_report"]

ChartKind = Literal["bar", "corechart"] | str
"""A kind of chart; ``"corechart"`` is a pie."""


@frozen
class Cell:
    """A cell of a table, with as many parts as its table says, mostly one.

    Attributes:
        parts: The texts, as the service writes them.
    """

    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole text; parts are divided by ``/``."""
        return "/".join(self.parts)

    @property
    def numbers(self) -> tuple[Decimal | None, ...]:
        """The parts as numbers, without the commas between thousands; None for other text."""
        return tuple(parse_decimal(part.replace(",", "").strip()) for part in self.parts)

    @property
    def number(self) -> Decimal | None:
        """The first part as a number; None if it is other text."""
        return self.numbers[0]


@frozen
class Column:
    """The head of a column.

    Attributes:
        parts: The texts, without what they say of the chart.
        in_chart: Whether the column is part of the chart.
        chart_name: The name in the chart; None if it is the text.
    """

    parts: tuple[str, ...]
    in_chart: bool = True
    chart_name: str | None = None

    @property
    def text(self) -> str:
        """The whole text; parts are divided by ``/``."""
        return "/".join(self.parts)


@frozen
class Chart:
    """How a section is to be drawn; see `Column.in_chart`.

    Attributes:
        kind: The kind of chart.
        legend: The texts of the legend: two for a pie, one more than a cell has parts for bars.
        axes: The cells of the line about the axes; see `x_label` and `y_label`.
    """

    kind: ChartKind
    legend: tuple[str, ...]
    axes: tuple[str, ...] = ()

    @property
    def x_label(self) -> str | None:
        """The label of the x axis; None if there is none."""
        return self.axes[0] if self.axes else None

    @property
    def y_label(self) -> str | None:
        """The label of the y axis; None if there is none."""
        return self.axes[2] if len(self.axes) > 2 else None  # noqa: PLR2004 - the second is unused


@frozen
class Section:
    """A section of a report: one table, and a chart if it is to be drawn.

    Attributes:
        title: The title.
        columns: The heads of the columns.
        rows: The rows, of one cell for each column.
        totals: The rows of sums; their cells belong to the columns by position.
        chart: How it is to be drawn; None if it is not.
    """

    title: str
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    totals: tuple[tuple[Cell, ...], ...] = ()
    chart: Chart | None = None


@frozen(kw_only=True)
class Report:
    """A report that was run.

    Attributes:
        sections: The sections, in order.
        unread: Lines that the grammar does not explain, as they came. Look whether there are any
            before you rely on the sums of your own.
        lines: All lines, as they came.
        extra: Fields that no source lists; values under sensitive names are `Secret`.
    """

    sections: tuple[Section, ...]
    unread: tuple[str, ...]
    lines: tuple[str, ...] = field(repr=False)
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)


def parse_report(lines: Sequence[str], extra: Mapping[str, Any] = shapes.NO_FIELDS) -> Report:
    """Returns the report that some lines describe; any text will do.

    Args:
        lines: The lines, in order.
        extra: Further fields of the response.
    """
    drafts: list[_Draft] = []
    unread: list[int] = []
    for place, line in enumerate(lines):
        marker, bracket, rest = _split(line)
        if marker == "SectionRow":
            drafts.append(_Draft(line.partition("]")[2]))
        elif not drafts or not drafts[-1].take(marker, bracket, rest, place):
            unread.append(place)
    sections = tuple(draft.finish(unread) for draft in drafts)
    left = tuple(lines[place] for place in sorted(unread))
    return Report(sections=sections, unread=left, lines=tuple(lines), extra=extra)


_MARKER = re.compile(
    r"\[(SectionRow|HeaderRow|ContentRow|TotalRow|LegendRow|AxisRow)\]"
    r"(?:\[([^\]|]*)\])?((?:\|.*)?)",
    re.ASCII | re.DOTALL,
)
_PARTS = re.compile("[1-9][0-9]{0,2}", re.ASCII)
_HIDDEN = "[ChartHide]"
_NAMED = re.compile(r"\[ChartAS-([^\]]*)\]", re.DOTALL)


def _split(line: str) -> tuple[str, str | None, tuple[str, ...]]:
    """Returns a line's marker, what stands in brackets after it, and its cells."""
    if line.startswith("[SectionRow]"):  # whatever follows is the title
        return "SectionRow", None, ()
    found = _MARKER.fullmatch(line)
    if found is None:
        return "", None, ()
    return found[1], found[2], tuple(found[3].split("|")[1:])


@define
class _Draft:
    """A section while its lines are read.

    Attributes:
        title: The title.
        columns: The heads of the columns; None before there is a line of them.
        parts: The number of parts of a cell in the line of heads.
        rows: The rows.
        totals: The rows of sums.
        legend: The chart without its axes, and the place of its line.
        axes: The cells of the line about the axes, and its place.
    """

    title: str
    columns: tuple[Column, ...] | None = None
    parts: int = 1
    rows: list[tuple[Cell, ...]] = Factory(list)
    totals: list[tuple[Cell, ...]] = Factory(list)
    legend: tuple[Chart, int] | None = None
    axes: tuple[tuple[str, ...], int] | None = None

    def take(self, marker: str, bracket: str | None, cells: tuple[str, ...], place: int) -> bool:
        """Adds a line; returns whether it fits."""
        match marker:
            case "LegendRow" if self.legend is None and bracket:
                self.legend = (Chart(bracket, cells), place)
            case "AxisRow" if self.axes is None and bracket is None:
                self.axes = (cells, place)
            case "HeaderRow" | "ContentRow" | "TotalRow":
                return self._take_row(marker, bracket, cells)
            case _:
                return False
        return True

    def _take_row(self, marker: str, bracket: str | None, cells: tuple[str, ...]) -> bool:
        number = "1" if bracket is None else bracket
        if not _PARTS.fullmatch(number):
            return False
        columns = tuple(_column(cell) for cell in cells) if marker == "HeaderRow" else ()
        read = tuple(Cell(tuple(cell.split("/"))) for cell in cells)
        if any(len(one.parts) != int(number) for one in columns or read):
            return False
        if marker == "HeaderRow":
            if self.columns is not None:
                return False
            self.columns, self.parts = columns, int(number)
        else:
            (self.rows if marker == "ContentRow" else self.totals).append(read)
        return True

    def finish(self, unread: list[int]) -> Section:
        """Returns the section; the places of lines about a chart that cannot be go to ``unread``.

        Args:
            unread: Receives the places.
        """
        chart = None if self.legend is None else self.legend[0]
        if self.legend is not None and not self._fits(self.legend[0]):
            unread.append(self.legend[1])
            chart = None
        if self.axes is not None and chart is None:
            unread.append(self.axes[1])
        elif self.axes is not None and chart is not None:
            chart = evolve(chart, axes=self.axes[0])
        columns = self.columns or ()
        return Section(self.title, columns, tuple(self.rows), tuple(self.totals), chart)

    def _fits(self, chart: Chart) -> bool:
        wanted = {"bar": self.parts + 1, "corechart": 2}.get(chart.kind)
        return wanted is None or len(chart.legend) == wanted


def _column(cell: str) -> Column:
    text = cell.replace(_HIDDEN, "")
    names = _NAMED.findall(text)
    text = _NAMED.sub("", text) if len(names) == 1 else text
    name = names[0] if len(names) == 1 else None
    return Column(tuple(text.split("/")), in_chart=_HIDDEN not in cell, chart_name=name)
