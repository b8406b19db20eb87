"""BoxC's bucket of one user, shared by several processes, as a table of pure rules.

Theory of operation. The level is counted as in `boxapis._sansio.boxc.ratelimit`, once for all
processes, in thousandths of a place. Above the usable mark the level *is* the queue: a process that
draws a place adds one to the level and learns when its turn comes. When the time has come, it
redeems the place, which is free unless something has changed. A refusal, or a report that proves
the bucket fuller than it seemed, starts a new *epoch*, which voids all places in the line; their
holders draw again. Like the fences of leases, epochs grow even when the store has lost everything.

No report lowers the level: free places may be those of a process that has just drawn.
"""

from typing import ClassVar, Literal

from attrs import evolve, frozen

from boxapis._sansio.step import Step

__all__ = ["PLACE", "Draw", "Drawn", "SharedBucket", "Tell", "What"]

PLACE = 1000
"""One place of the bucket in the unit of levels."""

What = Literal["met", "refused", "back"]

_LEAK = 2  # thousandths of a place in a millisecond: two places a second
_CAPACITY = 30
_RESERVED = 2
_TRUSTED_LEVEL_FACTOR = 2  # times the capacity: a higher report counts as this
_TOLERANCE = PLACE // 2  # a report this much higher changes nothing
_MAX_CLOSED = 60_000  # milliseconds: a gate that seems closed for longer is of a clock set back
_LIFETIME = 3_600_000


@frozen
class SharedBucket:
    """The state of a bucket, with the line in front of it.

    Attributes:
        level: Thousandths of taken places at ``at``, the places in the line included.
        at: The time of the level, on the store's clock.
        epoch: The number that voids places; see above.
        opens_at: The time up to which a refusal closes the bucket.
        capacity: Number of places, as the service reports it.
    """

    level: int
    at: int
    epoch: int
    opens_at: int = 0
    capacity: int = _CAPACITY

    def level_at(self, now: int) -> int:
        """Returns the level at a time."""
        return max(0, self.level - _LEAK * max(0, now - self.at))

    @property
    def usable(self) -> int:
        """The level up to which calls are sent."""
        return PLACE * max(1, self.capacity - _RESERVED)

    def opens(self, now: int) -> int:
        """Returns the time from which it is open, ``now`` or later."""
        return self.opens_at if now < self.opens_at <= now + _MAX_CLOSED else now


@frozen
class Drawn:
    """A place in the line.

    Attributes:
        wait: Milliseconds until its time comes; 0: now.
        epoch: To redeem the place with; 0 when none was reserved, because the wait is too long.
        level: Thousandths of taken places, this one included.
    """

    wait: int
    epoch: int
    level: int


def _bucket(state: SharedBucket | None, now: int) -> SharedBucket:
    return state or SharedBucket(0, now, now)


@frozen
class Draw(Step[SharedBucket, Drawn]):
    """Reserves a place, or redeems one whose time has come.

    Attributes:
        key: The bucket.
        most: Longest wait in milliseconds; beyond it nothing is reserved.
        redeem: The epoch of the place whose time has come; 0 to reserve a new one.
    """

    state: ClassVar[type[SharedBucket]] = SharedBucket

    key: str
    most: int
    redeem: int = 0

    @property
    def lifetime(self) -> int:
        return _LIFETIME

    def apply(self, state: SharedBucket | None, now: int) -> tuple[SharedBucket | None, Drawn]:
        bucket = _bucket(state, now)
        start, level = bucket.opens(now), bucket.level_at(now)
        if self.redeem == bucket.epoch and start == now:
            return state, Drawn(0, bucket.epoch, level)
        too_full = bucket.level_at(start) + PLACE - bucket.usable
        wait = start - now + -(-max(0, too_full) // _LEAK)
        if wait > self.most:
            return state, Drawn(wait, 0, level)
        level += PLACE
        return evolve(bucket, level=level, at=now), Drawn(wait, bucket.epoch, level)


@frozen
class Tell(Step[SharedBucket, None]):
    """Reports what became of a place.

    Attributes:
        key: The bucket.
        what: ``"met"``: a response shows the level; ``"refused"``: a 429 did; ``"back"``: the
            request was not sent.
        value: ``"met"``: the least level in thousandths of a place; ``"refused"``: milliseconds
            for which the service asks to wait; ``"back"``: the epoch of the place.
        capacity: Number of places as reported; 0 if unknown.
    """

    state: ClassVar[type[SharedBucket]] = SharedBucket

    key: str
    what: What
    value: int
    capacity: int = 0

    @property
    def is_repeatable(self) -> bool:
        return self.what != "back"  # a place given back twice would be another's

    @property
    def lifetime(self) -> int:
        return _LIFETIME

    def apply(self, state: SharedBucket | None, now: int) -> tuple[SharedBucket | None, None]:
        bucket = _bucket(state, now)
        if self.capacity not in (0, bucket.capacity):
            state = bucket = evolve(bucket, capacity=self.capacity)
        level, full = bucket.level_at(now), PLACE * bucket.capacity
        newer = {"at": now, "epoch": max(bucket.epoch + 1, now)}
        match self.what:
            case "met" if self.value > min(level, bucket.usable) + _TOLERANCE:
                most = min(self.value, _TRUSTED_LEVEL_FACTOR * full)
                return evolve(bucket, **newer, level=most), None
            case "refused":
                opens_at = max(bucket.opens(now), now + min(self.value, _MAX_CLOSED))
                return evolve(bucket, **newer, level=full, opens_at=opens_at), None
            case "back" if self.value == bucket.epoch:
                return evolve(bucket, at=now, level=max(0, level - PLACE)), None
            case _:
                return state, None
