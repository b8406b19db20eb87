"""Append-only log file for one process at a time, which waits for the disk on request.

Promises: an open file is locked against other processes. What `append` wrote durably is on the
disk, as far as the system can tell. After a failed write nothing more is appended, so only the
last line can be incomplete.
"""

import contextlib
import os
import sys
from pathlib import Path

from boxapis._settings import state_files
from boxapis.errors import ConfigurationError

__all__ = ["LogFile", "read_file"]

_OWNER_ONLY = 0o600
_CHUNK = 1 << 20


class LogFile:
    """A file opened for appending; created if it does not exist.

    Raises:
        ConfigurationError: it cannot be opened, is no plain file of this user, or another process
            has it open.
    """

    def __init__(self, path: Path) -> None:
        problem: str | None = None
        try:
            self._descriptor = state_files.open_file(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
            problem = _lock_problem(self._descriptor)
        except OSError as error:
            problem = error.strerror
        if problem is not None:
            message = f"the journal cannot be opened: {problem}"
            raise ConfigurationError(message)
        self._broken = False
        _sync_folder(path.parent)

    def read(self) -> bytes:
        """Returns the whole content."""
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        chunks: list[bytes] = []
        while chunk := os.read(self._descriptor, _CHUNK):
            chunks.append(chunk)
        return b"".join(chunks)

    def make_private(self) -> None:
        """Lets only its owner read it, whatever rights an existing file had."""
        if sys.platform != "win32":
            os.fchmod(self._descriptor, _OWNER_ONLY)

    def truncate(self, length: int) -> None:
        """Drops everything after the first ``length`` bytes."""
        os.ftruncate(self._descriptor, length)

    def append(self, data: bytes, *, durable: bool) -> None:
        """Writes at the end, and waits for the disk if ``durable``.

        Raises:
            OSError: this write failed, or an earlier one.
        """
        if self._broken:
            message = "an earlier write to the journal failed"
            raise OSError(message)
        self._broken = True
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]
        if durable:
            os.fsync(self._descriptor)
        self._broken = False

    def close(self) -> None:
        """Closes the file, which unlocks it."""
        os.close(self._descriptor)


def read_file(path: Path) -> bytes:
    """Returns the content of a file, which may be locked; empty if there is none.

    Raises:
        ConfigurationError: it cannot be read.
    """
    try:
        return state_files.read_file(path)
    except FileNotFoundError:
        return b""
    except OSError as error:
        problem = error.strerror
    message = f"the journal cannot be read: {problem}"
    raise ConfigurationError(message)


def _lock_problem(descriptor: int) -> str | None:
    """Locks an open file; on failure closes it and returns the reason."""
    if sys.platform == "win32":
        return None
    import fcntl  # noqa: PLC0415 - not on every system

    problem = None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        problem = "another run is using it"
    except OSError as error:
        problem = error.strerror
    if problem is not None:
        os.close(descriptor)
    return problem


def _sync_folder(folder: Path) -> None:
    """Syncs the folder, if possible, so that a new file's name survives a crash of the machine."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
