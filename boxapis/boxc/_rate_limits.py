"""The rate limits of the users of one client: one of each for a user, shared by all its callers.

Promises: callers whose tokens name the same user share its limits, and no other caller does. The
limits of a user that no caller has any more are forgotten, but not before they are at rest: new
ones would start empty while the service's bucket is full. So no more are kept than twice those that
are in use or not at rest.
"""

import weakref
from collections import OrderedDict
from hashlib import sha256

from attrs import define

from boxapis._core.clock import Clock
from boxapis._core.rate_limiter import OnWait, RateLimitQueue
from boxapis._sansio.boxc.ratelimit import Bucket, Gate
from boxapis._sansio.boxc.token import subject
from boxapis.secret import Secret

__all__ = ["RateLimiter", "RateLimiters"]

_LOOKED_AT = 2  # of those kept, at each request for one: more than it adds


@define(eq=False)
class RateLimiter:
    """The rate limits of one user. Each caller of the user has it, so it lives as long as they do.

    Attributes:
        api: In front of the leaky bucket that all operations but tracking share.
        track: In front of the gate of tracking, whose limit is not documented.
    """

    api: RateLimitQueue
    track: RateLimitQueue


class RateLimiters:
    """Makes and finds the rate limits of users.

    Args:
        clock: Source of time and sleep.
        rate_share: The client's share of each user's rate, above 0 and up to 1.
        on_wait: Called before each wait.
    """

    __slots__ = ("_clock", "_kept", "_on_wait", "_rate_share")

    def __init__(self, clock: Clock, *, rate_share: float, on_wait: OnWait | None) -> None:
        self._clock = clock
        self._rate_share = rate_share
        self._on_wait = on_wait
        # The queues, which outlive the limiter, and the limiter.
        self._kept: OrderedDict[
            bytes, tuple[RateLimitQueue, RateLimitQueue, weakref.ref[RateLimiter]]
        ] = OrderedDict()

    def make(self) -> RateLimiter:
        """Returns new limits of a user that is not known yet."""
        gates: tuple[Gate, ...] = (Bucket(rate_share=self._rate_share), Gate())
        return RateLimiter(*(RateLimitQueue(gate, self._clock, self._on_wait) for gate in gates))

    def of(self, token: Secret) -> RateLimiter:
        """Returns the limits of a token's user, or of the token if it names no user."""
        self._forget_some()
        name = _name(token, subject(token))
        kept = self._kept.get(name)
        limiter = None if kept is None else kept[2]()
        if limiter is None:
            limiter = self.make() if kept is None else RateLimiter(*kept[:2])
            self._keep(name, limiter)
        return limiter

    def adopt(self, limiter: RateLimiter, token: Secret) -> None:
        """Makes a limiter that of a token's user, with the queues that the user has already."""
        user = subject(token)
        if user is not None:
            name = _name(token, user)
            api, track = self._kept.get(name, (limiter.api, limiter.track))[:2]
            limiter.api.gate, limiter.track.gate = api.gate, track.gate  # for calls that wait
            limiter.api, limiter.track = api, track
            self._keep(name, limiter)

    def _keep(self, name: bytes, limiter: RateLimiter) -> None:
        self._kept[name] = limiter.api, limiter.track, weakref.ref(limiter)

    def _forget_some(self) -> None:
        now = self._clock.now()
        for name in [name for name, _ in zip(self._kept, range(_LOOKED_AT), strict=False)]:
            api, track, limiter = self._kept[name]
            is_at_rest = api.gate.is_at_rest(now) and track.gate.is_at_rest(now)
            if limiter() is None and is_at_rest:
                del self._kept[name]
            else:
                self._kept.move_to_end(name)


def _name(token: Secret, user: str | None) -> bytes:
    """Returns the name of a user's limits: no user can choose that of a token without a user."""
    if user is None:
        return sha256(b"token " + token.reveal().encode()).digest()
    return sha256(b"user " + user.encode()).digest()
