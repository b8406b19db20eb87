"""Tables as Markdown, which reads well on a terminal: medians, and the spread of the rounds."""

from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.figures import Figure, Figures
from benchmarks.plan import COLUMNS, FULL, IMPORTS, Column
from benchmarks.records import Run
from benchmarks.roster import OURS

__all__ = ["preface", "report", "table"]

_SPREAD = ("rate", "cpu_us", "seconds", "wall_ms")
_NOTHING = "-"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, its columns as wide as they must be, numbers to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    rule = "|" + "|".join(_rule(width, first=not i) for i, width in enumerate(widths)) + "|"
    return "\n".join([_row(head, widths), rule, *(_row(row, widths) for row in rows)])


def _rule(width: int, *, first: bool) -> str:
    return "-" * (width + 2) if first else "-" * (width + 1) + ":"


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = zip(cells, widths, strict=True)
    padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]
    return f"| {' | '.join(padded)} |"


def report(run: Run) -> Iterator[str]:
    """Every table of a run, each a text of its own."""
    yield preface(run.about)
    figures = Figures(run.records)
    for scenario in FULL.scenarios:
        if figures.contenders(scenario.name):
            yield f"### {scenario.title} (`{scenario.name}`)"
            yield from _scenario(figures, scenario.name, scenario.columns, len(scenario.levels) > 1)
    if figures.contenders(IMPORTS):
        yield f"### Import in a fresh interpreter (`{IMPORTS}`)"
        yield _columns(figures, IMPORTS, 0, ("wall_ms", "cpu_ms", "modules"))


def preface(about: dict[str, Any]) -> str:
    """What was measured on what, and who is not there."""
    versions = ", ".join(f"{name} {number}" for name, number in about["versions"].items())
    pinned = "pinned" if about["pinned"] else "not pinned"
    machine = f"Python {about['python']}, {about['system']} {about['machine']}"
    where = f"{machine}, {about['cores']} cores, {pinned}; origin on {about['origin_loop']}"
    lines = [f"{where}; {about['rounds']} rounds of {about['seconds']} s. {versions}."]
    lines += [
        f"Absent: {name} ({', '.join(gone)} not installed)."
        for name, gone in about["absent"].items()
    ]
    if not about["tls"]:
        lines.append("Absent: everything over TLS (trustme not installed).")
    return "\n".join(lines)


def _scenario(
    figures: Figures,
    name: str,
    columns: Sequence[str],
    by_level: bool,  # noqa: FBT001 - one shape or the other
) -> Iterator[str]:
    levels = figures.levels(name)
    if by_level:
        for column in columns:
            yield f"{COLUMNS[column].title}:\n\n{_levels(figures, name, levels, column)}"
    else:
        for level in levels:
            yield _columns(figures, name, level, columns)
    thrown = figures.thrown_away(name)
    if thrown:
        yield f"{thrown} rounds thrown away: the client was less than 90 % busy."
    for contender in figures.contenders(name):
        if note := figures.note(name, contender):
            yield f"{contender} failed: {note}"


def _levels(figures: Figures, name: str, levels: Sequence[int], column: str) -> str:
    rows = [
        [contender, *(_cell(figures, name, contender, level, column) for level in levels)]
        for contender in figures.contenders(name)
    ]
    return table(["tasks", *map(str, levels)], rows)


def _columns(figures: Figures, name: str, level: int, columns: Sequence[str]) -> str:
    rows = [
        [contender, *(_cell(figures, name, contender, level, column) for column in columns)]
        for contender in figures.contenders(name)
    ]
    return table([f"{level} at once" if level else "", *(COLUMNS[c].title for c in columns)], rows)


def _cell(figures: Figures, name: str, contender: str, level: int, column: str) -> str:
    figure = figures.figure(name, contender, level, column)
    if figure is None:
        return _NOTHING
    shown = _shown(figure, COLUMNS[column], spread=column in _SPREAD)
    own = contender == OURS and column == "rate"
    return f"**{shown}**" if own else shown


def _shown(figure: Figure, column: Column, *, spread: bool) -> str:
    text = column.shown(figure.median)
    if spread and len(figure.rounds) > 1:
        text += f" ({column.shown(figure.least)} to {column.shown(figure.most)})"
    return text if figure.sound else f"~{text}"
