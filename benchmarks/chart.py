"""The chart: calls a second against tasks at once as SVG, both axes logarithmic.

Nothing is painted behind it and every text is a middle grey, so it reads on light and on dark.
"""

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from attrs import frozen

from benchmarks.figures import Figures
from benchmarks.roster import OURS, ROSTER

__all__ = ["chart"]

_WIDTH, _HEIGHT = 860, 520
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 160, 46, 56
_GREY: Final = "#808080"
_COLOURS: Final = (
    "#e0405f",
    "#b0629f",
    "#7f7f8f",
    "#d08a1d",
    "#3a8fd9",
    "#2a9d8f",
    "#8a76d6",
    "#6b9e3f",
    "#c0703c",
    "#a0887a",
)
_LINE: Final = 15.0

Point = tuple[float, float]
Series = dict[str, list[Point]]


@frozen
class _Scale:
    """A logarithmic axis: from values to places."""

    least: float
    most: float
    start: float
    end: float

    def place(self, value: float) -> float:
        share = math.log(value / self.least) / math.log(self.most / self.least)
        return self.start + share * (self.end - self.start)


def chart(figures: Figures, scenario: str = "warm", column: str = "rate") -> str:
    """The SVG of a scenario; one line for each contender.

    Raises:
        ValueError: when fewer than two levels were measured.
    """
    levels = figures.levels(scenario)
    if len(levels) < 2:  # noqa: PLR2004 - a line has two ends
        message = "a chart needs the warm command at two levels or more"
        raise ValueError(message)
    series = _series(figures, scenario, column, levels)
    values = [value for points in series.values() for _, value in points]
    across = _Scale(levels[0], levels[-1], _LEFT, _WIDTH - _RIGHT)
    up = _Scale(_below(min(values)), max(values) * 1.25, _HEIGHT - _BOTTOM, _TOP)
    parts = [*_frame(across, up, levels), *_lines(series, across, up)]
    return "\n".join([_opening(), *parts, "</svg>"]) + "\n"


def _series(figures: Figures, scenario: str, column: str, levels: Sequence[int]) -> Series:
    found: Series = {}
    for contender in figures.contenders(scenario):
        for level in levels:
            figure = figures.figure(scenario, contender, level, column)
            if figure is not None:
                found.setdefault(contender, []).append((level, figure.median))
    return found


def _below(value: float) -> float:
    """The next 1, 2 or 5 with zeros that is not above a value."""
    power = 10 ** math.floor(math.log10(value))
    return float(max(step * power for step in (1, 2, 5) if step * power <= value))


def _opening() -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="Calls per second against tasks at once" '
        f'font-family="system-ui, sans-serif" font-size="13" fill="{_GREY}">'
    )


def _text(x: float, y: float, text: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}"{more}>{escape(text)}</text>'


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{_GREY}" stroke-opacity="0.3"/>'
    )


def _frame(across: _Scale, up: _Scale, levels: Sequence[int]) -> Iterator[str]:
    yield _text(_LEFT, 22, "A warm customer command: calls per second", ' font-weight="600"')
    for level in levels:
        x = across.place(level)
        yield _rule(x, up.start, x, up.end)
        yield _text(x, up.start + 20, str(level), ' text-anchor="middle"')
    middle = (across.start + across.end) / 2
    yield _text(middle, _HEIGHT - 12, "tasks at once, as many connections", ' text-anchor="middle"')
    for value in _ticks(up.least, up.most):
        y = up.place(value)
        yield _rule(across.start, y, across.end, y)
        yield _text(across.start - 8, y + 4, f"{value:,.0f}", ' text-anchor="end"')


def _ticks(least: float, most: float) -> Iterator[float]:
    for power in range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1):
        for step in (1, 2, 5):
            if least <= step * 10**power <= most:
                yield float(step * 10**power)


def _lines(series: Series, across: _Scale, up: _Scale) -> Iterator[str]:
    ends = {name: up.place(points[-1][1]) for name, points in series.items()}
    for name, label in zip(ends, _apart(list(ends.values())), strict=True):
        points = [(across.place(x), up.place(y)) for x, y in series[name]]
        colour, width = _colour(name), 3.5 if name == OURS else 1.8
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        yield (
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}" '
            f'stroke-linejoin="round"/>'
        )
        yield from (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{width + 0.6:.1f}" fill="{colour}"/>'
            for x, y in points
        )
        weight = ' font-weight="700"' if name == OURS else ""
        yield _text(across.end + 12, label + 4, name, f' fill="{colour}"{weight}')


def _colour(name: str) -> str:
    names = [entry.name for entry in ROSTER]
    return _COLOURS[names.index(name) % len(_COLOURS)] if name in names else _GREY


def _apart(places: list[float]) -> list[float]:
    """The same places, moved down where labels would lie on each other."""
    moved = list(places)
    previous = -math.inf
    for index in sorted(range(len(places)), key=places.__getitem__):
        moved[index] = previous = max(places[index], previous + _LINE)
    return moved
