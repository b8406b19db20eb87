"""Reprs of clients, sessions, stores, transports and batches: host and load, and no secret."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boxapis import BoxC, BoxTracker, ConfigurationError, Limits, batch
from boxapis._core.clock import clocked
from boxapis.sandbox import Sandbox
from boxapis.stores import RedisStore, SQLiteStore
from boxapis.transports import DirectTransport, HttpxTransport, Request, ScriptedTransport
from tests.support.doubles import JOB_SITES, FakeClock, FakeTracker, json_response, until

SECRET = "Zq9X-canary"


async def test_what_is_in_flight_and_what_waits() -> None:
    """A client and its views show host, calls in flight, and calls that wait for a slot."""
    gate, received = asyncio.Event(), list[Request]()

    async def respond(request: Request) -> dict[str, Any]:
        received.append(request)
        await gate.wait()
        return {}

    transport = ScriptedTransport(respond)
    limits = Limits(max_connections=2)
    async with BoxC(SECRET, transport=transport, limits=limits) as boxc:
        assert repr(boxc) == "<BoxC api.boxc.com, 0 in flight, 0 waiting>"
        calls = [asyncio.create_task(boxc.request("GET", "/warehouses")) for _ in range(5)]
        await until(lambda: len(received) == 2)
        view = boxc.with_options(timeout=3.0)
        assert repr(view) == repr(boxc) == "<BoxC api.boxc.com, 2 in flight, 3 waiting>"
        assert repr(transport) == "<ScriptedTransport 2 received, 2 waiting>"
        gate.set()
        await asyncio.gather(*calls)
        assert repr(boxc) == "<BoxC api.boxc.com, 0 in flight, 0 waiting>"
    assert repr(boxc) == repr(view) == "<BoxC api.boxc.com, closed>"
    assert repr(transport) == "<ScriptedTransport closed, 5 received, 0 waiting>"


async def test_what_waits_for_the_rate_limit(time: FakeClock) -> None:
    """Calls that wait for the rate limit count as waiting."""
    transport = ScriptedTransport(lambda _: json_response({}))
    async with clocked(BoxC, time.clock)(SECRET, transport=transport) as boxc:
        calls = [asyncio.create_task(boxc.request("GET", "/warehouses")) for _ in range(40)]
        await until(lambda: "0 waiting" not in repr(boxc))
        assert repr(boxc).endswith(", 0 in flight, 12 waiting>")
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        assert repr(boxc) == "<BoxC api.boxc.com, 0 in flight, 0 waiting>"


async def test_a_customer(client: BoxTracker, server: FakeTracker) -> None:
    """A customer shows the state of the session, and host and load of the client."""
    customer = client.customer("jane", "jane-password")
    load = "0 in flight, 0 waiting"
    assert repr(client) == f"<BoxTracker www.dumpster.software, {load}>"
    assert repr(customer) == f"<Customer none at www.dumpster.software, whose client is {load}>"
    await customer.command(JOB_SITES, offset=0)
    assert repr(customer) == f"<Customer live at www.dumpster.software, whose client is {load}>"
    await customer.logout()
    assert repr(customer).startswith("<Customer logged_out at ")


def test_a_port_of_its_own() -> None:
    """A port is shown where it is not that of the scheme; user and password of a URL are not."""
    assert repr(BoxC(SECRET, base_url="http://127.0.0.1:8080/v1")).startswith(
        "<BoxC 127.0.0.1:8080, "
    )
    with pytest.raises(ConfigurationError):
        BoxC(SECRET, base_url=f"https://user:{SECRET}@example.com")


@pytest.mark.parametrize("kind", [DirectTransport, HttpxTransport])
async def test_transports(kind: Callable[[], DirectTransport | HttpxTransport]) -> None:
    """The transports show how many requests are in flight; the direct one its hosts, too."""
    transport = kind()
    is_direct = isinstance(transport, DirectTransport)
    name = type(transport).__name__
    assert repr(transport) == f"<{name} {'unused' if is_direct else '0 in flight'}>"
    with Sandbox() as sandbox:
        host = sandbox.boxc_url.split("/")[2]
        token = sandbox.environment["BOXC_TOKEN"]
        async with BoxC(token, base_url=sandbox.boxc_url, transport=transport) as boxc:
            await boxc.request("GET", "/warehouses")
            idle = f"{host}, 0 in flight, 1 idle" if is_direct else "0 in flight"
            assert repr(transport) == f"<{name} {idle}>"
    assert repr(transport) == f"<{name} closed>"


async def test_stores(tmp_path: Path) -> None:
    """A store shows its place in printable signs, without user, password and folders."""
    store = SQLiteStore(tmp_path / "store.db", pepper=SECRET)
    assert repr(store) == "<SQLiteStore store.db>"
    await store.aclose()
    assert repr(store) == "<SQLiteStore store.db closed>"
    signs = SQLiteStore(tmp_path / "it's\n\x1b[2J\u202e\udcff.db")
    assert repr(signs) == r"<SQLiteStore it's\n\x1b[2J\u202e\udcff.db>"
    url = f"rediss://user:{SECRET}@redis.example:6380/3"
    assert repr(RedisStore(url)) == "<RedisStore redis.example:6380>"


async def test_a_batch() -> None:
    """A batch shows how many items are under way, have ended, and are left."""
    gate, begun = asyncio.Event(), list[int]()

    async def work(item: int) -> int:
        begun.append(item)
        await gate.wait()
        return item

    async with batch.run(work, [1, 2, 3, 4, 5], concurrency=2) as outcomes:
        await until(lambda: len(begun) == 2)
        assert repr(outcomes) == "<OutcomeStream 2 running, 0 finished, 3 left>"
        gate.set()
        assert len([outcome async for outcome in outcomes]) == 5
        assert repr(outcomes) == "<OutcomeStream 0 running, 5 finished, 0 left>"


async def test_no_secret(client: BoxTracker, tmp_path: Path) -> None:
    """No repr of what holds a secret, nor of its parts that a user can reach, shows it."""
    secrets = {"password": SECRET, "client_secret": SECRET}
    store = SQLiteStore(tmp_path / "store.db", pepper=SECRET)
    oauth = BoxC(client_id="id", client_secret=secrets["client_secret"])
    proxied = BoxC(SECRET, proxy=f"http://user:{SECRET}@127.0.0.1:3128", store=store)
    tracker = BoxTracker("user", secrets["password"])
    customer = tracker.customer("jane", SECRET, session_key=SECRET)
    for owner in (oauth, proxied, tracker, customer, store):
        parts = [getattr(owner, name) for name in dir(owner) if not name.startswith("_")]
        for thing in (owner, *parts, getattr(owner, "raw", None)):
            assert SECRET not in repr(thing)
    assert SECRET not in repr(proxied._dispatcher.transport)  # type: ignore[union-attr]
    for closed in (oauth, proxied, tracker, store):
        await closed.aclose()
