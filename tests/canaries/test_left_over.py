"""Five hundred clients are made, used and closed, and leave no memory and no object behind."""

import asyncio
import gc
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from boxapis import BoxC, BoxTracker
from boxapis.sandbox import Sandbox
from boxapis.transports import DirectTransport, HttpxTransport
from tests.support.doubles import JOB_SITES

pytestmark = pytest.mark.servers

_CLIENTS = 500
_MOST_GROWTH = 4 * 2**20
_KINDS = (BoxTracker, BoxC, DirectTransport, HttpxTransport)


async def life(sandbox: Sandbox, transport: type[Any], number: int) -> None:
    """One client of each service, from its making over handshakes and a call to its closing."""
    environment = sandbox.environment
    if number % 2:
        tracker = BoxTracker(
            environment["BOXTRACKER_USERNAME"],
            environment["BOXTRACKER_PASSWORD"],
            base_url=sandbox.boxtracker_url,
            transport=transport(proxy=False),
        )
        async with tracker:
            password = environment["BOXTRACKER_CUSTOMER_PASSWORD"]
            customer = tracker.customer(environment["BOXTRACKER_CUSTOMER_USERNAME"], password)
            await customer.command(JOB_SITES, offset=0)
        return
    boxc = BoxC(
        environment["BOXC_TOKEN"],
        base_url=sandbox.boxc_url,
        accounts_url=sandbox.accounts_url,
        transport=transport(proxy=False),
    )
    async with boxc:
        sandbox.boxc.reset()  # the sandbox's bucket is that of one user
        await boxc.request("GET", "/warehouses")


def held(sandbox: Sandbox) -> int:
    """Bytes in use, without the sandbox's record of requests."""
    sandbox.reset()
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def sockets() -> int:
    """The open sockets of this process, where the system lists them; else none."""
    folder = Path("/proc/self/fd")
    if not folder.is_dir():
        return 0
    names = [str(file.readlink()) for file in folder.iterdir() if file.is_symlink()]
    return sum(name.startswith("socket:") for name in names)


def alive() -> list[Any]:
    """Clients and transports that something still refers to."""
    gc.collect()
    # By its type: a lazy object of another library acts when it is asked for its class.
    return [one for one in gc.get_objects() if issubclass(type(one), _KINDS)]


@pytest.mark.parametrize("transport", [DirectTransport, HttpxTransport], ids=["direct", "httpx"])
async def test_clients_leave_no_memory(transport: type[Any]) -> None:
    """At most 4 MiB more after all of them, and no client, session or transport is still alive."""
    others = alive()  # garbage of earlier tests, with its sockets, is gone now
    sockets_of_others = sockets()
    count = _CLIENTS if transport is DirectTransport else _CLIENTS // 5
    with Sandbox() as sandbox:
        for number in range(20):
            await life(sandbox, transport, number)
        tracemalloc.start()
        before = held(sandbox)
        for number in range(count):
            await life(sandbox, transport, number)
        growth = held(sandbox) - before
        tracemalloc.stop()
    assert growth < _MOST_GROWTH * count / _CLIENTS
    assert [one for one in alive() if not any(one is other for other in others)] == []
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert sockets() == sockets_of_others
