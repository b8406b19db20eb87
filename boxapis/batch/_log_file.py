"""A private file of lines that only grows, one writer at a time, on disk before it says so.

Promises: who has it open has it alone; what `append` has returned from is on the disk, as far as
the system can tell; after a write that went wrong nothing is appended any more, so that a line cut
in two can only be the last one.
"""

import contextlib
import os
import stat
import sys
from pathlib import Path

from boxapis.errors import ConfigurationError

__all__ = ["LineFile", "contents"]

_PRIVATE = 0o600
_PIECE = 1 << 20


class LineFile:
    """A file opened to be appended to; it is made when it is not there.

    Raises:
        ConfigurationError: it cannot be opened, or somebody else has it open.
    """

    def __init__(self, path: Path) -> None:
        problem: str | None = None
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, _PRIVATE)
            problem = _taken(self._descriptor)
        except OSError as error:
            problem = error.strerror
        if problem is not None:
            message = f"the journal cannot be opened: {problem}"
            raise ConfigurationError(message)
        self._broken = False
        _keep_name(path.parent)

    def read(self) -> bytes:
        """All of it."""
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        pieces: list[bytes] = []
        while piece := os.read(self._descriptor, _PIECE):
            pieces.append(piece)
        return b"".join(pieces)

    def cut(self, length: int) -> None:
        """Drops what stands behind so many bytes."""
        os.ftruncate(self._descriptor, length)

    def append(self, data: bytes, *, durable: bool) -> None:
        """Writes at the end, and waits for the disk when it is to be durable.

        Raises:
            OSError: it could not be written, now or earlier.
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
        """Lets it go."""
        os.close(self._descriptor)


def contents(path: Path) -> bytes:
    """What stands in a file, whoever has it open; nothing when it is not there.

    Raises:
        ConfigurationError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        problem = error.strerror
    message = f"the journal cannot be read: {problem}"
    raise ConfigurationError(message)


def _taken(descriptor: int) -> str | None:
    """Makes a file that was opened ours alone; why not, when that cannot be."""
    try:
        problem = None if stat.S_ISREG(os.fstat(descriptor).st_mode) else "it is no plain file"
        if problem is None and sys.platform != "win32":  # where files have neither
            import fcntl  # noqa: PLC0415 - not on every system

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.fchmod(descriptor, _PRIVATE)  # also when it was there before
    except BlockingIOError:
        problem = "another run is using it"
    except OSError as error:
        problem = error.strerror
    if problem is not None:
        os.close(descriptor)
    return problem


def _keep_name(folder: Path) -> None:
    """Has the file's name outlive a crash of the machine, too, where that can be asked for."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
