"""Files that hold state: regular files of this user, reached through no link, opened without delay.

State is trusted when it is read and must not be written to where another user points, so a file is
judged once it is open: what is checked is what is used. Where a system lacks a check (Windows has
neither links in this sense nor owners by number), that check is left out.
"""

import errno
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["UntrustedFileError", "file_lock", "open_file", "read_file", "replace_file"]

_NO_FOLLOW: int = getattr(os, "O_NOFOLLOW", 0)
_FLAGS: int = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)  # a FIFO would block
_OWNER_ONLY = 0o600


class UntrustedFileError(OSError):
    """A file is a link, no regular file, or another user's; ``strerror`` says which."""


def open_file(path: Path, flags: int, *, follow_links: bool = False) -> int:
    """Opens a file and returns its descriptor; one that is created is readable by its owner alone.

    Args:
        path: Path of the file; its folders may be links.
        flags: Flags of `os.open`.
        follow_links: Whether the file may be reached through a link, and may be root's.

    Raises:
        UntrustedFileError: see there.
        OSError: it cannot be opened.
    """
    try:
        descriptor = os.open(
            path, flags | _FLAGS | (0 if follow_links else _NO_FOLLOW), _OWNER_ONLY
        )
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK):  # the latter on some BSDs
            raise UntrustedFileError(error.errno, "it is a symbolic link") from None
        raise
    problem = _problem(os.fstat(descriptor), may_be_roots=follow_links)
    if problem is not None:
        os.close(descriptor)
        raise UntrustedFileError(errno.EPERM, problem)
    return descriptor


def _problem(status: os.stat_result, *, may_be_roots: bool) -> str | None:
    if stat.S_ISDIR(status.st_mode):
        return os.strerror(errno.EISDIR)
    if not stat.S_ISREG(status.st_mode):
        return "it is no plain file"
    if sys.platform != "win32":
        owners = {os.geteuid(), 0} if may_be_roots else {os.geteuid()}
        if status.st_uid not in owners:
            return "it belongs to another user"
    return None


def read_file(path: Path, *, follow_links: bool = False) -> bytes:
    """Returns the content of a file; see `open_file`."""
    with os.fdopen(open_file(path, os.O_RDONLY, follow_links=follow_links), "rb") as file:
        return file.read()


def replace_file(path: Path, data: bytes) -> None:
    """Writes a file as a whole or not at all, readable by its owner alone.

    Whatever has the name is replaced, never written to, so a link is not followed.

    Raises:
        OSError: it cannot be written.
    """
    # Its name cannot be foreseen, and it is created anew with its mode, or not at all.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    new = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Excludes other processes; the system releases the lock when its holder dies.

    Args:
        path: Path of the lock, an empty file that stays; see `open_file`.
    """
    with os.fdopen(open_file(path, os.O_RDWR | os.O_CREAT | os.O_APPEND), "ab") as file:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - of this system alone

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
            try:
                yield
            finally:
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - of other systems alone

            os.fchmod(file.fileno(), 0o600)  # who can open it could hold the lock
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
