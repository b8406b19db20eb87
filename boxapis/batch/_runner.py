"""Runs the items of a batch concurrently, in tasks of their own.

Promises: no more than ``concurrency`` items are under way, including those whose outcome waits for
the consumer. With a client that has a rate limit, an item is begun only when its first call would
be let through at once, so few items are both recorded as begun and still queued. Calls of the items
and of their source wait for the rate limit in the background. After `stop` no item is begun, and
the items under way are finished. With *settle* an item whose outcome is unknown is looked up, and
begun again only if it was not carried out; a run begins no item a third time.
"""

import logging
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Sized
from contextlib import aclosing
from typing import Generic, TypeVar

from anyio import (
    BrokenResourceError,
    CancelScope,
    Semaphore,
    create_memory_object_stream,
    create_task_group,
)
from anyio.abc import TaskGroup
from anyio.lowlevel import checkpoint

from boxapis._core.rate_limiter import in_background
from boxapis.batch._counters import Counters
from boxapis.batch._items import BatchOptions, Item, ItemProcessor, iterate
from boxapis.batch._journal import CallEvent, Journal
from boxapis.batch._stop import batch_stopped
from boxapis.batch._values import Outcome
from boxapis.errors import BoxAPIError, type_name

__all__ = ["BatchRunner"]

T = TypeVar("T")
R = TypeVar("R")

_MAX_BEGUN = 2  # times that a run begins one item

_logger = logging.getLogger("boxapis")


class BatchRunner(Generic[T, R]):
    """Runs the items of one batch and emits their outcomes.

    Attributes:
        outcomes: Receives each outcome as its item ends.
        counters: The numbers of the batch.
        failure: Error that ended the batch early, of the source or the journal, or the
            `BatchStoppedError` of *stop_on*; None otherwise.
    """

    def __init__(
        self,
        function: Callable[[T], Awaitable[R]],
        items: Iterable[T] | AsyncIterable[T],
        options: BatchOptions[T, R],
        journal: Journal | None,
    ) -> None:
        entries = None if journal is None else journal.entries
        self._items = items
        self._options = options
        self._journal = journal
        self._processor = ItemProcessor(function, options, entries, self._end)
        self._slots = Semaphore(options.concurrency)
        self._sender, self.outcomes = create_memory_object_stream[Outcome[R]](options.concurrency)
        self._feed_scope = CancelScope()
        self._waits: set[CancelScope] = set()  # of items under way that are to be begun again
        self.failure: Exception | None = None
        self.counters = Counters(
            len(items) if isinstance(items, Sized) else None,
            # With versions, items that were done may not be skipped.
            0
            if options.version is not None
            else sum(entry.status == "done" for entry in (entries or {}).values()),
            calls_per_item=options.calls_per_item,
            rate_forecast=options.rate_forecast,
            clock=options.clock,
        )

    async def run(self) -> None:
        """Begins one item after the other and returns when the last one has ended."""
        in_background.set(True)  # for this task and those it starts
        self._report_progress()
        async with self._sender, create_task_group() as group:
            with self._feed_scope:
                try:
                    await self._feed(group)
                except Exception as error:  # noqa: BLE001 - raised to the consumer at the end
                    self.failure = self.failure or error

    def stop(self) -> None:
        """Begins no further item."""
        for scope in (self._feed_scope, *self._waits):
            scope.cancel()

    async def _feed(self, group: TaskGroup) -> None:
        index = 0
        async with aclosing(iterate(self._items)) as source:
            async for value in source:
                await self._admit(group, self._processor.look_up(index, value))
                index += 1

    async def _admit(self, group: TaskGroup, item: Item[T] | Outcome[R]) -> None:
        """Begins an item once there is room for it, or emits the outcome it has already."""
        if isinstance(item, Outcome):
            await checkpoint()
            self.counters.finish_without_call(item.status)
            self._report_progress()
            with CancelScope(shield=True):
                await self._emit(item)
            return
        await self._slots.acquire()
        try:
            await self._wait_for_room()
        except BaseException:
            self._slots.release()
            raise
        self.counters.admit()
        group.start_soon(self._process, item)

    async def _wait_for_room(self) -> None:
        while (wait := self.counters.admission_wait()) > 0:
            await self._options.clock.sleep(wait)

    async def _process(self, item: Item[T]) -> None:
        try:
            outcome = await self._outcome(item)
            if outcome is None:
                self.counters.drop()
                return
            await self._record_outcome(outcome)
            self.counters.finish(outcome.status)
            self._report_progress()
            await self._emit(outcome)
        finally:
            self._slots.release()

    async def _outcome(self, item: Item[T]) -> Outcome[R] | None:
        """Begins an item or looks it up; returns None if it was not begun, and stays as it was."""
        outcome = self._processor.unsettled(item)
        begun = 0
        while True:
            if outcome is not None:
                is_settled = outcome.status != "unknown" or self._options.settle is None
                found = outcome if is_settled else await self._look_up(item, outcome, begun)
                if found is not None or begun == _MAX_BEGUN:
                    return found or outcome
                await self._readmit()
            again = await self._begin(item, begun + 1)
            if again is None:
                return outcome if begun else None
            outcome, begun = again, begun + 1

    async def _begin(self, item: Item[T], begun: int) -> Outcome[R] | None:
        """Calls the function; returns None if the item may not begin: stopped, or unrecorded."""
        may_begin = not self._is_stopped and await self._record(item, "begun")
        self.counters.start()
        if not may_begin:
            return None
        return await self._processor.call(item, item.entry.attempts + begun)

    async def _look_up(self, item: Item[T], unknown: Outcome[R], begun: int) -> Outcome[R] | None:
        """Returns the outcome that is found, or None if the item was not carried out."""
        if begun:  # else it was admitted before
            await self._wait_for_room()
            self.counters.admit_again()
        may_look = await self._record(item, "looked-up")
        self.counters.start()
        return await self._processor.settle(item, unknown) if may_look else unknown

    async def _readmit(self) -> None:
        """Waits until the rate limit has room for another call, or the batch is stopped."""
        with CancelScope() as scope:
            self._waits.add(scope)
            try:
                if not self._is_stopped:
                    await self._wait_for_room()
            finally:
                self._waits.discard(scope)
        self.counters.admit_again()

    async def _record(self, item: Item[T], event: CallEvent) -> bool:
        """Whether an event is in the journal, so that a call may be made, or there is none."""
        if self._journal is None:
            return True
        try:
            version = item.version if event == "begun" else None
            await self._journal.record_call(item.key, event, version)
        except OSError as error:
            self._fail(error)
            return False
        return True

    async def _record_outcome(self, outcome: Outcome[R]) -> None:
        if self._journal is None:
            return
        try:
            match outcome:
                case Outcome(status="failed" | "unknown" as status, error=Exception() as error):
                    await self._journal.record_error(outcome.key, status, error)
                case _:
                    await self._journal.record_done(outcome.key, outcome.summary)
        except OSError as error:
            self._fail(error)

    @property
    def _is_stopped(self) -> bool:
        return self._feed_scope.cancel_called

    def _end(self, error: BoxAPIError) -> None:
        """Ends the batch for an error that every item would meet."""
        self._fail(batch_stopped(error))

    def _fail(self, error: Exception) -> None:
        """Ends the batch: an unrecorded item must not begin, nor one that would only fail."""
        self.failure = self.failure or error
        self.stop()

    async def _emit(self, outcome: Outcome[R]) -> None:
        try:
            await self._sender.send(outcome)
        except BrokenResourceError:  # the consumer has left
            return

    def _report_progress(self) -> None:
        if self._options.on_progress is None:
            return
        try:
            self._options.on_progress(self.counters.progress)
        except BaseException as error:  # noqa: BLE001 - a display that exits ends no batch
            kind = type_name(error)
            extra = {"callback": "on_progress", "error_type": kind}
            _logger.warning("on_progress failed with %s", kind, extra=extra)
