"""The client in front of servers and proxies as they are installed elsewhere, each the same list.

Every response repeats the nonce of its request, and every call is compared with the ledger in
which the service behind the server writes what it carries out: a changing call is never carried
out twice, and a caller is never told that nothing was done when something was.
"""

import asyncio
import signal
from collections.abc import Callable
from typing import Any

import pytest

from boxapis import APIError, BoxAPIError, BoxC, ConnectError
from tests.servers.load import Load, Result
from tests.servers.site import Kind, Site
from tests.servers.witness import Witness

pytestmark = pytest.mark.servers

ALL = {"GET": 24, "PUT": 8, "POST": 8}
FEW = {"GET": 8, "PUT": 4, "POST": 4}
READS = {"GET": 16, "PUT": 4, "POST": 2}


def failed(results: list[Result]) -> list[Result]:
    """The calls that ended with an error."""
    return [result for result in results if result.error is not None]


async def test_burst(load: Load) -> None:
    """A burst of calls is answered, each with its own answer, twice in a row."""
    for _ in range(2):
        assert failed(await load.burst(ALL)) == []


async def test_edge_of_keep_alive(hasty_site: Site, hasty_load: Load) -> None:
    """F10, F11: calls in the moment in which the server ends idle connections are answered."""
    witness = await Witness.open(hasty_site)
    await hasty_load.burst(READS)
    await witness.end()
    results = await hasty_load.burst(READS)
    assert [result for result in failed(results) if result.is_read] == []


async def changed(
    loads: list[Load], act: Callable[[], object], old: frozenset[str] = frozenset()
) -> list[Result]:
    """The results of loads while something is done to the server, until it answers each again.

    Args:
        loads: What calls at the same time.
        act: What is done, in a thread.
        old: The processes that have to be replaced.
    """
    acting = asyncio.ensure_future(asyncio.to_thread(act))
    results = await asyncio.gather(*(load.keep_up(acting, old) for load in loads))
    await acting
    return [result for each in results for result in each]


async def test_reload(kind: Kind, site: Site, loads: list[Load]) -> None:
    """A reload under load loses no read, where the server promises that, and says the truth."""
    assert kind.reload is not None
    number = kind.reload
    old: frozenset[str] = frozenset()
    if kind.role != "forward":
        old = frozenset(result.worker for result in await loads[0].burst(READS))
    results = await changed(loads, lambda: site.front.signal(number), old)
    if kind.keeps_reads:
        assert [result for result in failed(results) if result.is_read] == []


async def test_restart(site: Site, loads: list[Load]) -> None:
    """A restart under load; errors say the truth, and afterwards every call is answered."""

    def restart() -> None:
        site.front.stop()
        site.front.start()

    await changed(loads, restart)
    for load in loads:
        assert failed(await load.burst(FEW)) == []


async def test_killed(site: Site, loads: list[Load]) -> None:
    """F08, F09: the service is killed under load, behind its proxy if it has one."""

    def restart() -> None:
        site.backend.kill()
        site.backend.start()

    await changed(loads, restart)
    for load in loads:
        assert failed(await load.burst(FEW)) == []


async def test_killed_with_requests_in_hand(site: Site, loads: list[Load]) -> None:
    """F09, F96, F145: what was carried out without an answer is not denied, and not done again."""
    methods = ("GET", "PUT", "POST")
    held = [
        asyncio.ensure_future(load.call(method, "held")) for load in loads for method in methods
    ]
    while sum("held" in line for line in site.counted()) < len(held):
        await loads[0].call("GET")
    await asyncio.to_thread(site.backend.kill)
    for result in await asyncio.gather(*held):
        assert result.error is not None
        assert not result.denies
        assert "Nothing was sent" not in str(result.error)
    await asyncio.to_thread(site.backend.start)
    for load in loads:
        assert failed(await load.burst(FEW)) == []


async def test_stopped_and_continued(site: Site, load: Load) -> None:
    """F12, F19: calls wait for a service that stands still, and those with a deadline end."""
    assert failed(await load.burst(FEW)) == []
    site.backend.signal_all(signal.SIGSTOP)
    try:
        patient = asyncio.ensure_future(load.burst({"GET": 4, "PUT": 2, "POST": 2}))
        hurried = await load.burst(FEW, deadline=0.3)
        assert len(failed(hurried)) == len(hurried)
    finally:
        site.backend.signal_all(signal.SIGCONT)
    assert failed(await patient) == []
    assert failed(await load.burst(FEW)) == []


async def test_cut_answers(load: Load) -> None:
    """F23, F28: half an answer reaches no caller; those beside it get theirs."""
    methods = ["GET", "PUT", "POST"] * 3
    whole, cut = await asyncio.gather(
        load.burst(FEW), asyncio.gather(*(load.call(method, "cut") for method in methods))
    )
    assert failed(whole) == []
    assert failed(cut) == cut
    assert all(result.is_read or not result.denies for result in cut)


async def test_wrong_password(kind: Kind, site: Site, transport: Any) -> None:
    """F122: a proxy that refuses a password is not asked again, and nothing gets through."""
    sender = transport(proxy=site.proxy("wrong"), ssl_context=site.ssl_context)
    before = site.counted()
    async with BoxC("token", base_url=site.url, transport=sender) as client:
        with pytest.raises(BoxAPIError, match="proxy") as caught:
            await client.request("PUT", "/shops/refused")
    assert (caught.value.attempts, caught.value.may_have_been_applied) == (1, False)
    assert isinstance(caught.value, ConnectError if kind.is_secure else APIError)
    assert site.counted() == before


async def test_compression(load: Load) -> None:
    """F32: what nginx has compressed without being asked is read."""
    response = (await load.call("GET")).response
    assert response is not None
    assert response.header("content-encoding") == "gzip"
