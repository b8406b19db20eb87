"""Handshakes with eager tasks, which run at once as a task factory of Python 3.12 allows."""

import asyncio
from typing import Any

import pytest

from boxapis import BoxC, BoxTracker
from boxapis.transports import ScriptedTransport
from tests.support.doubles import JOB_SITES, FakeTracker, handshakes


def only_for_callers(loop: Any, work: Any, **options: Any) -> "asyncio.Task[Any]":
    """A task factory that refuses the library's tasks: it must never be asked, on any Python."""
    assert "_run" not in work.__qualname__
    return asyncio.Task(work, loop=loop, **options)


def eager(loop: Any, work: Any, *, eager_start: object = None, **options: Any) -> Any:
    """The eager task factory, without ``eager_start``: uvloop gives it, 3.13.0 does not know it."""
    return vars(asyncio)["eager_task_factory"](loop, work, **options)


FACTORIES = [only_for_callers, *([eager] if hasattr(asyncio, "eager_task_factory") else [])]
each_factory = pytest.mark.parametrize("factory", FACTORIES, ids=lambda one: one.__name__)


@each_factory
async def test_one_handshake_for_all(factory: Any, client: BoxTracker, server: FakeTracker) -> None:
    """Concurrent callers share one handshake, even where every task starts running at once."""
    asyncio.get_running_loop().set_task_factory(factory)
    customer = client.customer("jane", "jane-password")
    async with asyncio.TaskGroup() as group:
        for offset in range(50):
            group.create_task(customer.command(JOB_SITES, offset=offset))
    assert handshakes(server) == (1, 1)
    assert server.counts[JOB_SITES] == 50


@each_factory
async def test_one_token_for_all(factory: Any) -> None:
    """The same for BoxC's token, even where its answer is there without any waiting."""
    asyncio.get_running_loop().set_task_factory(factory)
    answers: dict[str, Any] = {
        "POST /auth/v1/token": {"access_token": "t0k", "expires_in": 3600},
        "GET /warehouses": {"warehouses": []},
    }
    transport = ScriptedTransport(lambda request: answers[request.operation])
    async with BoxC(client_id="client", client_secret="secret", transport=transport) as boxc:
        async with asyncio.TaskGroup() as group:
            for _ in range(20):
                group.create_task(boxc.request("GET", "/warehouses"))
        await boxc.request("GET", "/warehouses")
    operations = [request.operation for request in transport.requests]
    assert operations.count("POST /auth/v1/token") == 1
    assert operations.count("GET /warehouses") == 21
