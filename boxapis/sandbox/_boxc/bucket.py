"""The leaky bucket that limits the requests of one BoxC user."""

import math

from attrs import define, field, frozen

_ROUNDING = 1e-9


@frozen(kw_only=True)
class RateLimit:
    """Places in the bucket, places given back a second, and whether the limit is in force."""

    size: int = 30
    leak: float = 2.0
    enabled: bool = True


@define(eq=False)
class Bucket:
    """How full the bucket is. It runs out steadily; a refused request takes no place."""

    _level: float = field(init=False, default=0.0)
    _moment: float = field(init=False, default=0.0)

    def take(self, limit: RateLimit, now: float) -> bool:
        """Take one place; False when there is none."""
        level = self._leaked(limit, now)
        if limit.enabled and level + 1 > limit.size + _ROUNDING:
            return False
        self._level, self._moment = min(level + 1, float(limit.size)), now
        return True

    def fill(self, limit: RateLimit, now: float, places: int) -> None:
        """Take `places` at once, as other applications of the same user would."""
        self._level = min(self._leaked(limit, now) + places, float(limit.size))
        self._moment = now

    def used(self, limit: RateLimit, now: float) -> int:
        """Places taken now."""
        return math.ceil(self._leaked(limit, now) - _ROUNDING)

    def wait(self, limit: RateLimit, now: float) -> int:
        """Whole seconds until a place is free, at least one."""
        missing = self._leaked(limit, now) + 1 - limit.size
        return max(1, math.ceil(missing / limit.leak - _ROUNDING))

    def _leaked(self, limit: RateLimit, now: float) -> float:
        return max(0.0, self._level - (now - self._moment) * limit.leak)
