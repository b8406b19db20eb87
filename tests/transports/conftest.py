"""Transports for one test: closed at its end, with nothing left of them."""

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any

import pytest
import trustme
from anyio._backends import _asyncio  # noqa: F401 - httpcore's first call would pay for it

from boxapis.transports import DirectTransport, HttpxTransport
from tests.support.doubles import until
from tests.support.moving import watched
from tests.support.peers import Make


async def _making(kind: type[Any]) -> AsyncIterator[Make]:
    made: list[Any] = []

    def make(**options: Any) -> Any:
        made.append(kind(**{"proxy": False, **options}))
        return made[-1]

    yield make
    for transport in made:
        await transport.aclose()
    await until(lambda: not watched())
    gc.collect(1)  # so that a forgotten socket warns in the test that left it
    assert list(asyncio.all_tasks()) == [asyncio.current_task()]


@pytest.fixture(params=[DirectTransport, HttpxTransport], ids=["direct", "httpx"])
async def make(request: pytest.FixtureRequest) -> AsyncIterator[Make]:
    """Makes transports of each kind, which ignore the environment's proxy."""
    async for one in _making(request.param):
        yield one


@pytest.fixture
async def make_direct() -> AsyncIterator[Make]:
    """Makes `DirectTransport`s without the environment's proxy; they may leave no timer either."""
    async for one in _making(DirectTransport):
        yield one
    timers: list[asyncio.TimerHandle] = getattr(asyncio.get_running_loop(), "_scheduled", [])
    assert [timer for timer in timers if not timer.cancelled()] == []


@pytest.fixture
def transport(make: Make) -> Any:
    """A transport of each kind with the default options."""
    return make()


@pytest.fixture
def direct(make_direct: Make) -> DirectTransport:
    """A `DirectTransport` with the default options."""
    made: DirectTransport = make_direct()
    return made


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A certificate authority for these tests alone."""
    return trustme.CA()
