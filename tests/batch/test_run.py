"""`batch.run`: concurrency, one outcome per item, every way to end a batch, and its options."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from boxapis import (
    BoxC,
    BoxTracker,
    ConfigurationError,
    Limits,
    OutcomeUnknownError,
    Secret,
    ServerError,
    ValidationError,
    batch,
)
from boxapis.sandbox import Sandbox
from boxapis.transports import ScriptedTransport
from tests.support.batch_doubles import Job, no_task_left, outcomes_of, raising, statuses
from tests.support.doubles import until
from tests.support.paths import is_package_code


@pytest.mark.parametrize("concurrency", [None, 5])
async def test_concurrency_is_limited(concurrency: int | None) -> None:
    """The service never sees more requests at once; the default is the limit of the client."""
    with Sandbox() as sandbox:
        sandbox.boxc.hold_responses(until=5)
        limits = Limits(max_connections=5 if concurrency is None else 50)
        token = sandbox.environment["BOXC_TOKEN"]
        async with BoxC(token, base_url=sandbox.boxc_url, limits=limits) as boxc:

            async def create(number: int) -> int:
                """Creates one credential."""
                return (await boxc.credentials.create("Janio", {"api_key": str(number)})).id

            running = batch.run(create, range(20), client=boxc, concurrency=concurrency)
            found = await outcomes_of(running)
    assert sandbox.boxc.peak_in_flight == 5
    assert sandbox.boxc.counts["POST /credentials"] == 20
    numbers = [outcome.value or 0 for outcome in found]
    stored = sorted(int(sandbox.boxc.stored_params(number)["api_key"]) for number in numbers)
    assert stored == list(range(20))


async def test_a_tracker_limits_the_concurrency() -> None:
    """Box Tracker has no rate limit; its connection limit is the default concurrency."""
    limits = Limits(max_connections=3)
    tracker = BoxTracker("api-user", "pw", transport=ScriptedTransport(), limits=limits)
    job = Job(held=True)
    async with tracker, batch.run(job, range(9), client=tracker) as outcomes:
        await until(lambda: len(job.begun) == 3)
        await asyncio.sleep(0)
        assert job.begun == [0, 1, 2]
        job.release(*range(9))
        assert [outcome.value async for outcome in outcomes][8] == "value of 8"
    assert job.peak == 3


REFUSED = ValidationError("refused", status=400)
LOST = OutcomeUnknownError("lost")
BROKEN = ServerError("broken", status=500, may_have_been_applied=True)
FOREIGN = KeyError("foreign")


@pytest.mark.parametrize(
    ("error", "changing", "reading"),
    [
        (REFUSED, "failed", "failed"),
        (LOST, "unknown", "failed"),
        (BROKEN, "unknown", "failed"),
        (FOREIGN, "unknown", "failed"),
    ],
    ids=lambda given: type(given).__name__ if isinstance(given, Exception) else "",
)
async def test_an_error_is_an_outcome(error: Exception, changing: str, reading: str) -> None:
    """The status says whether the item may have been carried out; a read never has."""
    for is_changing, status in ((True, changing), (False, reading)):
        running = batch.run(raising(error), ["item"], changing=is_changing)
        (outcome,) = await outcomes_of(running)
        assert (outcome.status, outcome.error, outcome.value) == (status, error, None)
        assert (outcome.index, outcome.key, outcome.attempts, outcome.ok) == (0, "0", 1, False)


async def test_no_error_ends_the_rest() -> None:
    """Whatever happens to single items, each has one outcome."""

    async def mixed_results(item: int) -> int:
        """Returns, fails, is cancelled or raises a foreign error, depending on the item."""
        match item % 4:
            case 0:
                raise REFUSED
            case 1:
                inner = asyncio.get_running_loop().create_future()
                inner.cancel()
                await inner
            case 2:
                raise FOREIGN
        return item

    async with no_task_left():
        found = await outcomes_of(batch.run(mixed_results, range(40), concurrency=7))
    assert sorted(outcome.index for outcome in found) == list(range(40))
    wanted = ["failed", "unknown", "unknown", "done"]
    assert statuses(found) == {str(number): wanted[number % 4] for number in range(40)}
    cancelled = next(outcome for outcome in found if outcome.index == 1)
    assert isinstance(cancelled.error, OutcomeUnknownError)


async def test_a_function_that_is_not_async() -> None:
    """It is the caller's mistake, and each item has a failed outcome."""
    wrong: Any = len
    found = await outcomes_of(batch.run(wrong, ["one", "two"], changing=False))
    assert statuses(found) == {"0": "failed", "1": "failed"}
    assert all(isinstance(outcome.error, TypeError) for outcome in found)


async def test_outcomes_come_as_items_end() -> None:
    """No outcome waits for a slower item by default."""
    job = Job(held=True)
    async with batch.run(job, range(3), concurrency=3) as outcomes:
        for number in (2, 0, 1):
            job.release(number)
            outcome = await anext(outcomes)
            assert (outcome.index, outcome.value) == (number, f"value of {number}")
        assert [outcome async for outcome in outcomes] == []


async def test_outcomes_in_the_order_of_the_items() -> None:
    """With *ordered* they come in the order of the items, whichever ended first."""
    job = Job(held=True)
    async with batch.run(job, range(4), concurrency=4, ordered=True) as outcomes:
        job.release(3, 2, 1)
        await until(lambda: sorted(job.ended) == [1, 2, 3])
        job.release(0)
        assert [outcome.index async for outcome in outcomes] == [0, 1, 2, 3]


async def test_leaving_early_lets_running_calls_end() -> None:
    """After ``break`` no item is begun, those under way end, and no task is left."""
    job = Job(held=True)
    async with no_task_left(), batch.run(job, range(1000), concurrency=4) as outcomes:
        job.release(0)
        async for outcome in outcomes:
            assert outcome.index == 0
            break
        job.release(*range(1000))
    assert job.begun == sorted(job.ended)
    assert len(job.begun) <= 6
    progress = outcomes.progress
    assert (progress.done, progress.running) == (len(job.begun), 0)
    assert progress.left == 1000 - len(job.begun)


async def test_a_slow_consumer_slows_the_batch() -> None:
    """Outcomes that are not taken do not pile up: at most twice the concurrency."""
    job = Job()
    async with batch.run(job, range(1000), concurrency=4) as outcomes:
        for _ in range(100):
            await asyncio.sleep(0)
        assert len(job.begun) == 8
        assert len([outcome async for outcome in outcomes]) == 1000


@pytest.mark.parametrize("error", [KeyError("mine"), SystemExit(3)])
async def test_an_error_in_the_block_stays_itself(error: BaseException) -> None:
    """It is raised unchanged, not in a group, after the running calls have ended."""
    job = Job()
    async with no_task_left():
        with pytest.raises(type(error)) as caught:
            async with batch.run(job, range(1000), concurrency=4) as outcomes:
                await anext(outcomes)
                raise error
    assert caught.value is error
    assert job.begun == job.ended


async def test_cancellation_interrupts_running_calls() -> None:
    """Cancellation interrupts running calls and leaves no task."""
    job = Job(held=True)

    async def consume() -> None:
        """Runs the batch."""
        async with batch.run(job, range(9), concurrency=4) as outcomes:
            async for _ in outcomes:
                pass

    async with no_task_left():
        task = asyncio.create_task(consume())
        await until(lambda: len(job.begun) == 4)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert (job.begun, job.ended) == ([0, 1, 2, 3], [])


async def test_stop() -> None:
    """No item is begun, those under way have outcomes, and the rest is counted as left."""
    job = Job(held=True)
    async with batch.run(job, range(10), concurrency=3) as outcomes:
        await until(lambda: len(job.begun) == 3)
        outcomes.stop()
        job.release(*range(10))
        found = [outcome async for outcome in outcomes]
    assert statuses(found) == {"0": "done", "1": "done", "2": "done"}
    assert (job.begun, outcomes.progress.left) == ([0, 1, 2], 7)


async def test_stop_ends_the_wait_for_items() -> None:
    """A source that yields nothing more does not delay `stop`, and is closed."""
    closed: list[bool] = []

    async def slow() -> AsyncIterator[int]:
        """Yields one item, then waits for ever."""
        try:
            yield 0
            await asyncio.Event().wait()
        finally:
            closed.append(True)

    async with no_task_left(), batch.run(Job(), slow()) as outcomes:
        assert (await anext(outcomes)).value == "value of 0"
        outcomes.stop()
        assert [outcome async for outcome in outcomes] == []
    assert closed == [True]
    assert (outcomes.progress.total, outcomes.progress.left) == (None, None)


async def test_the_source_is_closed() -> None:
    """A consumer that leaves early leaves no suspended generator of items."""
    closed: list[bool] = []

    async def endless() -> AsyncIterator[int]:
        """Yields for ever."""
        try:
            while True:
                yield 0
        finally:
            await asyncio.sleep(0)
            closed.append(True)

    async with batch.run(Job(), endless(), concurrency=2) as outcomes:
        await anext(outcomes)
    assert closed == [True]


@pytest.mark.parametrize("ordered", [False, True])
async def test_a_source_that_fails(ordered: bool) -> None:  # noqa: FBT001 - a case
    """Earlier items are carried out and have outcomes; then the error is raised, once."""

    def broken() -> Iterator[int]:
        """Yields five items and raises."""
        yield from range(5)
        raise FOREIGN

    found: list[int] = []
    async with batch.run(Job(), broken(), concurrency=2, ordered=ordered) as outcomes:
        with pytest.raises(KeyError, match="foreign"):
            async for outcome in outcomes:
                found.append(outcome.index)  # noqa: PERF401 - it raises under way
        assert [outcome async for outcome in outcomes] == []
    assert sorted(found) == list(range(5))


async def test_iterators_of_both_kinds() -> None:
    """Items may come from any iterable, async or not."""

    class Source:
        """An async iterator without ``aclose``."""

        def __init__(self) -> None:
            self.items = iter(range(3))

        def __aiter__(self) -> "Source":
            return self

        async def __anext__(self) -> int:
            for item in self.items:
                return item
            raise StopAsyncIteration

    for items in (iter(range(3)), Source()):
        found = await outcomes_of(batch.run(Job(), items, ordered=True))
        assert [outcome.value for outcome in found] == [f"value of {n}" for n in range(3)]


async def test_no_items() -> None:
    """A batch without items ends at once."""
    reports: list[batch.Progress] = []
    assert await outcomes_of(batch.run(Job(), [], on_progress=reports.append)) == []
    assert [(progress.total, progress.eta) for progress in reports] == [(0, 0.0)]


async def test_it_must_be_entered() -> None:
    """A batch that was not entered cannot be iterated over, because nothing would end it."""
    running: Any = batch.run(Job(), range(3))
    with pytest.raises(TypeError, match="__aiter__"):
        async for _ in running:
            pass


async def test_failing_callables_affect_no_item(caplog: pytest.LogCaptureFixture) -> None:
    """Errors of *on_progress* and *summary* are logged by type alone."""

    def fail(_: object) -> None:
        """Always raises."""
        raise KeyError("secret-in-a-callable")

    running = batch.run(Job(), range(3), on_progress=fail, summary=fail)
    with caplog.at_level(logging.WARNING, "boxapis"):
        found = await outcomes_of(running)
    assert [(outcome.status, outcome.summary) for outcome in found] == [("done", None)] * 3
    assert {record.getMessage() for record in caplog.records} == {
        "on_progress failed with KeyError",
        "summary failed with KeyError",
    }


async def test_a_key_that_fails_is_an_outcome() -> None:
    """A key that is no text, or an error instead of one, fails this item only."""

    def name(item: int) -> Any:
        """Returns text, then a number, then raises."""
        return {0: "zero", 1: 1}[item]

    zero, one, two = await outcomes_of(batch.run(Job(), range(3), key=name, ordered=True))
    assert (zero.key, zero.status) == ("zero", "done")
    assert (one.key, one.status, type(one.error)) == ("1", "failed", ConfigurationError)
    assert (two.key, two.status, type(two.error)) == ("2", "failed", KeyError)


async def test_an_error_shows_no_item() -> None:
    """The traceback of an outcome's error has no frame of the library, which holds the item."""
    item = {"secret": Secret("x").reveal() + "-bare-secret"}

    def fail(_: object) -> str:
        raise KeyError("fresh")

    given: list[dict[str, Any]] = [{}, {"key": "".join}, {"key": fail}]
    for options in given:
        running = batch.run(raising(KeyError("fresh")), [item], **options)
        (outcome,) = await outcomes_of(running)
        assert outcome.error is not None
        traceback = outcome.error.__traceback__
        assert traceback is not None
        while traceback is not None:
            assert not is_package_code(traceback.tb_frame.f_code.co_filename)
            traceback = traceback.tb_next


@pytest.mark.parametrize(
    "options",
    [
        {"concurrency": 0},
        {"concurrency": True},
        {"concurrency": 2.0},
        {"calls_per_item": 0},
        {"calls_per_item": None},
        {"journal": "some.journal"},
    ],
    ids=str,
)
def test_wrong_options(options: dict[str, Any]) -> None:
    """Wrong options are refused before anything is opened or begun."""
    job = Job()
    with pytest.raises(ConfigurationError):
        batch.run(job, range(3), **options)
    assert job.begun == []
