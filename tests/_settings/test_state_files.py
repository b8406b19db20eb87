"""State files: planted, linked or blocking ones are refused wherever state is trusted."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boxapis import ConfigurationError, Secret, batch
from boxapis._settings import state_files
from boxapis._settings.profiles import read_profile
from boxapis._settings.state_files import UntrustedFileError, open_file, read_file, replace_file
from boxapis.batch import read_journal
from boxapis.cli.boxtracker.login_store import Login, LoginStore
from boxapis.cli.imports.binding import Account
from boxapis.cli.imports.results import known_results, write_results

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it has no FIFO and no owners")

ACCOUNT = Account("https://a", "7")
LOGIN = Login("account", "jane", 1, Secret("a-key"), 1_700_000_000.0)
JOURNAL = b'{"journal": "boxapis.batch", "version": 2}\n'


def plant_link(path: Path) -> None:
    """Puts a link to an existing file of the user in place."""
    victim = path.with_name("victim")
    victim.write_bytes(JOURNAL)
    victim.chmod(0o644)
    path.symlink_to(victim)


def plant_dangling_link(path: Path) -> None:
    """Puts a link to a file that does not exist in place."""
    path.symlink_to(path.with_name("victim"))


def plant_fifo(path: Path) -> None:
    """Puts a FIFO in place, at which opening or reading would wait for ever."""
    os.mkfifo(path)


PLANTED = {
    "link": (plant_link, "it is a symbolic link"),
    "dangling link": (plant_dangling_link, "it is a symbolic link"),
    "FIFO": (plant_fifo, "it is no plain file"),
}


async def run_batch(journal: Path) -> None:
    """Runs a batch of one item with a journal."""

    async def work(item: str) -> str:
        return item

    async with batch.run(work, ["a"], key=str, journal=journal) as outcomes:
        async for outcome in outcomes:
            assert outcome.ok


def victim_is_untouched(path: Path) -> bool:
    """Whether the file that a link points to was neither made nor changed."""
    victim = path.with_name("victim")
    if not victim.exists():
        return True
    return victim.read_bytes() == JOURNAL and victim.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("planted", PLANTED)
@pytest.mark.parametrize("flags", [os.O_RDONLY, os.O_RDWR | os.O_CREAT | os.O_APPEND])
def test_what_is_planted_is_refused(tmp_path: Path, planted: str, flags: int) -> None:
    """F143: a link or FIFO is refused at once, for reading and for writing."""
    plant, problem = PLANTED[planted]
    path = tmp_path / "state"
    plant(path)
    with pytest.raises(UntrustedFileError) as refused:
        open_file(path, flags)
    assert refused.value.strerror == problem
    assert victim_is_untouched(path)


def test_another_users_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F143: a file that another user planted is not read; through links, root's is."""
    path = tmp_path / "state"
    path.write_bytes(b"x")
    owner = path.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(UntrustedFileError) as refused:
        read_file(path)
    assert refused.value.strerror == "it belongs to another user"
    if owner == 0:
        assert read_file(path, follow_links=True) == b"x"


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    """A file that is refused is closed again."""
    os.mkfifo(tmp_path / "state")
    before = os.dup(0)
    os.close(before)
    with pytest.raises(UntrustedFileError):
        read_file(tmp_path / "state")
    after = os.dup(0)
    os.close(after)
    assert after == before


def test_a_system_without_the_flags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no ``O_NOFOLLOW``, the other checks are made all the same."""
    monkeypatch.setattr(state_files, "_NO_FOLLOW", 0)
    path = tmp_path / "state"
    replace_file(path, b"x")
    assert read_file(path) == b"x"
    with pytest.raises(UntrustedFileError, match="Is a directory"):
        read_file(tmp_path)


@pytest.mark.parametrize("plant", [plant_link, plant_dangling_link, plant_fifo])
def test_a_write_replaces_what_has_the_name(tmp_path: Path, plant: Callable[[Path], None]) -> None:
    """F143: a write follows no link; the new file is its owner's alone."""
    path = tmp_path / "state"
    plant(path)
    replace_file(path, b"new")
    assert read_file(path) == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert victim_is_untouched(path)


def test_temporary_names_cannot_be_foreseen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F143: each write has another temporary name; a failed write leaves the old file alone."""
    path = tmp_path / "state"
    replace_file(path, b"old")
    seen: list[str] = []

    def fail(new: Path, _: object) -> None:
        seen.append(new.name)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    for _ in range(2):
        with pytest.raises(OSError, match="No space left"):
            replace_file(path, b"new")
    assert len(set(seen)) == 2
    assert str(os.getpid()) not in "".join(seen)
    assert [one.name for one in tmp_path.iterdir()] == ["state"]
    assert read_file(path) == b"old"


@pytest.mark.parametrize("planted", PLANTED)
async def test_journals(tmp_path: Path, planted: str) -> None:
    """F143: a planted journal is neither read nor written, and no item is begun."""
    plant, problem = PLANTED[planted]
    path = tmp_path / "job.journal"
    plant(path)
    with pytest.raises(ConfigurationError, match=problem):
        await run_batch(path)
    with pytest.raises(ConfigurationError, match=problem):
        read_journal(path)
    assert victim_is_untouched(path)


@pytest.mark.parametrize("content", [b"not a journal\n", b"no line end", b"\x89PNG" * 10])
async def test_a_foreign_file_is_no_journal(tmp_path: Path, content: bytes) -> None:
    """F143: a file that is no journal keeps its content and its rights when it is refused."""

    def state() -> tuple[bytes, int]:
        return path.read_bytes(), path.stat().st_mode & 0o777

    path = tmp_path / "job.journal"
    replace_file(path, content)
    os.chmod(path, 0o644)  # noqa: PTH101 - a plain call within an async test
    with pytest.raises(ConfigurationError, match="is none"):
        await run_batch(path)
    assert state() == (content, 0o644)


@pytest.mark.parametrize("planted", PLANTED)
@pytest.mark.parametrize("name", ["logins.json", "logins.lock"])
def test_logins(tmp_path: Path, planted: str, name: str) -> None:
    """F143: a planted file of logins, or its lock, is refused by name and never waited for."""
    plant, problem = PLANTED[planted]
    plant(tmp_path / name)
    logins = LoginStore(tmp_path, lambda: LOGIN.last_used)
    with pytest.raises(ConfigurationError, match=problem):
        logins.save(None, LOGIN)
    if name == "logins.json":
        with pytest.raises(ConfigurationError, match=rf"logins.json are not used: {problem}"):
            logins.get(None)
    assert victim_is_untouched(tmp_path / name)


def test_a_planted_login_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F143: a login in a file of another user is not taken for one's own."""
    logins = LoginStore(tmp_path, lambda: LOGIN.last_used)
    logins.save(None, LOGIN)
    monkeypatch.setattr(os, "geteuid", lambda: logins.file.stat().st_uid + 1)
    with pytest.raises(ConfigurationError, match="belongs to another user"):
        logins.get(None)


def test_the_lock_is_the_users_alone(tmp_path: Path) -> None:
    """A lock that others could open, and so hold, becomes private."""
    lock = tmp_path / "logins.lock"
    lock.touch(0o666)
    lock.chmod(0o666)
    LoginStore(tmp_path, lambda: LOGIN.last_used).save(None, LOGIN)
    assert lock.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("body", ["[" * 100_000, '{"":' * 100_000])
def test_deep_logins_count_as_damaged(tmp_path: Path, body: str) -> None:
    """JSON nested beyond what Python reads is a damaged file, not a crash."""
    (tmp_path / "logins.json").write_text(body, encoding="utf-8")
    assert LoginStore(tmp_path).get(None) is None


@pytest.mark.parametrize("planted", PLANTED)
def test_results(tmp_path: Path, planted: str) -> None:
    """F143: planted results are refused before anything is sent, and a link is never written to."""
    plant, problem = PLANTED[planted]
    path = tmp_path / "made.json"
    plant(path)
    with pytest.raises(ConfigurationError, match=problem):
        known_results(path, ACCOUNT)
    write_results(path, [], ACCOUNT, {})
    assert json.loads(path.read_bytes()) == []
    assert victim_is_untouched(path)


def test_profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F143: profiles may be linked, but must be plain files of the user or root."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    file = tmp_path / "boxapis" / "profiles.toml"
    file.parent.mkdir()
    os.mkfifo(file)
    with pytest.raises(ConfigurationError, match="it is no plain file"):
        read_profile("live")
    file.unlink()
    kept = tmp_path / "kept.toml"
    kept.write_text('[live]\nBOXTRACKER_USERNAME = "me"\n', encoding="utf-8")
    file.symlink_to(kept)
    profile: Any = read_profile("live")
    assert profile == {"BOXTRACKER_USERNAME": "me"}
    if (owner := kept.stat().st_uid) != 0:
        monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
        with pytest.raises(ConfigurationError, match="belongs to another user"):
            read_profile("live")
