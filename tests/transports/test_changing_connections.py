"""F11: a changing request never meets the close of a connection that has served.

The server is some milliseconds away, on a loop whose clock moves by itself, and closes connections
without notice: some time after an answer, after so many answers, or when it restarts. It carries
out no request that was under way to it at that moment, but the client cannot know that.
"""

import asyncio
import selectors
from collections import deque
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from boxapis import Limits, TransportError
from boxapis.transports import DirectTransport, Origin, Request
from boxapis.transports._h1_connection import Connection
from boxapis.transports._idle_pool import IdlePool
from tests.support.peers import plain, request

CALLS = 12
MILLISECOND = 0.001
HALF_SECOND = 0.5


class MovedLoop(asyncio.SelectorEventLoop):
    """A loop whose clock moves to the next timer as soon as there is nothing else to do."""

    def __init__(self) -> None:
        self._moment = 1_000.0
        selector = selectors.DefaultSelector()
        self._select = selector.select
        selector.select = self._skip  # type: ignore[method-assign]  # of one object
        super().__init__(selector)

    def time(self) -> float:
        """The time in seconds."""
        return self._moment

    def _skip(self, timeout: float | None = None) -> Any:
        found = self._select(0)
        if not found and timeout:
            self._moment += timeout
        return found


@frozen
class Schedule:
    """When a server closes connections without a request, and when it is called.

    Attributes:
        one_way: Milliseconds that everything takes from one side to the other.
        idle: Milliseconds from an answer until its connection is closed; None for never.
        answers: Number of answers after which a connection is closed at once; None for never.
        restart: Milliseconds between two restarts, each of which closes the connections that have
            answered; None for never.
        pause: Milliseconds from an answer to the next request.
    """

    one_way: float
    idle: float | None = None
    answers: int | None = None
    restart: float | None = None
    pause: float = 0


class _Far(asyncio.Protocol):
    """One connection of the server."""

    def __init__(self, schedule: Schedule, connections: "set[_Far]") -> None:
        self._schedule = schedule
        self._answers = 0
        self._is_closed = False
        self._later = asyncio.get_running_loop().call_later
        self._leaving: deque[Callable[[], None]] = deque()  # keeps its order, whatever timers do
        self._connections = connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self)

    def data_received(self, data: bytes) -> None:
        self._later(self._schedule.one_way * MILLISECOND, self._answer)

    def _leave(self, arrive: Callable[[], None]) -> None:
        self._leaving.append(arrive)
        self._later(self._schedule.one_way * MILLISECOND, self._arrive)

    def _arrive(self) -> None:
        self._leaving.popleft()()

    def _answer(self) -> None:
        if self._is_closed:
            return
        self._answers += 1
        self._leave(lambda: self._transport.write(plain(b"{}")))
        if self._answers == self._schedule.answers:
            self.close()
        elif self._schedule.idle is not None:
            answers = self._answers
            close = lambda: self.close() if answers == self._answers else None  # noqa: E731
            self._later(self._schedule.idle * MILLISECOND, close)

    def close(self) -> None:
        """Closes the connection, if it has answered."""
        if self._answers and not self._is_closed:
            self._is_closed = True
            self._leave(self._transport.close)


async def _play(schedule: Schedule) -> int:
    """Makes changing calls one after the other; returns how many outcomes are unknown."""
    loop = asyncio.get_running_loop()
    connections: set[_Far] = set()
    server = await loop.create_server(lambda: _Far(schedule, connections), "127.0.0.1", 0)
    origin = Origin("http", "127.0.0.1", server.sockets[0].getsockname()[1])
    transport = DirectTransport(proxy=False)
    transport.now = loop.time
    restarts = asyncio.create_task(_restart(schedule, connections))
    unknown = 0
    for _ in range(CALLS):
        try:
            sent = request(origin, changing=True)
            await transport.send(sent, deadline=loop.time() + 60)
        except TransportError as error:
            unknown += error.sent
        await asyncio.sleep(schedule.pause * MILLISECOND)
    restarts.cancel()
    await transport.aclose()
    server.close()
    await asyncio.gather(restarts, server.wait_closed(), return_exceptions=True)
    return unknown


async def _restart(schedule: Schedule, connections: "set[_Far]") -> None:
    while schedule.restart is not None:
        await asyncio.sleep(schedule.restart * MILLISECOND)
        for connection in tuple(connections):
            connection.close()


def unknown_outcomes(schedule: Schedule) -> int:
    """Plays a schedule; returns how many calls may or may not have been carried out."""
    with asyncio.Runner(loop_factory=MovedLoop) as runner:
        return runner.run(_play(schedule))


MILLISECONDS = st.one_of(st.sampled_from((0.0, 1.0, 10.0, 100.0, 400.0)), st.floats(0, 500))
SCHEDULES = st.one_of(
    st.builds(Schedule, MILLISECONDS, idle=MILLISECONDS, pause=MILLISECONDS),
    st.builds(Schedule, MILLISECONDS, answers=st.integers(1, 5), pause=MILLISECONDS),
    st.builds(Schedule, MILLISECONDS, restart=st.floats(1, 500), pause=MILLISECONDS),
)
FOUND = [
    *(Schedule(10, idle=idle, pause=idle - 0.5) for idle in (1, 10, 100, 400)),
    Schedule(10, restart=97, pause=5),
]
"""Schedules that a changing request over a connection that has just served would meet."""


@settings(max_examples=200, deadline=None)
@given(SCHEDULES)
def test_any_schedule(schedule: Schedule) -> None:
    """F11: whenever the server closes what is idle, the outcome of no changing call is unknown."""
    assert unknown_outcomes(schedule) == 0


def test_recorded_schedules(monkeypatch: pytest.MonkeyPatch) -> None:
    """F11: connections that answered within half a second would meet each of these."""
    assert [unknown_outcomes(schedule) for schedule in FOUND] == [0] * len(FOUND)
    get = IdlePool.get

    def get_recent(pool: IdlePool, request: Request, now: float) -> Connection | None:
        pool.expire(now + Limits().keepalive_expiry - HALF_SECOND)
        return get(pool, evolve(request, changing=False), now)

    monkeypatch.setattr(IdlePool, "get", get_recent)
    assert all(unknown_outcomes(schedule) for schedule in FOUND)
