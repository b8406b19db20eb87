"""Fixtures for all tests: Box Tracker in memory, the event loops, and a check for left tasks."""

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable

import pytest
from hypothesis import settings

from boxapis import BoxTracker, Limits, Retries
from boxapis._core.clock import clocked
from tests.support.doubles import FakeClock, FakeTracker, close_all

# No limit of time for an example: the machines that run the tests are shared.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")

pytest_plugins = [
    "boxapis.testing._plugin",
    "tests.support.leftovers",
    "tests.engines.fixtures",
    "pytester",
]

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"asyncio": asyncio.new_event_loop}
if sys.platform != "win32":
    import uvloop

    LOOPS["uvloop"] = uvloop.new_event_loop
# Sessions, tokens, the rate limiter and connections wait; the other tests have nothing in them that
# one loop may do otherwise than another.
ON_EACH_LOOP = re.compile(
    r"tests/(_core/|boxtracker/(sessions/|test_handshakes)|boxc/test_(calls|rows_of_tokens)"
    r"|transports/|test_(not_processed|one_answer_one_caller|outcomes_counted|over_sockets)\.py)"
)


def pytest_configure() -> None:
    """Lets programs that tests start be ended by signals that this run was started to ignore.

    Jobs in the background ignore Ctrl-C, and those under nohup the end of the terminal; what they
    start does, too.
    """
    for name in ("SIGINT", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            default = signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL
            signal.signal(number, default)


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Runs each test of what waits on asyncio's own loop and on uvloop."""
    return LOOPS if ON_EACH_LOOP.match(item.nodeid) else {"asyncio": LOOPS["asyncio"]}


@pytest.fixture(params=LOOPS)
def each_loop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Makes the loops that a test creates or runs itself those of one library; its name."""
    for module in (asyncio, asyncio.events):  # a test looks here, `asyncio.run` there
        monkeypatch.setattr(module, "new_event_loop", LOOPS[request.param])
    return str(request.param)


@pytest.fixture
def time(request: pytest.FixtureRequest) -> FakeClock:
    """A clock that only the test moves; in tests of pauses every sleep moves it."""
    return FakeClock(flows=request.node.get_closest_marker("flowing_time") is not None)


@pytest.fixture
def server(time: FakeClock) -> FakeTracker:
    """An in-memory Box Tracker."""
    return FakeTracker(time)


@pytest.fixture
async def closing() -> AsyncIterator[None]:
    """Closes what a test has made with `doubles.closed_later`."""
    yield
    await close_all()


@pytest.fixture
async def client(time: FakeClock, server: FakeTracker) -> AsyncIterator[BoxTracker]:
    """A client of the in-memory service with many connections and no repeats; leaves no task."""
    tracker = clocked(BoxTracker, time.clock)(
        "api-user",
        "api-password",
        transport=server,
        limits=Limits(max_connections=1000),
        retries=Retries.none(),
    )
    async with tracker:
        yield tracker
    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
