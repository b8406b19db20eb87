"""`RedisCluster` and `RedisSentinel`: several servers that answer as one."""

from contextlib import ExitStack
from typing import Any

import redis
from redis.sentinel import Sentinel

from tests.engines.redis_cluster import RedisCluster
from tests.engines.redis_sentinel import RedisSentinel


def test_cluster(redis_cluster: RedisCluster) -> None:
    """Keys lie on the master that owns their slot, and a client finds each of them."""
    keys = [f"key{number}" for number in range(20)]
    with redis.RedisCluster.from_url(redis_cluster.url) as client:
        for key in keys:
            client.set(key, key)
    owners = {key: redis_cluster.owner(key) for key in keys}
    assert {owners[key].call("GET", key) for key in keys} == set(keys)
    assert set(owners.values()) == set(redis_cluster.servers)


def test_failover(redis_sentinel: RedisSentinel) -> None:
    """When the master is killed, its replica holds what it held, and takes changes."""
    redis_sentinel.master.call("SET", "key", "value")
    redis_sentinel.master.call("WAIT", 1, 0)
    old = redis_sentinel.master
    redis_sentinel.fail_over()
    assert redis_sentinel.master is not old
    watched: Any = Sentinel(redis_sentinel.addresses)  # type: ignore[no-untyped-call]
    with ExitStack() as closing:
        for sentinel in watched.sentinels:
            closing.callback(sentinel.close)
        client = closing.enter_context(watched.master_for(redis_sentinel.name))
        assert client.get("key") == b"value"
        assert client.set("key", "other") is True
    assert redis_sentinel.master.call("GET", "key") == "other"
