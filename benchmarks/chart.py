"""Chart of calls per second by number of tasks, as SVG with two logarithmic axes.

It has no background and grey text, so it can be read on light and on dark pages.
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
    "#4f6fb0",
    "#3a8fd9",
    "#2a9d8f",
    "#8a76d6",
    "#6b9e3f",
    "#c0703c",
    "#a0887a",
)
_LABEL_HEIGHT: Final = 15.0

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


def chart(figures: Figures, scenario: str = "warm", column: str = "rate") -> str:
    """Draws a scenario, one line for each contender.

    Raises:
        ValueError: fewer than two levels were measured.
    """
    levels = figures.levels(scenario)
    if len(levels) < 2:  # noqa: PLR2004 - a line has two ends
        message = "a chart needs the warm command at two levels or more"
        raise ValueError(message)
    series = _series(figures, scenario, column, levels)
    values = [value for points in series.values() for _, value in points]
    x_axis = _Axis(levels[0], levels[-1], _LEFT, _WIDTH - _RIGHT)
    y_axis = _Axis(_round_down(min(values)), max(values) * 1.25, _HEIGHT - _BOTTOM, _TOP)
    parts = [*_frame(x_axis, y_axis, levels), *_lines(series, x_axis, y_axis)]
    return "\n".join([_svg_tag(), *parts, "</svg>"]) + "\n"


def _series(figures: Figures, scenario: str, column: str, levels: Sequence[int]) -> Series:
    found: Series = {}
    for contender in figures.contenders(scenario):
        for level in levels:
            figure = figures.figure(scenario, contender, level, column)
            if figure is not None:
                found.setdefault(contender, []).append((level, figure.median))
    return found


def _round_down(value: float) -> float:
    """Rounds down to 1, 2 or 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(value))
    return float(max(step * power for step in (1, 2, 5) if step * power <= value))


def _svg_tag() -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="Calls per second by number of tasks" '
        f'font-family="system-ui, sans-serif" font-size="13" fill="{_GREY}">'
    )


def _text(x: float, y: float, text: str, attributes: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}"{attributes}>{escape(text)}</text>'


def _grid_line(x1: float, y1: float, x2: float, y2: float) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{_GREY}" stroke-opacity="0.3"/>'
    )


def _frame(x_axis: _Axis, y_axis: _Axis, levels: Sequence[int]) -> Iterator[str]:
    yield _text(_LEFT, 22, "A warm customer command: calls per second", ' font-weight="600"')
    for level in levels:
        x = x_axis.position(level)
        yield _grid_line(x, y_axis.start, x, y_axis.end)
        yield _text(x, y_axis.start + 20, str(level), ' text-anchor="middle"')
    middle = (x_axis.start + x_axis.end) / 2
    yield _text(
        middle, _HEIGHT - 12, "concurrent tasks, with as many connections", ' text-anchor="middle"'
    )
    for value in _ticks(y_axis.minimum, y_axis.maximum):
        y = y_axis.position(value)
        yield _grid_line(x_axis.start, y, x_axis.end, y)
        yield _text(x_axis.start - 8, y + 4, f"{value:,.0f}", ' text-anchor="end"')


def _ticks(minimum: float, maximum: float) -> Iterator[float]:
    for power in range(math.floor(math.log10(minimum)), math.ceil(math.log10(maximum)) + 1):
        for step in (1, 2, 5):
            if minimum <= step * 10**power <= maximum:
                yield float(step * 10**power)


def _lines(series: Series, x_axis: _Axis, y_axis: _Axis) -> Iterator[str]:
    ends = {name: y_axis.position(points[-1][1]) for name, points in series.items()}
    for name, label in zip(ends, _spread_labels(list(ends.values())), strict=True):
        points = [(x_axis.position(x), y_axis.position(y)) for x, y in series[name]]
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
        yield _text(x_axis.end + 12, label + 4, name, f' fill="{colour}"{weight}')


def _colour(name: str) -> str:
    names = [entry.name for entry in ROSTER]
    return _COLOURS[names.index(name) % len(_COLOURS)] if name in names else _GREY


def _spread_labels(positions: list[float]) -> list[float]:
    """Moves positions down where labels would overlap."""
    moved = list(positions)
    previous = -math.inf
    for index in sorted(range(len(positions)), key=positions.__getitem__):
        moved[index] = previous = max(positions[index], previous + _LABEL_HEIGHT)
    return moved
