"""`SQLiteStore`: one file for the processes of one machine.

Promises: each step is one transaction that has the file for itself, so the rules of the steps are
applied as they are written, and a process that is killed leaves nothing half done. The file can be
read by its owner alone. One that was deleted or replaced is left for the one in its place, so that
all processes use the same; and none is open across a fork, because SQLite's locks would be lost in
the child. The clock is the file's own: at each step it moves on by what the monotonic clock says
has passed, or the wall clock where that is clearly more or the machine was started anew.
So a restart, a suspension or a clock that is set makes sessions look older than they are, never
younger; at worst that costs one handshake, and requests that BoxC answers with 429.
"""

import asyncio
import os
import sqlite3
import stat
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

from attrs import astuple, fields

from boxapis._core.store import Store, StoreConnection
from boxapis._sansio.boxc.reservations import SharedBucket
from boxapis._sansio.boxtracker.leases import Slot
from boxapis._sansio.step import Step
from boxapis._sansio.text import exact_text
from boxapis.errors import ConfigurationError
from boxapis.secret import Secret, seal

__all__ = ["SQLiteStore"]

S = TypeVar("S")
A = TypeVar("A")

_BUSY_TIMEOUT = 0.9  # seconds for the file; shorter than a step's, so its thread is free again
_MODE, _RIGHTS = 0o600, 0o677  # of the file, and which of its rights count
_AGREEMENT = 1000  # milliseconds between two clocks that count as agreeing
_TABLES: dict[type[Any], str] = {Slot: "slot", SharedBucket: "bucket"}
_CLOCK = "create table if not exists clock (now integer, wall integer, monotonic integer) strict"
_TABLE = "create table if not exists {} (key text primary key, expires integer, {}) strict"
_KINDS = {int: "integer", str: "text", bytes: "blob"}


class SQLiteStore(Store):
    """A store in a file, for the processes of one machine.

    Args:
        path: The file; it is created when the store is first used. Its folder must exist, and be on
            a file system of this machine: SQLite's WAL mode does not work over a network.
        pepper: A secret that goes into the key with which sessions are sealed, in addition to the
            password of the API; all processes must have the same one. A new one costs a handshake.

    Attributes:
        path: The file, as an absolute path.

    Raises:
        ConfigurationError: the path is no path, or is empty; or the pepper is empty.
    """

    __slots__ = ("path",)

    def __init__(self, path: str | os.PathLike[str], *, pepper: str | Secret | None = None) -> None:
        pepper = seal(pepper)
        super().__init__(pepper=pepper)
        plain = os.fspath(path) if isinstance(path, os.PathLike) else path
        text = exact_text(plain) if isinstance(plain, str) else ""
        if not text or "\0" in text:
            message = "path must be the name of a file"
            raise ConfigurationError(message)
        self.path = Path(text).absolute()
        # The folders often have the user's name. Only what is printable goes into logs.
        self._place = repr(self.path.name)[1:-1]

    def _connect(self) -> StoreConnection:
        return _File(self.path)


class _File(StoreConnection):
    """The file as one loop uses it: all its steps run in one thread, one after the other."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, "boxapis-store")
        self._database: sqlite3.Connection | None = None
        self._identity = (0, 0)
        _FILES.add(self)

    async def run(self, step: Step[S, A]) -> A:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._transact, step)

    def _transact(self, step: Step[S, A]) -> A:
        try:
            with _IN_USE, self._opened() as database:
                database.execute("begin immediate")
                return _apply(database, step)
        except sqlite3.Error:
            self.close()
            raise

    def _opened(self) -> sqlite3.Connection:
        if self._database is not None and _identity(self._path) != self._identity:
            self.close()
        if self._database is None:
            self._identity = _created(self._path)
            self._database = _opened(self._path)
        return self._database

    def close(self) -> None:
        """Closes the file; the next step opens it again."""
        database, self._database = self._database, None
        if database is not None:
            database.close()

    async def aclose(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self.close)
        self._thread.shutdown()

    def abandon(self) -> None:
        self._thread.submit(self.close)
        self._thread.shutdown(wait=False)


_FILES: weakref.WeakSet[_File] = weakref.WeakSet()
_IN_USE = threading.Lock()


def _before_fork() -> None:
    _IN_USE.acquire()
    for file in tuple(_FILES):
        file.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_IN_USE.release, after_in_child=_IN_USE.release
    )


def _identity(path: Path) -> tuple[int, int]:
    """Which file has a name now; (0, 0) if none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return (0, 0)
    return (status.st_dev, status.st_ino)


def _created(path: Path) -> tuple[int, int]:
    """Creates the file unless it is there, and returns which one it is."""
    # One that is there is not opened: closing it would end SQLite's locks on it in this process.
    with suppress(FileExistsError):
        # Created with its mode, which the files of the WAL beside it inherit.
        os.close(os.open(path.resolve(), os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _MODE))
    status = path.stat()
    _check(status)
    return (status.st_dev, status.st_ino)


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(
        path, timeout=_BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
    )
    try:
        (mode,) = database.execute("pragma journal_mode=wal").fetchone()
        if mode != "wal":
            message = "the file system cannot share memory: is it one of a network?"
            raise sqlite3.OperationalError(message)
        database.execute("pragma synchronous=normal")  # what a power cut takes is only the latest
        database.execute(_CLOCK)
        for state, table in _TABLES.items():
            columns = (
                f"{field.name} {_KINDS[cast('type', field.type)]}" for field in fields(state)
            )
            database.execute(_TABLE.format(table, ", ".join(columns)))
    except BaseException:
        database.close()
        raise
    return database


def _check(status: os.stat_result) -> None:
    mine = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
    if not mine or not stat.S_ISREG(status.st_mode) or status.st_mode & _RIGHTS != _MODE:
        message = "the file of the store must be this user's own, closed to all others"
        raise PermissionError(message)


def _apply(database: sqlite3.Connection, step: Step[S, A]) -> A:
    now = _advance(database)
    table = _TABLES[step.state]
    columns = [field.name for field in fields(step.state)]
    select = f"select expires, {', '.join(columns)} from {table} where key = ?"  # noqa: S608 - names of ours
    row = database.execute(select, (step.key,)).fetchone()
    state = None if row is None or row[0] <= now else step.state(*row[1:])
    changed, answer = step.apply(state, now)
    if changed is not None and changed is not state:
        database.execute(f"delete from {table} where expires <= ?", (now,))  # noqa: S608
        marks = ", ".join("?" * (2 + len(columns)))
        values = (step.key, now + step.lifetime, *astuple(cast("Any", changed)))
        database.execute(f"insert or replace into {table} values ({marks})", values)  # noqa: S608
    return answer


def _advance(database: sqlite3.Connection) -> int:
    """Moves the file's clock on and returns it, in milliseconds."""
    wall, monotonic = time.time_ns() // 1_000_000, time.monotonic_ns() // 1_000_000
    row = database.execute("select now, wall, monotonic from clock").fetchone()
    if row is None:
        database.execute("insert into clock values (?, ?, ?)", (wall, wall, monotonic))
        return wall
    by_wall, passed = wall - row[1], monotonic - row[2]
    if passed < 0 or by_wall > passed + _AGREEMENT:  # a new start of the machine, or a suspension
        passed = max(0, by_wall)
    now: int = row[0] + passed
    database.execute("update clock set now = ?, wall = ?, monotonic = ?", (now, wall, monotonic))
    return now
