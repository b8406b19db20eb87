"""``boxapis profile``: profiles are added, shown and removed; no secret is in their file."""

import getpass
import json
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from unittest.mock import Mock

import keyring
import keyring.backend
import keyring.errors
import pytest

from boxapis import BoxTracker
from boxapis._settings.profiles import profile_names
from boxapis.cli import prompts
from boxapis.cli.options import suggest_profiles
from boxapis.cli.profile_file import write_profile
from boxapis.cli.run import run
from boxapis.sandbox import Sandbox
from tests.support.command_line import is_one_line

Captured = pytest.CaptureFixture[str]


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority = 1

    stored: dict[str, str]

    def get_password(self, service: str, username: str) -> str | None:
        """Returns a password, or None."""
        return self.stored.get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Stores a password."""
        self.stored[f"{service}/{username}"] = password

    def delete_password(self, service: str, username: str) -> None:
        """Deletes a password."""
        del self.stored[f"{service}/{username}"]


@pytest.fixture
def memory_keyring() -> Iterator[MemoryKeyring]:
    """Replaces the system's keyring."""
    before = keyring.get_keyring()
    memory = MemoryKeyring()  # type: ignore[no-untyped-call]  # keyring's own has no types
    memory.stored = {}
    keyring.set_keyring(memory)
    yield memory
    keyring.set_keyring(before)


def type_at_the_terminal(patch: pytest.MonkeyPatch, secret: str) -> None:
    """Lets the prompt for a secret return this one."""
    patch.setattr(prompts, "can_prompt", lambda: True)
    patch.setattr(getpass, "getpass", lambda _: secret)


@pytest.mark.usefixtures("at_terminal")
async def test_from_the_prompt_to_a_client(
    served: Sandbox,
    memory_keyring: MemoryKeyring,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Captured,
) -> None:
    """A secret that is asked for is kept in the keyring, used from there, and removed with it."""
    given = served.environment
    password = given["BOXTRACKER_PASSWORD"]
    type_at_the_terminal(monkeypatch, password)
    plain = [f"{name}={given[name]}" for name in ("BOXTRACKER_USERNAME", "BOXTRACKER_BASE_URL")]
    assert run(["profile", "add", "live", *plain, "BOXTRACKER_PASSWORD"]) == 0
    assert run(["profile", "show", "live"]) == 0
    shown = capsys.readouterr().out
    assert "BOXTRACKER_PASSWORD=keyring:boxapis/live.BOXTRACKER_PASSWORD\n" in shown
    assert password not in shown
    async with BoxTracker.from_profile("live") as tracker:
        await tracker.handshakes.portal()
    assert run(["profile", "remove", "live", "--yes"]) == 0
    assert memory_keyring.stored == {}
    assert run(["profile", "list"]) == 0
    assert capsys.readouterr().out == "profile live is removed\n"


def test_comments_and_other_profiles_are_kept(profiles: Path) -> None:
    """Only the named variables change; a link to the file stays a link."""
    real = profiles.with_name("real.toml")
    real.write_text(
        '# ours\n[a]  # first\nBOXC_CLIENT_ID = "1"\n\n[b]\nBOXC_TOKEN = "prompt:"\n',
        encoding="utf-8-sig",
    )
    profiles.symlink_to(real)
    assert run(["profile", "add", "a", "BOXC_CLIENT_ID=2", "BOXC_CLIENT_SECRET=env:S"]) == 0
    assert profiles.is_symlink()
    text = real.read_text(encoding="utf-8")
    assert text.startswith("# ours\n[a]  # first\n")
    assert tomllib.loads(text) == {
        "a": {"BOXC_CLIENT_ID": "2", "BOXC_CLIENT_SECRET": "env:S"},
        "b": {"BOXC_TOKEN": "prompt:"},
    }
    assert real.stat().st_mode & 0o777 == 0o600


def test_changes_at_the_same_time(profiles: Path) -> None:
    """F201: no change is lost to another one."""
    names, together = [f"p{number}" for number in range(8)], Barrier(8)

    def add(name: str) -> None:
        together.wait()
        write_profile(name, {"BOXC_CLIENT_ID": name})

    with ThreadPoolExecutor(len(names)) as threads:
        list(threads.map(add, names))
    assert profile_names() == names


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["live", "BOXC_TOKEN=s3cret"], "BOXC_TOKEN must not be in plain text; write env:NAME"),
        (["live", "BOXC_TOKN=env:A"], "variable 1 is none of boxapis"),
        (["live", "BOXC_TOKN=env:A"], "did you mean BOXC_TOKEN?"),
        (["live", "BOXC_TOKEN=env:A", "s3cret=="], "variable 2 is none of boxapis"),
        (["live", "BOXC_TOKEN", "BOXC_TOKEN=env:A"], "BOXC_TOKEN is given twice"),
        (["live", "BOXC_BASE_URL=https://u:s3cret@h"], "BOXC_BASE_URL must not hold a user"),
        (["live", "BOXAPIS_STORE=rediss://:s3cret@h"], "BOXAPIS_STORE must not hold a password"),
        (["live", "BOXC_CLIENT_ID"], "BOXC_CLIENT_ID must be text, and not empty"),
        (["li ve", "BOXC_TOKEN=env:A"], "the name of a profile has up to 64 letters"),
        (["live", "BOXC_TOKEN"], "BOXC_TOKEN cannot be asked for: there is no terminal"),
    ],
)
def test_refused(home: Path, capsys: Captured, arguments: list[str], words: str) -> None:
    """F141: the line says what is wrong and shows no value; nothing is written."""
    assert run(["profile", "add", *arguments]) == 2
    errors = capsys.readouterr().err
    assert words in errors
    assert is_one_line(errors)
    assert "s3cret" not in errors
    assert not list(home.rglob("profiles.toml"))


def test_a_file_that_is_no_toml(profiles: Path, capsys: Captured) -> None:
    """It is left as it is, and its content is not shown."""
    profiles.write_text("[s3cret", encoding="utf-8")
    assert run(["profile", "add", "live", "BOXC_CLIENT_ID=1"]) == 2
    errors = capsys.readouterr().err
    assert "cannot be read: it is not TOML" in errors
    assert "s3cret" not in errors
    assert profiles.read_text(encoding="utf-8") == "[s3cret"


def test_passwords_in_addresses_are_not_shown(profiles: Path, capsys: Captured) -> None:
    """A file with a password in a URL is refused without it, also in JSON."""
    url = "https://user:s3cret@host.invalid/v1"
    profiles.write_text(f'[live]\nBOXC_BASE_URL = "{url}"\n', encoding="utf-8")
    assert run(["profile", "show", "live", "--json"]) == 2
    shown = capsys.readouterr()
    assert "BOXC_BASE_URL must not hold a user or a password" in shown.err
    assert "s3cret" not in shown.out + shown.err


@pytest.mark.parametrize("arguments", [["list"], ["add", "live", "BOXC_TOKEN"]])
def test_a_file_that_cannot_be_read(
    profiles: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, arguments: list[str]
) -> None:
    """F198: it is no empty list, and no secret is asked for; completion says nothing."""
    profiles.write_text("[s3cret", encoding="utf-8")
    type_at_the_terminal(monkeypatch, "typed")
    assert run(["profile", *arguments]) == 2
    assert "cannot be read: it is not TOML" in capsys.readouterr().err
    assert suggest_profiles("") == []


def test_a_user_without_a_home(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    """F198: one line says what to set."""
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(Path, "home", Mock(side_effect=RuntimeError))
    assert run(["profile", "list"]) == 2
    assert "set XDG_CONFIG_HOME to an absolute path" in capsys.readouterr().err


def test_secrets_that_stay_behind(
    profiles: Path, memory_keyring: MemoryKeyring, capsys: Captured
) -> None:
    """F199: a profile goes after its secrets, of which none need be there; those of others stay."""
    token, other = "boxapis/live.BOXC_TOKEN", "boxapis/live.eu.BOXTRACKER_PASSWORD"
    text = f'BOXC_TOKEN = "keyring:{token}"\nBOXTRACKER_PASSWORD = "keyring:{other}"\n'
    gone = 'BOXC_CLIENT_SECRET = "keyring:boxapis/live.BOXC_CLIENT_SECRET"\n'
    profiles.write_text(f"[live]\n{gone}{text}", encoding="utf-8")
    memory_keyring.stored = {token: "s3cret", other: "s3cret"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory_keyring, "delete_password", Mock(side_effect=ValueError("s3cret")))
        assert run(["profile", "remove", "live", "--yes"]) == 2
    errors = capsys.readouterr().err
    assert f"BOXC_TOKEN: the keyring failed for keyring:{token} (ValueError)" in errors
    assert "s3cret" not in errors
    assert run(["profile", "remove", "live", "--yes"]) == 0
    assert list(memory_keyring.stored) == [other]
    assert run(["profile", "show", "live"]) == 2


def test_removal_is_confirmed(
    profiles: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """Without --yes and without a terminal nothing is removed."""
    profiles.write_text('[live]\nBOXC_CLIENT_ID = "1"\n', encoding="utf-8")
    assert run(["profile", "remove", "live"]) == 2
    assert "there is no terminal to confirm it: give --yes" in capsys.readouterr().err
    assert run(["profile", "remove", "other", "--yes"]) == 2
    assert run(["profile", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == ["live"]
