"""Report of a trial: one small table, and the counts that do not hold."""

from typing import Final

from attrs import define, field, frozen

from benchmarks.tables import table
from benchmarks.trials.fleet import CUSTOMER, PORTAL, Load, State

__all__ = ["HANDSHAKES", "Report", "Setup"]

HANDSHAKES: Final = ("answered", "failed", "portal handshakes", "customer handshakes")
"""Headings of what `Report.add_handshakes` adds."""


@frozen
class Setup:
    """What a trial runs with.

    Attributes:
        store: Kind of the store: ``none``, ``sqlite`` or ``redis``.
        processes: Number of workers.
        tasks: Tasks of each worker.
        seconds: Seconds of load, or what the trial says.
    """

    store: str
    processes: int
    tasks: int
    seconds: float

    @property
    def is_shared(self) -> bool:
        """Whether there is a store."""
        return self.store != "none"

    @property
    def stores(self) -> list[str]:
        """The kinds to compare: none, and the store if there is one."""
        return ["none", self.store] if self.is_shared else ["none"]


@define
class Report:
    """A table that grows by rows, and the counts that must hold and do not.

    Attributes:
        title: What the rows are.
        columns: Headings after the first.
    """

    title: str
    columns: tuple[str, ...]
    rows: list[list[str]] = field(factory=list)
    broken: list[str] = field(factory=list)

    def add(self, name: str, *figures: float) -> None:
        """Adds a row; whole numbers are shown as such, others with two decimals."""
        shown = (f"{f:,}" if isinstance(f, int) else f"{f:,.2f}" for f in figures)
        self.rows.append([name, *shown])

    def add_handshakes(
        self,
        name: str,
        load: Load,
        state: State,
        expected: tuple[int, int] | None,
        *more: float,
        since: float = 0.0,
    ) -> None:
        """Adds a row with calls and granted handshakes.

        Args:
            name: Name of the row.
            load: The calls, of which none may fail.
            state: What the sandbox has counted.
            expected: Numbers of handshakes that must be; None where nothing must hold.
            more: Further figures.
            since: Time from which on handshakes count.
        """
        counts = state.count(PORTAL, since=since), state.count(CUSTOMER, since=since)
        self.add(name, load.answered, load.failed, *counts, *more)
        if expected is not None:
            self.check_failed(name, load)
            self.check(f"{name}: handshakes", counts, expected)

    def check(self, name: str, figure: object, expected: object) -> None:
        """Notes a count that is not the expected one."""
        if figure != expected:
            self.broken.append(f"{name}: {figure}, not {expected}")

    def check_most(self, name: str, figure: float, most: float) -> None:
        """Notes a count that is too high."""
        if figure > most:
            self.broken.append(f"{name}: {figure}, more than {most}")

    def check_failed(self, name: str, load: Load) -> None:
        """Notes calls that failed, by class of the error."""
        if load.failed:
            self.broken.append(f"{name}: failed calls, {dict(load.errors)}")

    def __str__(self) -> str:
        lines = [table([self.title, *self.columns], self.rows)]
        lines += [f"DOES NOT HOLD: {text}" for text in self.broken]
        return "\n".join(lines)
