"""One async function over many items: so many at once, one outcome each, resumed after a kill.

::

    async with batch.run(create, rows, client=boxc, key=name_of, journal="job.journal") as outcomes:
        async for outcome in outcomes:
            print(outcome.key, outcome.status)
"""

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from os import PathLike
from pathlib import Path
from typing import Any, Protocol, TypeVar

from anyio import create_task_group, get_cancelled_exc_class, to_thread

from boxapis._core.clock import Clock
from boxapis.batch._journal import Entry, Journal, open_journal, read_journal
from boxapis.batch._runner import Options, Work
from boxapis.batch._stream import Outcomes
from boxapis.batch._values import Outcome, Progress, Status
from boxapis.errors import ConfigurationError
from boxapis.options import Limits

__all__ = ["Entry", "Limited", "Outcome", "Outcomes", "Progress", "Status", "read_journal", "run"]

T = TypeVar("T")
R = TypeVar("R")


class Limited(Protocol):
    """A client whose limits a batch keeps: `BoxTracker`, `BoxC`, or a view of one.

    If it has an ``expected_wait`` as `BoxC` does, it also tells when an item may begin.
    """

    @property
    def limits(self) -> Limits:
        """How much it takes at a time."""
        ...


def run(
    function: Callable[[T], Awaitable[R]],
    items: Iterable[T] | AsyncIterable[T],
    *,
    client: Limited | None = None,
    concurrency: int | None = None,
    calls: int = 1,
    ordered: bool = False,
    key: Callable[[T], str] | None = None,
    journal: "str | PathLike[str] | None" = None,
    changing: bool = True,
    repeat_unknown: bool | Callable[[T], bool] = False,
    again: bool = False,
    summary: Callable[[R], Any] | None = None,
    on_progress: Callable[[Progress], object] | None = None,
) -> AbstractAsyncContextManager[Outcomes[R]]:
    """Runs a function over items. Enter it, then iterate over what you get.

    It cannot be iterated over without being entered, so that nothing is left running: whichever way
    the block is left, no further item is begun, and it ends when those under way have ended; only
    cancellation cuts them off. Each item has one `Outcome`, whatever its function raises. What ends
    a batch early (the source of the items raises, the journal cannot be written) is raised by the
    iteration once all outcomes were given. Whoever takes outcomes slowly slows the batch down.

    Args:
        function: Called with each item, in a task of its own.
        items: Taken one by one, as there is room for them.
        client: The client that the function uses. Its ``limits`` give the default of *concurrency*;
            with a `BoxC`, an item is begun only when the rate limit lets its first call through.
        concurrency: How many items are under way at once; 20 where no client says otherwise.
        calls: How many requests an item makes, for the rate limit and `Progress.eta`.
        ordered: Whether outcomes come in the order of the items, rather than as they end.
        key: Gives the name of an item, always the same one and no other item's; it must be no
            secret. Needed with a journal.
        journal: A file that remembers what was begun and how it ended, readable by its owner alone.
            A run with the journal of an earlier one skips what that has done, tries again what
            failed, and leaves alone what was begun and never settled: its outcome is ``"unknown"``.
        changing: Whether the function changes anything. If so, each event is on the disk before
            the batch goes on, and an error that is not one of boxapis's counts as ``"unknown"``,
            since nobody knows what had been done by then. If not, nothing ever is.
        repeat_unknown: Whether items are begun again that an earlier run has left unknown; a
            function decides for each. Say yes where a repeat does no harm, or you looked it up.
        again: Whether to do once more what an earlier run has done. What is unknown stays so.
        summary: Gives what the journal keeps of a value, as JSON: an id, and no secret.
        on_progress: Called at the start, and with each item that has ended.

    Raises:
        ConfigurationError: an option is wrong; on entering, that the journal is none, is damaged,
            or in use by another run. No item was begun.
        OSError: on entering, the journal cannot be written. No item was begun.
    """
    _check(1 if concurrency is None else concurrency, "concurrency")
    _check(calls, "calls")
    if journal is not None and key is None:
        message = "a journal needs key, which gives each item a name that is no secret"
        raise ConfigurationError(message)
    limits = Limits() if client is None else client.limits
    options = Options[T, R](
        concurrency=concurrency or limits.max_connections,
        key=key,
        changing=changing,
        repeat_unknown=repeat_unknown if callable(repeat_unknown) else lambda _: repeat_unknown,
        summary=summary,
        on_progress=on_progress,
        calls=calls,
        pace=getattr(client, "expected_wait", None),
        clock=getattr(client, "_clock", None) or Clock(),
    )

    def opened() -> Journal | None:
        if journal is None:
            return None
        return open_journal(Path(journal), durable=changing, again=again)

    return _running(function, items, options, opened, ordered=ordered)


@asynccontextmanager
async def _running(
    function: Callable[[T], Awaitable[R]],
    items: Iterable[T] | AsyncIterable[T],
    options: Options[T, R],
    opened: Callable[[], Journal | None],
    *,
    ordered: bool,
) -> AsyncIterator[Outcomes[R]]:
    failure: BaseException | None = None
    journal = await to_thread.run_sync(opened)
    try:
        work = Work(function, items, options, journal)
        async with create_task_group() as group, work.outcomes:
            group.start_soon(work.run)
            try:
                yield Outcomes(work, ordered=ordered)
            except get_cancelled_exc_class():
                raise
            except BaseException as error:  # noqa: BLE001 - raised below, outside the group
                failure = error
            finally:
                work.stop()
    finally:
        if journal is not None:
            journal.close()
    if failure is not None:
        raise failure


def _check(value: object, name: str) -> None:
    match value:
        case bool():
            pass
        case int() if value >= 1:
            return
    message = f"{name} must be a whole number, 1 or more"
    raise ConfigurationError(message)
