"""The login store: the mode of its file, expiry, and several processes at once."""

import contextlib
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from boxapis import ConfigurationError, Secret
from boxapis.cli.boxtracker.login_store import IDLE_LIMIT, Login, LoginStore, account_hash

NOW = 1_700_000_000.0


class WallClock:
    """The time of day, moved by the test."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> float:
        """Seconds since 1970."""
        return self.time


@pytest.fixture
def wall_clock() -> WallClock:
    """The clock of the test."""
    return WallClock()


@pytest.fixture
def logins(tmp_path: Path, wall_clock: WallClock) -> LoginStore:
    """A store without a file."""
    return LoginStore(tmp_path / "state", wall_clock)


def make_login(key: str = "a-key", last_used: float = NOW) -> Login:
    """A login of Jane's."""
    return Login(account_hash("api", "url"), "jane", 13913, Secret(key), last_used)


def test_a_login_is_saved(logins: LoginStore) -> None:
    """A saved login is read back unchanged, and only for its own profile."""
    logins.save("mine", make_login())
    assert logins.get("mine") == make_login()
    assert logins.get(None) is None
    assert logins.get("other") is None


def test_only_the_user_can_read_the_file(logins: LoginStore) -> None:
    """Whatever the umask, only the user can read the file and the folder."""
    before = os.umask(0)
    try:
        logins.save(None, make_login())
    finally:
        os.umask(before)
    assert stat.S_IMODE(logins.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(logins.folder.stat().st_mode) == 0o700


def test_a_file_that_others_can_read_is_replaced(logins: LoginStore) -> None:
    """A file with another mode is not written to: a new one takes its place."""
    logins.save(None, make_login())
    logins.file.chmod(0o644)
    logins.save("mine", make_login())
    assert stat.S_IMODE(logins.file.stat().st_mode) == 0o600


def test_a_planted_link_is_not_followed(logins: LoginStore, tmp_path: Path) -> None:
    """A link in place of the temporary file is removed, and its target is not written."""
    logins.folder.mkdir()
    (logins.folder / "logins.new").symlink_to(tmp_path / "elsewhere")
    logins.save(None, make_login())
    assert not (tmp_path / "elsewhere").exists()
    assert logins.get(None) == make_login()


@pytest.mark.parametrize(
    ("later", "left"),
    [(0, make_login()), (IDLE_LIMIT - 1, make_login()), (IDLE_LIMIT, None), (-1, None)],
)
def test_a_login_expires_with_its_session(
    logins: LoginStore, wall_clock: WallClock, later: float, left: Login | None
) -> None:
    """A login expires after five idle minutes; one with a time in the future is not used."""
    logins.save(None, make_login())
    wall_clock.time += later
    assert logins.get(None) == left


def test_expired_logins_are_deleted(logins: LoginStore, wall_clock: WallClock) -> None:
    """Saving deletes expired logins; removing the last login deletes the file."""
    logins.save("old", make_login("old-key"))
    wall_clock.time += IDLE_LIMIT
    logins.save("new", make_login("new-key", wall_clock.time))
    assert list(json.loads(logins.file.read_bytes())) == ["new"]
    logins.remove("new", make_login("new-key"))
    assert not logins.file.exists()


def test_a_refused_key_does_not_remove_a_newer_login(logins: LoginStore) -> None:
    """Removing a login with a refused key leaves a newer login with another key."""
    logins.save(None, make_login("new-key"))
    logins.remove(None, make_login("old-key"))
    assert logins.get(None) == make_login("new-key")
    logins.remove(None, make_login("new-key"))
    assert logins.get(None) is None


def test_a_renewal_restores_no_login(logins: LoginStore) -> None:
    """A renewal after a log-out, or after a newer login, writes nothing."""
    logins.replace(None, make_login("key"), make_login("key", NOW))
    assert logins.get(None) is None
    logins.save(None, make_login("new-key"))
    logins.replace(None, make_login("key"), make_login("key", NOW))
    assert logins.get(None) == make_login("new-key")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"": 1}', b'{"": {"username": "jane"}}', b"\xff"]
)
def test_a_damaged_file_counts_as_empty(logins: LoginStore, content: bytes) -> None:
    """A damaged file has no login and raises no error; the next login replaces it."""
    logins.folder.mkdir()
    logins.file.write_bytes(content)
    assert logins.get(None) is None
    logins.save(None, make_login())
    assert logins.get(None) == make_login()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """The error says where the login could not be saved, and why."""
    (tmp_path / "state").write_text("a file")
    with pytest.raises(ConfigurationError, match="cannot be saved in .*: (File exists|Not a dir)"):
        LoginStore(tmp_path / "state").save(None, make_login())


def test_a_failed_write_keeps_the_old_file(
    logins: LoginStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk is full, the new login is not saved, and the old ones are kept."""
    logins.save("mine", make_login())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ConfigurationError, match="No space left"):
        logins.save("other", make_login())
    assert logins.get("mine") == make_login()


def test_a_login_shows_no_key() -> None:
    """The repr shows no key, and the account's hash no user name."""
    assert "a-key" not in repr(make_login())
    assert account_hash("api", "url") != account_hash("api", "other-url")
    assert "api" not in account_hash("api", "url")


WRITER = """
import sys
from pathlib import Path
from boxapis import Secret
from boxapis.cli.boxtracker.login_store import Login, LoginStore
logins = LoginStore(Path(sys.argv[1]), lambda: 1_700_000_000.0)
for number in range(60):
    name = f"{sys.argv[2]}-{number}"
    logins.save(name, Login("account", name, number, Secret(name), 1_700_000_000.0))
    if number % 3 == 0:
        logins.remove(name, Login("account", name, number, Secret(name), 1_700_000_000.0))
"""


def test_processes_at_once_lose_no_login(logins: LoginStore) -> None:
    """After four processes wrote at once, the file has every login not removed, and no other."""
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(logins.folder), f"writer-{number}"])
        for number in range(4)
    ]
    seen = 0
    while any(writer.poll() is None for writer in writers):
        with contextlib.suppress(FileNotFoundError):  # there is no file without logins
            seen += bool(json.loads(logins.file.read_bytes()))
    assert [writer.wait() for writer in writers] == [0] * 4
    assert seen > 0
    expected = {f"writer-{w}-{number}" for w in range(4) for number in range(60) if number % 3}
    assert set(json.loads(logins.file.read_bytes())) == expected
