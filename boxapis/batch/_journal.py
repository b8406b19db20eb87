"""What a job remembers when it is killed: which items were begun, and how they ended.

A line of JSON for each event; of an item it holds the key that the caller gave and the summary that
the caller allowed, and nothing else. ``begun`` is on the disk before the call is made, the end
before the outcome is told, so whatever was begun and has no end is *unknown*::

    {"journal": "boxapis.batch", "version": 1}
    {"event": "begun", "key": "row-1"}
    {"event": "done", "key": "row-1", "summary": {"id": 1234567}}
    {"event": "begun", "key": "row-2"}
    {"event": "failed", "key": "row-2", "error": "ValidationError"}
    {"event": "again"}

``again`` opens a new round: what was done or failed before it is to be done once more, what is
unknown stays so. A last line that a kill cut in two is dropped: its writer never got to know that
it was written, so the call it announces was not made.
"""

import json
import logging
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from anyio import CancelScope, Lock, to_thread
from attrs import evolve, frozen

from boxapis.batch._log_file import LineFile, contents
from boxapis.errors import ConfigurationError

__all__ = ["Entry", "Journal", "open_journal", "read_journal"]

Known = Literal["done", "failed", "unknown"]

_HEADER = b'{"journal": "boxapis.batch", "version": 1}\n'
_ENDS: tuple[Known, ...] = ("done", "failed", "unknown")

_logger = logging.getLogger("boxapis")


@frozen(kw_only=True)
class Entry:
    """What a journal knows of one item.

    Attributes:
        status: How it ended in the present round; ``"unknown"`` also when it was begun and no end
            is recorded; None when this round has not begun it.
        summary: What was kept of its value when it was last done.
        begun: How often it was begun.
    """

    status: Known | None = None
    summary: Any = None
    begun: int = 0


def read_journal(path: "str | os.PathLike[str]") -> Mapping[str, Entry]:
    """What a journal knows, by key; nothing when the file is not there. It may be in use.

    Raises:
        ConfigurationError: the file is no journal, or cannot be read.
    """
    return _entries(_whole_lines(contents(Path(path))))


def open_journal(path: Path, *, durable: bool, again: bool) -> "Journal":
    """Opens a journal to go on with, or begins one.

    Args:
        path: Of the file.
        durable: Whether each event waits for the disk.
        again: Whether to open a new round.

    Raises:
        ConfigurationError: the file is no journal, or another run has it.
        OSError: it cannot be written.
    """
    file = LineFile(path)
    try:
        lines = _whole_lines(file.read())
        entries = _entries(lines)
        file.cut(sum(map(len, lines)))
        if not lines:
            file.append(_HEADER, durable=durable)
        if again and entries:
            record = {"event": "again"}
            file.append(_line(record), durable=durable)
            _apply(entries, record)
    except BaseException:
        file.close()
        raise
    return Journal(file, entries, durable=durable)


class Journal:
    """A journal that is written to. Events that come together share one write to the disk.

    Attributes:
        entries: What earlier runs have left, by key.
    """

    def __init__(self, file: LineFile, entries: dict[str, Entry], *, durable: bool) -> None:
        self.entries = entries
        self._file = file
        self._durable = durable
        self._lock = Lock()
        self._waiting: list[bytes] = []
        self._queued = self._written = 0

    async def begun(self, key: str) -> None:
        """Records that an item is about to be begun."""
        await self._write({"event": "begun", "key": key})

    async def done(self, key: str, summary: Any) -> None:
        """Records that an item is done, and what is to be kept of it."""
        kept = {} if summary is None else {"summary": summary}
        await self._write({"event": "done", "key": key, **kept})

    async def not_done(self, key: str, status: Known, error: Exception) -> None:
        """Records that an item failed or is unknown; of the error, the name alone."""
        await self._write({"event": status, "key": key, "error": type(error).__name__})

    def close(self) -> None:
        """Ends it; nothing is waiting any more."""
        self._file.close()

    async def _write(self, record: dict[str, Any]) -> None:
        """Has a record written, by whoever of those that wait comes to it first."""
        self._waiting.append(_line(record))
        self._queued = number = self._queued + 1
        with CancelScope(shield=True):  # what is known is recorded, whatever else happens
            async with self._lock:
                if self._written < number:
                    await self._write_waiting()

    async def _write_waiting(self) -> None:
        lines, self._waiting = self._waiting, []
        data = b"".join(lines)
        if self._durable:
            await to_thread.run_sync(lambda: self._file.append(data, durable=True))
        else:
            self._file.append(data, durable=False)
        self._written += len(lines)


def _line(record: dict[str, Any]) -> bytes:
    try:
        return json.dumps(record).encode() + b"\n"
    except (TypeError, ValueError, RecursionError):
        kind = type(record.pop("summary")).__name__
    _logger.warning("a summary of type %s is not JSON, so the journal does not keep it", kind)
    return _line(record)


def _whole_lines(data: bytes) -> list[bytes]:
    """The lines without the last one, where that is cut in two."""
    if _HEADER.startswith(data) and data != _HEADER:
        return []
    if not data.startswith(_HEADER):
        message = "the file given as journal is none: it does not begin as one of boxapis.batch"
        raise ConfigurationError(message)
    return [line + b"\n" for line in data.split(b"\n")[:-1]]


def _entries(lines: Iterable[bytes]) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for number, line in enumerate(lines, 1):
        record = _record(line)
        if number > 1 and not (record and _apply(entries, record)):
            message = f"the journal is damaged in line {number}"
            raise ConfigurationError(message, next_step="restore it, or begin another one")
    return entries


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def _apply(entries: dict[str, Entry], record: Mapping[str, Any]) -> bool:
    """Brings what is known up to date; False for a record that means nothing."""
    match record:
        case {"event": "again"}:
            for key, entry in entries.items():
                if entry.status != "unknown":
                    entries[key] = evolve(entry, status=None)
        case {"event": "begun", "key": str(key)}:
            entry = entries.get(key, Entry())
            entries[key] = evolve(entry, status="unknown", begun=entry.begun + 1)
        case {"event": "done", "key": str(key), **rest}:
            entry = entries.get(key, Entry())
            entries[key] = evolve(entry, status="done", summary=rest.get("summary"))
        case {"event": str(event), "key": str(key)} if event in _ENDS:
            entries[key] = evolve(entries.get(key, Entry()), status=_ENDS[_ENDS.index(event)])
        case _:
            return False
    return True
