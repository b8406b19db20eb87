"""Stores of the trials: a SQLite file in a temporary folder, or a Redis server on a free port.

Each can be paused, so that no step is done and no connection refused.
"""

import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

__all__ = ["KINDS", "TrialStore", "running_store"]

KINDS: Final = ("none", "sqlite", "redis")

_STARTS_WITHIN: Final = 10.0
_OPTIONS: Final = ("--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no")


class TrialStore(ABC):
    """A store of a trial, as its process sees it.

    Attributes:
        name: Name in the tables.
        address: What the workers are given; empty for none.
    """

    name: str
    address: str

    @abstractmethod
    def pause(self) -> None:
        """Lets no step be done from now on."""

    @abstractmethod
    def resume(self) -> None:
        """Lets steps be done again."""


class NoStore(TrialStore):
    """Each process on its own."""

    name, address = "none", ""

    def pause(self) -> None:
        """Does nothing."""

    def resume(self) -> None:
        """Does nothing."""


class SQLiteFile(TrialStore):
    """A file, which is paused by a transaction that has it for itself."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._path = folder / "fleet.sqlite"
        self.address = f"sqlite:{self._path}"
        self._database: sqlite3.Connection | None = None

    def pause(self) -> None:
        """Takes the file, as soon as no step is under way."""
        self._database = sqlite3.connect(self._path, timeout=60, isolation_level=None)
        self._database.execute("begin exclusive")

    def resume(self) -> None:
        """Gives the file back."""
        if self._database is not None:
            self._database.close()
            self._database = None


class RedisServer(TrialStore):
    """A server, which is paused by SIGSTOP."""

    name = "redis"

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as found:
            port = found.getsockname()[1]
        self.address = f"redis://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            ["redis-server", "--port", str(port), "--dir", str(folder), *_OPTIONS],
            stdout=subprocess.DEVNULL,
        )
        _wait_for(port)

    def pause(self) -> None:
        """Stops the process."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Lets the process go on."""
        self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.wait()


def _wait_for(port: int) -> None:
    end = time.monotonic() + _STARTS_WITHIN
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as connection:
                connection.sendall(b"PING\r\n")
                if connection.recv(64).startswith(b"+PONG"):
                    return
        except OSError:
            if time.monotonic() > end:
                raise
        time.sleep(0.02)


@contextmanager
def running_store(kind: str) -> Iterator[TrialStore]:
    """Gives a new, empty store of a kind, and removes it afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        if kind == "redis":
            server = RedisServer(Path(folder))
            try:
                yield server
            finally:
                server.close()
        elif kind == "sqlite":
            file = SQLiteFile(Path(folder))
            try:
                yield file
            finally:
                file.resume()
        else:
            yield NoStore()
