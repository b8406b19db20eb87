"""A file that one process at a time may hold; the system lets go of it when its holder dies."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["only_one"]

if sys.platform == "win32":
    import msvcrt

    @contextmanager
    def only_one(file: Path) -> Iterator[None]:
        """Waits until no other process is in here with the same file."""
        with file.open("ab") as held:
            held.seek(0)
            msvcrt.locking(held.fileno(), msvcrt.LK_LOCK, 1)
            try:
                yield
            finally:
                held.seek(0)
                msvcrt.locking(held.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    @contextmanager
    def only_one(file: Path) -> Iterator[None]:
        """Waits until no other process is in here with the same file."""
        with file.open("ab") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield
