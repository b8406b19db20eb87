"""BoxC's leaky bucket as arithmetic: when a request may be sent, and what each response shows.

Theory of operation. BoxC keeps one bucket for each user, shared by all applications of the user.
Every accepted request adds one to its level, two leak out each second, and a request that does not
fit is refused with 429, code 1015 (https://docs.boxc.com/). The client keeps a bucket of its own
and sends only what fits into it; then the service's bucket has room, too. Three things make the
levels of the two differ::

    travel time         while a request travels for d seconds, the service's bucket leaks d seconds
                        less before it arrives: 2 * d at most, once, because buckets that are not
                        empty leak at the same rate
    other applications  fill only the service's bucket
    lost requests       may or may not have been counted

Against the first, and for other applications, two of the 30 places stay free. For the rest each
response reports the level that its request met, which bounds the level now::

    at least   the reported level, less what has leaked since the request was sent
    at most    the reported level, plus each of our requests that was under way at the same time or
               was sent later

Neither bound depends on the order in which requests or responses arrive, which is not guaranteed.
A level below the first bound is raised at once. A level above the second is lowered only when three
reports in a row say so, and by the least difference among them: a single report may differ by the
travel time. No report shows how fast the bucket leaks, so the leak rate is never changed.

Several processes of one user each take a *share*. The rest of the bucket counts as filled by the
others: the level never falls below their part, and no report lowers it, because free places may be
theirs. Shares that add up to 1 never collide.

A refusal proves that the bucket is full, and closes a gate in front of it for as long as the
service asks. Endpoints with limits of their own, whose size is not documented, have a `Gate` and no
bucket. Callers queue outside: `wait` returns how long a caller at a given position has to wait,
which also shows early that a deadline cannot be met.
"""

from collections.abc import Iterable
from functools import lru_cache
from math import inf
from typing import Any, Literal

from attrs import Attribute, define, field, frozen, setters

from boxapis._http.quick_constructor import quick_constructor
from boxapis._sansio.boxc.paths import below_version, readings
from boxapis._sansio.kinds import parse_int
from boxapis.errors import ConfigurationError
from boxapis.options import exact_number

__all__ = ["Bucket", "Gate", "Group", "Ticket", "group_of", "parse_report"]

Group = Literal["track", "api"]
"""Endpoints that share one limit."""

_TIME_TOLERANCE = 1e-6  # seconds; clocks are floats, so shorter waits count as none
_LEAK_RATE = 2.0  # places per second
_CAPACITY = 30
_RESERVED = 2
_MIN_CLOSED = 0.5  # seconds, in which one place leaks
_SPACING = 0.5  # seconds between two calls after a refusal, where there is no bucket
_CAUTION_TIME = 60.0  # seconds after a refusal in which calls are spaced
_MAX_CAPACITY = 10_000
_MAX_LEVEL_FACTOR = 10  # times the capacity: a higher report is invalid
_TRUSTED_LEVEL_FACTOR = 2  # times the capacity: a higher report counts as this
_LONGEST_NUMBER = 20  # characters: one more than `parse_int` takes
_LOW_REPORTS = 3  # in a row, before the level is lowered


@frozen
class Ticket:
    """The permission to send one request.

    Attributes:
        sent_at: The time of sending, on the client's clock.
        ended: Number of requests that had ended by then.
        epoch: That of a place drawn from a shared bucket; 0 for the process's own.
    """

    sent_at: float
    ended: int = 0
    epoch: int = 0


_new_ticket = quick_constructor(Ticket)


def group_of(path: str) -> Group:
    """Returns the limit that applies to a path below the base URL."""
    ways = map(below_version, readings(path.partition("?")[0]))
    return "track" if any(parts[:1] == ("track",) for parts in ways) else "api"


@define(eq=False)
class Gate:
    """A limit of unknown size: open until a refusal closes it; afterwards calls are spaced.

    After each ticket exactly one of `answered`, `refused`, `lost` and `give_back` is called.

    Attributes:
        max_closed: Maximum number of seconds for which one refusal closes it.
        opens_at: The time from which it is open, on the client's clock.
    """

    max_closed: float = field(default=60.0, kw_only=True)
    opens_at: float = field(default=-inf, init=False)
    _cautious_until: float = field(default=-inf, init=False, repr=False)

    def wait(self, now: float, position: int = 0) -> float:
        """Returns the seconds until a call with ``position`` others in front may go; 0: now."""
        spacing = _SPACING * position if now < self._cautious_until else 0.0
        return _round_to_zero(self.opens_at - now + spacing)

    def is_at_rest(self, now: float) -> bool:
        """Whether it has nothing to remember: a new one would let the same calls through."""
        return now >= max(self.opens_at, self._cautious_until)

    def take(self, now: float) -> Ticket | None:
        """Returns a ticket for one request, or None when it has to wait."""
        if self.wait(now) > 0:
            return None
        if now < self._cautious_until:
            self.opens_at = now + _SPACING
        return Ticket(now)

    def note_earlier(self, now: float, ages: Iterable[float]) -> None:
        """Takes the calls of an earlier process into account, where its limit is known."""

    def give_back(self, now: float) -> None:
        """Returns a ticket whose request was not sent."""

    def lost(self) -> None:
        """Notes a request that got no response."""

    def answered(self, now: float, ticket: Ticket, limit: str | None, requests: str | None) -> None:
        """Notes a response that was no refusal."""

    def refused(self, now: float, seconds: float) -> None:
        """Closes the gate for ``seconds``, but at least 0.5 and at most ``max_closed``."""
        closed = max(_MIN_CLOSED, min(seconds, self.max_closed))
        self.opens_at = max(self.opens_at, now + closed)
        self._cautious_until = max(self._cautious_until, self.opens_at + _CAUTION_TIME)


def _check_share(bucket: "Bucket", attribute: "Attribute[Any]", value: Any) -> None:
    number = exact_number(value)
    if number is None or not 0 < number <= 1:
        raise ConfigurationError(f"{attribute.name} must be a number above 0, and 1 at most")
    bucket.rate_share = number


@define(eq=False, on_setattr=setters.NO_OP)  # each call assigns often: no check of each value
class Bucket(Gate):
    """The estimated state of the service's bucket, with a gate in front of it.

    Attributes:
        rate_share: This process's share of the bucket, above 0 and up to 1; default 1.
        capacity: Number of places in the bucket, as the service reports it; 30 until then.
        leak_rate: Places that become free per second.
        max_level: The level up to which calls are sent.
    """

    rate_share: float = field(default=1.0, validator=_check_share, kw_only=True)
    capacity: int = field(init=False)
    leak_rate: float = field(init=False)
    max_level: float = field(init=False)
    _held_by_others: float = field(init=False, repr=False)
    _level: float = field(default=0.0, init=False)
    _level_time: float = field(default=0.0, init=False, repr=False)
    _sent: int = field(default=0, init=False)
    _ended: int = field(default=0, init=False)
    _low_reports: int = field(default=0, init=False, repr=False)
    _least_gap: float = field(default=inf, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.leak_rate = _LEAK_RATE * self.rate_share
        self._set_capacity(_CAPACITY)

    def _set_capacity(self, capacity: int) -> None:
        self.capacity = capacity
        self._held_by_others = capacity * (1 - self.rate_share)
        self.max_level = max(float(capacity - _RESERVED), self._held_by_others + 1)

    def level(self, now: float) -> float:
        """Returns the number of taken places at a time."""
        level = self._level
        if now > self._level_time:
            level -= self.leak_rate * (now - self._level_time)
        return level if level > self._held_by_others else self._held_by_others  # noqa: FURB136 - max is a slow call

    def wait(self, now: float, position: int = 0) -> float:
        """Returns the seconds until a call with ``position`` others in front may go; 0: now."""
        start = max(now, self.opens_at)
        too_full = self.level(start) + position + 1 - self.max_level
        return _round_to_zero(start - now + max(0.0, too_full) / self.leak_rate)

    def is_at_rest(self, now: float) -> bool:
        """Whether it is open and empty, but for the part of others; what it learned may go."""
        return now >= self.opens_at and self.level(now) <= self._held_by_others

    def take(self, now: float) -> Ticket | None:
        """Returns a ticket for one request, or None when it has to wait."""
        level = self.level(now) + 1
        if (level > self.max_level or now < self.opens_at) and self.wait(now) > 0:
            return None
        self._set_level(now, level)
        self._sent += 1
        return _new_ticket(now, self._ended)

    def note_earlier(self, now: float, ages: Iterable[float]) -> None:
        """Raises the level to what an earlier process of this share left, by its calls alone.

        However the machine's clock was set in between, the next call waits no longer than a full
        bucket takes to drain.

        Args:
            now: The time, on the client's clock.
            ages: Seconds since each call, in the order of the calls; negative ones count as 0.
        """
        own, latest = 0.0, inf
        for age in ages:
            own = max(0.0, own - self.leak_rate * max(0.0, latest - max(0.0, age))) + 1
            own, latest = min(own, self.max_level - self._held_by_others), max(0.0, age)
        level = self._held_by_others + own - self.leak_rate * latest
        most = self.max_level - 1 + self.leak_rate * _CAPACITY / _LEAK_RATE
        self._set_level(now, max(self.level(now), min(level, most)))

    def fill(self, now: float, capacity: int, rate_share: float) -> None:
        """Takes another share, and counts every place up to the level at which calls wait."""
        self.rate_share, self.leak_rate = rate_share, _LEAK_RATE * rate_share
        self._set_capacity(capacity)
        self._set_level(now, max(self.level(now), self.max_level))

    def give_back(self, now: float) -> None:
        """Returns a ticket whose request was not sent."""
        self._ended += 1
        self._set_level(now, self.level(now) - 1)

    def lost(self) -> None:
        """Notes a request without a response; it may have been counted, so its place stays."""
        self._ended += 1

    def answered(self, now: float, ticket: Ticket, limit: str | None, requests: str | None) -> None:
        """Corrects the level by the report of a response.

        Args:
            now: The time of the response, on the client's clock.
            ticket: The ticket of the request.
            limit: The header ``X-Rate-Limit``, the capacity; None without.
            requests: The header ``X-Rate-Requests``, the level met; None without.
        """
        concurrent = self._sent - 1 - ticket.ended
        self._ended += 1
        report = parse_report(limit, requests)
        if report is not None:
            capacity, met = report
            if capacity != self.capacity:
                self._set_capacity(capacity)
            least = met - self.leak_rate * (now - ticket.sent_at)
            self._correct(now, least, met + concurrent)

    def refused(self, now: float, seconds: float) -> None:
        """Marks the bucket as full, and closes the gate."""
        self._ended += 1
        super().refused(now, seconds)
        self._set_level(now, max(self.level(now), self.capacity))
        self._reset_low_reports()

    def _correct(self, now: float, least: float, most: float) -> None:
        level = self.level(now)
        if level <= most:
            self._reset_low_reports()
            if least > level:
                level = max(level, min(least, _TRUSTED_LEVEL_FACTOR * self.capacity))
            self._set_level(now, level)
        elif self.rate_share == 1:
            self._note_low_report(now, level, most)

    def _note_low_report(self, now: float, level: float, most: float) -> None:
        self._low_reports += 1
        self._least_gap = min(self._least_gap, level - most)
        if self._low_reports == _LOW_REPORTS:
            self._set_level(now, level - self._least_gap)
            self._reset_low_reports()

    def _reset_low_reports(self) -> None:
        self._low_reports, self._least_gap = 0, inf

    def _set_level(self, now: float, level: float) -> None:
        self._level = level
        if now > self._level_time:  # noqa: PLR1730 - as in `level`
            self._level_time = now


def _round_to_zero(wait: float) -> float:
    return wait if wait > _TIME_TOLERANCE else 0.0


def parse_report(limit: str | None, requests: str | None) -> tuple[int, int] | None:
    """Returns capacity and level of a response's headers; None if they are missing or invalid."""
    if limit is None or requests is None:
        return None
    # Cut, so that the cache keeps nothing long; what is cut is no number either.
    return _parse_short_report(limit[:_LONGEST_NUMBER], requests[:_LONGEST_NUMBER])


@lru_cache  # few reports differ
def _parse_short_report(limit: str, requests: str) -> tuple[int, int] | None:
    capacity, met = parse_int(limit), parse_int(requests)
    if capacity is None or met is None or not 1 <= capacity <= _MAX_CAPACITY:
        return None
    return (capacity, met) if 0 <= met <= _MAX_LEVEL_FACTOR * capacity else None
