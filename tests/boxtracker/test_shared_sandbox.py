"""Sessions shared through a file, counted by the sandbox: cold, expired, forked, on a new loop."""

import asyncio
import gc
import itertools
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from boxapis import AuthenticationError, BoxTracker, Customer
from boxapis.sandbox import BoxTrackerRules, BoxTrackerService, Sandbox
from boxapis.stores import SQLiteStore
from tests.support.doubles import CUSTOMER, PORTAL
from tests.support.moving import forked, one

WORKERS, TASKS = 8, 200


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox."""
    with Sandbox() as started:
        yield started


def counts(sandbox: Sandbox) -> tuple[int, int]:
    """The numbers of portal and of customer handshakes so far."""
    made = sandbox.boxtracker.counts
    return made[PORTAL], made[CUSTOMER]


def client_of(sandbox: Sandbox, store: SQLiteStore, password: str | None = None) -> BoxTracker:
    """A client of the sandbox."""
    given = sandbox.environment
    return BoxTracker(
        given["BOXTRACKER_USERNAME"],
        password or given["BOXTRACKER_PASSWORD"],
        base_url=sandbox.boxtracker_url,
        store=store,
    )


def customer_of(sandbox: Sandbox, client: BoxTracker) -> Customer:
    """The sandbox's first customer."""
    jane = sandbox.boxtracker.customers[0]
    return client.customer(jane.username, jane.password)


class Crew:
    """Workers that share a file."""

    def __init__(self, sandbox: Sandbox, path: Path) -> None:
        self.sandbox, self.path = sandbox, path
        self.stores: list[SQLiteStore] = []
        self.clients: list[BoxTracker] = []

    def join(self, password: str | None = None) -> BoxTracker:
        """Adds a worker with a store of its own on the file."""
        self.stores.append(SQLiteStore(self.path))
        self.clients.append(client_of(self.sandbox, self.stores[-1], password))
        return self.clients[-1]

    async def call(self, tasks: int) -> set[int]:
        """Calls of all workers at once; returns the statuses."""
        customers = [customer_of(self.sandbox, client) for client in self.clients]
        return set(await asyncio.gather(*(one(each) for each in customers for _ in range(tasks))))

    async def aclose(self) -> None:
        """Closes all."""
        for client, store in zip(self.clients, self.stores, strict=True):
            await client.aclose()
            await store.aclose()


@pytest.fixture
async def crew(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Crew]:
    """Eight workers."""
    made = Crew(sandbox, tmp_path / "store.db")
    for _ in range(WORKERS):
        made.join()
    yield made
    await made.aclose()
    assert len(asyncio.all_tasks()) == 1


async def test_cold_and_expired(crew: Crew, sandbox: Sandbox) -> None:
    """Eight workers with 200 tasks each: one handshake of each kind, and one more after an end."""
    assert await crew.call(TASKS) == {200}
    assert counts(sandbox) == (1, 1)
    sandbox.boxtracker.expire_sessions()
    assert await crew.call(TASKS) == {200}
    assert counts(sandbox) == (2, 2)
    crew.join()
    assert await crew.call(1) == {200}
    assert counts(sandbox) == (2, 2)


async def test_wrong_password(sandbox: Sandbox, tmp_path: Path) -> None:
    """F223: eight workers with a wrong API password: one refused login."""
    crew = Crew(sandbox, tmp_path / "store.db")
    clients = [crew.join("wrong") for _ in range(WORKERS)]
    calls = [one(customer_of(sandbox, client)) for client in clients for _ in range(5)]
    failures = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(failure) for failure in failures} == {AuthenticationError}
    assert counts(sandbox) == (1, 0)
    await crew.aclose()


async def test_earlier_keys_are_dropped(tmp_path: Path) -> None:
    """F232: where each login ends the session before, workers of one user do not fight."""
    service = BoxTrackerService(rules=BoxTrackerRules(earlier_keys="dropped"))
    with Sandbox(boxtracker=service) as sandbox:
        crew = Crew(sandbox, tmp_path / "store.db")
        for _ in range(4):
            crew.join()
        customers = [customer_of(sandbox, client) for client in crew.clients]

        numbers = itertools.count(1)

        async def work(customer: Customer) -> set[int]:
            statuses = set()
            for _ in range(40):
                statuses.add(await one(customer))
                if next(numbers) in (100, 200, 300):
                    service.expire_sessions()
            return statuses

        working = [work(each) for each in customers for _ in range(3)]
        assert await asyncio.gather(*working) == [{200}] * 12
        assert counts(sandbox) == (4, 4)
        await crew.aclose()


async def test_raw_bytes(crew: Crew, sandbox: Sandbox) -> None:
    """Who reads the file finds no password, no key and no name in it."""
    await crew.call(1)
    with pytest.raises(AuthenticationError):
        await one(customer_of(sandbox, crew.join("another-wrong-password")))
    jane, given = sandbox.boxtracker.customers[0], sandbox.environment
    session = customer_of(sandbox, crew.clients[0])
    await one(session)
    current = session._session.current
    assert current is not None
    assert current.base is not None
    canaries = [
        *("another-wrong-password", jane.username, jane.password, str(jane.customer_id)),
        *(given["BOXTRACKER_USERNAME"], given["BOXTRACKER_PASSWORD"]),
        *(current.key.reveal(), current.base.key.reveal(), "cmdBoxT", "Authentication"),
    ]
    files = [path for path in crew.path.parent.iterdir() if path.name.startswith(crew.path.name)]
    raw = b"".join(path.read_bytes() for path in files)
    assert len(raw) > 4096
    assert [text for text in canaries if text.encode() in raw] == []


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_fork_and_another_loop(sandbox: Sandbox, tmp_path: Path) -> None:
    """A forked child, and another loop after the first, adopt what the store has."""
    store = SQLiteStore(tmp_path / "store.db")
    client = client_of(sandbox, store)
    customer = customer_of(sandbox, client)

    async def close() -> None:
        await client.aclose()
        await store.aclose()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # asyncio's, for the sockets left there
        assert asyncio.run(one(customer)) == 200
        for handshakes in (1, 2):
            assert forked(lambda: asyncio.run(one(customer)) - 200) == 0
            assert asyncio.run(one(customer)) == 200
            assert counts(sandbox) == (handshakes, handshakes)
            sandbox.boxtracker.expire_sessions()
        asyncio.run(close())
        gc.collect()
