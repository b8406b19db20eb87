"""The leaky bucket that limits the request rate of one BoxC user."""

import math

from attrs import define, field, frozen

_ROUNDING = 1e-9


@frozen(kw_only=True)
class RateLimit:
    """The rate limit of every BoxC user.

    Attributes:
        size: Capacity of the bucket in requests.
        leak: Requests per second that leak out of it.
        enabled: Whether requests above the limit are refused.
    """

    size: int = 30
    leak: float = 2.0
    enabled: bool = True


@define(eq=False)
class LeakyBucket:
    """The level of one user's bucket, in requests; times are seconds of the sandbox clock."""

    _level: float = field(init=False, default=0.0)
    _time: float = field(init=False, default=0.0)

    def add(self, limit: RateLimit, now: float) -> bool:
        """Add one request; returns False, and adds none, when the bucket is full."""
        level = self._leaked(limit, now)
        if limit.enabled and level + 1 > limit.size + _ROUNDING:
            return False
        self._level, self._time = min(level + 1, float(limit.size)), now
        return True

    def fill(self, limit: RateLimit, now: float, requests: int) -> None:
        """Add several requests at once, as other applications of the same user would."""
        self._level = min(self._leaked(limit, now) + requests, float(limit.size))
        self._time = now

    def level(self, limit: RateLimit, now: float) -> int:
        """Number of requests in the bucket, rounded up."""
        return math.ceil(self._leaked(limit, now) - _ROUNDING)

    def retry_after(self, limit: RateLimit, now: float) -> int:
        """Whole seconds until the next request is accepted, at least one."""
        excess = self._leaked(limit, now) + 1 - limit.size
        return max(1, math.ceil(excess / limit.leak - _ROUNDING))

    def _leaked(self, limit: RateLimit, now: float) -> float:
        return max(0.0, self._level - (now - self._time) * limit.leak)
