"""Counts the items of a batch by outcome and estimates the remaining time."""

from collections import Counter
from collections.abc import Callable

from boxapis._core.clock import Clock
from boxapis.batch._values import OutcomeStatus, Progress

__all__ = ["Counters", "RateForecast"]

RateForecast = Callable[[int], float]
"""Returns the seconds until the rate limit lets that many further calls through."""


class Counters:
    """Numbers of one batch.

    Args:
        total: Number of items; None when unknown.
        journaled: Number of items that the journal lists as done, presumably among these items.
        calls_per_item: Requests that an item makes, 1 or more.
        rate_forecast: Forecast of the client's rate limit; None without one.
        clock: Source of time.

    Attributes:
        running: Number of items under way.
        admitted: Number of these that have not made a call yet.
    """

    def __init__(
        self,
        total: int | None,
        journaled: int,
        *,
        calls_per_item: int,
        rate_forecast: RateForecast | None,
        clock: Clock,
    ) -> None:
        self._total = total
        self._journaled = journaled
        self._calls_per_item = calls_per_item
        self._rate_forecast = rate_forecast
        self._clock = clock
        self._started = clock.now()
        self._finished: Counter[OutcomeStatus] = Counter()
        self._finished_calls = 0
        self.admitted = 0
        self.running = 0

    def admission_wait(self) -> float:
        """Returns the seconds until the rate limit has room for another item; 0 means now."""
        if self._rate_forecast is None:
            return 0.0
        return self._rate_forecast(1 + self.admitted * self._calls_per_item)

    def admit(self) -> None:
        """Counts an item that is under way but has made no call yet."""
        self.running += 1
        self.admitted += 1

    def admit_again(self) -> None:
        """Counts an item that is under way as about to make further calls."""
        self.admitted += 1

    def start(self) -> None:
        """Counts an admitted item as making its calls, or as not making them after all."""
        self.admitted -= 1

    def drop(self) -> None:
        """Takes back an item that is not begun after all."""
        self.running -= 1

    def finish(self, status: OutcomeStatus) -> None:
        """Counts a started item as finished."""
        self.running -= 1
        self._finished_calls += 1
        self._finished[status] += 1

    def finish_without_call(self, status: OutcomeStatus) -> None:
        """Counts an item whose outcome needed no call."""
        self._journaled -= status == "skipped"
        self._finished[status] += 1

    @property
    def progress(self) -> Progress:
        """The progress so far."""
        finished = self._finished
        left = None if self._total is None else self._total - finished.total() - self.running
        return Progress(
            total=self._total,
            done=finished["done"],
            failed=finished["failed"],
            unknown=finished["unknown"],
            skipped=finished["skipped"],
            running=self.running,
            seconds=self._clock.now() - self._started,
            eta=None if left is None else self._eta(max(0, left - max(0, self._journaled))),
        )

    def _eta(self, left: int) -> float | None:
        """Estimates the seconds until the last of ``left`` items is begun."""
        if not left:
            return 0.0
        estimates: list[float] = []
        if self._finished_calls:
            elapsed = self._clock.now() - self._started
            estimates.append(elapsed / self._finished_calls * left)
        if self._rate_forecast is not None:
            estimates.append(self._rate_forecast((left + self.admitted) * self._calls_per_item))
        return max(estimates, default=None)
