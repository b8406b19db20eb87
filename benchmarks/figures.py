"""Records into figures: the median, the least and the most of the rounds that were kept."""

from collections.abc import Iterable
from statistics import median

from attrs import frozen

from benchmarks.records import Record

__all__ = ["Figure", "Figures"]


@frozen
class Figure:
    """One number of one contender at one level.

    Attributes:
        median: Of the rounds.
        least: Of the rounds.
        most: Of the rounds.
        rounds: Each round's, by its number.
        sound: False when every round was thrown away and the last of them stands here.
    """

    median: float
    least: float
    most: float
    rounds: dict[int, float]
    sound: bool = True


class Figures:
    """The figures of a run."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._records = list(records)

    def contenders(self, scenario: str) -> list[str]:
        """Who took part, in the order of the run."""
        return list(dict.fromkeys(r.contender for r in self._of(scenario)))

    def levels(self, scenario: str) -> list[int]:
        """At how many tasks."""
        return sorted({record.tasks for record in self._of(scenario)})

    def note(self, scenario: str, contender: str) -> str:
        """What went wrong, where something did."""
        notes = [r.note for r in self._of(scenario) if r.contender == contender and r.note]
        return notes[-1] if notes else ""

    def figure(self, scenario: str, contender: str, tasks: int, column: str) -> Figure | None:
        """One figure; None when there is nothing to tell."""
        rows = [
            record
            for record in self._of(scenario)
            if (record.contender, record.tasks) == (contender, tasks) and column in record.values
        ]
        kept = {record.round: record.values[column] for record in rows if record.kept}
        chosen = kept or {record.round: record.values[column] for record in rows}
        if not chosen:
            return None
        values = chosen.values()
        return Figure(median(values), min(values), max(values), chosen, bool(kept))

    def thrown_away(self, scenario: str) -> int:
        """How many rounds did not count."""
        return sum(not record.kept and not record.note for record in self._of(scenario))

    def _of(self, scenario: str) -> list[Record]:
        return [record for record in self._records if record.scenario == scenario]
