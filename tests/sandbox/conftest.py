"""Fixtures: a sandbox whose clock tests advance, and HTTP clients without a socket."""

from collections.abc import AsyncIterator

import httpx
import pytest

from boxapis.sandbox import BoxTrackerService, RateLimit, Sandbox, SandboxClock
from tests.support.tracker_calls import PASSWORD, USER, Portal


@pytest.fixture
def sandbox() -> Sandbox:
    """A sandbox whose clock moves only with `advance()`, with an awkward password; not serving."""
    service = BoxTrackerService(users={USER: PASSWORD})
    return Sandbox(boxtracker=service, clock=SandboxClock(running=False))


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the sandbox's ASGI application."""
    transport = httpx.ASGITransport(app=sandbox.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
async def portal(sandbox: Sandbox, http: httpx.AsyncClient) -> Portal:
    """A portal that the first customer is logged in to."""
    portal = Portal(sandbox, http)
    await portal.log_in(sandbox.boxtracker.customers[0])
    return portal


@pytest.fixture
async def empty_portal(sandbox: Sandbox, http: httpx.AsyncClient) -> Portal:
    """A portal of a customer without any record."""
    portal = Portal(sandbox, http)
    await portal.log_in(sandbox.boxtracker.customers[1])
    return portal


@pytest.fixture
def boxc(sandbox: Sandbox, http: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client with the ready-made token and no rate limit."""
    sandbox.boxc.rate_limit = RateLimit(enabled=False)
    http.headers["Authorization"] = f"Bearer {sandbox.boxc.ready_token}"
    return http
