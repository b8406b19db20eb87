"""Goals of the benchmark, and whether a run reached them.

Most goals are ratios of two figures of the same run, so they do not depend on the machine.
"""

import operator
from collections.abc import Callable, Iterator
from typing import Final

from attrs import frozen

from benchmarks import wire
from benchmarks.figures import Figure, Figures
from benchmarks.plan import IMPORTS
from benchmarks.roster import OURS
from benchmarks.tables import table

__all__ = ["GOALS", "FigureKey", "Goal", "goals_table"]


@frozen
class FigureKey:
    """Identifies a figure; without ``tasks`` at the greatest level that was measured."""

    scenario: str
    contender: str
    column: str
    tasks: int | None = None

    def find(self, figures: Figures) -> Figure | None:
        """Returns the figure, or None if it was not measured."""
        levels = figures.levels(self.scenario)
        tasks = self.tasks if self.tasks is not None or not levels else levels[-1]
        return figures.figure(self.scenario, self.contender, tasks or 0, self.column)


@frozen
class Goal:
    """A bound for a figure, or for its ratio to a reference.

    Attributes:
        title: Text in the table.
        subject: The figure.
        bound: The smallest value that reaches the goal, or the greatest if ``is_maximum``.
        reference: The figure to divide by, or None.
        is_maximum: Whether the bound is an upper one.
    """

    title: str
    subject: FigureKey
    bound: float
    reference: FigureKey | None = None
    is_maximum: bool = False

    def measured_ratio(self, figures: Figures) -> tuple[float, list[float]] | None:
        """Returns the ratio of the medians and that of each round; None if not measured."""
        subject = self.subject.find(figures)
        if self.reference is None:
            return None if subject is None else (subject.median, list(subject.rounds.values()))
        reference = self.reference.find(figures)
        if subject is None or reference is None or not reference.median:
            return None
        common = subject.rounds.keys() & reference.rounds.keys()
        rounds = [subject.rounds[n] / reference.rounds[n] for n in common]
        return subject.median / reference.median, rounds

    def is_valid(self, figures: Figures) -> bool:
        """Whether none of its figures comes from discarded rounds."""
        found = [key.find(figures) for key in (self.subject, self.reference) if key]
        return all(figure is not None and figure.valid for figure in found)

    def is_reached(self, value: float) -> bool:
        """Whether a value reaches the goal."""
        compare: Callable[[float, float], bool] = operator.le if self.is_maximum else operator.ge
        return compare(value, self.bound)


def _faster(peer: str, bounds: dict[int, float], scenario: str = "warm") -> Iterator[Goal]:
    for tasks, bound in bounds.items():
        yield Goal(
            f"calls/s of {scenario} against {peer}, {tasks} tasks",
            FigureKey(scenario, OURS, "rate", tasks),
            bound,
            FigureKey(scenario, peer, "rate", tasks),
        )


def _import(title: str, subject: str, bound: float) -> Goal:
    ours, reference = (FigureKey(IMPORTS, name, "wall_ms") for name in (subject, "aiohttp"))
    return Goal(f"{title} against aiohttp", ours, bound, reference, is_maximum=True)


def _overhead(call: str, bound: float) -> Goal:
    title = f"CPU µs above the transport, {call}"
    return Goal(title, _cpu(1, call, "overhead"), bound, is_maximum=True)


def _cpu(tasks: int, contender: str = OURS, scenario: str = "warm") -> FigureKey:
    return FigureKey(scenario, contender, "cpu_us", tasks)


GOALS: Final = (
    *_faster("httpx", {1: 5, 50: 50, 500: 50}),
    *_faster("aiohttp", {1: 1.9, 50: 5, 500: 5}),
    *_faster("pyreqwest", {1: 1.3, 50: 2.3, 500: 2.2}),
    *_faster("wreq", {1: 1.5, 50: 2.1, 500: 2, 1000: 1.8}),
    *_faster("streams", {50: 1.4}),
    *_faster("aiohttp", {1: 1, 50: 1, 500: 1}, "uvloop"),
    *_faster("pyreqwest", {1: 1, 50: 1, 500: 1}, "uvloop"),
    *_faster("wreq", {1: 1, 50: 1, 500: 1}, "uvloop"),
    Goal(
        "CPU per call of aiohttp on uvloop against ours, 50 tasks",
        _cpu(50, "aiohttp", "uvloop"),
        4,
        _cpu(50, OURS, "uvloop"),
    ),
    *_faster("httpx", {50: 1}, "tls"),
    *_faster("aiohttp", {50: 1}, "tls"),
    *_faster("pyreqwest", {50: 1}, "tls"),
    *_faster("wreq", {50: 1.4}, "tls"),
    *_faster("streams", {50: 1.05}, "tls"),
    *_faster("aiohttp", {50: 2.7}, "boxc-get"),
    *_faster("pyreqwest", {50: 1.4}, "boxc-get"),
    *_faster("wreq", {50: 1.15}, "boxc-get"),
    *_faster("httpx", {1: 1.6}, "boxc-list"),
    *_faster("aiohttp with pydantic", {1: 1}, "boxc-list"),
    *_faster("httpx with pydantic", {1: 1}, "boxc-list"),
    *_faster("pyreqwest with msgspec", {1: 1}, "boxc-list"),
    _overhead("boxc.request", 12),
    _overhead("credentials.get", 16),
    Goal("CPU per call, 1000 tasks against 50", _cpu(1000), 1.8, _cpu(50), is_maximum=True),
    Goal(
        "requests per command",
        FigureKey("warm", OURS, "requests_per_call", 50),
        1.01,
        is_maximum=True,
    ),
    Goal("share of BoxC's rate", FigureKey("bucket", OURS, "share"), 0.99),
    Goal("429s of BoxC", FigureKey("bucket", OURS, "answers_429"), 0, is_maximum=True),
    *(
        Goal(
            f"longest pause in ms, {name}",
            FigureKey("pauses", OURS, f"pause_{name}"),
            20,
            is_maximum=True,
        )
        for name in wire.REFUSALS
    ),
    Goal("bytes of an idle session", FigureKey("idle", OURS, "bytes"), 600, is_maximum=True),
    _import("import", OURS, 0.2),
    _import("import with both clients", "boxapis, both clients", 0.5),
)


def goals_table(figures: Figures) -> str:
    """Returns the table of goals; empty if none was measured."""
    rows = [row for goal in GOALS if (row := _goal_row(goal, figures))]
    head = ["goal", "bound", "measured", "in rounds", "reached"]
    return table(head, rows) if rows else ""


def _goal_row(goal: Goal, figures: Figures) -> list[str]:
    ratio = goal.measured_ratio(figures)
    if ratio is None:
        return []
    value, rounds = ratio
    rounds_reached = sum(map(goal.is_reached, rounds))
    relation = "at most" if goal.is_maximum else "at least"
    reached = "yes" if goal.is_reached(value) and 2 * rounds_reached > len(rounds) else "no"
    shown = f"{value:.3g}"
    if not goal.is_valid(figures):
        shown, reached = f"~{shown}", "unknown"
    bound, counted = f"{relation} {goal.bound:g}", f"{rounds_reached} of {len(rounds)}"
    return [goal.title, bound, shown, counted, reached]
