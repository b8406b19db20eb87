"""A sandbox's Box Tracker, in each of its dialects, with a client and a customer."""

from collections.abc import AsyncIterator

import pytest

from boxapis import BoxTracker, Customer
from boxapis.sandbox import DialectName, Sandbox, SandboxClock


@pytest.fixture(params=["documented", "observed", "both"])
def dialect(request: pytest.FixtureRequest) -> DialectName:
    """Each form of the responses."""
    name: DialectName = request.param
    return name


@pytest.fixture
async def served(dialect: DialectName) -> AsyncIterator[tuple[Sandbox, BoxTracker, Customer]]:
    """A sandbox whose clock stands still, a client of it, and its first customer."""
    with Sandbox(clock=SandboxClock(running=False), dialect=dialect) as sandbox:
        given = sandbox.environment
        user, password = given["BOXTRACKER_USERNAME"], given["BOXTRACKER_PASSWORD"]
        async with BoxTracker(user, password, base_url=sandbox.boxtracker_url) as tracker:
            jane = sandbox.boxtracker.customers[0]
            yield sandbox, tracker, tracker.customer(jane.username, jane.password)
