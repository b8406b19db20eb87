"""Fixtures with real engines; each test that uses one has the marker ``servers``."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.engines.redis import RedisServer

__all__ = ["StartRedis"]

StartRedis = Callable[..., RedisServer]
"""Starts a server with the arguments of `RedisServer`, save the folder."""

_FIXTURES = {"start_redis", "redis_server"}


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
