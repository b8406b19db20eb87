"""Items of a batch: reads their source, finds their journal entries, calls the function with them.

Promises: each item gets exactly one outcome, whatever its key or its function raises. An error in
an outcome has no frame of this file in its traceback, because their locals hold the item.
"""

import logging
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar, cast
from unicodedata import normalize

from anyio import CancelScope, current_effective_deadline, get_cancelled_exc_class
from attrs import evolve, frozen

from boxapis._core.clock import Clock
from boxapis._sansio.text import exact_text
from boxapis.batch._counters import RateForecast
from boxapis.batch._journal import JournalEntry
from boxapis.batch._values import Outcome, OutcomeStatus, Progress, Settlement
from boxapis.errors import (
    BoxAPIError,
    ConfigurationError,
    OutcomeUnknownError,
    WaitTimeoutError,
    type_name,
)

__all__ = ["BatchOptions", "Item", "ItemProcessor", "iterate"]

T = TypeVar("T")
R = TypeVar("R")
V = TypeVar("V")

_NO_ENTRY = JournalEntry()

_logger = logging.getLogger("boxapis")


@frozen(kw_only=True)
class BatchOptions(Generic[T, R]):
    """The options of a batch; see `boxapis.batch.run`."""

    concurrency: int
    key: Callable[[T], str] | None
    version: Callable[[T], str] | None
    changing: bool
    repeat_unknown: Callable[[T], bool]
    settle: Callable[[T], Awaitable[Settlement]] | None
    stop_on: Callable[[BoxAPIError], bool]
    summary: Callable[[R], Any] | None
    on_progress: Callable[[Progress], object] | None
    calls_per_item: int
    rate_forecast: RateForecast | None
    clock: Clock


@frozen
class Item(Generic[T]):
    """One item, its index from 0, its key, its journal entry, and its version if it has one."""

    index: int
    key: str
    value: T
    entry: JournalEntry
    version: str | None


async def iterate(items: Iterable[T] | AsyncIterable[T]) -> AsyncGenerator[T, None]:
    """Iterates over a source of either kind, and closes it if it is an async generator."""
    if not isinstance(items, AsyncIterable):
        for item in items:
            yield item
        return
    iterator = aiter(items)
    try:
        async for item in iterator:
            yield item
    finally:
        aclose = getattr(iterator, "aclose", None)
        if aclose is not None:
            with CancelScope(shield=True):
                await aclose()


class ItemProcessor(Generic[T, R]):
    """Turns items into outcomes.

    Args:
        function: Called with each item.
        options: The options of the batch.
        entries: Journal entries by key; None without a journal.
        end_batch: Called with an error of the function or of *settle* that ends the batch.
    """

    def __init__(
        self,
        function: Callable[[T], Awaitable[R]],
        options: BatchOptions[T, R],
        entries: Mapping[str, JournalEntry] | None,
        end_batch: Callable[[BoxAPIError], object],
    ) -> None:
        self._function = function
        self._options = options
        self._entries = entries
        self._end_batch = end_batch
        self._seen_keys: set[str] = set()

    def look_up(self, index: int, value: T) -> Item[T] | Outcome[R]:
        """Returns the item with its journal entry, or its outcome if it is not to be begun."""
        key, version = str(index), None
        try:
            if self._options.key is not None:
                key = self._key(self._options.key(value))
            if self._options.version is not None:
                version = _checked_text(self._options.version(value), "version")
            entry = _NO_ENTRY if self._entries is None else self._entries.get(key, _NO_ENTRY)
            if entry.status == "done" and version in (None, entry.version):
                return _recorded_outcome(index, key, entry, "skipped", None)
            if entry.status == "unknown" and not self._may_repeat(value):
                return _recorded_outcome(index, key, entry, "unknown", _unsettled())
        except Exception as error:  # noqa: BLE001 - becomes the item's outcome
            return Outcome(index=index, key=key, status="failed", error=_strip_frames(error))
        return Item(index, key, value, entry, version)

    def _key(self, key: object) -> str:
        exact = normalize("NFC", _checked_text(key, "key"))  # what looks the same is the same
        if self._entries is not None:
            if exact in self._seen_keys:
                message = "another item has the same key, so the journal cannot tell them apart"
                raise ConfigurationError(message)
            self._seen_keys.add(exact)
        return exact

    def _may_repeat(self, value: T) -> bool:
        options = self._options
        if not options.changing or options.settle is not None:
            return True
        return options.repeat_unknown(value)

    def unsettled(self, item: Item[T]) -> Outcome[R] | None:
        """Returns the outcome of an item that is looked up before it may be begun, else None."""
        if item.entry.status != "unknown" or not self._options.changing:
            return None
        if self._options.settle is None:
            return None
        return _recorded_outcome(item.index, item.key, item.entry, "unknown", _unsettled())

    async def call(self, item: Item[T], attempts: int) -> Outcome[R]:
        """Calls the function with an item, begun so often by now, and returns the outcome."""
        now = self._options.clock.now
        started = now()
        value, error = await self._called(self._function, item.value)
        return Outcome(
            index=item.index,
            key=item.key,
            status="done" if error is None else _classify(error, changing=self._options.changing),
            value=value,
            error=error,
            summary=None if error is not None else self._summary(cast("R", value)),
            attempts=attempts,
            seconds=now() - started,
        )

    async def settle(self, item: Item[T], unknown: Outcome[R]) -> Outcome[R] | None:
        """Looks an unknown item up; returns its outcome, or None if it was not carried out."""
        if self._options.settle is None:
            return unknown
        found, error = await self._called(self._options.settle, item.value)
        match found:
            case Settlement(status="done", summary=summary):
                return evolve(unknown, status="done", error=None, summary=summary)
            case Settlement(status="not-done"):
                return None
            case Settlement():
                return unknown
        if error is None:
            error = TypeError(f"settle must return a Settlement, not {type_name(found)}")
        kind = type_name(error)
        extra = {"callback": "settle", "error_type": kind}
        _logger.warning("settle failed with %s", kind, extra=extra)
        if unknown.error is not None:  # the text of another library's error may hold secrets
            text = f": {error}" if isinstance(error, BoxAPIError) else ""
            unknown.error.add_note(f"The look-up of its outcome failed with {kind}{text}")
        return unknown

    async def _called(
        self, function: Callable[[T], Awaitable[V]], value: T
    ) -> tuple[V | None, Exception | None]:
        """Calls a function of the user's; an error of it may end the batch."""
        found, error = await _guarded(function, value)
        if isinstance(error, BoxAPIError) and self._ends_batch(error):
            self._end_batch(error)
        return found, error

    def _ends_batch(self, error: BoxAPIError) -> bool:
        """Whether the error of an item ends the batch."""
        try:
            return self._options.stop_on(error)
        except Exception as problem:  # noqa: BLE001 - the user's callable never affects an item
            kind = type_name(problem)
            extra = {"callback": "stop_on", "error_type": kind}
            _logger.warning("stop_on failed with %s", kind, extra=extra)
            return False

    def _summary(self, value: R) -> Any:
        if self._options.summary is None:
            return None
        try:
            return self._options.summary(value)
        except Exception as error:  # noqa: BLE001 - the user's callable never affects an item
            kind = type_name(error)
            extra = {"callback": "summary", "error_type": kind}
            _logger.warning("summary failed with %s", kind, extra=extra)
            return None


async def _guarded(
    function: Callable[[T], Awaitable[V]], value: T
) -> tuple[V | None, Exception | None]:
    """Calls a function of the user's; returns its value, or its error without our frames."""
    try:
        return await function(value), None
    except get_cancelled_exc_class():
        if current_effective_deadline() == float("-inf"):  # the batch itself is cancelled
            raise
        return None, OutcomeUnknownError("the function cancelled itself")
    except Exception as raised:  # noqa: BLE001 - becomes the item's outcome
        return None, _strip_frames(raised)


def _checked_text(value: object, name: str) -> str:
    exact = exact_text(value)
    if exact is None:
        message = f"{name} must return a str, not {type_name(value)}"
        raise ConfigurationError(message)
    return exact


def _recorded_outcome(
    index: int, key: str, entry: JournalEntry, status: OutcomeStatus, error: Exception | None
) -> Outcome[Any]:
    return Outcome(
        index=index,
        key=key,
        status=status,
        error=error,
        summary=entry.summary,
        attempts=entry.attempts,
    )


def _unsettled() -> OutcomeUnknownError:
    return OutcomeUnknownError("an earlier run began it and recorded no result")


def _classify(error: Exception, *, changing: bool) -> OutcomeStatus:
    """Returns the status for an error; other libraries' errors say nothing about the outcome.

    Nor does the end of a wait: a function that changes something waits for what it has made.
    """
    if not changing:
        return "failed"
    if isinstance(error, BoxAPIError) and not isinstance(error, WaitTimeoutError):
        return "unknown" if error.may_have_been_applied else "failed"
    return "unknown"


def _strip_frames(error: Exception) -> Exception:
    """Removes the frames of this file from the head of the traceback."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_frame.f_code.co_filename == __file__:
        traceback = traceback.tb_next
    return error.with_traceback(traceback)
