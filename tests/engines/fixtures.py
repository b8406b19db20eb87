"""Fixtures with real engines; each test that uses one has the marker ``servers``."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.engines.postgres import PostgresServer
from tests.engines.redis import RedisServer
from tests.engines.redis_cluster import RedisCluster
from tests.engines.redis_sentinel import RedisSentinel

__all__ = ["StartRedis"]

StartRedis = Callable[..., RedisServer]
"""Starts a server with the arguments of `RedisServer`, save the folder."""

_FIXTURES = {"start_redis", "redis_server", "redis_cluster", "redis_sentinel", "postgres"}


def pytest_itemcollected(item: pytest.Item) -> None:
    """Marks a test that uses an engine, in whatever way."""
    if _FIXTURES & set(getattr(item, "fixturenames", ())):
        item.add_marker(pytest.mark.servers)


@pytest.fixture
def start_redis(tmp_path: Path) -> Iterator[StartRedis]:
    """Starts Redis servers, which are ended after the test."""
    with ExitStack() as ending:
        count = 0

        def start(**options: Any) -> RedisServer:
            nonlocal count
            count += 1
            return ending.enter_context(RedisServer(tmp_path / f"redis{count}", **options))

        yield start


@pytest.fixture
def redis_server(start_redis: StartRedis) -> RedisServer:
    """A Redis server without a password, empty."""
    return start_redis()


@pytest.fixture
def redis_cluster(tmp_path: Path) -> Iterator[RedisCluster]:
    """A cluster of three masters."""
    with RedisCluster(tmp_path / "cluster") as cluster:
        yield cluster


@pytest.fixture
def redis_sentinel(tmp_path: Path) -> Iterator[RedisSentinel]:
    """A master and a replica, watched by three sentinels."""
    with RedisSentinel(tmp_path / "sentinel") as watched:
        yield watched


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server with an empty database."""
    with PostgresServer() as server:
        yield server
