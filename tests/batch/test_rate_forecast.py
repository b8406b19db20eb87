"""Batches under BoxC's rate limit: when items begin, and how exact the forecast is."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from boxapis import BoxC, ConfigurationError, Limits, RateLimitError, Retries, batch
from boxapis._core.clock import clocked
from boxapis.transports import ScriptedTransport
from tests.support.batch_doubles import Job, outcomes_of, raising
from tests.support.doubles import FakeClock, json_response, until

USABLE, LEAK = 28, 2.0


@pytest.fixture
def flowing() -> FakeClock:
    """A clock that a sleep moves forward."""
    return FakeClock(flows=True)


def client(time: FakeClock, **options: Any) -> BoxC:
    """Returns a client whose calls take no time."""
    transport = ScriptedTransport(lambda _: json_response({"shops": []}))
    return clocked(BoxC, time.clock)("token", transport=transport, **options)


def unlimited(time: FakeClock) -> Any:
    """Returns a client with this clock and no rate limit."""
    return clocked(SimpleNamespace, time.clock)(limits=Limits())


def forecast(calls: int) -> float:
    """Returns the seconds until a full bucket has let this many calls through."""
    return max(0.0, (calls - USABLE) / LEAK)


async def test_expected_wait(flowing: FakeClock) -> None:
    """28 calls fit at once, then two per second; time and calls change the forecast."""
    async with client(flowing) as boxc:
        assert [boxc.expected_wait(n) for n in (1, 28, 29, 100)] == [0, 0, 0.5, 36]
        for _ in range(28):
            await boxc.request("GET", "/shops")
        assert (boxc.expected_wait(), boxc.expected_wait(10)) == (0.5, 5.0)
        flowing.advance(2)
        assert (boxc.expected_wait(4), boxc.expected_wait(5)) == (0, 0.5)
        assert boxc.with_options(timeout=1).expected_wait(5) == 0.5


async def test_expected_wait_counts_queued_calls(time: FakeClock) -> None:
    """Calls that are queued already come first."""
    async with client(time) as boxc:
        waiting = [asyncio.create_task(boxc.request("GET", "/shops")) for _ in range(30)]
        await until(lambda: bool(time.sleepers))
        assert boxc.expected_wait() == 1.5
        time.advance(0.5)
        await until(lambda: sum(task.done() for task in waiting) == 29)
        assert boxc.expected_wait() == 1.0
        time.advance(0.5)
        await asyncio.gather(*waiting)


@pytest.mark.parametrize("calls", [0, -1, 1.5])
async def test_expected_wait_of_no_call(flowing: FakeClock, calls: Any) -> None:
    """The number of calls must be whole and 1 or more."""
    async with client(flowing) as boxc:
        with pytest.raises(ConfigurationError):
            boxc.expected_wait(calls)


@pytest.mark.parametrize("journal", [None, "job.journal"])
async def test_the_forecast_is_exact(
    flowing: FakeClock, tmp_path: Path, journal: str | None
) -> None:
    """In every report the elapsed and the remaining seconds add up to the same total."""
    reports: list[batch.Progress] = []
    options: dict[str, Any] = {"key": str, "journal": journal and tmp_path / journal}
    async with client(flowing) as boxc:

        async def fetch(number: int) -> None:
            """Makes the calls of one item."""
            await boxc.request("GET", f"/shops/{number}")

        running = batch.run(
            fetch,
            range(100),
            client=boxc,
            on_progress=reports.append,
            **options,
        )
        await outcomes_of(running)
    assert [progress.finished for progress in reports] == list(range(101))
    assert forecast(100) == 36.0
    for progress in reports:
        assert progress.eta is not None
        assert progress.seconds + progress.eta == pytest.approx(36.0)
    assert (reports[0].eta, reports[-1].eta) == (36.0, 0.0)


@pytest.mark.parametrize("journal", [None, "job.journal"])
async def test_no_call_is_queued(flowing: FakeClock, tmp_path: Path, journal: str | None) -> None:
    """An item is begun only when its call can go, so that a kill leaves few items unknown."""
    waits: list[float] = []
    options: dict[str, Any] = {"key": str, "journal": journal and tmp_path / journal}
    async with client(flowing, on_wait=waits.append) as boxc:

        async def fetch(number: int) -> None:
            """Makes the calls of one item."""
            await boxc.request("GET", f"/shops/{number}")

        await outcomes_of(batch.run(fetch, range(100), client=boxc, **options))
        assert waits == []
        await asyncio.gather(*map(fetch, range(3)))
        assert len(waits) == 3


async def test_several_calls_per_item(flowing: FakeClock) -> None:
    """The forecast counts all calls, and they go at the pace of the rate limit."""
    reports: list[batch.Progress] = []
    async with client(flowing) as boxc:

        async def fetch(number: int) -> None:
            """Makes the calls of one item."""
            for _ in range(3):
                await boxc.request("GET", f"/shops/{number}")

        running = batch.run(
            fetch,
            range(20),
            client=boxc,
            calls_per_item=3,
            concurrency=1,
            on_progress=reports.append,
        )
        await outcomes_of(running)
    assert reports[0].eta == forecast(60)
    assert reports[-1].seconds == pytest.approx(forecast(60))


async def test_stop_ends_the_wait_for_the_rate_limit(time: FakeClock) -> None:
    """`stop` does not wait until the bucket has room for an item that is not begun."""
    async with client(time) as boxc:

        async def fetch(number: int) -> None:
            """Makes the calls of one item."""
            await boxc.request("GET", f"/shops/{number}")

        running = batch.run(fetch, range(100), client=boxc)
        async with running as outcomes:
            for _ in range(28):
                assert (await anext(outcomes)).ok
            await until(lambda: bool(time.sleepers))
            outcomes.stop()
            assert [outcome async for outcome in outcomes] == []
        assert outcomes.progress.left == 72


async def test_a_429_raises_the_forecast(flowing: FakeClock) -> None:
    """A refusal, caused by another application, is in the forecast at once."""
    refusal = json_response({"code": 1015, "message": "Too many", "errors": []}, 429)
    answers = iter([refusal])
    transport = ScriptedTransport(lambda _: next(answers, json_response({"shops": []})))
    retries = Retries(throttle_rounds=0)
    waits: list[float] = []
    async with clocked(BoxC, flowing.clock)("token", transport=transport, retries=retries) as boxc:

        async def fetch(number: int) -> None:
            """Makes the calls of one item."""
            await boxc.request("GET", f"/shops/{number}")

        def record_wait(progress: batch.Progress) -> None:
            """Records the expected wait once the first item has failed."""
            waits.append(boxc.expected_wait() if progress.failed else 0.0)

        options: dict[str, Any] = {"client": boxc, "concurrency": 1, "on_progress": record_wait}
        found = await outcomes_of(batch.run(fetch, range(3), **options))
    assert [outcome.status for outcome in found] == ["failed", "done", "done"]
    assert isinstance(found[0].error, RateLimitError)
    assert waits[1] >= 0.5


async def test_forecast_without_a_rate_limit(flowing: FakeClock) -> None:
    """The speed so far gives the forecast: two seconds for each item, after the first one."""
    reports: list[batch.Progress] = []

    async def slow(_: int) -> None:
        """Takes two seconds."""
        await flowing.sleep(2.0)

    options: dict[str, Any] = {"concurrency": 1, "on_progress": reports.append}
    options["client"] = unlimited(flowing)
    found = await outcomes_of(batch.run(slow, range(5), **options))
    assert [progress.eta for progress in reports] == [None, 8.0, 6.0, 4.0, 2.0, 0.0]
    assert [outcome.seconds for outcome in found] == [2.0] * 5
    reports.clear()
    await outcomes_of(batch.run(slow, iter(range(5)), **options))
    assert {(progress.total, progress.left, progress.eta) for progress in reports} == {
        (None, None, None)
    }


async def test_a_slow_function_outweighs_the_rate_limit(flowing: FakeClock) -> None:
    """The forecast is the longer of the two."""
    reports: list[batch.Progress] = []
    async with client(flowing) as boxc:

        async def slow(_: int) -> None:
            """Takes ten seconds."""
            await flowing.sleep(10.0)

        options: dict[str, Any] = {"concurrency": 1, "on_progress": reports.append}
        await outcomes_of(batch.run(slow, range(4), client=boxc, **options))
    assert [progress.eta for progress in reports] == [0.0, 30.0, 20.0, 10.0, 0.0]


async def test_done_items_are_not_forecast(flowing: FakeClock, tmp_path: Path) -> None:
    """A second run forecasts only the items that are left."""
    reports: list[batch.Progress] = []
    options: dict[str, Any] = {"key": str, "journal": tmp_path / "job.journal"}
    await outcomes_of(batch.run(Job(), range(60), client=unlimited(flowing), **options))
    async with client(flowing) as boxc:

        async def fetch(number: int) -> None:
            """Makes the calls of one item."""
            await boxc.request("GET", f"/shops/{number}")

        running = batch.run(fetch, range(100), client=boxc, on_progress=reports.append, **options)
        await outcomes_of(running)
    assert reports[0].eta == forecast(40)
    assert (reports[60].skipped, reports[60].eta) == (60, forecast(40))
    assert reports[-1].seconds == pytest.approx(forecast(40))


async def test_outcomes_are_counted_by_status() -> None:
    """Each report has the number of items of each status."""
    reports: list[batch.Progress] = []
    refusal = ConfigurationError("refused")
    await outcomes_of(batch.run(raising(refusal), range(3), on_progress=reports.append))
    await outcomes_of(batch.run(raising(KeyError()), range(2), on_progress=reports.append))
    assert (reports[3].failed, reports[3].done, reports[-1].unknown) == (3, 0, 2)
