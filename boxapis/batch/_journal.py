"""Journal of a batch: a file that records which items were begun and how they ended.

One line of JSON per event. It holds the key and the summary that the caller provides, and nothing
else of an item. ``begun`` is on the disk before the call is made, and the end before the outcome is
reported, so an item that was begun and has no end is *unknown*::

    {"journal": "boxapis.batch", "version": 2, "scope": {"user": "12006"}}
    {"event": "begun", "key": "row-1", "version": "9f86d081", "at": 1795700000.1}
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
the call it announces was not made. A journal of another scope, and one that another version of this
package wrote, is refused by name, and nothing is written to it.
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
_NAME, _VERSION = "boxapis.batch", 2
_MARK = f'{{"journal": "{_NAME}", "version": {_VERSION}'.encode()
"""The beginning of each header."""

_logger = logging.getLogger("boxapis")


@frozen(kw_only=True)
class JournalEntry:
    """What a journal records of one item.

    Attributes:
        status: How it ended in the current round; ``"unknown"`` also when it was begun and no end
            is recorded; None when this round has not begun it.
        summary: Summary of its value when it was last done.
        attempts: How often it was begun.
        version: Version of its content when it was last begun; None if none was given.
        begun_at: When it was last begun, in seconds since 1970; None if that is not recorded.
    """

    status: RecordedStatus | None = None
    summary: Any = None
    attempts: int = 0
    version: str | None = None
    begun_at: float | None = None


def read_journal(
    path: "str | os.PathLike[str]", *, scope: Mapping[str, str] | None = None
) -> Mapping[str, JournalEntry]:
    """Returns the entries of a journal by key; empty if there is no file. It may be in use.

    Args:
        path: Path of the file.
        scope: The scope that it must have, as for `run`; by default any.

    Raises:
        ConfigurationError: the file is no journal, is damaged, or cannot be read; or it has another
            scope, or was written by another version of this package.
    """
    path = Path(path)
    return _parse(_complete_lines(read_file(path), path.name, scope))[0]


def open_journal(
    path: "str | os.PathLike[str]",
    *,
    durable: bool,
    new_round: bool,
    scope: Mapping[str, str],
    wall: Callable[[], float] | None = None,
) -> "Journal":
    """Opens a journal for writing; creates it if there is none.

    Args:
        path: Path of the file.
        durable: Whether each event waits until it is on the disk.
        new_round: Whether to do again what earlier runs have done.
        scope: The scope that it has or, if it is new, gets.
        wall: Returns the time in seconds since 1970; None to record no time of calls.

    Raises:
        ConfigurationError: as for `read_journal`, or another run is using it.
        OSError: it cannot be written.
    """
    path = Path(path)
    file = LogFile(path)
    try:
        lines = _complete_lines(file.read(), path.name, scope)
        entries, call_times = _parse(lines)
        file.make_private()  # not before it is known to be a journal
        file.truncate(sum(map(len, lines)))
        if not lines:
            header = {"journal": _NAME, "version": _VERSION, "scope": dict(scope)}
            file.append(_encode(header), durable=durable)
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

    async def record_call(self, key: str, event: CallEvent, version: str | None = None) -> None:
        """Records that an item is about to be begun, with its version, or looked up."""
        kept: dict[str, Any] = {} if version is None else {"version": version}
        kept |= {} if self._wall is None else {"at": round(self._wall(), 1)}
        await self._write({"event": event, "key": key, **kept})

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
    text = "a summary of type %s is not JSON, so the journal does not keep it"
    _logger.warning(text, kind, extra={"callback": "summary", "value_type": kind})
    return _encode(event)


def _complete_lines(data: bytes, name: str, scope: Mapping[str, str] | None) -> list[bytes]:
    """Splits a journal into lines, checks the first, and leaves out an incomplete last one."""
    if b"\n" not in data and (_MARK.startswith(data) or data.startswith(_MARK)):
        return []
    lines = [line + b"\n" for line in data.split(b"\n")[:-1]]
    header = _parse_event(lines[0]) if lines else None
    if header is None or header.get("journal") != _NAME:
        message = f"{name}, given as journal, is none: it has no header of {_NAME}"
        raise ConfigurationError(message)
    if header.get("version") != _VERSION:
        message = f"{name} is a journal that another version of boxapis wrote"
        raise ConfigurationError(message, next_step="finish it with that one, or begin another one")
    found = header.get("scope", {})
    if scope is not None and found != scope:
        found, wanted = _difference(found, scope), _difference(scope, found)
        message = f"{name} is the journal of {found}, not of {wanted}"
        raise ConfigurationError(message, next_step="give another file as journal")
    return lines


def _difference(scope: Any, other: Any) -> str:
    """Describes the part of a scope that another one does not have."""
    scope, other = (one if isinstance(one, dict) else {} for one in (scope, other))
    parts = [f"{name} {value}" for name, value in scope.items() if other.get(name) != value]
    return ", ".join(parts) or "no scope"


def _parse(lines: Iterable[bytes]) -> tuple[dict[str, JournalEntry], Sequence[float]]:
    """Returns the entries by key, and the times of calls."""
    entries: dict[str, JournalEntry] = {}
    call_times = array("d")
    for number, line in enumerate(lines, 1):
        event = _parse_event(line)
        if number > 1 and not (event and _apply(entries, event)):
            message = f"the journal is damaged in line {number}"
            raise ConfigurationError(message, next_step="restore it, or begin another one")
        at = None if event is None else _call_time(event)
        if at is not None:
            call_times.append(at)
    return entries, call_times


def _call_time(event: Mapping[str, Any]) -> float | None:
    """Returns when a call was made, in seconds since 1970; None if that is not recorded."""
    at = exact_number(event.get("at"))
    return at if at is not None and 0 <= at < _LAST_TIME else None


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
            entries[key] = evolve(
                entry,
                status="unknown",
                attempts=entry.attempts + 1,
                version=event.get("version"),
                begun_at=_call_time(event),
            )
        case {"event": "done", "key": str(key), **rest}:
            entry = entries.get(key, JournalEntry())
            entries[key] = evolve(entry, status="done", summary=rest.get("summary"))
        case {"event": ("failed" | "unknown") as status, "key": str(key)}:
            entries[key] = evolve(entries.get(key, JournalEntry()), status=status)
        case _:
            return False
    return True
