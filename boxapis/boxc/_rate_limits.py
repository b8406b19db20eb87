"""The rate limits of the users of one client: one of each for a user, shared by all its callers.

Promises: callers whose tokens name the same user share its limits, and no other caller does. The
limits of a user that no caller has any more are forgotten, but not before they are at rest: new
ones would start empty while the service's bucket is full. So no more are kept than twice those that
are in use or not at rest.

With a store, the bucket of a user is there, shared by all processes; the limit of tracking stays
each process's own. The bucket's name is a digest of the user's ID, which thus does not lie in the
store; without an ID, a digest of the client ID or of the token stands for a user of its own.
"""

import weakref
from collections import OrderedDict
from typing import TYPE_CHECKING

from attrs import define

from boxapis._core.clock import Clock
from boxapis._core.rate_limiter import OnWait, RateLimitQueue
from boxapis._sansio.boxc.ratelimit import Bucket, Gate
from boxapis._sansio.boxc.token import subject
from boxapis._sansio.text import exact_text
from boxapis.errors import ConfigurationError
from boxapis.secret import Secret

if TYPE_CHECKING:
    from boxapis._core.store import Store
    from boxapis.boxc._shared_rate_limit import Identify

__all__ = ["RateLimiter", "RateLimiters", "checked_bucket", "user_name"]

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
        store: Where the buckets of users are shared with other processes; None for this one alone.
    """

    __slots__ = ("_clock", "_given", "_kept", "_on_wait", "_rate_share", "_store")

    def __init__(
        self,
        clock: Clock,
        *,
        rate_share: float,
        on_wait: OnWait | None,
        store: "Store | None" = None,
    ) -> None:
        self._clock = clock
        self._rate_share = rate_share
        self._on_wait = on_wait
        self._store = store
        self._given: dict[str, str] = {}  # names of users that were given for a token
        # The queues, which outlive the limiter, and the limiter.
        self._kept: OrderedDict[
            str, tuple[RateLimitQueue, RateLimitQueue, weakref.ref[RateLimiter]]
        ] = OrderedDict()

    def make(self, name: str | None = None, identify: "Identify | None" = None) -> RateLimiter:
        """Returns new limits of a user.

        Args:
            name: The name of the limits; None while the user is not known.
            identify: Obtains the first token, whose user is then given to `adopt`.
        """
        clock, on_wait, share = self._clock, self._on_wait, self._rate_share
        track = RateLimitQueue(Gate(), clock, on_wait)
        if self._store is None:
            return RateLimiter(RateLimitQueue(Bucket(rate_share=share), clock, on_wait), track)
        # Imported here, because without a store nothing of it is needed.
        from boxapis.boxc._shared_rate_limit import SharedRateLimitQueue  # noqa: PLC0415

        api = SharedRateLimitQueue(self._store, name, identify, share, clock, on_wait)
        return RateLimiter(api, track)

    def of(self, token: Secret) -> RateLimiter:
        """Returns the limits of a token's user, or of the token if it names no user."""
        own, user = _name("token", token.reveal()), subject(token)
        return self._of(self._given.get(own) or (own if user is None else user_name(user)))

    def of_user(self, user: str, token: Secret | None) -> RateLimiter:
        """Returns the limits of a user, whose the token is if there is one."""
        name = user_name(user)
        if token is not None:
            self._given[_name("token", token.reveal())] = name
        return self._of(name)

    def _of(self, name: str) -> RateLimiter:
        self._forget_some()
        kept = self._kept.get(name)
        limiter = None if kept is None else kept[2]()
        if limiter is None:
            limiter = self.make(name) if kept is None else RateLimiter(*kept[:2])
            self._keep(name, limiter)
        return limiter

    def adopt(self, limiter: RateLimiter, client_id: Secret, token: Secret) -> None:
        """Makes a limiter that of a token's user, with the queues that the user has already.

        If the token names no user, the limiter is that of the OAuth client.
        """
        user = subject(token)
        name = _name("client", client_id.reveal()) if user is None else user_name(user)
        api, track = self._kept.get(name, (limiter.api, limiter.track))[:2]
        limiter.api.follow(api, name)  # for calls that wait
        limiter.track.follow(track, name)
        limiter.api, limiter.track = api, track
        self._keep(name, limiter)

    def _keep(self, name: str, limiter: RateLimiter) -> None:
        self._kept[name] = limiter.api, limiter.track, weakref.ref(limiter)

    def _forget_some(self) -> None:
        now = self._clock.now()
        for name in [name for name, _ in zip(self._kept, range(_LOOKED_AT), strict=False)]:
            api, track, limiter = self._kept[name]
            is_at_rest = api.is_at_rest(now) and track.is_at_rest(now)
            if limiter() is None and is_at_rest:
                del self._kept[name]
            else:
                self._kept.move_to_end(name)


def checked_bucket(bucket: object) -> str | None:
    """Returns the option ``bucket``, checked.

    Raises:
        ConfigurationError: it is no text, or is empty.
    """
    text = exact_text(bucket) if isinstance(bucket, str) else None
    if bucket is None or text:
        return text
    message = "bucket must be the ID of the token's user, as text that is not empty"
    raise ConfigurationError(message)


def user_name(user: str) -> str:
    """Returns the name of a user's limits, the same in all processes."""
    return _name("user", user)


def _name(kind: str, of: str) -> str:
    """Returns a name of limits: no user can choose that of a token or of an OAuth client."""
    from hashlib import sha256  # noqa: PLC0415 - brings OpenSSL's hashes along

    return sha256(f"boxc {kind} {of}".encode("utf-8", "surrogatepass")).hexdigest()
