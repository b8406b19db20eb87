"""Figures of a run: median, minimum and maximum over the rounds that were kept."""

from collections.abc import Iterable
from statistics import median

from attrs import frozen

from benchmarks.records import Record

__all__ = ["Figure", "Figures"]


@frozen
class Figure:
    """One column of one contender at one level.

    Attributes:
        median: Median of the rounds.
        minimum: Smallest value.
        maximum: Greatest value.
        rounds: Value of each round, by its number.
        valid: False if every round was discarded, so that the values come from such rounds.
    """

    median: float
    minimum: float
    maximum: float
    rounds: dict[int, float]
    valid: bool = True


class Figures:
    """The figures of a run."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._records = list(records)

    def contenders(self, scenario: str) -> list[str]:
        """Returns the names of the contenders, in the order of the run."""
        return list(dict.fromkeys(record.contender for record in self._records_of(scenario)))

    def levels(self, scenario: str) -> list[int]:
        """Returns the numbers of tasks that were measured."""
        return sorted({record.tasks for record in self._records_of(scenario)})

    def note(self, scenario: str, contender: str) -> str:
        """Returns the last error of a contender, or an empty string."""
        records = reversed(self._records_of(scenario))
        return next((r.note for r in records if r.contender == contender and r.note), "")

    def figure(self, scenario: str, contender: str, tasks: int, column: str) -> Figure | None:
        """Returns one figure; None if it was not measured."""
        rows = [
            record
            for record in self._records_of(scenario)
            if (record.contender, record.tasks) == (contender, tasks) and column in record.values
        ]
        kept = {record.round: record.values[column] for record in rows if record.kept}
        by_round = kept or {record.round: record.values[column] for record in rows}
        if not by_round:
            return None
        values = by_round.values()
        return Figure(median(values), min(values), max(values), by_round, bool(kept))

    def discarded(self, scenario: str) -> int:
        """Returns the number of discarded rounds."""
        return sum(not record.kept and not record.note for record in self._records_of(scenario))

    def _records_of(self, scenario: str) -> list[Record]:
        return [record for record in self._records if record.scenario == scenario]
