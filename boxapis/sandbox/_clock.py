"""The sandbox's own clock: sessions and the rate limit read it, tests move it."""

import threading
import time
from datetime import UTC, datetime, timedelta

from attrs import Factory, define, field, setters

_STANDING_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


@define(kw_only=True, eq=False)
class SandboxClock:
    """Seconds since the sandbox began, and the matching moment in UTC.

    A running clock follows real time and can be pushed ahead with `advance()`. A standing one
    (``running=False``) begins at 2026-01-01 00:00:00 UTC and moves only when it is pushed.
    """

    running: bool = field(default=True, on_setattr=setters.frozen)
    _began: float = field(init=False, factory=time.monotonic, repr=False)
    _birth: datetime = field(
        init=False,
        default=Factory(lambda self: _first_moment(running=self.running), takes_self=True),
        repr=False,
    )
    _pushed: float = field(init=False, default=0.0, repr=False)
    _lock: threading.Lock = field(init=False, factory=threading.Lock, repr=False)

    def now(self) -> float:
        """Seconds since the clock began."""
        real = time.monotonic() - self._began if self.running else 0.0
        return real + self._pushed

    def utc(self) -> datetime:
        """The moment it is now in the sandbox, with the UTC zone."""
        return self._birth + timedelta(seconds=self.now())

    def advance(self, seconds: float) -> None:
        """Let `seconds` go by at once.

        Raises ValueError when asked to go back.
        """
        if seconds < 0:
            message = "the sandbox clock does not go back"
            raise ValueError(message)
        with self._lock:
            self._pushed += seconds

    def reset(self) -> None:
        """Begin again at zero seconds."""
        with self._lock:
            self._began = time.monotonic()
            self._birth = _first_moment(running=self.running)
            self._pushed = 0.0


def _first_moment(*, running: bool) -> datetime:
    return datetime.now(UTC) if running else _STANDING_MOMENT
