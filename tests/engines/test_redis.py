"""`RedisServer`: what tests of the store do to it."""

import pytest
import redis
import trustme
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.engines.fixtures import StartRedis
from tests.engines.redis import RedisServer


def test_restart_empty(redis_server: RedisServer) -> None:
    """A restart keeps the port, and neither data nor changed settings."""
    redis_server.call("SET", "key", "value")
    redis_server.config(maxmemory="4mb", maxmemory_policy="allkeys-lru")
    port = redis_server.port
    redis_server.restart()
    assert redis_server.port == port
    assert redis_server.call("GET", "key") is None
    assert redis_server.call("CONFIG", "GET", "maxmemory") == ["maxmemory", "0"]


def test_pause(redis_server: RedisServer) -> None:
    """A paused server accepts a connection and answers nothing; resumed, it goes on."""
    redis_server.call("SET", "key", "value")
    redis_server.pause()
    client = redis_server.client(socket_timeout=0.1)
    with client, pytest.raises(redis.TimeoutError):
        client.get("key")
    redis_server.resume()
    assert redis_server.call("GET", "key") == "value"


def test_ends_while_paused(redis_server: RedisServer) -> None:
    """A paused server is ended, too, and leaves its port."""
    redis_server.pause()
    redis_server.stop()
    with pytest.raises(redis.ConnectionError):
        redis_server.call("PING")


def test_password(start_redis: StartRedis) -> None:
    """Another password counts at once, and the engine's own calls follow it."""
    server = start_redis(password="first")
    server.config(requirepass="second")
    assert server.call("PING") == "PONG"
    client = server.client(password="first")
    with client, pytest.raises(redis.AuthenticationError):
        client.get("key")


def test_users(start_redis: StartRedis) -> None:
    """A user of its own may do what its rule says and nothing else."""
    server = start_redis(users=["store on >secret ~boxapis:* -@all +get"])
    with server.client(username="store", password="secret") as client:
        assert client.get("boxapis:one") is None
        with pytest.raises(redis.exceptions.NoPermissionError):
            client.get("other")
        with pytest.raises(redis.exceptions.NoPermissionError):
            client.set("boxapis:one", "1")


def test_tls(start_redis: StartRedis) -> None:
    """With a certificate it speaks TLS alone, and proves that it is 127.0.0.1."""
    server = start_redis(authority=trustme.CA())
    assert server.url.startswith("rediss://")
    assert server.call("PING") == "PONG"
    client = redis.Redis(port=server.port, retry=Retry(NoBackoff(), 0))
    with client, pytest.raises(redis.ConnectionError):
        client.get("key")


def test_full(start_redis: StartRedis) -> None:
    """A full server refuses what would take memory."""
    server = start_redis(maxmemory="1", maxmemory_policy="noeviction")
    with pytest.raises(redis.exceptions.OutOfMemoryError):
        server.call("SET", "key", "value")


def test_replica(start_redis: StartRedis) -> None:
    """A replica holds what was there before it, and refuses changes."""
    master = start_redis(password="secret")
    master.call("SET", "key", "value")
    replica = start_redis(replica_of=master, password="secret")
    assert replica.call("GET", "key") == "value"
    with pytest.raises(redis.exceptions.ReadOnlyError):
        replica.call("SET", "key", "other")
