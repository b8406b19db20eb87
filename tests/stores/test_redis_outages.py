"""F212 to F215: `RedisStore` while its server is slow, gone, empty, read-only, full or locked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from boxapis._core import store as base
from boxapis._core.store import Store
from boxapis._sansio.boxtracker.leases import Found, Yours
from boxapis.stores import RedisStore
from tests.engines.fixtures import StartRedis
from tests.engines.redis import RedisServer
from tests.stores.fleet import claim, draw, land, moved, touch, tried
from tests.support.doubles import FakeClock
from tests.support.moving import run


@asynccontextmanager
async def landed(server: RedisServer, clock: FakeClock) -> AsyncIterator[tuple[Store, int]]:
    """A store with a session, and its fence."""
    url = server.url
    if server.password:
        url = url.replace("://", f"://:{server.password}@")
    async with moved(RedisStore, clock)(url) as store:
        fence = (await store.run(claim())).fence
        assert await store.run(land(fence)) is True
        yield store, fence


async def again(store: Store, step: Any, clock: FakeClock) -> Any:
    """The answer after the pause of an outage."""
    clock.moment += 5
    return await tried(store, step)


def warnings_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The class of the error in each warning of an outage."""
    gone = [message for message in caplog.messages if "cannot be used" in message]
    return [message.partition("(")[2].partition(")")[0] for message in gone]


def test_paused(
    redis_server: RedisServer,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """F212: while it is silent steps fail; later no answer is taken for that of another step."""
    clock = FakeClock()

    async def main() -> None:
        async with landed(redis_server, clock) as (store, fence):
            redis_server.pause()
            with monkeypatch.context() as shorter:
                shorter.setattr(base, "_TIMEOUT", 0.05)
                for number in range(5):
                    assert await again(store, draw(key=f"bucket {number}"), clock) is None
            redis_server.resume()
            found = await again(store, claim("two"), clock)
            assert (type(found), found.fence) == (Found, fence)
            for _ in range(20):
                assert await store.run(touch(fence)) == "same"
                assert (await store.run(draw(key="other"))).level > 0

    run(main())
    assert warnings_of(caplog) == ["TimeoutError"]


@pytest.mark.usefixtures("each_loop")
def test_a_crowd_while_paused(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """F212: many steps that were given up leave no connection that others wait for in vain."""
    clock = FakeClock()

    async def crowd(store: Store) -> list[Any]:
        steps = (tried(store, draw(key=f"bucket {number}")) for number in range(200))
        return await asyncio.gather(*steps)

    async def main() -> None:
        async with landed(redis_server, clock) as (store, fence):
            redis_server.pause()
            with monkeypatch.context() as shorter:
                shorter.setattr(base, "_TIMEOUT", 0.05)
                assert await crowd(store) == [None] * 200
            redis_server.resume()
            assert await again(store, touch(fence), clock) == "same"
            assert None not in await crowd(store)
            connections = redis_server.call("CLIENT", "LIST").splitlines()
            assert len(connections) <= 9  # eight, and the one that asks

    run(main())


@pytest.mark.usefixtures("each_loop")
def test_cancelled_at_any_moment(redis_server: RedisServer) -> None:
    """F212: steps that are cancelled in any turn of the loop cost no place and mix no answers."""

    async def main() -> None:
        async with landed(redis_server, FakeClock()) as (store, fence):
            for turns in range(60):
                steps = [draw(key="other"), touch(fence - 1), draw(key="other", most=0)]
                tasks = [asyncio.ensure_future(store.run(step)) for step in steps * 10]
                for _ in range(turns):
                    await asyncio.sleep(0)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                assert await store.run(touch(fence)) == "same"
            answers = await asyncio.gather(*(store.run(touch(fence)) for _ in range(100)))
            assert answers == ["same"] * 100
            assert len(redis_server.call("CLIENT", "LIST").splitlines()) <= 9

    run(main())


def test_idle_connections_that_were_cut(redis_server: RedisServer) -> None:
    """F213: a restart between two steps fails none, however many connections were idle."""

    async def main() -> None:
        async with landed(redis_server, FakeClock()) as (store, _):
            await asyncio.gather(*(store.run(draw(key=str(number))) for number in range(50)))
            redis_server.restart()
            assert isinstance(await store.run(claim("two")), Yours)
            assert store.is_available

    run(main())


@pytest.mark.usefixtures("each_loop")
def test_closed_in_a_crowd(redis_server: RedisServer, caplog: pytest.LogCaptureFixture) -> None:
    """F255: steps that wait for a connection when the store is closed open no other one."""

    async def main() -> None:
        for turns in range(0, 40, 3):
            store = RedisStore(redis_server.url)
            steps = [asyncio.ensure_future(tried(store, draw(key=str(turns)))) for _ in range(50)]
            for _ in range(turns):
                await asyncio.sleep(0)
            await store.aclose()
            await asyncio.gather(*steps)
            assert len(redis_server.call("CLIENT", "LIST").splitlines()) == 1

    run(main())
    assert caplog.messages == []


@pytest.mark.usefixtures("each_loop")
def test_closed_while_paused(redis_server: RedisServer) -> None:
    """F212: closing a store whose server is silent ends without an error."""

    async def main() -> None:
        async with landed(redis_server, FakeClock()):
            redis_server.pause()

    run(main())
    redis_server.resume()


@pytest.mark.usefixtures("each_loop")
def test_killed_and_restarted_empty(
    redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    """F213: a server that lost all, scripts too, goes on; fences grow, and a late landing loses."""
    clock = FakeClock()

    async def main() -> None:
        async with landed(redis_server, clock) as (store, old):
            redis_server.kill()
            assert await tried(store, touch(old)) is None
            redis_server.start()
            assert await again(store, touch(old), clock) == "gone"
            mine = await store.run(claim("two"))
            assert isinstance(mine, Yours)
            assert mine.fence > old
            assert await store.run(land(old, b"late")) is False
            assert await store.run(land(mine.fence, b"newer")) is True

    run(main())
    assert warnings_of(caplog) == ["ConnectionError"]


def test_scripts_flushed(redis_server: RedisServer, caplog: pytest.LogCaptureFixture) -> None:
    """F213: scripts that the server has forgotten are sent again, in the same step."""

    async def main() -> None:
        async with landed(redis_server, FakeClock()) as (store, fence):
            redis_server.call("SCRIPT", "FLUSH")
            assert await store.run(touch(fence)) == "same"

    run(main())
    assert warnings_of(caplog) == []


def test_flushed(redis_server: RedisServer) -> None:
    """F213: all data gone: the next claim makes a new session, with a greater fence."""

    async def main() -> None:
        async with landed(redis_server, FakeClock()) as (store, old):
            redis_server.call("FLUSHALL")
            mine = await store.run(claim("two"))
            assert isinstance(mine, Yours)
            assert mine.fence > old

    run(main())


def test_read_only(start_redis: StartRedis, caplog: pytest.LogCaptureFixture) -> None:
    """F214: what became a replica still shows its sessions, and takes changes when it is none."""
    server, master, clock = start_redis(), start_redis(), FakeClock()

    async def main() -> None:
        async with landed(server, clock) as (store, fence):
            server.config(min_replicas_to_write=1)  # refuses changes, as a lone master may
            assert (await store.run(claim("two"))).fence == fence
            assert await tried(store, touch(fence)) is None
            server.config(min_replicas_to_write=0)
            assert await again(store, touch(fence), clock) == "same"
            server.call("REPLICAOF", "127.0.0.1", master.port)
            assert await again(store, draw(), clock) is None  # it may have lost the session by now
            server.call("REPLICAOF", "NO", "ONE")
            assert await again(store, draw(), clock) is not None

    run(main())
    assert len(warnings_of(caplog)) == 2


def test_full(redis_server: RedisServer, caplog: pytest.LogCaptureFixture) -> None:
    """F214: a full server that evicts nothing refuses changes, and shows what it has."""
    clock = FakeClock()

    async def main() -> None:
        async with landed(redis_server, clock) as (store, fence):
            redis_server.config(maxmemory="1", maxmemory_policy="noeviction")
            assert await tried(store, touch(fence)) is None
            redis_server.config(maxmemory="0")
            assert await again(store, touch(fence), clock) == "same"

    run(main())
    assert warnings_of(caplog) == ["OutOfMemoryError"]


def test_password_changed(start_redis: StartRedis, caplog: pytest.LogCaptureFixture) -> None:
    """F215: with another password each process goes on alone; no line shows either password."""
    server, clock = start_redis(password="pass-canary"), FakeClock()

    async def main() -> None:
        async with landed(server, clock) as (store, fence):
            server.config(requirepass="other-canary")
            server.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            assert await tried(store, touch(fence)) is None
            server.config(requirepass="pass-canary")
            assert await again(store, touch(fence), clock) == "same"

    caplog.set_level("DEBUG")
    run(main())
    assert warnings_of(caplog) == ["AuthenticationError"]
    assert "canary" not in caplog.text


def test_keys_of_another_kind(redis_server: RedisServer) -> None:
    """F214: what others wrote under the name of a slot fails the step, and nothing else."""
    clock = FakeClock()

    async def main() -> None:
        async with landed(redis_server, clock) as (store, _):
            redis_server.call("SET", "boxapis:slot", "of another program")
            assert await tried(store, claim("two")) is None
            assert await again(store, draw(), clock) is not None

    run(main())
