"""The sandbox's parts: clock, bucket, queues, gate and addresses."""

import asyncio
from datetime import UTC, datetime

import httpx
import pytest
from starlette.types import Message

from boxapis.sandbox import (
    BOTH,
    DOCUMENTED,
    OBSERVED,
    BoxCService,
    BoxTrackerService,
    Dialect,
    DialectName,
    RateLimit,
    RecordCounts,
    Sandbox,
    SandboxClock,
)
from boxapis.sandbox._boxc.bucket import LeakyBucket
from boxapis.sandbox._service import OperationQueues
from boxapis.sandbox._traffic import Traffic


def test_running_sandbox_leaves_the_loops_of_the_process_alone() -> None:
    """Loops that are made while it serves are of the same kind as before, uvloop installed or not.

    Runs with the oldest uvicorn, too, which would set another policy.
    """
    before = asyncio.new_event_loop()
    with Sandbox() as sandbox:
        httpx.get(sandbox.accounts_url)
        after = asyncio.new_event_loop()
    before.close()
    after.close()
    assert type(after) is type(before)


def test_standing_clock_moves_only_when_advanced() -> None:
    """It starts at a fixed time and moves exactly as far as it is advanced."""
    clock = SandboxClock(running=False)
    assert (clock.now(), clock.utc()) == (0.0, datetime(2026, 1, 1, tzinfo=UTC))
    clock.advance(90)
    assert (clock.now(), clock.utc()) == (90.0, datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC))
    clock.reset()
    assert clock.now() == 0.0


def test_running_clock_follows_time_and_can_be_advanced() -> None:
    """It follows real time, and what it is advanced is added."""
    clock = SandboxClock()
    before = clock.now()
    clock.advance(1000)
    assert clock.now() >= before + 1000
    assert clock.utc() > datetime.now(UTC)


def test_clock_does_not_go_back() -> None:
    """Advancing by a negative time raises."""
    with pytest.raises(ValueError, match="cannot go back"):
        SandboxClock().advance(-1)


def test_bucket_level_is_rounded_up() -> None:
    """The level is rounded up: a request that has half leaked still counts."""
    bucket, limit = LeakyBucket(), RateLimit()
    bucket.fill(limit, 0.0, 3)
    assert [bucket.level(limit, now) for now in (0.0, 0.25, 0.5, 1.5)] == [3, 3, 2, 0]


def test_bucket_waits_at_least_a_second() -> None:
    """The waiting time is in whole seconds, at least one."""
    bucket, limit = LeakyBucket(), RateLimit()
    bucket.fill(limit, 0.0, 30)
    assert bucket.retry_after(limit, 0.0) == 1


def test_queues_prefer_the_first_name() -> None:
    """An item for the operation itself comes before one for any operation."""
    queues: OperationQueues[str] = OperationQueues()
    queues.add("*", "any", 1)
    queues.add("read", "own", 1)
    assert [queues.pop("read", "*") for _ in range(3)] == ["own", "any", None]


async def test_gate_opens_when_enough_are_in_flight() -> None:
    """Responses are held until enough requests are in flight; then all are sent."""
    traffic = Traffic()
    traffic.hold(3)

    async def one() -> int:
        with traffic.request():
            await traffic.wait_for_release()
            return traffic.peak

    peaks = await asyncio.gather(one(), one(), one())
    assert set(peaks) == {3}
    assert (traffic.in_flight, traffic.peak) == (0, 3)
    traffic.reset()
    assert traffic.peak == 0


async def test_gate_stays_shut_when_one_is_cancelled() -> None:
    """A cancelled request neither opens the gate nor affects the others."""
    traffic = Traffic()
    traffic.hold(3)
    entered = asyncio.Queue[None]()

    async def one() -> str:
        with traffic.request():
            entered.put_nowait(None)
            await traffic.wait_for_release()
            return "answered"

    cancelled, patient = asyncio.create_task(one()), asyncio.create_task(one())
    await entered.get()
    await entered.get()
    cancelled.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    assert traffic.in_flight == 1
    assert not patient.done()
    traffic.release()
    assert await patient == "answered"


def test_waiting_for_requests_times_out() -> None:
    """Waiting for a request that never comes raises TimeoutError."""
    with pytest.raises(TimeoutError, match="0 of 1 requests in flight"):
        BoxCService().wait_in_flight(1, seconds=0)


def test_services_can_be_used_without_a_sandbox() -> None:
    """Each service works by itself, with a clock of its own."""
    tracker, boxc = BoxTrackerService(), BoxCService()
    assert tracker.handle("GET", {}).status == 200
    assert boxc.handle("GET", "/v1/warehouses").status == 401
    assert tracker.add_customer("a", "b", records=RecordCounts(work_orders=2)).work_orders


def test_given_services_read_the_clock_of_the_sandbox() -> None:
    """Services that are passed in are used, and read the sandbox's clock."""
    tracker, boxc = BoxTrackerService(), BoxCService()
    sandbox = Sandbox(boxtracker=tracker, boxc=boxc, clock=SandboxClock(running=False))
    assert (sandbox.boxtracker, sandbox.boxc) == (tracker, boxc)
    assert tracker.clock is boxc.clock is sandbox.clock


async def test_client_without_an_address_is_served() -> None:
    """A request without a client address is served; its port is recorded as zero."""
    sandbox = Sandbox()
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/controller.html",
        "query_string": b"",
        "headers": [],
    }
    await sandbox.app(scope, receive, send)
    assert sent[0]["status"] == 200
    assert sandbox.boxtracker.requests[0].connection == 0


@pytest.mark.parametrize(
    ("dialect", "expected"), [("documented", DOCUMENTED), ("observed", OBSERVED), ("both", BOTH)]
)
def test_dialect_survives_a_reset(dialect: DialectName, expected: Dialect) -> None:
    """The dialect of a sandbox is that of its Box Tracker, after a reset, too."""
    sandbox = Sandbox(dialect=dialect, boxtracker=BoxTrackerService())
    assert sandbox.boxtracker.rules.dialect == expected
    sandbox.boxtracker.reset()
    assert sandbox.boxtracker.rules.dialect == expected
    assert Sandbox().boxtracker.rules.dialect == BOTH


def test_unknown_dialect() -> None:
    """An unknown dialect is an error that names those that there are."""
    with pytest.raises(ValueError, match="documented, observed, both"):
        Sandbox(dialect="spoken")  # type: ignore[arg-type]


def test_addresses_need_a_running_sandbox() -> None:
    """URLs raise before the start."""
    with pytest.raises(RuntimeError, match="not running"):
        _ = Sandbox().boxc_url


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.com", ""])  # noqa: S104
def test_only_loopback_addresses_are_served(host: str) -> None:
    """Any other host is refused before anything is opened."""
    with pytest.raises(ValueError, match="loopback"):
        Sandbox(host=host)
