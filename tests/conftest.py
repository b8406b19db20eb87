"""Fixtures for all tests: Box Tracker in memory, and a check that nothing is left running."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import settings

from boxapis import BoxTracker, Limits, Retries
from boxapis._core.clock import clocked
from tests.support.doubles import FakeClock, FakeTracker, close_all

# No limit of time for an example: the machines that run the tests are shared.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")

pytest_plugins = ["boxapis.testing._plugin", "tests.support.leftovers", "pytester"]


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
