"""Takes items through one function: how many at once, when the next begins, how each ended.

Promises: never more items are under way than were asked for, those that wait for the consumer to
take their outcome included; with a client that has a rate limit an item is begun only when its
first call would be let through at once, so that nothing stands in line that the journal calls
begun; an item has exactly one outcome, whatever its function raises; after `stop` no item is begun
and those under way come to their end.
"""

import logging
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Sized
from contextlib import aclosing
from typing import Any, Generic, TypeVar

from anyio import (
    BrokenResourceError,
    CancelScope,
    Semaphore,
    create_memory_object_stream,
    create_task_group,
    get_cancelled_exc_class,
)
from anyio.abc import TaskGroup
from anyio.lowlevel import checkpoint
from attrs import frozen

from boxapis._core.clock import Clock
from boxapis.batch._classify import bare, is_being_cancelled, judged, known, never_settled
from boxapis.batch._counts import Pace, Tally
from boxapis.batch._items import each
from boxapis.batch._journal import Entry, Journal
from boxapis.batch._values import Outcome, Progress
from boxapis.errors import ConfigurationError, OutcomeUnknownError

__all__ = ["Options", "Work"]

T = TypeVar("T")
R = TypeVar("R")

_NEW = Entry()

_logger = logging.getLogger("boxapis")


@frozen(kw_only=True)
class Options(Generic[T, R]):
    """How a batch is run; see `boxapis.batch.run`."""

    concurrency: int
    key: Callable[[T], str] | None
    changing: bool
    repeat_unknown: Callable[[T], bool]
    summary: Callable[[R], Any] | None
    on_progress: Callable[[Progress], object] | None
    calls: int
    pace: Pace | None
    clock: Clock


@frozen
class _Place(Generic[T]):
    """One item, its number and its name, and what the journal knows of it."""

    index: int
    key: str
    item: T
    entry: Entry = _NEW


class Work(Generic[T, R]):
    """The items of one batch on their way.

    Attributes:
        outcomes: Where they come out, in the order in which they end.
        tally: The numbers.
        failure: What ended the batch early: the source of the items, or the journal.
    """

    def __init__(
        self,
        function: Callable[[T], Awaitable[R]],
        items: Iterable[T] | AsyncIterable[T],
        options: Options[T, R],
        journal: Journal | None,
    ) -> None:
        self._function = function
        self._items = items
        self._options = options
        self._journal = journal
        self._seen: set[str] = set()
        self._room = Semaphore(options.concurrency)
        self._given, self.outcomes = create_memory_object_stream[Outcome[R]](options.concurrency)
        self._feeding = CancelScope()
        self.failure: Exception | None = None
        self.tally = Tally(
            len(items) if isinstance(items, Sized) else None,
            0 if journal is None else sum(map(_is_done, journal.entries.values())),
            calls=options.calls,
            pace=options.pace,
            clock=options.clock,
        )

    async def run(self) -> None:
        """Begins one item after the other; ends when the last one has."""
        self._report()
        async with self._given, create_task_group() as group:
            with self._feeding:
                try:
                    await self._feed(group)
                except Exception as error:  # noqa: BLE001 - given to the consumer at the end
                    self.failure = error

    def stop(self) -> None:
        """Begins no further item."""
        self._feeding.cancel()

    async def _feed(self, group: TaskGroup) -> None:
        index = 0
        async with aclosing(each(self._items)) as source:
            async for item in source:
                await self._admit(group, index, item)
                index += 1

    async def _admit(self, group: TaskGroup, index: int, item: T) -> None:
        """Begins an item as soon as there is room for it, or tells why it is not begun."""
        place = self._placed(index, item)
        if isinstance(place, Outcome):
            await checkpoint()
            self.tally.note(place.status)
            self._report()
            with CancelScope(shield=True):
                await self._give(place)
            return
        await self._room.acquire()
        try:
            while (wait := self.tally.wait()) > 0:
                await self._options.clock.sleep(wait)
        except BaseException:
            self._room.release()
            raise
        self.tally.begin()
        group.start_soon(self._carry_out, place)

    def _placed(self, index: int, item: T) -> _Place[T] | Outcome[R]:
        """The item with what is known of it, or its outcome when it is not to be begun."""
        key = str(index)
        try:
            if self._options.key is not None:
                key = self._named(item)
            entry = _NEW if self._journal is None else self._journal.entries.get(key, _NEW)
            if entry.status == "done":
                return known(index, key, entry, "skipped", None)
            if entry.status == "unknown" and not self._may_repeat(item):
                return known(index, key, entry, "unknown", never_settled())
        except Exception as error:  # noqa: BLE001 - an outcome, too
            return Outcome(index=index, key=key, status="failed", error=bare(error))
        return _Place(index, key, item, entry)

    def _named(self, item: T) -> str:
        key = None if self._options.key is None else self._options.key(item)
        if not isinstance(key, str):
            message = f"key must give a str, not a {type(key).__name__}"
            raise ConfigurationError(message)
        if self._journal is not None:
            if key in self._seen:
                message = "another item has the same key, so the journal could not tell them apart"
                raise ConfigurationError(message)
            self._seen.add(key)
        return key

    def _may_repeat(self, item: T) -> bool:
        return not self._options.changing or self._options.repeat_unknown(item)

    async def _carry_out(self, place: _Place[T]) -> None:
        try:
            if await self._noted(place):
                self.tally.enter()
                outcome = await self._outcome(place)
                await self._settle(outcome)
                self.tally.end(outcome.status)
                self._report()
                await self._give(outcome)
            else:
                self.tally.withdraw()
        finally:
            self._room.release()

    async def _noted(self, place: _Place[T]) -> bool:
        """Whether the item may begin: the journal has it, or there is none."""
        if self._journal is None:
            return True
        try:
            await self._journal.begun(place.key)
        except OSError as error:
            self._fail(error)
            return False
        return True

    async def _outcome(self, place: _Place[T]) -> Outcome[R]:
        now = self._options.clock.now
        began = now()
        value: R | None = None
        summary: Any = None
        error: Exception | None = None
        try:
            value = await self._function(place.item)
            summary = self._summary(value)
        except get_cancelled_exc_class():
            if is_being_cancelled():
                raise
            error = OutcomeUnknownError("the call was cancelled from within")
        except Exception as raised:  # noqa: BLE001 - one item never ends the rest
            error = bare(raised)
        return Outcome(
            index=place.index,
            key=place.key,
            status="done" if error is None else judged(error, changing=self._options.changing),
            value=value,
            error=error,
            summary=summary,
            attempts=place.entry.begun + 1,
            seconds=now() - began,
        )

    def _summary(self, value: R) -> Any:
        if self._options.summary is None:
            return None
        try:
            return self._options.summary(value)
        except Exception as error:  # noqa: BLE001 - a callable of the user's never touches an item
            _logger.warning("summary failed with %s", type(error).__name__)
            return None

    async def _settle(self, outcome: Outcome[R]) -> None:
        if self._journal is None:
            return
        try:
            match outcome:
                case Outcome(status="failed" | "unknown" as status, error=Exception() as error):
                    await self._journal.not_done(outcome.key, status, error)
                case _:
                    await self._journal.done(outcome.key, outcome.summary)
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        """What cannot be recorded is not begun."""
        self.failure = self.failure or error
        self.stop()

    async def _give(self, outcome: Outcome[R]) -> None:
        try:
            await self._given.send(outcome)
        except BrokenResourceError:  # the consumer has left
            return

    def _report(self) -> None:
        if self._options.on_progress is None:
            return
        try:
            self._options.on_progress(self.tally.progress)
        except Exception as error:  # noqa: BLE001 - a callable of the user's never touches an item
            _logger.warning("on_progress failed with %s", type(error).__name__)


def _is_done(entry: Entry) -> bool:
    return entry.status == "done"
