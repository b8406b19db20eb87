"""F89 to F91: clients left unclosed, wall clocks that jump, machines that were suspended."""

import ast
import asyncio
import gc
import os
import subprocess
import sys
import time as wall
import warnings
from collections.abc import Iterator

import pytest

from boxapis import BoxC, BoxTracker, ConfigurationError, RateLimitError, Retries
from boxapis._core.clock import clocked
from boxapis.sandbox import Sandbox
from boxapis.transports import Response, ScriptedTransport
from tests.support.doubles import (
    CUSTOMER,
    JOB_SITES,
    PORTAL,
    FakeClock,
    FakeTracker,
    handshakes,
    json_response,
)
from tests.support.moving import KINDS, connected, one
from tests.support.paths import ROOT

pytestmark = pytest.mark.servers

MANY = 500
UNCLOSED = "a client of boxapis was not closed"


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    """Name of a transport: each of the two in turn."""
    return str(request.param)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Both services, in a thread that outlives the loops of a test."""
    with Sandbox() as started:
        yield started


# F89: the client was not closed.


async def test_f89_warning(server: FakeTracker) -> None:
    """F89: a client that was used and dropped warns once, in fixed words, and sends nothing."""
    client = BoxTracker("api-user", "api-password", transport=server)
    view = client.with_options(timeout=5)
    await client.handshakes.portal()
    await one(client.customer("jane", "jane-password"))
    before = len(server.requests)
    del view
    with pytest.warns(ResourceWarning, match=UNCLOSED) as caught:
        del client
    assert [str(warning.message) for warning in caught] == [
        f"{UNCLOSED}: use it with 'async with', or await its aclose()"
    ]
    await asyncio.sleep(0)
    assert len(server.requests) == before
    assert not server.closed


async def test_f89_no_warning(server: FakeTracker) -> None:
    """F89: clients that were never used, are closed, or were refused do not warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        unused = BoxTracker("api-user", "api-password", transport=server)
        async with BoxTracker("api-user", "api-password", transport=server) as closed:
            await closed.handshakes.portal()
        with pytest.raises(ConfigurationError):
            BoxTracker("", "api-password", transport=server)
        del unused, closed
        gc.collect()


FORGETFUL = """
import asyncio, gc, sys
from boxapis import BoxTracker
from boxapis.transports import DirectTransport, HttpxTransport

async def forget(kind, shut_down):
    client = BoxTracker.from_env(transport=kind(proxy=False))
    await client.customer("omar", "omar-password").command(
        "cmdBoxTPortalJobsiteList", offset=0
    )
    if shut_down:
        globals()["kept"] = client
        return
    del client
    gc.collect()
    await asyncio.sleep(0)

asyncio.run(forget(globals()[sys.argv[1]], sys.argv[2] == "shutdown"))
"""


@pytest.mark.parametrize("end", ["dropped", "shutdown"])
def test_f89_process_with_warnings_as_errors(sandbox: Sandbox, kind: str, end: str) -> None:
    """F89: with ``-W error`` a program that forgets to close says so on stderr, and sends nothing.

    Dropped while its loop runs, or held until the interpreter shuts down.
    """
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", FORGETFUL]
    done = subprocess.run(
        [*command, KINDS[kind].__name__, end],
        env={**os.environ, **sandbox.environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert f"ResourceWarning: {UNCLOSED}" in done.stderr
    assert "omar-password" not in done.stderr
    assert sandbox.environment["BOXTRACKER_PASSWORD"] not in done.stderr
    counts = sandbox.boxtracker.counts
    assert counts == {PORTAL: 1, CUSTOMER: 1, JOB_SITES: 1}


# F90 and F91: clocks.


@pytest.mark.parametrize("days", [-1, 1])
async def test_f90_wall_clock_jumps(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, kind: str, days: int
) -> None:
    """F90: a wall clock that jumps by a day moves no session and no deadline."""
    client, customer = connected(sandbox, kind)
    async with client:
        await one(customer)
        true_time = wall.time
        monkeypatch.setattr(wall, "time", lambda: true_time() + days * 86400)
        for view in (customer, customer.with_options(timeout=5, deadline=5)):
            assert await one(view) == 200
        monkeypatch.setattr(wall, "time", true_time)
        assert await one(customer) == 200
    counts = sandbox.boxtracker.counts
    assert (counts[PORTAL], counts[CUSTOMER], counts[JOB_SITES]) == (1, 1, 4)


@pytest.mark.parametrize(
    ("date", "expected"),
    [("Thu, 01 Jan 1970 00:00:57 GMT", 3.0), (None, None)],
    ids=["by the answer's date", "without one"],
)
async def test_f90_dates_count_from_the_answer(date: str | None, expected: float | None) -> None:
    """F90: a ``Retry-After`` date counts from the answer's ``Date``; without one it is ignored."""
    until_then = ("Retry-After", "Thu, 01 Jan 1970 00:01:00 GMT")
    headers = (until_then, *((("Date", date),) if date else ()))
    refusal = Response(429, headers, json_response({"code": 1015, "message": "no"}).body)
    time = FakeClock(flows=True)
    script = ScriptedTransport([refusal, {"warehouses": []}])
    async with clocked(BoxC, time.clock)("token", transport=script) as client:
        await client.request("GET", "/warehouses")
    assert sum(time.slept) == pytest.approx(expected or 1.0, abs=1.0)
    script = ScriptedTransport([refusal])
    async with clocked(BoxC, time.clock)(
        "token", transport=script, retries=Retries.none()
    ) as client:
        with pytest.raises(RateLimitError) as caught:
            await client.request("GET", "/warehouses")
    assert caught.value.retry_after == expected


def test_f90_nothing_reads_the_wall_clock() -> None:
    """F90: no module reads the wall clock but the sandbox, the command line and a batch's journal.

    A batch asks the injected clock, to compare the times of calls that outlive a process; so does
    the store in a file, which outlives the machine's monotonic clock.
    """
    asked: list[str] = []
    for path in sorted((ROOT / "boxapis").rglob("*.py")):
        if path.relative_to(ROOT).parts[1] in ("sandbox", "cli"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = node.attr if isinstance(node, ast.Attribute) else ""
            if name in ("now", "utcnow", "today", "localtime", "gmtime", "time", "time_ns", "wall"):
                place = path.parent.name if path.stem == "__init__" else path.stem
                asked.append(f"{place}.{ast.unparse(node)}")
    owners = ("clock", "Clock()", "dispatcher", "owner", "transport", "self")
    injected = (*(f"{owner}.now" for owner in owners), "self._now")
    asked_of_a_batch = ["batch.options.clock.wall"] * 2
    found = [name for name in asked if not name.endswith(injected)]
    assert found == ["clock.time.time", *asked_of_a_batch, "_sqlite.time.time_ns"]


async def test_f91_suspended_machine(client: BoxTracker, server: FakeTracker) -> None:
    """F91: sessions that expired unnoticed during a suspension cost one handshake of each kind."""
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    server.expire_all()  # hours went by on the server, and not a second on the client
    assert await asyncio.gather(*(one(customer) for _ in range(MANY))) == [200] * MANY
    assert handshakes(server) == (2, 2)
    assert server.counts[JOB_SITES] <= 2 * MANY
