"""Counts what became of the items, and tells how long the rest will take."""

from collections import Counter
from collections.abc import Callable

from boxapis._core.clock import Clock
from boxapis.batch._values import Progress, Status

__all__ = ["Pace", "Tally"]

Pace = Callable[[int], float]
"""Seconds until so many further calls will have been let through."""


class Tally:
    """The numbers of one batch.

    Args:
        total: How many items there are; None when that is not known.
        known: How many an earlier run has done, most likely of these.
        calls: Requests for one item.
        pace: What the client's rate limit says; None without one.
        clock: Time.
    """

    def __init__(
        self, total: int | None, known: int, *, calls: int, pace: Pace | None, clock: Clock
    ) -> None:
        self._total = total
        self._known = known
        self._calls = calls
        self._pace = pace
        self._clock = clock
        self._began = clock.now()
        self._ended: Counter[Status] = Counter()
        self._ran = 0
        self.entering = 0
        self.running = 0

    def wait(self) -> float:
        """Seconds until the next item's first call would be let through; 0: now."""
        return 0.0 if self._pace is None else self._pace(1 + self.entering * self._calls)

    def begin(self) -> None:
        """Notes an item that is under way, but has made no call yet."""
        self.running += 1
        self.entering += 1

    def enter(self) -> None:
        """Notes that it makes its calls from now on."""
        self.entering -= 1

    def withdraw(self) -> None:
        """Notes an item that was not begun after all."""
        self.running -= 1
        self.entering -= 1

    def end(self, status: Status) -> None:
        """Notes how an item that was under way has ended."""
        self.running -= 1
        self._ran += 1
        self._ended[status] += 1

    def note(self, status: Status) -> None:
        """Notes an item that needed no call."""
        self._known -= status == "skipped"
        self._ended[status] += 1

    @property
    def progress(self) -> Progress:
        """How far it has come at this moment."""
        ended = self._ended
        finished = sum(ended.values())
        left = None if self._total is None else self._total - finished - self.running
        return Progress(
            total=self._total,
            done=ended["done"],
            failed=ended["failed"],
            unknown=ended["unknown"],
            skipped=ended["skipped"],
            running=self.running,
            seconds=self._clock.now() - self._began,
            eta=None if left is None else self._eta(max(0, left - max(0, self._known))),
        )

    def _eta(self, left: int) -> float | None:
        """Seconds until the last of so many is begun."""
        if not left:
            return 0.0
        seconds = self._clock.now() - self._began
        so_far = [seconds / self._ran * left] if self._ran else []
        by_rate = [] if self._pace is None else [self._pace((left + self.entering) * self._calls)]
        return max(so_far + by_rate, default=None)
