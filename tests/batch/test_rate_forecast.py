"""The pace: what BoxC's bucket says of it, how exact the forecast is, and that nobody queues."""

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
    """Time that moves when somebody sleeps."""
    return FakeClock(flows=True)


def client(time: FakeClock, **options: Any) -> BoxC:
    """A client whose calls take no time."""
    transport = ScriptedTransport(lambda _: json_response({"shops": []}))
    return clocked(BoxC, time.clock)("token", transport=transport, **options)


def unlimited(time: FakeClock) -> Any:
    """A client with a clock of its own and no rate limit."""
    return clocked(SimpleNamespace, time.clock)(limits=Limits())


def forecast(calls: int) -> float:
    """When so many calls from the very beginning have been let through."""
    return max(0.0, (calls - USABLE) / LEAK)


async def test_expected_wait(flowing: FakeClock) -> None:
    """As many as fit go at once, two in a second after that; time and calls count."""
    async with client(flowing) as boxc:
        assert [boxc.expected_wait(n) for n in (1, 28, 29, 100)] == [0, 0, 0.5, 36]
        for _ in range(28):
            await boxc.request("GET", "/shops")
        assert (boxc.expected_wait(), boxc.expected_wait(10)) == (0.5, 5.0)
        flowing.advance(2)
        assert (boxc.expected_wait(4), boxc.expected_wait(5)) == (0, 0.5)
        assert boxc.with_options(timeout=1).expected_wait(5) == 0.5


async def test_expected_wait_counts_who_waits(time: FakeClock) -> None:
    """Calls that stand in line already come first."""
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
async def test_expected_wait_of_nothing(flowing: FakeClock, calls: Any) -> None:
    """A wait is asked for whole calls, one at least."""
    async with client(flowing) as boxc:
        with pytest.raises(ConfigurationError):
            boxc.expected_wait(calls)


@pytest.mark.parametrize("journal", [None, "job.journal"])
async def test_the_forecast_is_exact(
    flowing: FakeClock, tmp_path: Path, journal: str | None
) -> None:
    """In every report the time so far and the time to come add up to the same."""
    told: list[batch.Progress] = []
    options: dict[str, Any] = {"key": str, "journal": journal and tmp_path / journal}
    async with client(flowing) as boxc:

        async def fetch(number: int) -> None:
            """The calls of one item."""
            await boxc.request("GET", f"/shops/{number}")

        running = batch.run(
            fetch,
            range(100),
            client=boxc,
            on_progress=told.append,
            **options,
        )
        await outcomes_of(running)
    assert [progress.finished for progress in told] == list(range(101))
    assert forecast(100) == 36.0
    for progress in told:
        assert progress.eta is not None
        assert progress.seconds + progress.eta == pytest.approx(36.0)
    assert (told[0].eta, told[-1].eta) == (36.0, 0.0)


@pytest.mark.parametrize("journal", [None, "job.journal"])
async def test_nobody_stands_in_line(
    flowing: FakeClock, tmp_path: Path, journal: str | None
) -> None:
    """An item is begun only when its call can go, so that a kill leaves few of them unknown."""
    waits: list[float] = []
    options: dict[str, Any] = {"key": str, "journal": journal and tmp_path / journal}
    async with client(flowing, on_wait=waits.append) as boxc:

        async def fetch(number: int) -> None:
            """The calls of one item."""
            await boxc.request("GET", f"/shops/{number}")

        await outcomes_of(batch.run(fetch, range(100), client=boxc, **options))
        assert waits == []
        await asyncio.gather(*map(fetch, range(3)))
        assert len(waits) == 3


async def test_several_calls_an_item(flowing: FakeClock) -> None:
    """The forecast counts all of them, and they are let through at the same pace."""
    told: list[batch.Progress] = []
    async with client(flowing) as boxc:

        async def fetch(number: int) -> None:
            """The calls of one item."""
            for _ in range(3):
                await boxc.request("GET", f"/shops/{number}")

        running = batch.run(
            fetch,
            range(20),
            client=boxc,
            calls_per_item=3,
            concurrency=1,
            on_progress=told.append,
        )
        await outcomes_of(running)
    assert told[0].eta == forecast(60)
    assert told[-1].seconds == pytest.approx(forecast(60))


async def test_stop_ends_the_wait_for_the_bucket(time: FakeClock) -> None:
    """Whoever stops does not wait for a place that is not used any more."""
    async with client(time) as boxc:

        async def fetch(number: int) -> None:
            """The calls of one item."""
            await boxc.request("GET", f"/shops/{number}")

        running = batch.run(fetch, range(100), client=boxc)
        async with running as outcomes:
            for _ in range(28):
                assert (await anext(outcomes)).ok
            await until(lambda: bool(time.sleepers))
            outcomes.stop()
            assert [outcome async for outcome in outcomes] == []
        assert outcomes.progress.left == 72


async def test_others_empty_the_bucket(flowing: FakeClock) -> None:
    """A refusal closes the gate, and the forecast knows it at once."""
    refusal = json_response({"code": 1015, "message": "Too many", "errors": []}, 429)
    answers = iter([refusal])
    transport = ScriptedTransport(lambda _: next(answers, json_response({"shops": []})))
    retries = Retries(throttle_rounds=0)
    waits: list[float] = []
    async with clocked(BoxC, flowing.clock)("token", transport=transport, retries=retries) as boxc:

        async def fetch(number: int) -> None:
            """The calls of one item."""
            await boxc.request("GET", f"/shops/{number}")

        def told(progress: batch.Progress) -> None:
            """Asks at each report."""
            waits.append(boxc.expected_wait() if progress.failed else 0.0)

        options: dict[str, Any] = {"client": boxc, "concurrency": 1, "on_progress": told}
        found = await outcomes_of(batch.run(fetch, range(3), **options))
    assert [outcome.status for outcome in found] == ["failed", "done", "done"]
    assert isinstance(found[0].error, RateLimitError)
    assert waits[1] >= 0.5


async def test_without_a_rate_limit_the_pace_so_far_tells(flowing: FakeClock) -> None:
    """Each item takes two seconds: after the first one, so is the forecast."""
    told: list[batch.Progress] = []

    async def slow(_: int) -> None:
        """Takes its time."""
        await flowing.sleep(2.0)

    options: dict[str, Any] = {"concurrency": 1, "on_progress": told.append}
    options["client"] = unlimited(flowing)
    found = await outcomes_of(batch.run(slow, range(5), **options))
    assert [progress.eta for progress in told] == [None, 8.0, 6.0, 4.0, 2.0, 0.0]
    assert [outcome.seconds for outcome in found] == [2.0] * 5
    told.clear()
    await outcomes_of(batch.run(slow, iter(range(5)), **options))
    assert {(progress.total, progress.left, progress.eta) for progress in told} == {
        (None, None, None)
    }


async def test_a_slow_function_outweighs_the_bucket(flowing: FakeClock) -> None:
    """The forecast is whichever takes longer."""
    told: list[batch.Progress] = []
    async with client(flowing) as boxc:

        async def slow(_: int) -> None:
            """Takes its time."""
            await flowing.sleep(10.0)

        options: dict[str, Any] = {"concurrency": 1, "on_progress": told.append}
        await outcomes_of(batch.run(slow, range(4), client=boxc, **options))
    assert [progress.eta for progress in told] == [0.0, 30.0, 20.0, 10.0, 0.0]


async def test_what_is_done_already_takes_no_time(flowing: FakeClock, tmp_path: Path) -> None:
    """A second run forecasts what is left alone."""
    told: list[batch.Progress] = []
    options: dict[str, Any] = {"key": str, "journal": tmp_path / "job.journal"}
    await outcomes_of(batch.run(Job(), range(60), client=unlimited(flowing), **options))
    async with client(flowing) as boxc:

        async def fetch(number: int) -> None:
            """The calls of one item."""
            await boxc.request("GET", f"/shops/{number}")

        running = batch.run(fetch, range(100), client=boxc, on_progress=told.append, **options)
        await outcomes_of(running)
    assert told[0].eta == forecast(40)
    assert (told[60].skipped, told[60].eta) == (60, forecast(40))
    assert told[-1].seconds == pytest.approx(forecast(40))


async def test_failures_are_counted_by_kind() -> None:
    """Each report says how many there are of each end."""
    told: list[batch.Progress] = []
    refusal = ConfigurationError("refused")
    await outcomes_of(batch.run(raising(refusal), range(3), on_progress=told.append))
    await outcomes_of(batch.run(raising(KeyError()), range(2), on_progress=told.append))
    assert (told[3].failed, told[3].done, told[-1].unknown) == (3, 0, 2)
