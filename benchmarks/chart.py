"""Chart of calls per second by number of tasks, as SVG: a Box Tracker command beside a BoxC call.

The panels share the vertical axis; all axes are logarithmic. There is no background, and the text
is grey, so the chart can be read on light and on dark pages.
"""

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from attrs import frozen

from benchmarks.figures import Figures
from benchmarks.roster import OURS

__all__ = ["chart"]

_PANELS: Final = {"warm": "Box Tracker: a customer command", "boxc-get": "BoxC: one credential"}
"""Headings by scenario."""
_COLOURS: Final = {
    OURS: "#df3858",
    "streams": "#787888",
    "pyreqwest": "#a56e17",
    "wreq": "#8d63d1",
    "aiohttp": "#277dc8",
    "niquests": "#24877b",
    "httpx2": "#5a8535",
    "httpx": "#b06737",
    "vendor's way": "#8e7465",
}
"""Colours of the contenders that have a line; the others are in the tables."""
_HEIGHT: Final = 560
_LEFT, _PLOT, _LABELS, _TOP, _BOTTOM = 70, 350, 130, 66, 56
_GREY: Final = "#808080"
_LABEL_HEIGHT: Final = 19.0

Point = tuple[float, float]
Series = dict[str, list[Point]]


@frozen
class _Axis:
    """A logarithmic axis, which maps values to positions."""

    minimum: float
    maximum: float
    start: float
    end: float

    def position(self, value: float) -> float:
        share = math.log(value / self.minimum) / math.log(self.maximum / self.minimum)
        return self.start + share * (self.end - self.start)


def chart(figures: Figures) -> str:
    """Draws a panel for each of the two calls that was measured, and a line for each contender.

    Raises:
        ValueError: neither was measured at two levels.
    """
    panels = {name: _series(figures, name) for name in _PANELS if len(figures.levels(name)) > 1}
    if not panels:
        message = f"a chart needs two levels or more of {' or '.join(_PANELS)}"
        raise ValueError(message)
    points = [p for series in panels.values() for line in series.values() for p in line]
    values = [value for _, value in points]
    y_axis = _Axis(_round_down(min(values)), max(values) * 1.25, _HEIGHT - _BOTTOM, _TOP)
    parts = [_svg_tag(len(panels))]
    for number, (name, series) in enumerate(panels.items()):
        start = _LEFT + number * (_PLOT + _LABELS)
        levels = figures.levels(name)
        x_axis = _Axis(levels[0], levels[-1], start, start + _PLOT)
        parts += _frame(_PANELS[name], x_axis, y_axis, levels, has_numbers=number == 0)
        parts += _lines(series, x_axis, y_axis)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _series(figures: Figures, scenario: str) -> Series:
    found: Series = {}
    for contender in figures.contenders(scenario):
        for level in figures.levels(scenario):
            figure = figures.figure(scenario, contender, level, "rate")
            if figure is not None and contender in _COLOURS:
                found.setdefault(contender, []).append((level, figure.median))
    return found


def _round_down(value: float) -> float:
    """Rounds down to 1, 2 or 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(value))
    return float(max(step * power for step in (1, 2, 5) if step * power <= value))


def _svg_tag(panels: int) -> str:
    width = _LEFT + panels * (_PLOT + _LABELS)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_HEIGHT}" role="img" '
        f'aria-label="Calls per second by number of tasks" '
        f'font-family="system-ui, sans-serif" font-size="16" fill="{_GREY}">'
    )


def _text(x: float, y: float, text: str, attributes: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}"{attributes}>{escape(text)}</text>'


def _grid_line(x1: float, y1: float, x2: float, y2: float) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{_GREY}" stroke-opacity="0.3"/>'
    )


def _frame(
    heading: str, x_axis: _Axis, y_axis: _Axis, levels: Sequence[int], *, has_numbers: bool
) -> Iterator[str]:
    yield _text(x_axis.start, 24, heading, ' font-weight="600"')
    yield _text(x_axis.start, 46, "calls per second, warm")
    for level in levels:
        x = x_axis.position(level)
        yield _grid_line(x, y_axis.start, x, y_axis.end)
        yield _text(x, y_axis.start + 22, str(level), ' text-anchor="middle" font-size="13"')
    middle = (x_axis.start + x_axis.end) / 2
    yield _text(middle, _HEIGHT - 10, "concurrent tasks", ' text-anchor="middle"')
    for value in _ticks(y_axis.minimum, y_axis.maximum):
        y = y_axis.position(value)
        yield _grid_line(x_axis.start, y, x_axis.end, y)
        if has_numbers:
            yield _text(x_axis.start - 8, y + 5, f"{value:,.0f}", ' text-anchor="end"')


def _ticks(minimum: float, maximum: float) -> Iterator[float]:
    for power in range(math.floor(math.log10(minimum)), math.ceil(math.log10(maximum)) + 1):
        for step in (1, 2, 5):
            if minimum <= step * 10**power <= maximum:
                yield float(step * 10**power)


def _lines(series: Series, x_axis: _Axis, y_axis: _Axis) -> Iterator[str]:
    ends = {name: y_axis.position(points[-1][1]) for name, points in series.items()}
    for name, label in zip(ends, _spread_labels(list(ends.values())), strict=True):
        points = [(x_axis.position(x), y_axis.position(y)) for x, y in series[name]]
        colour, width = _COLOURS[name], 3.5 if name == OURS else 1.8
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
        yield _text(x_axis.end + 12, label + 5, name, f' fill="{colour}"{weight}')


def _spread_labels(positions: list[float]) -> list[float]:
    """Moves positions down where labels would overlap."""
    moved = list(positions)
    previous = -math.inf
    for index in sorted(range(len(positions)), key=positions.__getitem__):
        moved[index] = previous = max(positions[index], previous + _LABEL_HEIGHT)
    return moved
