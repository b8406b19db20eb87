"""`RedisStore` with a real server: rights, TLS, clients of the user, loops, forks, clocks."""

import asyncio
import time
import warnings
from typing import Any

import pytest
import trustme
from redis import asyncio as library

from boxapis import stores
from boxapis._core.store import Store
from boxapis._sansio.boxtracker.leases import Found, Held, Yours
from boxapis.stores import RedisStore
from tests.engines.fixtures import StartRedis
from tests.engines.redis import RedisServer
from tests.engines.redis_cluster import RedisCluster
from tests.engines.redis_sentinel import RedisSentinel
from tests.stores.fleet import LIMIT, claim, draw, each_step, land, moved, tried
from tests.support.doubles import FakeClock
from tests.support.moving import collecting, forked, run

RIGHTS = "~boxapis:* resetchannels -@all +eval +evalsha +hmget +hset +pexpire +time"
"""The rule of ACL that the docstring of `boxapis.stores` gives."""


def others(server: RedisServer) -> list[str]:
    """The connections of a server, but for the one that asks."""
    return [line for line in server.call("CLIENT", "LIST").splitlines() if "cmd=client" not in line]


@pytest.mark.usefixtures("each_loop")
def test_every_step_and_nothing_left(redis_server: RedisServer) -> None:
    """F222: each step works; each key ends by itself, and no connection stays open."""

    async def main() -> None:
        async with RedisStore(redis_server.url) as store:
            await each_step(store)

    run(main())
    assert sorted(redis_server.call("KEYS", "*")) == ["boxapis:bucket", "boxapis:slot"]
    assert 0 < redis_server.call("PTTL", "boxapis:slot") <= 2 * LIMIT
    assert 0 < redis_server.call("PTTL", "boxapis:bucket") <= 3_600_000
    assert others(redis_server) == []


@pytest.mark.usefixtures("each_loop")
def test_connections_are_bounded(redis_server: RedisServer) -> None:
    """F212: many steps at once wait for one of a few connections, and all are done."""

    async def main() -> None:
        async with RedisStore(redis_server.url) as store:
            steps = (store.run(draw(key=f"bucket {number}")) for number in range(300))
            assert all(place.wait == 0 for place in await asyncio.gather(*steps))
            assert len(others(redis_server)) <= 8

    run(main())


def test_least_rights(start_redis: StartRedis) -> None:
    """F215: the documented rule suffices for every step, and each command in it is needed."""
    assert f"``{RIGHTS}``" in (stores.__doc__ or "")
    server = start_redis(users=[f"fleet on >secret {RIGHTS}"])
    url = server.url.replace("://", "://fleet:secret@")

    async def main() -> bool:
        async with RedisStore(url) as store:
            try:
                await each_step(store)
            except Exception:  # noqa: BLE001 - any is a lack of rights
                return False
            return True

    assert run(main())
    for word in RIGHTS.split():
        if word.startswith("+"):
            server.call("FLUSHALL")
            server.call("SCRIPT", "FLUSH")
            server.call("ACL", "SETUSER", "fleet", f"-{word[1:]}")
            assert not run(main()), word
            server.call("ACL", "SETUSER", "fleet", word)
    server.call("FLUSHALL")
    assert run(main())


@pytest.mark.usefixtures("each_loop")
def test_tls(start_redis: StartRedis) -> None:
    """F216: only a server with a certificate for its name, from a known authority, is spoken to."""
    server = start_redis(authority=trustme.CA())
    with_authority = f"{server.url}?ssl_ca_certs={server.authority_file}"

    async def answer(url: str) -> Any:
        async with RedisStore(url) as store:
            return await tried(store, draw())

    assert run(answer(with_authority)) is not None
    assert run(answer(server.url)) is None
    assert run(answer(with_authority.replace("127.0.0.1", "localhost"))) is None
    assert run(answer(server.url.replace("rediss", "redis"))) is None


@pytest.mark.parametrize("decode_responses", [False, True])
@pytest.mark.parametrize("protocol", [2, 3])
def test_a_client_of_the_user(
    redis_server: RedisServer, *, decode_responses: bool, protocol: int
) -> None:
    """F222: a given client may decode what it reads; the store leaves it open."""

    async def main() -> None:
        client = library.Redis.from_url(
            redis_server.url, decode_responses=decode_responses, protocol=protocol
        )
        async with RedisStore(client=client) as store:
            await each_step(store)
        assert await tried(store, draw()) is None
        assert await client.ping()
        await client.aclose()

    run(main())


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_client_stays_where_it_was_used(redis_server: RedisServer) -> None:
    """F222: a given client is not touched on another loop or in a forked child."""
    client: Any = library.Redis.from_url(redis_server.url)
    store = RedisStore(client=client)

    async def use() -> bool:
        return await tried(store, draw()) is not None

    async def main() -> None:
        assert await use()
        before = others(redis_server)
        assert forked(in_child) == 0
        assert len(others(redis_server)) == len(before)
        assert await use()
        await client.aclose()

    def in_child() -> int:
        asyncio.events._set_running_loop(None)
        return int(run(use()))

    run(main())
    assert run(use()) is False
    run(store.aclose())


@pytest.mark.usefixtures("each_loop")
def test_one_loop_after_another(redis_server: RedisServer) -> None:
    """F222: on a new loop it connects anew; the sockets before end when they are collected."""
    store = RedisStore(redis_server.url)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # asyncio's, for the sockets left there
        with collecting():
            run(store.run(claim()))
            assert isinstance(run(store.run(claim("two"))), Held)
    assert len(others(redis_server)) <= 1  # uvloop closes what is left on a loop

    async def main() -> None:
        await store.run(draw())
        await store.aclose()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        with collecting():
            run(main())
    assert others(redis_server) == []


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child(redis_server: RedisServer) -> None:
    """F222: a child has connections of its own; those of its parent go on as they were."""

    def in_child() -> int:
        asyncio.events._set_running_loop(None)
        place = run(tried(store, draw()))
        run(store.aclose())
        return 0 if place is not None else 1

    store = RedisStore(redis_server.url)

    async def main() -> None:
        mine = await store.run(claim())
        (before,) = others(redis_server)
        assert forked(in_child) == 0
        (after,) = others(redis_server)
        assert before.split()[0] == after.split()[0]
        assert await store.run(land(mine.fence)) is True
        await store.aclose()

    run(main())


def test_clocks_apart(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """F218: processes whose clocks are hours apart see the same ages and the same leases."""
    here, there = FakeClock(), FakeClock()
    there.moment += 4_000
    real = time.time

    async def main() -> None:
        async with (
            moved(RedisStore, here)(redis_server.url) as one,
            moved(RedisStore, there)(redis_server.url) as two,
        ):
            mine = await one.run(claim("one"))
            monkeypatch.setattr(time, "time", lambda: real() + 4_000)
            assert isinstance(await two.run(claim("two")), Held)
            monkeypatch.setattr(time, "time", lambda: real() - 4_000)
            assert await one.run(land(mine.fence, age=5_000)) is True
            found = await two.run(claim("two"))
            assert isinstance(found, Found)
            assert 5_000 <= found.idle < 60_000

    run(main())


def test_cluster(redis_cluster: RedisCluster) -> None:
    """F217: in a cluster each key is on one of the servers, and scripts reach all of them."""
    keys = [f"slot {number}" for number in range(30)]

    async def main() -> None:
        client: Any = library.RedisCluster.from_url(redis_cluster.url)
        async with RedisStore(client=client) as store:
            await each_step(store)
            for key in keys:
                assert isinstance(await store.run(claim("one", key=key)), Yours)
            for server in redis_cluster.servers:
                server.call("SCRIPT", "FLUSH")
            for key in keys:
                assert isinstance(await store.run(claim("two", key=key)), Held)
        await client.aclose()

    run(main())
    assert all(server.call("DBSIZE") > 0 for server in redis_cluster.servers)


async def until_done(store: Store, step: Any, clock: FakeClock) -> Any:
    """Tries a step in every pause, until it is done."""
    async with asyncio.timeout(60):
        while (answer := await tried(store, step)) is None:
            clock.moment += 5
            await asyncio.sleep(0)
    return answer


def test_failover(redis_sentinel: RedisSentinel) -> None:
    """F217: after a failover that lost the lease there is one handshake more, which alone lands."""
    from redis.asyncio.sentinel import Sentinel  # noqa: PLC0415

    clock = FakeClock()

    async def main() -> None:
        watched: Any = Sentinel(redis_sentinel.addresses)  # type: ignore[no-untyped-call]
        client = watched.master_for(redis_sentinel.name)
        async with moved(RedisStore, clock)(client=client) as store:
            first = await store.run(claim("one"))
            redis_sentinel.fail_over()
            redis_sentinel.master.call("FLUSHALL")  # as if nothing had been copied in time
            second = await until_done(store, claim("two"), clock)
            assert isinstance(second, Yours)
            assert second.fence > first.fence
            assert await store.run(land(first.fence, b"late")) is False
            assert await store.run(land(second.fence, b"newer")) is True
            assert (await store.run(claim("one"))).record == b"newer"
        await client.aclose()
        for sentinel in watched.sentinels:
            await sentinel.aclose()

    run(main())
