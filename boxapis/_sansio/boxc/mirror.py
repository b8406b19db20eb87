"""What one process knows of a bucket that it shares with others, as far as it must forecast waits.

The level is that of the last place drawn, less what has leaked since. What the other processes have
drawn meanwhile is unknown, so a call may have to wait longer than the forecast says. While a place
is reserved, the line above the usable mark shows how many processes stand in it; each of them gets
one place in turn, so a call behind the reserved one waits for that many places of the bucket.

While the store cannot be reached, forecasts are those of the process's own bucket, its share of the
user's. That starts full, because the others have one, too. If more processes stood in line than the
share allows for, it is one part for each of them, and each refusal halves it down to an eighth.
"""

from attrs import Factory, define, field, setters

from boxapis._sansio.boxc.ratelimit import Bucket, Gate, Ticket, parse_report
from boxapis._sansio.boxc.reservations import PLACE, Drawn

__all__ = ["BucketMirror"]

_TOLERANCE = 0.5  # places: a report this much higher changes nothing, as in the shared bucket
_LEAST_SHARE = 1 / 8
_FORGOTTEN = 1.5  # places: a level lower by so much in a new epoch is that of a store that forgot


@define(eq=False, on_setattr=setters.NO_OP)
class BucketMirror(Bucket):
    """The shared bucket as this process saw it last. No ticket is taken from it.

    Attributes:
        alone: The process's own bucket, for the time in which the store cannot be reached.
        is_alone: Whether that is so.
    """

    alone: Bucket = field(kw_only=True)
    is_alone: bool = field(default=False, init=False)
    _share: float = field(
        default=Factory(lambda self: self.alone.rate_share, takes_self=True), init=False, repr=False
    )
    _epoch: int = field(default=0, init=False, repr=False)
    _held: bool = field(default=False, init=False, repr=False)
    _turn: float = field(default=0.0, init=False, repr=False)  # seconds between its own places

    def wait(self, now: float, position: int = 0) -> float:
        """Returns the seconds until a call with ``position`` others in front may go; 0: now."""
        if self.is_alone:
            return self.alone.wait(now, position)
        if not self._held:
            return super().wait(now, position)
        return super().wait(now, -1) + position * self._turn  # its own place counts already

    def take(self, now: float) -> Ticket | None:  # noqa: ARG002 - as of any bucket
        """Returns None: places are drawn from the store."""
        return None

    def known_level(self, now: float) -> float:
        """Returns the least number of taken places by what this process knows."""
        return min(self.alone.level(now) if self.is_alone else self.level(now), self.max_level)

    def is_forgotten(self, now: float, drawn: Drawn) -> bool:
        """Whether the store has lost the bucket, or had none of what was sent without it."""
        is_new = self.is_alone or drawn.epoch != self._epoch
        return is_new and drawn.level / PLACE + _FORGOTTEN < self.known_level(now)

    def drawn(self, now: float, drawn: Drawn) -> float:
        """Notes a place; returns the seconds until it may be used, a pause of ours included."""
        self.is_alone, self._epoch = False, drawn.epoch
        self._set_level(now, drawn.level / PLACE)
        self._turn = max(1.0, drawn.level / PLACE - self.max_level) / self.leak_rate
        wait = max(drawn.wait / 1000, Gate.wait(self, now))
        self._held = wait > 0 and drawn.epoch > 0
        return wait

    def go_alone(self, now: float) -> None:
        """Notes that the store cannot be reached."""
        if not self.is_alone:
            self.is_alone, self._held = True, False
            seen = max(1.0, self._turn * self.leak_rate)  # processes in line
            self.alone.fill(now, self.capacity, min(self._share, 1 / seen))

    def refused_alone(self, now: float, seconds: float) -> None:
        """Notes a 429 of a request that was sent without the store."""
        own = self.alone
        if now >= own.opens_at:  # the first of several at the same time
            least = min(own.rate_share, _LEAST_SHARE)
            own.fill(now, self.capacity, max(own.rate_share / 2, least))
        own.refused(now, seconds)

    def reported(
        self, now: float, ticket: Ticket, limit: str | None, requests: str | None
    ) -> float | None:
        """Notes the report of a response, see `Bucket.answered`.

        Returns:
            The least level, in places, if the others should know it; None if it is nothing new.
        """
        report = parse_report(limit, requests)
        if report is None:
            return None
        capacity, met = report
        is_new = capacity != self.capacity
        if is_new:
            self._set_capacity(capacity)
        least, level = met - self.leak_rate * max(0.0, now - ticket.sent_at), self.level(now)
        if least > min(level, self.max_level) + _TOLERANCE:
            self._correct(now, least, max(level, least))
        elif not is_new:
            return None
        return max(0.0, least)
