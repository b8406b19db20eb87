"""F219 to F222: the file of `SQLiteStore`: rights, faults, its clock, loops and forks."""

import asyncio
import os
import resource
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Any

import pytest
from attrs import define

from boxapis import ConfigurationError
from boxapis._core.store import Store
from boxapis._sansio.boxtracker.leases import Found, Held, Yours
from boxapis.stores import SQLiteStore
from boxapis.stores import _sqlite as module
from tests.engines.postgres import open_folder
from tests.stores.fleet import claim, draw, each_step, land, moved, touch, tried
from tests.support.doubles import FakeClock
from tests.support.moving import forked, run

FORKS = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of a store, not yet there."""
    return tmp_path / "store.db"


@pytest.fixture
def clock() -> FakeClock:
    """The clock of the pauses after an outage."""
    return FakeClock()


@asynccontextmanager
async def landed(path: Path, clock: FakeClock) -> AsyncIterator[tuple[Store, int]]:
    """A store with a session, and its fence."""
    async with moved(SQLiteStore, clock)(path) as store:
        fence = (await store.run(claim())).fence
        assert await store.run(land(fence)) is True
        yield store, fence


async def again(store: Store, step: Any, clock: FakeClock) -> Any:
    """The answer after the pause of an outage."""
    clock.moment += 5
    return await tried(store, step)


async def answer(path: Path) -> Any:
    """The answer of a new store to a step; None if it was not done."""
    async with SQLiteStore(path) as store:
        return await tried(store, draw())


# Whose the file is.


def test_every_step(path: Path) -> None:
    """F219: each step works on a file that only its owner can read, also the files beside it."""

    async def main() -> None:
        async with SQLiteStore(path) as store:
            await each_step(store)
            files = list(path.parent.iterdir())
            assert len(files) == 3
            assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}

    before = os.umask(0)
    try:
        run(main())
    finally:
        os.umask(before)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_others_have_rights(path: Path, mode: int, caplog: pytest.LogCaptureFixture) -> None:
    """F219: a file that others can read or write is not used."""
    path.touch()
    path.chmod(mode)
    assert run(answer(path)) is None
    assert "(PermissionError)" in caplog.text
    assert path.stat().st_size == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_the_owner_is_another(path: Path) -> None:
    """F219: a file that another user owns, who could read it, is not used."""
    path.touch(0o600)
    os.chown(path, 12345, -1)
    assert run(answer(path)) is None


@pytest.mark.parametrize("content", [b"not a database, but long enough to be looked at" * 99])
def test_another_file(path: Path, content: bytes) -> None:
    """F219: a file that is no database is left as it is."""
    path.touch(0o600)
    path.write_bytes(content)
    assert run(answer(path)) is None
    assert path.read_bytes() == content


@pytest.mark.parametrize("name", ["", "a\0b", 5, None])
def test_names(name: Any) -> None:
    """F219: what is the name of no file is refused at once."""
    with pytest.raises(ConfigurationError):
        SQLiteStore(name)


# Faults.


def test_no_folder(path: Path, clock: FakeClock) -> None:
    """F220: without its folder the store is unavailable; when there is one, it works."""

    async def main() -> None:
        async with moved(SQLiteStore, clock)(path / "below.db") as store:
            assert await tried(store, draw()) is None
            path.mkdir()  # noqa: ASYNC240 - nothing else runs
            assert await again(store, draw(), clock) is not None

    run(main())


def test_no_shared_memory(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """F219: where SQLite refuses WAL, as on a network file system, the file is not used."""
    connect: Any = sqlite3.connect

    def without_wal(path: Path, **options: Any) -> Any:
        return connect(f"file:{path}?vfs=unix-dotfile", uri=True, **options)

    monkeypatch.setattr(sqlite3, "connect", without_wal)
    assert run(answer(path)) is None
    assert "(OperationalError)" in caplog.text


def test_deleted(path: Path, clock: FakeClock) -> None:
    """F220: when the file is deleted, all processes meet in the new one; fences grow."""

    async def main() -> None:
        async with landed(path, clock) as (one, old), moved(SQLiteStore, clock)(path) as two:
            assert isinstance(await two.run(claim("two")), Found)
            for file in path.parent.iterdir():
                file.unlink()
            mine = await two.run(claim("two"))
            assert isinstance(mine, Yours)
            assert mine.fence > old
            assert isinstance(await one.run(claim("one")), Held)
            assert await one.run(land(old, b"late")) is False
            assert await two.run(land(mine.fence)) is True
            assert (await one.run(claim("one"))).fence == mine.fence

    run(main())


def test_locked(path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """F220: while a process that was stopped holds the file, each of the others goes on alone."""
    monkeypatch.setattr(module, "_BUSY_TIMEOUT", 0.01)

    async def main() -> None:
        async with landed(path, clock) as (store, fence):
            with closing(sqlite3.connect(path, isolation_level=None)) as other:
                other.execute("begin immediate")
                assert await tried(store, touch(fence)) is None
            assert await again(store, touch(fence), clock) == "same"

    run(main())


@FORKS
def test_full(path: Path, clock: FakeClock) -> None:
    """F220: with a full disk steps fail, what is there can be seen, and later all works."""

    def with_limit(size: int) -> None:
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))

    async def main() -> None:
        async with landed(path, clock) as (store, fence):
            with_limit(100)
            assert await tried(store, touch(fence)) is None
            with_limit(resource.RLIM_INFINITY)
            assert await again(store, touch(fence), clock) == "same"

    assert forked(lambda: run(main()) or 0) == 0


@FORKS
def test_read_only() -> None:
    """F220: a file that cannot be written is not used."""

    def without_rights() -> int:
        os.setuid(uid)  # no mode stops root
        return int(run(answer(path)) is not None)

    uid = os.geteuid() or 12345
    with tempfile.TemporaryDirectory(dir=open_folder()) as folder:
        # Loads whatever the child, which may not read it any more, is going to use.
        assert run(answer(Path(folder) / "other.db")) is not None
        path = Path(folder) / "store.db"
        path.touch(0o400)
        os.chown(folder, uid, -1)
        os.chown(path, uid, -1)
        assert forked(without_rights) == 0
        path.chmod(0o600)
        assert forked(without_rights) == 1


# The clock.


@define
class Clocks:
    """The two clocks of a machine, in milliseconds."""

    wall: int = 1_700_000_000_000
    monotonic: int = 50_000_000

    def time_ns(self) -> int:
        """The time of day."""
        return self.wall * 1_000_000

    def monotonic_ns(self) -> int:
        """The time since the machine was started."""
        return self.monotonic * 1_000_000


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    """The clocks that the store reads."""
    made = Clocks()
    monkeypatch.setattr(module, "time", made)
    return made


@pytest.mark.parametrize(
    ("wall", "monotonic", "idle"),
    [
        (10_000, 10_000, 10_000),
        (10_900, 10_000, 10_000),  # two clocks read one after the other
        (0, 10_000, 10_000),  # the wall clock was set back
        (-4_000_000, 10_000, 10_000),
        (200_000, 10_000, 200_000),  # set forward, or the machine slept
        (90_000, -49_000_000, 90_000),  # started anew
        (-90_000, -49_000_000, 0),  # and set back: nothing is known
        (-60_000_000, -49_000_000, 0),
        (60_000, 0, 60_000),  # asleep
    ],
)
def test_ages(path: Path, clocks: Clocks, wall: int, monotonic: int, idle: int) -> None:
    """F221: what passes is the most that can be known of it: records look older, never younger."""

    async def main() -> None:
        async with SQLiteStore(path) as store:
            mine = await store.run(claim())
            assert mine.fence == clocks.wall
            assert await store.run(land(mine.fence)) is True
        clocks.wall += wall
        clocks.monotonic += monotonic
        async with SQLiteStore(path) as store:
            found = await store.run(claim("two"))
            assert (type(found), found.idle) == (Found, idle)
            clocks.wall, clocks.monotonic = clocks.wall + 5_000, clocks.monotonic + 5_000
            assert (await store.run(claim("two"))).idle == idle + 5_000

    run(main())


def test_fences_grow_through_all_of_it(path: Path, clocks: Clocks) -> None:
    """F221: fences grow, whatever the clocks do."""

    async def main() -> None:
        async with SQLiteStore(path) as store:
            fences = []
            for wall in (0, -100_000, 5, -1, 0, 3_000_000, -3_000_000):
                clocks.wall += wall
                fences.append((await store.run(claim(force=True))).fence)
            assert fences == sorted(set(fences))

    run(main())


# Loops, threads and forks.


@pytest.mark.usefixtures("each_loop")
def test_many_processes(path: Path) -> None:
    """F222: of many that ask at once, one gets the lease."""

    async def main() -> None:
        stores = [SQLiteStore(path) for _ in range(8)]
        answers = await asyncio.gather(
            *(store.run(claim(f"process {number}")) for number, store in enumerate(stores))
        )
        assert sorted(type(answer).__name__ for answer in answers) == ["Held"] * 7 + ["Yours"]
        for store in stores:
            await store.aclose()

    run(main())


def test_two_stores_of_a_process(path: Path) -> None:
    """F254: a second store on the file, as of a second client, leaves the locks of the first."""
    code = "from tests.stores.test_sqlite_store import *; print(run(answer(Path(sys.argv[1]))))"
    another = [sys.executable, "-c", code, str(path)]

    async def main() -> None:
        async with SQLiteStore(path) as one, SQLiteStore(path) as two:
            for store in (one, two):
                assert await store.run(draw()) is not None
            beside = {file: file.stat().st_ino for file in path.parent.iterdir()}
            assert subprocess.check_output(another).startswith(b"Drawn")  # noqa: ASYNC221
            assert beside == {file: file.stat().st_ino for file in path.parent.iterdir()}

    run(main())


@pytest.mark.usefixtures("each_loop")
def test_one_loop_after_another(path: Path) -> None:
    """F222: on a new loop it opens the file anew, in another thread."""
    store = SQLiteStore(path)
    assert isinstance(run(store.run(claim())), Yours)
    assert isinstance(run(store.run(claim("two"))), Held)
    run(store.aclose())


@FORKS
def test_a_forked_child(path: Path) -> None:
    """F222: a child and others see each other's changes, also after its parent closed the file."""
    store, other = SQLiteStore(path), SQLiteStore(path)
    run(store.run(claim()))
    reading, writing = os.pipe()

    def in_child() -> int:
        async def main() -> None:
            assert isinstance(await store.run(claim("two")), Held)
            os.read(reading, 1)  # until the parent has closed the file
            assert isinstance(await store.run(claim("one", key="fresh")), Yours)
            assert isinstance(await other.run(claim("two", key="fresh")), Held)

        run(main())
        return 0

    child = os.fork()
    if child == 0:
        code = 99
        with suppress(BaseException):
            code = in_child()
        os._exit(code)
    run(store.aclose())
    os.write(writing, b"x")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    os.close(reading)
    os.close(writing)

    async def last() -> None:
        async with other:
            assert isinstance(await other.run(claim("two", key="fresh")), Held)

    run(last())
