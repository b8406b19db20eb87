"""Batches: calls one async function for many items, concurrently, and resumes after a kill.

    async with batch.run(create, rows, client=boxc, key=row_id, journal="job.journal") as outcomes:
        async for outcome in outcomes:
            print(outcome.key, outcome.status)

An item whose outcome is unknown, because a response was lost or the process killed, is never
repeated blindly. With ``settle=look_up`` it is looked up, and begun again only if it was not done:

    async def look_up(row):
        async for shipment in boxc.shipments.list(order_number=row.order):
            return Settlement.done({"id": shipment.id})
        return Settlement.not_done()

A ``status`` is ``"done"``, ``"failed"`` (nothing was changed), ``"unknown"`` (it may have been
carried out) or ``"skipped"`` (an earlier run with this journal did it). A second run retries what
failed. An item that was started and never settled, or whose wait timed out, is unknown, and so is
any error from outside this library, since a call may have been made before it; ``changing=False``
declares that the function only reads. An error that every item would meet (`meets_every_item`;
``stop_on`` replaces it) ends the batch with one `BatchStoppedError` after the last outcome, and
what was not begun stays untouched.

The journal holds keys, summaries and times of calls, but no items, values or secrets. Each line is
on disk before the call it announces starts, and before the outcome it records is returned.
With ``version`` items that have changed are begun again; ``scope`` binds the journal to an account.

After the block is left, also by ``break``, no further item starts, and the calls under way are
awaited; ``outcomes.stop()`` does so and still yields their outcomes. Only cancellation interrupts
them.
"""

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from os import PathLike
from typing import Any, Protocol, TypeVar

from anyio import create_task_group, get_cancelled_exc_class, to_thread

from boxapis._core.clock import Clock
from boxapis._core.loop_guard import running_loop, wrong_loop
from boxapis._sansio.text import exact_int
from boxapis.batch._counters import RateForecast
from boxapis.batch._items import BatchOptions
from boxapis.batch._journal import Journal, JournalEntry, open_journal, read_journal
from boxapis.batch._runner import BatchRunner
from boxapis.batch._stop import meets_every_item
from boxapis.batch._stream import OutcomeStream
from boxapis.batch._values import Outcome, OutcomeStatus, Progress, Settlement
from boxapis.errors import BoxAPIError, ConfigurationError
from boxapis.options import Limits

__all__ = [
    "JournalEntry",
    "LimitedClient",
    "Outcome",
    "OutcomeStatus",
    "OutcomeStream",
    "Progress",
    "Settlement",
    "meets_every_item",
    "read_journal",
    "run",
]

T = TypeVar("T")
R = TypeVar("R")


class LimitedClient(Protocol):
    """A client whose limits a batch keeps: `BoxTracker`, `BoxC`, or a view of one.

    If it has ``expected_wait`` like `BoxC`, items are begun at the pace of its rate limit, and a
    journal lets the next process take the bucket as full as this one left it.
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
    version: Callable[[T], str] | None = None,
    journal: "str | PathLike[str] | None" = None,
    scope: Mapping[str, str] | None = None,
    changing: bool = True,
    repeat_unknown: bool | Callable[[T], bool] = False,
    repeat_done: bool = False,
    settle: Callable[[T], Awaitable[Settlement]] | None = None,
    stop_on: Callable[[BoxAPIError], bool] = meets_every_item,
    summary: Callable[[R], Any] | None = None,
    on_progress: Callable[[Progress], object] | None = None,
) -> AbstractAsyncContextManager[OutcomeStream[R]]:
    """Calls a function for each item; a context manager whose value iterates over the outcomes.

    Each item has one `Outcome`, whatever its function raises. When the block is left, even by
    ``break`` or an error, no further item is begun, and the block ends when the items under way
    have ended; only cancellation interrupts them. An error of the source of items or of the journal
    ends the batch early, and so does one that *stop_on* accepts: it is raised by the iteration
    after the last outcome. A consumer that is slow to take outcomes slows the batch down.

    Whatever *function* and the source of items call is in the background: it passes BoxC's rate
    limit when no other call of the user waits in this process, see ``with_options(background=)``.

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
        key: Returns the name of an item: unique, the same in every run, and no secret; compared in
            Unicode's form NFC. Required with a journal; by default the index as text.
        version: Returns the version of an item's content, which is no secret: an item whose version
            is another one than when it was done is begun again.
        journal: File that records which items were begun and how they ended, readable by its owner
            only. A later run with the same file skips what is done, tries again what failed, and
            leaves alone what was begun without a known result: its outcome is ``"unknown"``.
        scope: What the journal is about, as names and texts without a secret: an address, an
            account. A journal of another scope is refused.
        changing: Whether the function changes anything at the service, the default. If so, each
            journal event is on the disk before the batch goes on, and an error of another library
            makes the outcome ``"unknown"``, because it does not tell what was done; so does a
            `WaitTimeoutError`, because what the function waits for it may have made before. If not,
            no outcome is ``"unknown"``.
        repeat_unknown: Whether to begin items again that an earlier run left ``"unknown"``, or a
            function that decides for each item. Default False. Use True if repeats do no harm.
        repeat_done: Whether to begin items again that an earlier run has done. Default False.
        settle: Looks an item up whose outcome is unknown, and returns a `Settlement`: called for
            an item that an earlier run left ``"unknown"`` before anything else is done with it, and
            when an item becomes ``"unknown"`` in this run. Found done, its outcome is ``"done"``,
            without a value and with the settlement's summary. Found not done, it is begun again,
            but no item more than twice in a run; after the second time it is looked up once more
            and stays ``"unknown"`` unless it was done, and the next run looks it up. If the look-up
            raises, the item stays ``"unknown"``, and a note on its error says why. A "not done"
            that is wrong means done twice: after a timeout the service may still be at work, so
            let the look-up wait, or return "unknown". Not together with *repeat_unknown*.
        stop_on: Returns whether an item's error, of *function* or of *settle*, ends the batch; by
            default `meets_every_item`, never with ``lambda error: False``. Then no further item is
            begun, those under way end with outcomes of their own, and the iteration raises a
            `BatchStoppedError`. What was not begun has no outcome, and the journal does not
            mention it.
        summary: Returns the part of a value that the journal keeps, as JSON, for instance an id;
            it must hold no secret.
        on_progress: Called at the start and after each item that has ended. What it raises, even
            ``SystemExit``, is logged by its type and ends nothing.

    Raises:
        ConfigurationError: an option is wrong; or, on entering, the file is no journal, is damaged,
            has another scope, was written by another version of this package, or is in use by
            another run; or it is entered under trio. No item was begun.
        OSError: on entering, the journal cannot be written. No item was begun.
    """
    if concurrency is not None:
        concurrency = _positive(concurrency, "concurrency")
    calls_per_item = _positive(calls_per_item, "calls_per_item")
    if settle is not None and repeat_unknown is not False:
        message = "give settle or repeat_unknown: either looks up what is unknown, or repeats it"
        raise ConfigurationError(message)
    if journal is not None and key is None:
        message = "a journal needs key, which returns a name for each item that is no secret"
        raise ConfigurationError(message)
    limits = Limits() if client is None else client.limits
    options = BatchOptions[T, R](
        concurrency=concurrency or limits.max_connections,
        key=key,
        version=version,
        changing=changing,
        repeat_unknown=repeat_unknown if callable(repeat_unknown) else lambda _: repeat_unknown,
        settle=settle,
        stop_on=stop_on,
        summary=summary,
        on_progress=on_progress,
        calls_per_item=calls_per_item,
        rate_forecast=_rate_forecast(client),
        clock=getattr(client, "_clock", None) or Clock(),
    )
    opener = None
    if journal is not None:
        wall = None if options.rate_forecast is None else options.clock.wall
        opener = partial(
            open_journal,
            journal,
            durable=changing,
            new_round=repeat_done,
            scope=scope or {},
            wall=wall,
        )
    return _run(function, items, options, opener, client, ordered=ordered)


@asynccontextmanager
async def _run(
    function: Callable[[T], Awaitable[R]],
    items: Iterable[T] | AsyncIterable[T],
    options: BatchOptions[T, R],
    opener: Callable[[], Journal] | None,
    client: LimitedClient | None,
    *,
    ordered: bool,
) -> AsyncIterator[OutcomeStream[R]]:
    if running_loop() is None:
        raise wrong_loop("a batch")
    failure: BaseException | None = None
    journal = None if opener is None else await to_thread.run_sync(opener)
    try:
        if journal is not None:
            _note_earlier_calls(client, journal, options)
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


def _note_earlier_calls(
    client: LimitedClient | None, journal: Journal, options: BatchOptions[Any, Any]
) -> None:
    """Lets the client's rate limit take into account what earlier runs called lately."""
    note = getattr(client, "_note_earlier_calls", None)
    if note is not None:
        now = options.clock.wall()
        note(now - time for time in journal.call_times for _ in range(options.calls_per_item))


def _rate_forecast(client: Any) -> RateForecast | None:
    """Returns the client's forecast, asked from the background, where the calls of a batch wait."""
    if not hasattr(client, "expected_wait"):
        return None
    view = client.with_options(background=True) if hasattr(client, "with_options") else client
    forecast: RateForecast = view.expected_wait
    return forecast


def _positive(value: object, name: str) -> int:
    number = exact_int(value)
    if number is None or number < 1:
        message = f"{name} must be a whole number, 1 or more"
        raise ConfigurationError(message)
    return number
