"""BoxC's leaky bucket as arithmetic: who may send when, and what the answers tell.

Theory. BoxC keeps one bucket for each user, across all of the user's applications. Every request
that is accepted adds one to its level, two leak out in a second, and what would not fit is
refused with 429, code 1015 (https://docs.boxc.com/). The client keeps a bucket of its own beside
it and sends only what fits there: then the other one has room, too. Three things make the two
differ::

    the way there       a request that is d seconds under way lets the other bucket leak d seconds
                        less before it arrives: 2 * d at most, once, because a bucket that is not
                        empty leaks at the same rate here and there
    other applications  fill only the other bucket
    lost requests       may or may not have been counted

Against the first, and for others, two of the 30 places are left alone. For the rest every answer
reports the level that it met, and two things are certain of the level now::

    at least   the report, less what has leaked since the request was sent
    at most    the report, and every request of ours that was on its way beside it or came later

The order in which requests arrive, and answers come back, is nobody's promise, and neither bound
depends on it. A level below the first is raised at once. A level above the second is lowered only
when three reports in a row say so, and by the least that one of them said. Alone, neither happens
by more than the first row of the table. No report tells how fast the bucket leaks, so none makes
this one leak faster.

Several processes of one user each take a *share*. What the others may hold is taken as held: the
level never falls below their part of the bucket, nor is it ever lowered by a report, because what
is free may be theirs. Shares that add up to 1 never collide.

A refusal is the truth: the bucket is full, and a gate closes in front of it for as long as the
service asks. Endpoints with limits of their own, whose size is not documented, have a `Gate` and
no bucket. The queue is the owner's: `wait` says how long the caller at a position will stand in
it, which is also what tells early that a deadline cannot be met.
"""

from math import inf
from typing import Any, Literal

from attrs import Attribute, define, field, frozen

from boxapis._sansio.shapes import parse_int
from boxapis.errors import ConfigurationError

__all__ = ["Bucket", "Gate", "Group", "Ticket", "group_of"]

Group = Literal["track", "api"]
"""Endpoints that are limited together."""

_GRAIN = 1e-6  # seconds: times that are nearer than this are the same, clocks being floats
_LEAK = 2.0  # places in a second
_CAPACITY = 30
_SPARE = 2
_LEAST_CLOSED = 0.5  # seconds: one place leaks meanwhile
_SPACING = 0.5  # seconds between two calls after a refusal, where no bucket tells better
_WARY = 60.0  # seconds for which that holds
_MOST_CAPACITY = 10_000
_MOST_TIMES_FULL = 10  # a report beyond it is no report
_BELIEVED_TIMES_FULL = 2  # and beyond this it is not waited for
_LOWER_REPORTS = 3


@frozen
class Ticket:
    """One request that was let through.

    Attributes:
        sent: When, on the client's clock.
        ended: How many requests had come to an end by then.
    """

    sent: float
    ended: int = 0


def group_of(path: str) -> Group:
    """Which limit a path below the base URL falls under."""
    return "track" if path.partition("?")[0].split("/")[1:2] == ["track"] else "api"


@define(eq=False)
class Gate:
    """Open until a refusal closes it for a while; then calls go through one by one.

    After each ticket exactly one of `answered`, `refused`, `lost` and `give_back` is called.

    Attributes:
        longest: Seconds that one refusal may close it at most.
        opens: The moment from which it is open.
    """

    longest: float = field(default=60.0, kw_only=True)
    opens: float = field(default=-inf, init=False)
    _wary_until: float = field(default=-inf, init=False, repr=False)

    def wait(self, now: float, position: int = 0) -> float:
        """Seconds until a call may go in front of which ``position`` others stand; 0: now."""
        spacing = _SPACING * position if now < self._wary_until else 0.0
        return _rounded(self.opens - now + spacing)

    def take(self, now: float) -> Ticket | None:
        """Lets one call through, or none."""
        if self.wait(now) > 0:
            return None
        if now < self._wary_until:
            self.opens = now + _SPACING
        return Ticket(now)

    def give_back(self, now: float) -> None:
        """Takes back a ticket whose request was never sent."""

    def lost(self) -> None:
        """Notes a request that brought no answer."""

    def answered(self, now: float, ticket: Ticket, limit: str | None, requests: str | None) -> None:
        """Notes an answer that was no refusal."""

    def refused(self, now: float, seconds: float) -> None:
        """Closes for so many seconds: at least half of one, and no more than ``longest``."""
        closed = max(_LEAST_CLOSED, min(seconds, self.longest))
        self.opens = max(self.opens, now + closed)
        self._wary_until = max(self._wary_until, self.opens + _WARY)


def _share(_: object, attribute: "Attribute[Any]", value: object) -> None:
    match value:
        case bool():
            pass
        case int() | float() if 0 < value <= 1:
            return
    message = f"{attribute.name} must be a number above 0, and 1 at most"
    raise ConfigurationError(message)


@define(eq=False)
class Bucket(Gate):
    """What is known of the service's bucket, and a gate in front of it.

    Attributes:
        rate_share: The part of the bucket that is this process's, above 0 and up to 1.
        capacity: Places in the bucket.
    """

    rate_share: float = field(default=1.0, validator=_share, kw_only=True)
    capacity: int = field(default=_CAPACITY, init=False)
    _filled: float = field(default=0.0, init=False)
    _at: float = field(default=0.0, init=False, repr=False)
    _taken: int = field(default=0, init=False)
    _ended: int = field(default=0, init=False)
    _lower: int = field(default=0, init=False, repr=False)
    _gap: float = field(default=inf, init=False, repr=False)

    @property
    def leak(self) -> float:
        """Places that become free in a second."""
        return _LEAK * self.rate_share

    @property
    def usable(self) -> float:
        """The level that no call of ours passes."""
        return max(float(self.capacity - _SPARE), self._held_by_others + 1)

    @property
    def _held_by_others(self) -> float:
        return self.capacity * (1 - self.rate_share)

    def level(self, now: float) -> float:
        """How full it is at a moment, in places."""
        leaked = self.leak * max(0.0, now - self._at)
        return max(self._held_by_others, self._filled - leaked)

    def wait(self, now: float, position: int = 0) -> float:
        """Seconds until a call may go in front of which ``position`` others stand; 0: now."""
        start = max(now, self.opens)
        too_full = self.level(start) + position + 1 - self.usable
        return _rounded(start - now + max(0.0, too_full) / self.leak)

    def take(self, now: float) -> Ticket | None:
        """Lets one call through, or none."""
        if self.wait(now) > 0:
            return None
        self._fill(now, self.level(now) + 1)
        self._taken += 1
        return Ticket(now, self._ended)

    def give_back(self, now: float) -> None:
        """Takes back a ticket whose request was never sent."""
        self._ended += 1
        self._fill(now, self.level(now) - 1)

    def lost(self) -> None:
        """Notes a request that brought no answer; it may have been counted, so its place stays."""
        self._ended += 1

    def answered(self, now: float, ticket: Ticket, limit: str | None, requests: str | None) -> None:
        """Reads the level that a request met.

        Args:
            now: When the answer came.
            ticket: Of the request.
            limit: The header ``X-Rate-Limit``; None without.
            requests: The header ``X-Rate-Requests``; None without.
        """
        beside = self._taken - 1 - ticket.ended
        self._ended += 1
        report = _report(limit, requests)
        if report is not None:
            self.capacity, met = report
            least = met - self.leak * max(0.0, now - ticket.sent)
            self._settle(now, least, met + beside)

    def refused(self, now: float, seconds: float) -> None:
        """Takes the bucket for full, and closes the gate."""
        self._ended += 1
        super().refused(now, seconds)
        self._fill(now, max(self.level(now), self.capacity))
        self._forget_lower()

    def _settle(self, now: float, least: float, most: float) -> None:
        level = self.level(now)
        if level <= most:
            self._forget_lower()
            self._fill(now, max(level, min(least, _BELIEVED_TIMES_FULL * self.capacity)))
        elif self.rate_share == 1:
            self._note_lower(now, level, most)

    def _note_lower(self, now: float, level: float, most: float) -> None:
        self._lower += 1
        self._gap = min(self._gap, level - most)
        if self._lower == _LOWER_REPORTS:
            self._fill(now, level - self._gap)
            self._forget_lower()

    def _forget_lower(self) -> None:
        self._lower, self._gap = 0, inf

    def _fill(self, now: float, level: float) -> None:
        self._filled, self._at = level, max(now, self._at)


def _rounded(wait: float) -> float:
    return wait if wait > _GRAIN else 0.0


def _report(limit: str | None, requests: str | None) -> tuple[int, int] | None:
    capacity, met = parse_int(limit), parse_int(requests)
    if capacity is None or met is None or not 1 <= capacity <= _MOST_CAPACITY:
        return None
    return (capacity, met) if 0 <= met <= _MOST_TIMES_FULL * capacity else None
