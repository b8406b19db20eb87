"""Batches: calls one async function for many items, concurrently, and resumes after a kill.

::

    async with batch.run(create, rows, client=boxc, key=row_id, journal="job.journal") as outcomes:
        async for outcome in outcomes:
            print(outcome.key, outcome.status)
"""

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from os import PathLike
from typing import Any, Protocol, TypeVar

from anyio import create_task_group, get_cancelled_exc_class, to_thread

from boxapis._core.clock import Clock
from boxapis._core.loop_guard import running_loop, wrong_loop
from boxapis._sansio.text import exact_int
from boxapis.batch._items import BatchOptions
from boxapis.batch._journal import Journal, JournalEntry, open_journal, read_journal
from boxapis.batch._runner import BatchRunner
from boxapis.batch._stream import OutcomeStream
from boxapis.batch._values import Outcome, OutcomeStatus, Progress
from boxapis.errors import ConfigurationError
from boxapis.options import Limits

__all__ = [
    "JournalEntry",
    "LimitedClient",
    "Outcome",
    "OutcomeStatus",
    "OutcomeStream",
    "Progress",
    "read_journal",
    "run",
]

T = TypeVar("T")
R = TypeVar("R")


class LimitedClient(Protocol):
    """A client whose limits a batch keeps: `BoxTracker`, `BoxC`, or a view of one.

    If it has ``expected_wait`` like `BoxC`, items are begun at the pace of its rate limit.
    """

    @property
    def limits(self) -> Limits:
        """The connection limits of the client."""
        ...


def run(
    function: Callable[[T], Awaitable[R]],
    items: Iterable[T] | AsyncIterable[T],
    *,
    client: LimitedClient | None = None,
    concurrency: int | None = None,
    calls_per_item: int = 1,
    ordered: bool = False,
    key: Callable[[T], str] | None = None,
    journal: "str | PathLike[str] | None" = None,
    changing: bool = True,
    repeat_unknown: bool | Callable[[T], bool] = False,
    repeat_done: bool = False,
    summary: Callable[[R], Any] | None = None,
    on_progress: Callable[[Progress], object] | None = None,
) -> AbstractAsyncContextManager[OutcomeStream[R]]:
    """Calls a function for each item; a context manager whose value iterates over the outcomes.

    Each item has one `Outcome`, whatever its function raises. When the block is left, even by
    ``break`` or an error, no further item is begun, and the block ends when the items under way
    have ended; only cancellation interrupts them. An error of the source of items or of the journal
    ends the batch early: it is raised by the iteration after the last outcome. A consumer that
    is slow to take outcomes slows the batch down.

    Args:
        function: Called with each item, in a task of its own.
        items: Source of items; read one by one, as slots become free.
        client: The client that the function uses: gives the default of *concurrency*, and with
            `BoxC` an item is begun only when the rate limit would let its first call through.
        concurrency: Maximum number of items under way, 1 or more; by default the client's
            ``limits.max_connections``, without a client 20.
        calls_per_item: Requests that an item makes, 1 or more; for the rate limit and
            `Progress.eta`. Default 1.
        ordered: Whether outcomes come in the order of the items; by default as items end.
        key: Returns the name of an item: unique, the same in every run, and no secret. Required
            with a journal; by default the index as text.
        journal: File that records which items were begun and how they ended, readable by its owner
            only. A later run with the same file skips what is done, tries again what failed, and
            leaves alone what was begun without a known result: its outcome is ``"unknown"``.
        changing: Whether the function changes anything at the service, the default. If so, each
            journal event is on the disk before the batch goes on, and an error of another library
            makes the outcome ``"unknown"``, because it does not tell what was done. If not, no
            outcome is ``"unknown"``.
        repeat_unknown: Whether to begin items again that an earlier run left ``"unknown"``, or a
            function that decides for each item. Default False. Use True if repeats do no harm.
        repeat_done: Whether to begin items again that an earlier run has done. Default False.
        summary: Returns the part of a value that the journal keeps, as JSON, for instance an id;
            it must hold no secret.
        on_progress: Called at the start and after each item that has ended.

    Raises:
        ConfigurationError: an option is wrong; or, on entering, the file is no journal, is damaged,
            or is in use by another run; or it is entered under trio. No item was begun.
        OSError: on entering, the journal cannot be written. No item was begun.
    """
    if concurrency is not None:
        concurrency = _positive(concurrency, "concurrency")
    calls_per_item = _positive(calls_per_item, "calls_per_item")
    if journal is not None and key is None:
        message = "a journal needs key, which returns a name for each item that is no secret"
        raise ConfigurationError(message)
    limits = Limits() if client is None else client.limits
    options = BatchOptions[T, R](
        concurrency=concurrency or limits.max_connections,
        key=key,
        changing=changing,
        repeat_unknown=repeat_unknown if callable(repeat_unknown) else lambda _: repeat_unknown,
        summary=summary,
        on_progress=on_progress,
        calls_per_item=calls_per_item,
        rate_forecast=getattr(client, "expected_wait", None),
        clock=getattr(client, "_clock", None) or Clock(),
    )
    opener = None
    if journal is not None:
        opener = partial(open_journal, journal, durable=changing, new_round=repeat_done)
    return _run(function, items, options, opener, ordered=ordered)


@asynccontextmanager
async def _run(
    function: Callable[[T], Awaitable[R]],
    items: Iterable[T] | AsyncIterable[T],
    options: BatchOptions[T, R],
    opener: Callable[[], Journal] | None,
    *,
    ordered: bool,
) -> AsyncIterator[OutcomeStream[R]]:
    if running_loop() is None:
        raise wrong_loop("a batch")
    failure: BaseException | None = None
    journal = None if opener is None else await to_thread.run_sync(opener)
    try:
        runner = BatchRunner(function, items, options, journal)
        async with create_task_group() as group, runner.outcomes:
            group.start_soon(runner.run)
            try:
                yield OutcomeStream(runner, ordered=ordered)
            except get_cancelled_exc_class():
                raise
            except BaseException as error:  # noqa: BLE001 - raised below, outside the group
                failure = error
            finally:
                runner.stop()
    finally:
        if journal is not None:
            journal.close()
    if failure is not None:
        raise failure


def _positive(value: object, name: str) -> int:
    number = exact_int(value)
    if number is None or number < 1:
        message = f"{name} must be a whole number, 1 or more"
        raise ConfigurationError(message)
    return number
