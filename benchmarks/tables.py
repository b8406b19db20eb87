"""Markdown tables of a run: medians, and the range of the rounds."""

from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks import wire
from benchmarks.figures import Figure, Figures
from benchmarks.plan import COLUMNS, FULL, IMPORTS, Column
from benchmarks.records import Run
from benchmarks.roster import OURS

__all__ = ["report", "run_description", "table"]

_WITH_RANGE = ("rate", "cpu_us", "seconds", "wall_ms", *(f"pause_{n}" for n in wire.REFUSALS))
_NO_FIGURE = "-"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Returns a Markdown table with aligned columns, all but the first aligned right."""
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    first, *others = widths
    separator = "|".join(["-" * (first + 2), *("-" * (width + 1) + ":" for width in others)])
    return "\n".join([_row(head, widths), f"|{separator}|", *(_row(r, widths) for r in rows)])


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = zip(cells, widths, strict=True)
    padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]
    return f"| {' | '.join(padded)} |"


def report(run: Run) -> Iterator[str]:
    """Yields the description and every table of a run."""
    yield run_description(run.environment)
    figures = Figures(run.records)
    for scenario in FULL.scenarios:
        if figures.contenders(scenario.name):
            yield f"### {scenario.title} (`{scenario.name}`)"
            yield from _scenario(figures, scenario.name, scenario.columns, len(scenario.levels) > 1)
    if figures.contenders(IMPORTS):
        yield f"### Import in a fresh interpreter (`{IMPORTS}`)"
        yield _columns(figures, IMPORTS, 0, ("wall_ms", "cpu_ms", "modules"))


def run_description(environment: dict[str, Any]) -> str:
    """Returns a description of the machine and versions, and of what could not be measured."""
    versions = ", ".join(f"{name} {number}" for name, number in environment["versions"].items())
    pinned = "pinned" if environment["pinned"] else "not pinned"
    machine = f"Python {environment['python']}, {environment['system']} {environment['machine']}"
    machine += f", {environment['cores']} cores, {pinned}"
    origin = f"origin on {environment['origin_loop']}"
    rounds = f"{environment['rounds']} rounds of {environment['seconds']} s"
    lines = [f"{machine}; {origin}; {rounds}. {versions}."]
    lines += [
        f"Absent: {name} ({', '.join(libraries)} not installed)."
        for name, libraries in environment["absent"].items()
    ]
    if not environment["tls"]:
        lines.append("Absent: everything over TLS (trustme not installed).")
    if not environment.get("nginx", True):  # an older run does not say
        lines.append("Absent: everything behind nginx (install it: apt-get install nginx).")
    if "uvloop" not in environment["versions"]:
        lines.append("Absent: everything on uvloop (uvloop not installed).")
    return "\n".join(lines)


def _scenario(
    figures: Figures,
    name: str,
    columns: Sequence[str],
    by_level: bool,  # noqa: FBT001 - private
) -> Iterator[str]:
    levels = figures.levels(name)
    if by_level:
        for column in columns:
            yield f"{COLUMNS[column].title}:\n\n{_levels(figures, name, levels, column)}"
    else:
        for level in levels:
            yield _columns(figures, name, level, columns)
    discarded = figures.discarded(name)
    if discarded:
        yield f"{discarded} rounds discarded: the client was less than 90 % busy."
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
    return table([f"{level} tasks" if level else "", *(COLUMNS[c].title for c in columns)], rows)


def _cell(figures: Figures, name: str, contender: str, level: int, column: str) -> str:
    figure = figures.figure(name, contender, level, column)
    if figure is None:
        return _NO_FIGURE
    shown = _render(figure, COLUMNS[column], show_range=column in _WITH_RANGE)
    own = contender == OURS and column == "rate"
    return f"**{shown}**" if own else shown


def _render(figure: Figure, column: Column, *, show_range: bool) -> str:
    text = column.render(figure.median)
    if show_range and len(figure.rounds) > 1:
        text += f" ({column.render(figure.minimum)} to {column.render(figure.maximum)})"
    return text if figure.valid else f"~{text}"
