"""Short names for steps on one slot and one bucket, and a store on a clock that a test moves."""

from typing import Any, TypeVar

from boxapis._core.clock import Clock, clocked
from boxapis._core.store import Store, StoreUnavailableError
from boxapis._sansio.boxc.reservations import Draw, Tell, What
from boxapis._sansio.boxtracker.leases import Claim, End, Keep, Land, Outcome, Touch
from boxapis._sansio.step import Step
from tests.support.doubles import FakeClock

__all__ = [
    "LIMIT", "back", "claim", "draw", "each_step", "end", "keep", "land", "moved", "tell", "touch",
    "tried",
]  # fmt: skip

LIMIT = 300_000
LEASE = 3_000
T = TypeVar("T", bound=Store)


def moved(store: type[T], clock: FakeClock) -> type[T]:
    """The class of a store whose pauses after an outage are on this clock."""
    return clocked(store, Clock(clock.now, clock.sleep, lambda: 1.0))


def claim(
    owner: str = "one", known: int = 0, key: str = "slot", *, force: bool = False
) -> Step[Any, Any]:
    """Asks for a session."""
    return Claim(key, known, owner, LEASE, 240_000, LIMIT, force=force)


def keep(fence: int, owner: str = "one") -> Step[Any, Any]:
    """Prolongs a lease."""
    return Keep("slot", fence, owner, LEASE, LIMIT)


def land(
    fence: int, payload: bytes = b"\x00\xffa", outcome: Outcome = "opened", age: int = 0
) -> Step[Any, Any]:
    """Ends a lease."""
    return Land("slot", fence, outcome, payload, age, LIMIT)


def touch(fence: int, idle: int = 0) -> Step[Any, Any]:
    """Notes a use."""
    return Touch("slot", fence, idle, LIMIT)


def end(fence: int) -> Step[Any, Any]:
    """Notes a log-out."""
    return End("slot", fence, LIMIT)


def draw(most: int = 60_000, redeem: int = 0, key: str = "bucket") -> Step[Any, Any]:
    """Draws a place."""
    return Draw(key, most, redeem)


def tell(what: What, value: int, capacity: int = 0) -> Step[Any, Any]:
    """Reports what became of a place."""
    return Tell("bucket", what, value, capacity)


def back(epoch: int) -> Step[Any, Any]:
    """Gives a place back."""
    return tell("back", epoch)


async def tried(store: Store, step: Any) -> Any:
    """The answer to a step; None if it was not done."""
    try:
        return await store.run(step)
    except StoreUnavailableError:
        return None


async def each_step(store: Store) -> None:
    """Does each of the seven steps so that each changes something."""
    mine = await store.run(claim())
    assert await store.run(keep(mine.fence)) is True
    assert await store.run(land(mine.fence)) is True
    found = await store.run(claim("two"))
    assert (found.fence, found.record) == (mine.fence, b"\x00\xffa")
    assert await store.run(touch(mine.fence)) == "same"
    assert await store.run(end(mine.fence)) is True
    place = await store.run(draw())
    assert (place.wait, place.level) == (0, 1000)
    assert await store.run(back(place.epoch)) is None
    assert await store.run(tell("refused", 1000)) is None
    assert (await store.run(draw())).wait > 0
