"""The sandbox's clock, which times sessions and the rate limit and which tests can advance."""

import threading
import time
from datetime import UTC, datetime, timedelta

from attrs import Factory, define, field, setters

_FIXED_START = datetime(2026, 1, 1, tzinfo=UTC)


@define(kw_only=True, eq=False)
class SandboxClock:
    """Seconds since the sandbox started, and the matching time in UTC; usable from any thread.

    Args:
        running: Whether the clock follows real time (the default). With False it starts at
            2026-01-01 00:00:00 UTC and moves only with `advance()`. Read-only afterwards.
    """

    running: bool = field(default=True, on_setattr=setters.frozen)
    _started: float = field(init=False, factory=time.monotonic, repr=False)
    _started_at: datetime = field(
        init=False,
        default=Factory(lambda self: _start_time(running=self.running), takes_self=True),
        repr=False,
    )
    _advanced: float = field(init=False, default=0.0, repr=False)
    _lock: threading.Lock = field(init=False, factory=threading.Lock, repr=False)

    def now(self) -> float:
        """Seconds since the clock started."""
        real = time.monotonic() - self._started if self.running else 0.0
        return real + self._advanced

    def utc(self) -> datetime:
        """The sandbox's current time in UTC."""
        return self._started_at + timedelta(seconds=self.now())

    def advance(self, seconds: float) -> None:
        """Move the clock forward at once.

        Args:
            seconds: How far, 0 or more.

        Raises:
            ValueError: `seconds` is negative.
        """
        if seconds < 0:
            raise ValueError("the sandbox clock cannot go back: `seconds` must be 0 or more")
        with self._lock:
            self._advanced += seconds

    def reset(self) -> None:
        """Start again at zero seconds."""
        with self._lock:
            self._started = time.monotonic()
            self._started_at = _start_time(running=self.running)
            self._advanced = 0.0


def _start_time(*, running: bool) -> datetime:
    return datetime.now(UTC) if running else _FIXED_START
