"""The options of clients and calls: frozen values, times in seconds, checked when created.

A request that was never sent is repeated whatever its kind; one that was sent but not answered only
if it reads, or may be carried out twice; a changing one never. `Retries` says how often. A response
of any size costs bounded memory and time: `Limits` sets its sizes, and beyond them there is an
`InvalidResponseError`. Within them numbers are exact: an integer never becomes a float. Arguments
of a command, and parameters of a request, may have 1 MiB together when encoded, a number 10,000
digits, and JSON 16 MiB, 100 levels and a million values.
"""

from collections.abc import Callable, Mapping
from math import inf
from typing import Any, Literal, cast

from attrs import Attribute, evolve, field, frozen

from boxapis.errors import ConfigurationError, type_name

__all__ = ["Allow", "CallOptions", "Limits", "Retries", "SessionTiming", "Sharing", "Timeouts"]

Allow = Literal["reads", "tests", "everything"]
"""What calls may do: each word allows what those before it allow; see `CallOptions`."""

_ALLOW: tuple[Allow, ...] = ("reads", "tests", "everything")

_MILLISECOND = 0.001
_MEBIBYTE = 1024 * 1024
_UPPER_BOUND = 2**53  # beyond it floats are no longer exact, and C soon cannot count either

Validator = Callable[[object, "Attribute[Any]", Any], None]


def exact_number(value: object) -> int | float | None:
    """Returns a number as an exact ``int`` or ``float``; None for a ``bool`` and anything else."""
    kind = type(value)  # and not isinstance, which asks the value for its __class__
    if issubclass(kind, int) and kind is not bool:
        return int.__index__(cast("int", value))
    return float.__float__(cast("float", value)) if issubclass(kind, float) else None


def _number(
    *, least: float = 0.0, most: float = inf, whole: bool = False, optional: bool = False
) -> Validator:
    """Returns the validator of a numeric option, which keeps the number without its subclass.

    Args:
        least: The least value accepted.
        most: The greatest value accepted.
        whole: Whether it must be an ``int``.
        optional: Whether None is accepted, too.
    """

    def validate(options: object, attribute: "Attribute[Any]", value: Any) -> None:
        if optional and value is None:
            return
        number = exact_number(value)
        if number is None or not least <= number < _UPPER_BOUND or number > most:
            bound = "below 2**53" if most == inf else f"{most:g} at most"
            allowed = f"a finite number, {least:g} or more and {bound}"
            raise ConfigurationError(f"{attribute.name} must be {allowed}")
        if whole and type(number) is not int:
            raise ConfigurationError(f"{attribute.name} must be a whole number")
        object.__setattr__(options, attribute.name, number)

    return validate


def narrowest(*words: object) -> Allow:
    """Returns the word that allows least; ``"everything"`` without any.

    Raises:
        ConfigurationError: one is none of the three words of `Allow`.
    """
    if any(type(word) is not str or word not in _ALLOW for word in words):
        message = 'allow, or BOXAPIS_ALLOW, must be "reads", "tests" or "everything"'
        raise ConfigurationError(message)
    return _ALLOW[min((_ALLOW.index(word) for word in words), default=-1)]


_POSITIVE = _number(least=_MILLISECOND)
_NOT_NEGATIVE = _number()
_COUNT = _number(least=1, whole=True)
_COUNT_OR_ZERO = _number(whole=True)
_OPTIONAL_TIME = _number(least=_MILLISECOND, optional=True)


@frozen(kw_only=True)
class Timeouts:
    """How long a request may take, in seconds: at least 0.001 each, ``close`` at least 0.

    Attributes:
        connect: Time to look up the host and connect, and as much again for TLS and for a
            proxy's tunnel; default 5.
        write: Longest pause between two pieces of the request; default 10.
        read: Longest pause between two pieces of the response to a reading operation; default 20.
        read_changing: The same for a changing operation, default 60: it is not repeated, so a
            longer wait costs less than an unknown outcome.
        total: Time for one whole request of a reading operation, however steadily bytes trickle
            in; default 60.
        total_changing: The same for a changing operation; default 90.
        call: Time for all requests of one call together, from the start of the first one; waiting
            for a connection slot or for the rate limit does not count. Default 120.
        close: How long `aclose` waits for running calls; default 5.
    """

    connect: float = field(default=5.0, validator=_POSITIVE)
    write: float = field(default=10.0, validator=_POSITIVE)
    read: float = field(default=20.0, validator=_POSITIVE)
    read_changing: float = field(default=60.0, validator=_POSITIVE)
    total: float = field(default=60.0, validator=_POSITIVE)
    total_changing: float = field(default=90.0, validator=_POSITIVE)
    call: float = field(default=120.0, validator=_POSITIVE)
    close: float = field(default=5.0, validator=_NOT_NEGATIVE)


@frozen(kw_only=True)
class Limits:
    """Limits on connections and on the size of a response.

    Attributes:
        max_connections: Maximum number of concurrent requests to one service, 1 or more; further
            ones wait in a queue. Default 20.
        keepalive_expiry: Seconds that a connection may be idle before it is closed, 0 or more.
            Default 4: common servers close at five, and the client should be the first to.
        max_json_bytes: Maximum size of a JSON response in bytes after decompression, 1 or more; a
            larger one is an error and is not parsed. It also applies to HTML pages, and to
            responses without a media type. Default 4 MiB: parsing takes many times the memory.
        max_file_bytes: The same for responses of every other media type, such as labels in PDF;
            default 64 MiB.
        max_json_depth: Maximum nesting of arrays and objects in a JSON response, 1 or more; a
            deeper one is an error, and so is one over 1024 in any case. Default 100, which keeps
            recursive code that reads it safe.
    """

    max_connections: int = field(default=20, validator=_COUNT)
    keepalive_expiry: float = field(default=4.0, validator=_NOT_NEGATIVE)
    max_json_bytes: int = field(default=4 * _MEBIBYTE, validator=_COUNT)
    max_file_bytes: int = field(default=64 * _MEBIBYTE, validator=_COUNT)
    max_json_depth: int = field(default=100, validator=_COUNT)

    def max_body_bytes(self, content_type: str | None) -> int:
        """Returns the maximum size of a body with this ``Content-Type`` header, or without one."""
        media = (content_type or "").lower()
        is_file = media and "json" not in media and "html" not in media
        return self.max_file_bytes if is_file else self.max_json_bytes


@frozen(kw_only=True)
class SessionTiming:
    """Lifetimes of Box Tracker sessions, in seconds.

    Attributes:
        idle_limit: Idle time after which the server ends a session, at least 0.001; default 300,
            as the vendor says.
        margin: How long before that a session counts as *stale* and is renewed before use, 0 or
            more and shorter than ``idle_limit``; default 60.
        keep_alive_interval: Idle time after which a session that has no password is kept alive,
            when ``keep_alive=True``, at least 0.001; default 120.
        keep_alive_jitter: Longest random shift of each of these times, up or down, 0 or more;
            default 15. With ``keep_alive=True`` it is at most half of the interval, and both
            together are shorter than ``idle_limit - margin``.
        cool_down: Time without a new attempt after a handshake that failed for a transient
            reason, 0 or more; default 1.
        credential_cool_down: The same after a handshake whose user name or password was refused,
            so that repeated attempts do not lock the account; 0 or more, default 60.
        logout_timeout: Time for logging out a session that arrives after `aclose` or a log-out, and
            for handshakes under way at `aclose`, 0 or more; default 2.
    """

    idle_limit: float = field(default=300.0, validator=_POSITIVE)
    margin: float = field(default=60.0, validator=_NOT_NEGATIVE)
    keep_alive_interval: float = field(default=120.0, validator=_POSITIVE)
    keep_alive_jitter: float = field(default=15.0, validator=_NOT_NEGATIVE)
    cool_down: float = field(default=1.0, validator=_NOT_NEGATIVE)
    credential_cool_down: float = field(default=60.0, validator=_NOT_NEGATIVE)
    logout_timeout: float = field(default=2.0, validator=_NOT_NEGATIVE)

    def __attrs_post_init__(self) -> None:
        if self.margin >= self.idle_limit:
            raise ConfigurationError("margin must be shorter than idle_limit")

    @property
    def stale_after(self) -> float:
        """Idle seconds after which a session is renewed before use."""
        return self.idle_limit - self.margin


@frozen(kw_only=True)
class Sharing:
    """Times of sessions that several processes share in a store, in seconds; the same for all.

    Attributes:
        lease: Time for which the process that makes a handshake holds the others off, prolonged
            while the handshake runs; 0.1 to 60, default 3. When the process dies, another one
            makes the handshake after that time.
        patience: Longest wait for another process's handshake, at least 0.001; default 65. Then
            the process makes one of its own.
        note_every: Time between two notes in the store that a session is in use, at least 0.001,
            and at most half of `SessionTiming`'s ``margin``; default 30.
    """

    lease: float = field(default=3.0, validator=_number(least=0.1, most=60.0))
    patience: float = field(default=65.0, validator=_POSITIVE)
    note_every: float = field(default=30.0, validator=_POSITIVE)


@frozen(kw_only=True)
class Retries:
    """How often a failed request is repeated, and how long the pauses are.

    Attributes:
        attempts: Maximum number of requests for one call, the first included, 1 or more; 1 turns
            all repeats off. Default 3.
        wait_initial: Upper bound of the first pause in seconds, doubled for each further one; at
            least 0.001, default 0.5.
        wait_max: Upper bound of the doubling in seconds, at least 0.001; default 8. A
            ``Retry-After`` may ask for more.
        wait_min: Lower bound of a pause in seconds, from 0 up to ``wait_max``; default 0.05.
        throttle_rounds: How often a call is queued again after the service answered "too many
            requests", which proves that nothing was done; 0 or more, default 5.
        max_retry_after: Longest ``Retry-After`` in seconds that is honoured, 0 or more; a longer
            one ends the call at once. Default 60.
        budget: Tokens that each origin has for repeats, 0 or more; default 100.
        cost: Tokens that one repeat costs, 0 or more; a call that succeeds with its first request
            earns one. Default 10.
    """

    attempts: int = field(default=3, validator=_COUNT)
    wait_initial: float = field(default=0.5, validator=_POSITIVE)
    wait_max: float = field(default=8.0, validator=_POSITIVE)
    wait_min: float = field(default=0.05, validator=_NOT_NEGATIVE)
    throttle_rounds: int = field(default=5, validator=_COUNT_OR_ZERO)
    max_retry_after: float = field(default=60.0, validator=_NOT_NEGATIVE)
    budget: int = field(default=100, validator=_COUNT_OR_ZERO)
    cost: int = field(default=10, validator=_COUNT_OR_ZERO)

    def __attrs_post_init__(self) -> None:
        if self.wait_min > self.wait_max:
            raise ConfigurationError("wait_min must not be longer than wait_max")

    @classmethod
    def none(cls) -> "Retries":
        """Returns options with which no request is ever repeated."""
        return cls(attempts=1)


@frozen(kw_only=True)
class CallOptions:
    """The options of single calls, as `with_options` sets them.

    Attributes:
        timeout: Seconds for each request of a call, at least 0.001, in place of ``Timeouts.total``
            and ``Timeouts.total_changing``; None keeps those.
        deadline: Seconds for everything that belongs to a call, at least 0.001, including the wait
            for a connection slot, the rate limit and a handshake; None for no such bound.
        retries: How failed requests are repeated; None for the client's setting.
        trace: Called with a `CallTrace` when a call is over; None for the client's setting.
        allow: What calls may do. ``"reads"``: nothing but what is known to change nothing and to
            cost nothing. ``"tests"``: also what leaves nothing real: new shipments of BoxC, sent
            with ``test`` true, and orders of Box Tracker's web API, sent with the mode TEST. All
            else is a `ConfigurationError`, and nothing is sent.
        background: Whether calls wait for BoxC's rate limit behind those of the foreground; default
            False.
    """

    timeout: float | None = field(default=None, validator=_OPTIONAL_TIME)
    deadline: float | None = field(default=None, validator=_OPTIONAL_TIME)
    retries: Retries | None = None
    trace: Callable[[Any], object] | None = None
    allow: Allow = "everything"
    background: bool = False

    def __attrs_post_init__(self) -> None:
        retries: object = self.retries
        if retries is not None and not issubclass(type(retries), Retries):
            raise ConfigurationError(f"retries must be a Retries, not a {type_name(retries)}")
        if self.trace is not None and not callable(self.trace):
            raise ConfigurationError("trace must be callable, or None")
        narrowest(self.allow)
        if type(self.background) is not bool:
            raise ConfigurationError("background must be True or False")

    def merged(self, changes: Mapping[str, Any]) -> "CallOptions":
        """Returns these options with changes; a change to None keeps the present value.

        ``allow`` can only become narrower.

        Raises:
            ConfigurationError: a value is out of range or of the wrong type. Nothing was sent.
        """
        given = {name: new for name, new in changes.items() if new is not None}
        given["allow"] = narrowest(self.allow, given.get("allow", self.allow))
        return evolve(self, **given)
