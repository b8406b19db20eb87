"""The client's bucket against a simulated service: no refusals, and no unused rate."""

import heapq
import math
import random
from collections.abc import Callable

import pytest
from attrs import Factory, define
from hypothesis import given, settings
from hypothesis import strategies as st

from boxapis._sansio.boxc.ratelimit import Bucket, Ticket

Call = tuple[float, float, float]
"""A call: seconds until the user makes it, travel time there, travel time back."""


@define
class Server:
    """The service's bucket: 30 places, two leak each second; only accepted requests count."""

    level: float = 0.0
    at: float = 0.0
    accepted: int = 0
    refused: int = 0

    def asked(self, now: float) -> float | None:
        """Returns the level after one more request, or None for a refusal."""
        self.level, self.at = max(0.0, self.level - 2 * (now - self.at)), now
        if self.level + 1 > 30 + 1e-9:
            self.refused += 1
            return None
        self.level += 1
        self.accepted += 1
        return self.level


@define
class World:
    """A server with the requests and responses that travel."""

    server: Server = Factory(Server)
    rounded: Callable[[float], int] | None = math.ceil
    now: float = 0.0
    events: list[tuple[float, int, Callable[[], None]]] = Factory(list)
    numbers: int = 0

    def at(self, moment: float, act: Callable[[], None]) -> None:
        """Schedules an event."""
        self.numbers += 1
        heapq.heappush(self.events, (moment, self.numbers, act))

    def until(self, moment: float) -> None:
        """Runs all events up to a time."""
        while self.events and self.events[0][0] <= moment:
            self.now, _, act = heapq.heappop(self.events)
            act()
        self.now = moment

    def send(self, bucket: Bucket, there: float, back: float) -> bool:
        """Sends a request now, if the client's bucket has a ticket."""
        ticket = bucket.take(self.now)
        if ticket is not None:
            self.at(self.now + there, lambda: self._arrive(bucket, ticket, back))
        return ticket is not None

    def _arrive(self, bucket: Bucket, ticket: Ticket, back: float) -> None:
        level = self.server.asked(self.now)
        used = str(self.rounded(level)) if level is not None and self.rounded else None
        limit = "30" if used else None
        self.at(self.now + back, lambda: self._answer(bucket, ticket, level, limit, used))

    def _answer(
        self,
        bucket: Bucket,
        ticket: Ticket,
        level: float | None,
        limit: str | None,
        used: str | None,
    ) -> None:
        if level is None:
            bucket.refused(self.now, 1.0)
        else:
            bucket.answered(self.now, ticket, limit, used)

    def run(self, bucket: Bucket, calls: list[Call]) -> list[float]:
        """Makes calls in order, each as soon as the user makes it and the bucket allows."""
        sent = []
        for pause, there, back in calls:
            self.until(self.now + pause)
            while not self.send(bucket, there, back):
                self.until(self.now + bucket.wait(self.now))
            sent.append(self.now)
        self.until(self.now + 1000)
        return sent


ROUNDINGS = st.sampled_from([None, math.ceil, math.floor, round])
CALLS = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.0, 0.0, 0.3, 0.5, 2.0, 20.0]),
        st.floats(0, 0.5),
        st.sampled_from([0.0, 0.1, 0.4, 3.0, 12.0]) | st.floats(0, 2),
    ),
    max_size=120,
)


@settings(max_examples=300)
@given(CALLS, ROUNDINGS)
def test_alone_nothing_is_refused(
    calls: list[Call], rounded: Callable[[float], int] | None
) -> None:
    """No call gets a 429, whenever it is made and however long it travels."""
    world = World(rounded=rounded)
    sent = world.run(Bucket(), calls)
    assert (world.server.refused, world.server.accepted) == (0, len(calls))
    assert sent == sorted(sent)


@pytest.mark.parametrize("seed", range(20))
def test_alone_long_runs_are_not_refused(seed: int) -> None:
    """500 calls at once, with up to half a second of travel each way, get no 429."""
    chance = random.Random(seed)  # noqa: S311 - chance, no secret
    calls = [(0.0, chance.random() / 2, chance.random() / 2) for _ in range(500)]
    world = World()
    world.run(Bucket(), calls)
    assert world.server.refused == 0


@pytest.mark.parametrize("way", [0.0, 0.05, 0.2, 1.0], ids=lambda way: f"{way} s")
@pytest.mark.parametrize("rounded", [None, math.ceil, math.floor], ids=str)
def test_the_allowed_rate_is_used(way: float, rounded: Callable[[float], int] | None) -> None:
    """After the first burst of 28, at least 99 % of two calls a second are made."""
    world = World(rounded=rounded)
    sent = world.run(Bucket(), [(0.0, way, way)] * 500)
    assert sent[27] == 0.0
    assert (500 - 28) / 2 / sent[-1] >= 0.99
    assert world.server.refused == 0


@pytest.mark.parametrize("seed", range(20))
def test_the_allowed_rate_is_used_crosswise(seed: int) -> None:
    """The rate is also used when requests and responses overtake each other."""
    chance = random.Random(seed)  # noqa: S311 - chance, no secret
    calls = [(0.0, chance.random() / 2, chance.random() * 3) for _ in range(500)]
    sent = World().run(Bucket(), calls)
    assert (500 - 28) / 2 / sent[-1] >= 0.99


def test_waiting_as_long_as_foretold() -> None:
    """The wait returned to the 500th caller at the start is the time it waits."""
    bucket = Bucket()
    foretold = [bucket.wait(0.0, position) for position in range(500)]
    assert World(rounded=None).run(bucket, [(0.0, 0.0, 0.0)] * 500) == pytest.approx(foretold)


@given(st.lists(st.floats(0.05, 1), min_size=1, max_size=6), st.booleans())
def test_shares_do_not_collide(parts: list[float], reports: bool) -> None:  # noqa: FBT001 - drawn
    """Processes whose shares add up to 1 get no refusal, from the first burst on."""
    world = World(rounded=math.ceil if reports else None)
    buckets = [Bucket(rate_share=part / sum(parts)) for part in parts]
    for step in range(600):
        world.until(step / 20)
        for bucket in buckets:
            while world.send(bucket, 0.0, 0.0):
                pass
    assert world.server.refused == 0


def test_halves_make_a_whole() -> None:
    """Two processes with half a share each use the whole rate together."""
    world, buckets = World(), [Bucket(rate_share=0.5) for _ in range(2)]
    for step in range(2360):
        world.until(step / 10)
        for bucket in buckets:
            world.send(bucket, 0.05, 0.05)
    assert world.server.accepted >= 0.99 * 2 * 236
    assert world.server.refused == 0


def test_an_application_beside_us_is_noticed() -> None:
    """Beside another application that uses half of the rate, neither is refused."""
    world, bucket = World(), Bucket()

    def other() -> None:
        world.server.asked(world.now)

    for second in range(300):
        world.at(float(second), other)
    sent = world.run(bucket, [(0.0, 0.05, 0.05)] * 250)
    assert world.server.refused == 0
    assert sent[-1] == pytest.approx(250 - 28, abs=2)
