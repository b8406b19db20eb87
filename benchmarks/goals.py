"""What is to be reached, and whether it was: ratios within one run, and in how many rounds."""

import operator
from collections.abc import Callable, Iterator
from typing import Final

from attrs import frozen

from benchmarks.figures import Figure, Figures
from benchmarks.plan import IMPORTS
from benchmarks.roster import OURS
from benchmarks.tables import table

__all__ = ["GOALS", "Place", "Ratio", "verdicts"]


@frozen
class Place:
    """Where a figure stands; without tasks: at the one level that was measured."""

    scenario: str
    contender: str
    column: str
    tasks: int | None = None

    def found(self, figures: Figures) -> Figure | None:
        """The figure, if it was measured."""
        levels = figures.levels(self.scenario)
        tasks = self.tasks if self.tasks is not None or not levels else levels[-1]
        return figures.figure(self.scenario, self.contender, tasks or 0, self.column)


@frozen
class Ratio:
    """One thing to reach: a figure, alone or against another, at least or at most so much."""

    what: str
    ours: Place
    bound: float
    other: Place | None = None
    most: bool = False

    def seen(self, figures: Figures) -> tuple[float, list[float]] | None:
        """The ratio of the medians, and that of each round; None when it was not measured."""
        ours = self.ours.found(figures)
        if self.other is None:
            return None if ours is None else (ours.median, list(ours.rounds.values()))
        other = self.other.found(figures)
        if ours is None or other is None or not other.median:
            return None
        common = ours.rounds.keys() & other.rounds.keys()
        return ours.median / other.median, [ours.rounds[n] / other.rounds[n] for n in common]

    def is_sound(self, figures: Figures) -> bool:
        """Whether no figure of it comes from rounds that were thrown away."""
        found = [place.found(figures) for place in (self.ours, self.other) if place]
        return all(figure is not None and figure.sound for figure in found)

    def reached(self, value: float) -> bool:
        """Whether a value is on the right side."""
        compare: Callable[[float, float], bool] = operator.le if self.most else operator.ge
        return compare(value, self.bound)


def _faster(peer: str, bounds: dict[int, float]) -> Iterator[Ratio]:
    for tasks, bound in bounds.items():
        yield Ratio(
            f"calls/s against {peer}, {tasks} tasks",
            Place("warm", OURS, "rate", tasks),
            bound,
            Place("warm", peer, "rate", tasks),
        )


def _over_tls(peer: str) -> Ratio:
    ours, other = (Place("tls", name, "rate", 50) for name in (OURS, peer))
    return Ratio(f"calls/s over TLS against {peer}, 50 tasks", ours, 1.0, other)


def _cpu(tasks: int) -> Place:
    return Place("warm", OURS, "cpu_us", tasks)


GOALS: Final = (
    *_faster("httpx", {1: 5, 50: 50, 500: 50}),
    *_faster("aiohttp", {1: 1.3, 50: 4.5, 500: 4.5}),
    *_faster("pyreqwest", {1: 1.3, 50: 2.3, 500: 2.2}),
    *_faster("streams", {50: 1.4}),
    *(_over_tls(peer) for peer in ("httpx", "aiohttp", "pyreqwest", "streams")),
    Ratio("CPU per call, 1000 tasks against 50", _cpu(1000), 1.8, _cpu(50), most=True),
    Ratio(
        "requests per command",
        Place("warm", OURS, "requests_per_call", 50),
        1.01,
        most=True,
    ),
    Ratio("share of BoxC's rate", Place("bucket", OURS, "share"), 0.99),
    Ratio("429s of BoxC", Place("bucket", OURS, "answers_429"), 0, most=True),
    Ratio("bytes of an idle session", Place("idle", OURS, "bytes"), 600, most=True),
    Ratio(
        "import against aiohttp",
        Place(IMPORTS, OURS, "wall_ms"),
        0.5,
        Place(IMPORTS, "aiohttp", "wall_ms"),
        most=True,
    ),
)


def verdicts(figures: Figures) -> str:
    """The table of what was to be reached; empty when nothing of it was measured."""
    rows = [row for goal in GOALS if (row := _verdict(goal, figures))]
    head = ["to reach", "bound", "seen", "in rounds", "reached"]
    return table(head, rows) if rows else ""


def _verdict(goal: Ratio, figures: Figures) -> list[str]:
    seen = goal.seen(figures)
    if seen is None:
        return []
    value, rounds = seen
    good = sum(map(goal.reached, rounds))
    sign = "at most" if goal.most else "at least"
    reached = "yes" if goal.reached(value) and 2 * good > len(rounds) else "no"
    shown = f"{value:.3g}"
    if not goal.is_sound(figures):
        shown, reached = f"~{shown}", "unknown"
    return [goal.what, f"{sign} {goal.bound:g}", shown, f"{good} of {len(rounds)}", reached]
