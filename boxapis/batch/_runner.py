"""Runs the items of a batch concurrently, in tasks of their own.

Promises: no more than ``concurrency`` items are under way, including those whose outcome waits for
the consumer. With a client that has a rate limit, an item is begun only when its first call would
be let through at once, so few items are both recorded as begun and still queued. After `stop` no
item is begun, and the items under way are finished.
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

from boxapis.batch._counters import Counters
from boxapis.batch._items import BatchOptions, Item, ItemProcessor, iterate
from boxapis.batch._journal import Journal
from boxapis.batch._values import Outcome
from boxapis.errors import type_name

__all__ = ["BatchRunner"]

T = TypeVar("T")
R = TypeVar("R")

_logger = logging.getLogger("boxapis")


class BatchRunner(Generic[T, R]):
    """Runs the items of one batch and emits their outcomes.

    Attributes:
        outcomes: Receives each outcome as its item ends.
        counters: The numbers of the batch.
        failure: Error of the source or the journal that ended the batch early; None otherwise.
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
        self._processor = ItemProcessor(function, options, entries)
        self._slots = Semaphore(options.concurrency)
        self._sender, self.outcomes = create_memory_object_stream[Outcome[R]](options.concurrency)
        self._feed_scope = CancelScope()
        self.failure: Exception | None = None
        self.counters = Counters(
            len(items) if isinstance(items, Sized) else None,
            sum(entry.status == "done" for entry in (entries or {}).values()),
            calls_per_item=options.calls_per_item,
            rate_forecast=options.rate_forecast,
            clock=options.clock,
        )

    async def run(self) -> None:
        """Begins one item after the other and returns when the last one has ended."""
        self._report_progress()
        async with self._sender, create_task_group() as group:
            with self._feed_scope:
                try:
                    await self._feed(group)
                except Exception as error:  # noqa: BLE001 - raised to the consumer at the end
                    self.failure = error

    def stop(self) -> None:
        """Begins no further item."""
        self._feed_scope.cancel()

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
            while (wait := self.counters.admission_wait()) > 0:
                await self._options.clock.sleep(wait)
        except BaseException:
            self._slots.release()
            raise
        self.counters.admit()
        group.start_soon(self._process, item)

    async def _process(self, item: Item[T]) -> None:
        try:
            if not await self._record_begun(item):
                self.counters.cancel_admission()
                return
            self.counters.start()
            outcome = await self._processor.call(item)
            await self._record_outcome(outcome)
            self.counters.finish(outcome.status)
            self._report_progress()
            await self._emit(outcome)
        finally:
            self._slots.release()

    async def _record_begun(self, item: Item[T]) -> bool:
        """Whether the item may begin: it is in the journal, or there is no journal."""
        if self._journal is None:
            return True
        try:
            await self._journal.record_begun(item.key)
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

    def _fail(self, error: OSError) -> None:
        """Ends the batch because the journal failed: an unrecorded item must not begin."""
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
        except Exception as error:  # noqa: BLE001 - the user's callable never affects an item
            _logger.warning("on_progress failed with %s", type_name(error))
