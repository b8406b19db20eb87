"""F212: the base of stores: two tries, the pause after an outage, one warning, loops and forks."""

import asyncio
import os
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from attrs import define, field

from boxapis import ConfigurationError
from boxapis._core.clock import Clock, clocked
from boxapis._core.store import Store, StoreConnection, StoreUnavailableError
from boxapis._sansio.boxc.reservations import Draw, Tell
from tests.support.doubles import FakeClock
from tests.support.moving import elsewhere, forked, run
from tests.support.still_loop import StillLoop

DRAW: Any = Draw("bucket", 0)
BACK: Any = Tell("bucket", "back", 1)


@define
class Engine:
    """What a store reaches: it answers, refuses or is silent."""

    mode: str = "answers"
    steps: int = 0
    connections: list["Connection"] = field(factory=list)


class Connection(StoreConnection):
    """A connection to an `Engine`, of the loop and process where it was made."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._home = (asyncio.get_running_loop(), os.getpid())
        self.end = ""
        engine.connections.append(self)

    async def run(self, step: Any) -> Any:
        """Answers, refuses, or does not end."""
        assert self._home == (asyncio.get_running_loop(), os.getpid())
        self._engine.steps += 1
        if self._engine.mode == "silent":
            await asyncio.Event().wait()
        if self._engine.mode == "refuses":
            message = "of the engine's library"
            raise RuntimeError(message)
        return "done"

    async def aclose(self) -> None:
        """Notes it; it fails where the engine refuses."""
        self.end += "closed"
        if self._engine.mode == "refuses":
            raise RuntimeError

    def abandon(self) -> None:
        """Notes it."""
        self.end += "abandoned"


class EngineStore(Store):
    """A store in an `Engine`."""

    __slots__ = ("engine",)

    def __init__(self) -> None:
        super().__init__()
        self.engine = Engine()

    def _connect(self) -> StoreConnection:
        return Connection(self.engine)


@pytest.fixture
def clock() -> FakeClock:
    """The store's clock, and that of the loop's timeouts."""
    return FakeClock()


@pytest.fixture
def store(clock: FakeClock) -> EngineStore:
    """A store on that clock; half of the random part."""
    return clocked(EngineStore, Clock(clock.now, clock.sleep, lambda: 1.0))()


@pytest.fixture
def loop(clock: FakeClock, store: EngineStore) -> Iterator[StillLoop]:
    """A loop on that clock."""
    loop = StillLoop(clock)
    yield loop
    store.engine.mode = "answers"
    closing = loop.start(store.aclose())
    loop.settle()
    assert closing.done()
    loop.leave()


def failed(task: "asyncio.Task[Any]") -> bool:
    """Whether a step has ended as undone."""
    return task.done() and isinstance(task.exception(), StoreUnavailableError)


def outcome(loop: StillLoop, store: Store, step: Any = DRAW) -> bool:
    """Whether a step is done at once; False if it fails at once."""
    task = loop.start(store.run(step))
    loop.settle()
    assert task.done()
    return not failed(task)


def test_two_tries_of_a_second(loop: StillLoop, clock: FakeClock, store: EngineStore) -> None:
    """F212: an answer is waited for twice, one second each, before the store counts as gone."""
    store.engine.mode = "silent"
    task = loop.start(store.run(DRAW))
    for moment, steps in ((0.0, 1), (0.9, 1), (1.0, 2), (1.9, 2)):
        clock.moment = 1000 + moment
        loop.settle()
        assert (store.engine.steps, task.done()) == (steps, False)
    assert store.is_available
    clock.moment = 1002
    loop.settle()
    assert failed(task)
    assert not store.is_available


def test_a_late_answer_is_no_outage(
    loop: StillLoop, clock: FakeClock, store: EngineStore, caplog: pytest.LogCaptureFixture
) -> None:
    """F212: an engine that answers the second try is there; nothing is logged."""
    store.engine.mode = "silent"
    task = loop.start(store.run(DRAW))
    loop.settle()
    store.engine.mode = "answers"
    clock.moment += 1
    loop.settle()
    assert task.result() == "done"
    assert (store.is_available, caplog.messages) == (True, [])


def test_what_must_not_be_done_twice_is_tried_once(loop: StillLoop, store: EngineStore) -> None:
    """F212: a place is given back at most once, also when no answer came."""
    store.engine.mode = "refuses"
    assert not outcome(loop, store, BACK)
    assert store.engine.steps == 1


def test_pauses_are_of_five_seconds_at_most(
    loop: StillLoop, clock: FakeClock, store: EngineStore
) -> None:
    """F212: in a pause no step reaches the engine; pauses double, up to five seconds."""
    store.engine.mode = "refuses"
    tried: list[float] = []
    while len(tried) < 7:
        steps = store.engine.steps
        assert not outcome(loop, store)
        if store.engine.steps > steps:
            tried.append(clock.moment)
        clock.moment += 0.25
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert pauses == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0]
    store.engine.mode = "answers"
    clock.moment += 5
    assert outcome(loop, store)
    store.engine.mode = "refuses"
    assert not outcome(loop, store)
    store.engine.mode = "answers"
    clock.moment += 0.5
    assert outcome(loop, store)


def test_one_step_tries_it_out(loop: StillLoop, clock: FakeClock, store: EngineStore) -> None:
    """F212: after a pause a single step reaches the engine; when it is done, all others do."""
    store.engine.mode = "refuses"
    assert not outcome(loop, store)
    store.engine.mode, clock.moment = "silent", clock.moment + 5
    probe = loop.start(store.run(DRAW))
    loop.settle()
    steps = store.engine.steps
    assert not any(outcome(loop, store) for _ in range(50))
    assert store.engine.steps == steps
    probe.cancel()
    store.engine.mode = "answers"
    loop.settle()
    assert outcome(loop, store)
    assert all(outcome(loop, store) for _ in range(50))


def test_a_crowd_that_fails_is_one_outage(
    loop: StillLoop, clock: FakeClock, store: EngineStore, caplog: pytest.LogCaptureFixture
) -> None:
    """F212: a hundred steps that fail at once make the pause no longer, and log one line."""
    store.engine.mode = "silent"
    tasks = [loop.start(store.run(DRAW)) for _ in range(100)]
    for _ in range(3):
        loop.settle()
        clock.moment += 1
    assert all(failed(task) for task in tasks)
    assert len(caplog.messages) == 1
    store.engine.mode, clock.moment = "answers", 1002.5
    assert outcome(loop, store)


def test_an_outage_is_logged_once(
    loop: StillLoop, clock: FakeClock, store: EngineStore, caplog: pytest.LogCaptureFixture
) -> None:
    """F212: an outage makes one warning with the class of the error, and its end another."""
    store.engine.mode = "refuses"
    for _ in range(5):
        assert not outcome(loop, store)
        clock.moment += 5
    store.engine.mode = "answers"
    assert outcome(loop, store)
    assert outcome(loop, store)
    gone, back = caplog.messages
    assert "the store cannot be used (RuntimeError)" in gone
    assert "can be used again" in back


def test_closed(clock: FakeClock) -> None:
    """F212: after `aclose`, which may be called again, each step fails; its error is no one's."""
    store = EngineStore()

    async def main() -> None:
        async with store:
            assert repr(store) == "<EngineStore>"
            assert await store.run(DRAW) == "done"
            store.engine.mode = "refuses"
        await store.aclose()
        with pytest.raises(StoreUnavailableError):
            await store.run(DRAW)

    run(main())
    assert [connection.end for connection in store.engine.connections] == ["closed"]
    assert repr(store) == "<EngineStore closed>"


def test_unclosed() -> None:
    """F222: a store that was used and not closed is warned about; one that was not used, not."""
    EngineStore().__del__()
    store = EngineStore()
    run(store.run(DRAW))
    with pytest.warns(ResourceWarning, match="an? EngineStore was not closed"):
        store.__del__()
    run(store.aclose())


def test_other_loops() -> None:
    """F222: a new loop has a connection of its own; while the first one runs, there is none."""
    store = EngineStore()

    async def first() -> None:
        assert await store.run(DRAW) == "done"

        async def use() -> None:
            with pytest.raises(StoreUnavailableError):
                await store.run(DRAW)
            await store.aclose()

        assert isinstance(elsewhere(use), ConfigurationError)

    run(first())
    assert run(store.run(DRAW)) == "done"
    run(store.aclose())
    ends = [connection.end for connection in store.engine.connections]
    assert ends == ["abandoned", "abandoned", "closed"]


def test_an_outage_is_known_on_the_next_loop(store: EngineStore, clock: FakeClock) -> None:
    """F222: a step that tried the engine out on a loop that was closed blocks no other."""
    store.engine.mode = "refuses"
    with pytest.raises(StoreUnavailableError):
        run(store.run(DRAW))
    clock.moment += 5
    store.engine.mode = "silent"
    loop = asyncio.new_event_loop()
    stuck = loop.create_task(store.run(DRAW))
    loop.run_until_complete(asyncio.sleep(0))
    store.engine.mode = "answers"
    assert run(store.run(DRAW)) == "done"
    stuck.cancel()
    loop.run_until_complete(asyncio.wait([stuck]))
    loop.close()
    run(store.aclose())


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child() -> None:
    """F222: a child connects anew and touches nothing of its parent's, also when it closes."""
    store = EngineStore()
    run(store.run(DRAW))
    (parents,) = store.engine.connections

    def child() -> int:
        run(store.aclose())
        assert parents.end == ""
        assert not store.engine.connections[1:]
        return 0

    def using_child() -> int:
        assert run(store.run(DRAW)) == "done"
        run(store.aclose())
        ends = [connection.end for connection in store.engine.connections]
        assert ends == ["", "abandoned", "closed"]
        return 0

    assert forked(child) == 0
    assert forked(using_child) == 0
    run(store.aclose())
