"""Options as small frozen values: seconds everywhere, checked when they are made."""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import Attribute, evolve, field, frozen

from boxapis.errors import ConfigurationError

__all__ = ["CallOptions", "Limits", "Retries", "SessionTiming", "Timeouts"]

_TOO_MANY = 2**53  # beyond it floats no longer count, and C soon does not either


def _check(value: object, name: str, *, least: float) -> None:
    match value:
        case bool():
            pass
        case int() | float() if least <= value < _TOO_MANY:
            return
    message = f"{name} must be a finite number, {least:g} or more and below 2**53"
    raise ConfigurationError(message)


def _positive(_: object, attribute: "Attribute[Any]", value: object) -> None:
    _check(value, attribute.name, least=0.001)


def _not_negative(_: object, attribute: "Attribute[Any]", value: object) -> None:
    _check(value, attribute.name, least=0)


def _count(_: object, attribute: "Attribute[Any]", value: object) -> None:
    _check(value, attribute.name, least=1)
    if not isinstance(value, int):
        message = f"{attribute.name} must be a whole number"
        raise ConfigurationError(message)


def _whole(_: object, attribute: "Attribute[Any]", value: object) -> None:
    _not_negative(_, attribute, value)
    if not isinstance(value, int):
        message = f"{attribute.name} must be a whole number"
        raise ConfigurationError(message)


def _optional_time(_: object, attribute: "Attribute[Any]", value: object) -> None:
    if value is not None:
        _check(value, attribute.name, least=0.001)


def _optional_retries(_: object, attribute: "Attribute[Any]", value: object) -> None:
    if not isinstance(value, Retries | None):
        message = f"{attribute.name} must be a Retries, not a {type(value).__name__}"
        raise ConfigurationError(message)


def _optional_callable(_: object, attribute: "Attribute[Any]", value: object) -> None:
    if value is not None and not callable(value):
        message = f"{attribute.name} must be callable, or None"
        raise ConfigurationError(message)


@frozen(kw_only=True)
class Timeouts:
    """How long a request may take, in seconds.

    Attributes:
        connect: For the name and the connection, and as much again for TLS.
        write: Between two pieces of the request.
        read: Between two pieces of the answer to a reading operation.
        read_changing: The same for a changing one, which is not repeated: a longer wait costs
            less than an unknown outcome.
        total: For a reading request as a whole, which no drip of bytes outlives.
        total_changing: The same for a changing one.
        call: For all requests of one call together, from the moment the first one is begun; waiting
            for a place or for the rate limit does not count.
        close: How long `aclose` waits for calls that are under way.
    """

    connect: float = field(default=5.0, validator=_positive)
    write: float = field(default=10.0, validator=_positive)
    read: float = field(default=20.0, validator=_positive)
    read_changing: float = field(default=60.0, validator=_positive)
    total: float = field(default=60.0, validator=_positive)
    total_changing: float = field(default=90.0, validator=_positive)
    call: float = field(default=120.0, validator=_positive)
    close: float = field(default=5.0, validator=_not_negative)


@frozen(kw_only=True)
class Limits:
    """How much a client takes at a time.

    Attributes:
        max_connections: Requests under way at once, to one service; the rest wait their turn.
        keepalive_expiry: Seconds a connection may lie idle before it is closed. Four, because
            common servers close at five and the race is lost by whoever is later.
        max_body: Bytes of an answer, unpacked, before it is refused.
    """

    max_connections: int = field(default=20, validator=_count)
    keepalive_expiry: float = field(default=4.0, validator=_not_negative)
    max_body: int = field(default=16 * 1024 * 1024, validator=_count)


@frozen(kw_only=True)
class SessionTiming:
    """How Box Tracker sessions age, in seconds.

    Attributes:
        idle_limit: How long a session lives without a request; the vendor says five minutes.
        margin: How long before that a session counts as *stale* and is renewed before use.
        keep_alive_every: With ``keep_alive=True``: idle time after which a session held without
            a password is kept alive.
        keep_alive_jitter: By how much each of these times is moved at random, up or down.
        cool_down: Quiet time after a handshake that failed for a passing reason.
        credential_cool_down: Quiet time after a handshake whose user or password was refused, so
            that a wrong password is not tried again and again until the account is locked.
        farewell: How long a session that arrives after the end may take to be logged out.
    """

    idle_limit: float = field(default=300.0, validator=_positive)
    margin: float = field(default=60.0, validator=_not_negative)
    keep_alive_interval: float = field(default=120.0, validator=_positive)
    keep_alive_jitter: float = field(default=15.0, validator=_not_negative)
    cool_down: float = field(default=1.0, validator=_not_negative)
    credential_cool_down: float = field(default=60.0, validator=_not_negative)
    logout_timeout: float = field(default=2.0, validator=_not_negative)

    def __attrs_post_init__(self) -> None:
        if self.margin >= self.idle_limit:
            message = "margin must be shorter than idle_limit"
            raise ConfigurationError(message)

    @property
    def stale_after(self) -> float:
        """Idle seconds after which a session is renewed before use."""
        return self.idle_limit - self.margin


@frozen(kw_only=True)
class Retries:
    """How often, how fast and how long a failed request is made again.

    Attributes:
        attempts: Requests for one call, the first included; 1 switches every repeat off.
        base: Seconds within which the first repeat is made; doubled for each one after.
        cap: Seconds beyond which the doubling does not go.
        floor: Seconds that every pause lasts at least.
        throttle_rounds: How often a call goes into line again because the service said "too many
            requests", which proves that nothing was done.
        longest_wait: Seconds; a ``Retry-After`` that asks for more ends the call at once.
        budget: Tokens of an origin, from which repeats are paid.
        cost: Tokens for one repeat; a clean success earns one.
    """

    attempts: int = field(default=3, validator=_count)
    base: float = field(default=0.5, validator=_positive)
    cap: float = field(default=8.0, validator=_positive)
    floor: float = field(default=0.05, validator=_not_negative)
    throttle_rounds: int = field(default=5, validator=_whole)
    max_retry_after: float = field(default=60.0, validator=_not_negative)
    budget: int = field(default=100, validator=_whole)
    cost: int = field(default=10, validator=_whole)

    def __attrs_post_init__(self) -> None:
        if self.floor > self.cap:
            message = "floor must not be longer than cap"
            raise ConfigurationError(message)

    @classmethod
    def none(cls) -> "Retries":
        """Every request is made once, whatever becomes of it."""
        return cls(attempts=1)


@frozen(kw_only=True)
class CallOptions:
    """What `with_options` sets for single calls.

    Attributes:
        timeout: Seconds for each request of a call, in place of ``Timeouts.total``; None for that.
        deadline: Seconds for everything that belongs to a call, including the wait for a connection
            slot, the rate limit and a handshake; None for no such bound.
        retries: How failed requests are repeated; None for the client's.
        trace: Called with a `CallTrace` when a call is over; None for the client's.
    """

    timeout: float | None = field(default=None, validator=_optional_time)
    deadline: float | None = field(default=None, validator=_optional_time)
    retries: Retries | None = field(default=None, validator=_optional_retries)
    trace: Callable[[Any], object] | None = field(default=None, validator=_optional_callable)

    def merged(self, changes: Mapping[str, Any]) -> "CallOptions":
        """Returns these options with changes; a change to None keeps what is set.

        Raises:
            ConfigurationError: when a change is out of range or of another kind.
        """
        return evolve(self, **{name: new for name, new in changes.items() if new is not None})
