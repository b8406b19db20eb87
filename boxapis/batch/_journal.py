"""Journal of a batch: a file that records which items were begun and how they ended.

One line of JSON per event. It holds the key and the summary that the caller provides, and nothing
else of an item. ``begun`` is on the disk before the call is made, and the end before the outcome is
reported, so an item that was begun and has no end is *unknown*::

    {"journal": "boxapis.batch", "version": 1}
    {"event": "begun", "key": "row-1"}
    {"event": "done", "key": "row-1", "summary": {"id": 1234567}}
    {"event": "begun", "key": "row-2"}
    {"event": "failed", "key": "row-2", "error": "ValidationError"}
    {"event": "looked-up", "key": "row-3", "at": 1764201600.0}
    {"event": "again"}

``looked-up`` changes nothing: what the look-up found follows, as ``done``, ``begun`` or
``unknown``. Under a rate limit ``begun`` and ``looked-up`` have their time in seconds since 1970,
so that a later run knows how full this one left the bucket.

``again`` begins a new round: items that were done or failed are to be done once more, unknown ones
stay unknown. An incomplete last line, left by a kill, is dropped: the write had not returned, so
the call it announces was not made.
"""

import json
import logging
import os
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from anyio import CancelScope, Lock, to_thread
from attrs import evolve, frozen

from boxapis.batch._log_file import LogFile, read_file
from boxapis.errors import ConfigurationError, type_name
from boxapis.options import exact_number

__all__ = ["CallEvent", "Journal", "JournalEntry", "open_journal", "read_journal"]

RecordedStatus = Literal["done", "failed", "unknown"]
CallEvent = Literal["begun", "looked-up"]

_LAST_TIME = 2.0**53
_HEADER = b'{"journal": "boxapis.batch", "version": 1}\n'

_logger = logging.getLogger("boxapis")


@frozen(kw_only=True)
class JournalEntry:
    """What a journal records of one item.

    Attributes:
        status: How it ended in the current round; ``"unknown"`` also when it was begun and no end
            is recorded; None when this round has not begun it.
        summary: Summary of its value when it was last done.
        attempts: How often it was begun.
    """

    status: RecordedStatus | None = None
    summary: Any = None
    attempts: int = 0


def read_journal(path: "str | os.PathLike[str]") -> Mapping[str, JournalEntry]:
    """Returns the entries of a journal by key; empty if there is no file. It may be in use.

    Raises:
        ConfigurationError: the file is no journal, is damaged, or cannot be read.
    """
    return _parse(_complete_lines(read_file(Path(path))))[0]


def open_journal(
    path: "str | os.PathLike[str]",
    *,
    durable: bool,
    new_round: bool,
    wall: Callable[[], float] | None = None,
) -> "Journal":
    """Opens a journal for writing; creates it if there is none.

    Args:
        path: Path of the file.
        durable: Whether each event waits until it is on the disk.
        new_round: Whether to do again what earlier runs have done.
        wall: Returns the time in seconds since 1970; None to record no time of calls.

    Raises:
        ConfigurationError: the file is no journal, is damaged, or another run is using it.
        OSError: it cannot be written.
    """
    file = LogFile(Path(path))
    try:
        lines = _complete_lines(file.read())
        entries, call_times = _parse(lines)
        file.make_private()  # not before it is known to be a journal
        file.truncate(sum(map(len, lines)))
        if not lines:
            file.append(_HEADER, durable=durable)
        if new_round and entries:
            event = {"event": "again"}
            file.append(_encode(event), durable=durable)
            _apply(entries, event)
    except BaseException:
        file.close()
        raise
    return Journal(file, entries, call_times, durable=durable, wall=wall)


class Journal:
    """A journal open for writing. Events that come at the same time share one write.

    Attributes:
        entries: Entries of earlier runs, by key.
        call_times: When earlier runs made calls, in seconds since 1970, as far as it is recorded.
    """

    def __init__(
        self,
        file: LogFile,
        entries: dict[str, JournalEntry],
        call_times: Sequence[float],
        *,
        durable: bool,
        wall: Callable[[], float] | None,
    ) -> None:
        self.entries = entries
        self.call_times = call_times
        self._wall = wall
        self._file = file
        self._durable = durable
        self._lock = Lock()
        self._pending: list[bytes] = []
        self._queued = self._written = 0

    async def record_call(self, key: str, event: CallEvent) -> None:
        """Records that an item is about to be begun, or looked up."""
        at = {} if self._wall is None else {"at": round(self._wall(), 1)}
        await self._write({"event": event, "key": key, **at})

    async def record_done(self, key: str, summary: Any) -> None:
        """Records that an item is done, with its summary."""
        kept = {} if summary is None else {"summary": summary}
        await self._write({"event": "done", "key": key, **kept})

    async def record_error(self, key: str, status: RecordedStatus, error: Exception) -> None:
        """Records that an item failed or is unknown, with the class name of the error."""
        await self._write({"event": status, "key": key, "error": type_name(error)})

    def close(self) -> None:
        """Closes the file. Every event must have been written."""
        self._file.close()

    async def _write(self, event: dict[str, Any]) -> None:
        """Writes an event, together with all that are pending when its turn comes."""
        self._pending.append(_encode(event))
        self._queued = number = self._queued + 1
        with CancelScope(shield=True):  # what is known is recorded, even under cancellation
            async with self._lock:
                if self._written < number:
                    await self._write_pending()

    async def _write_pending(self) -> None:
        lines, self._pending = self._pending, []
        data = b"".join(lines)
        if self._durable:
            await to_thread.run_sync(lambda: self._file.append(data, durable=True))
        else:
            self._file.append(data, durable=False)
        self._written += len(lines)


def _encode(event: dict[str, Any]) -> bytes:
    try:
        return json.dumps(event).encode() + b"\n"
    except (TypeError, ValueError, RecursionError):
        kind = type_name(event.pop("summary"))
    _logger.warning("a summary of type %s is not JSON, so the journal does not keep it", kind)
    return _encode(event)


def _complete_lines(data: bytes) -> list[bytes]:
    """Splits a journal into lines and leaves out an incomplete last one."""
    if _HEADER.startswith(data) and data != _HEADER:
        return []
    if not data.startswith(_HEADER):
        message = "the file given as journal is none: it has no header of boxapis.batch"
        raise ConfigurationError(message)
    return [line + b"\n" for line in data.split(b"\n")[:-1]]


def _parse(lines: Iterable[bytes]) -> tuple[dict[str, JournalEntry], Sequence[float]]:
    """Returns the entries by key, and the times of calls."""
    entries: dict[str, JournalEntry] = {}
    call_times = array("d")
    for number, line in enumerate(lines, 1):
        event = _parse_event(line)
        if number > 1 and not (event and _apply(entries, event)):
            message = f"the journal is damaged in line {number}"
            raise ConfigurationError(message, next_step="restore it, or begin another one")
        at = None if event is None else exact_number(event.get("at"))
        if at is not None and 0 <= at < _LAST_TIME:
            call_times.append(at)
    return entries, call_times


def _parse_event(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def _apply(entries: dict[str, JournalEntry], event: Mapping[str, Any]) -> bool:
    """Applies an event to the entries; returns whether it is a valid one."""
    match event:
        case {"event": "again"}:
            for key, entry in entries.items():
                if entry.status != "unknown":
                    entries[key] = evolve(entry, status=None)
        case {"event": "looked-up", "key": str()}:
            pass  # it stays what it was
        case {"event": "begun", "key": str(key)}:
            entry = entries.get(key, JournalEntry())
            entries[key] = evolve(entry, status="unknown", attempts=entry.attempts + 1)
        case {"event": "done", "key": str(key), **rest}:
            entry = entries.get(key, JournalEntry())
            entries[key] = evolve(entry, status="done", summary=rest.get("summary"))
        case {"event": ("failed" | "unknown") as status, "key": str(key)}:
            entries[key] = evolve(entries.get(key, JournalEntry()), status=status)
        case _:
            return False
    return True
