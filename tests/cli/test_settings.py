"""Settings: from the environment or from one profile, and how secrets may be given."""

import getpass
import sqlite3
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import keyring
import keyring.backend
import keyring.errors
import pytest

from boxapis import ConfigurationError
from boxapis._settings.folders import configuration_folder, state_folder
from boxapis._settings.profiles import profiles_file
from boxapis._settings.settings import load_settings
from boxapis._settings.variables import SECRETS, VARIABLES
from boxapis.cli import prompts as _prompts
from boxapis.cli.clients import command_settings
from boxapis.cli.run import run
from boxapis.sandbox import Sandbox
from tests.support.command_line import is_one_line

Captured = pytest.CaptureFixture[str]


def read_value(profile: str | None, name: str) -> str | None:
    """The value of a variable."""
    found = load_settings(profile).get(name)
    return None if found is None else found.reveal()


@pytest.mark.parametrize(
    ("platform", "configuration", "state"),
    [
        ("linux", ".config/boxapis", ".local/state/boxapis"),
        ("freebsd14", ".config/boxapis", ".local/state/boxapis"),
        (
            "darwin",
            "Library/Application Support/boxapis",
            "Library/Application Support/boxapis",
        ),
        ("win32", "Roaming/boxapis", "Local/boxapis"),
    ],
)
def test_folders(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, configuration: str, state: str
) -> None:
    """Each platform has its own folders; a relative XDG folder is ignored."""
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("APPDATA", str(tmp_path / "Roaming"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "Local"))
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    assert configuration_folder() == tmp_path / configuration
    assert state_folder() == tmp_path / state


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_xdg_folders_apply_everywhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str
) -> None:
    """The XDG variables override the folders on any platform."""
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "c"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "s"))
    assert configuration_folder() == tmp_path / "c" / "boxapis"
    assert state_folder() == tmp_path / "s" / "boxapis"


def test_a_profile_replaces_the_environment(
    profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two are never mixed: what the profile lacks is not taken from the environment."""
    monkeypatch.setenv("BOXTRACKER_USERNAME", "of the environment")
    monkeypatch.setenv("BOXTRACKER_PASSWORD", "of the environment")
    profiles.write_text('[mine]\nBOXTRACKER_USERNAME = "of the profile"\n', encoding="utf-8")
    assert read_value(None, "BOXTRACKER_USERNAME") == "of the environment"
    assert read_value("mine", "BOXTRACKER_USERNAME") == "of the profile"
    assert read_value("mine", "BOXTRACKER_PASSWORD") is None


@pytest.mark.parametrize("variable", sorted(SECRETS))
@pytest.mark.parametrize("value", ["s3cret", "https://s3cret", "ENV:NAME", "env"])
def test_a_secret_in_clear_is_refused(
    profiles: Path, capsys: Captured, variable: str, value: str
) -> None:
    """One line names the variable and the ways to write it, and does not show the value."""
    profiles.write_text(f'[mine]\n{variable} = "{value}"\n', encoding="utf-8")
    assert run(["boxc", "credentials", "list", "--profile", "mine"]) == 2
    output, errors = capsys.readouterr()
    assert output == ""
    assert is_one_line(errors)
    assert f"{variable} must not be in plain text; write env:NAME, file:PATH" in errors
    assert "s3cret" not in errors


def test_every_variable_with_a_secrets_name_is_a_secret() -> None:
    """The variables with a secret's name are those refused in plain text."""
    words = ("PASSWORD", "SECRET", "TOKEN", "PEPPER")
    assert {name for name in VARIABLES if name.endswith(words)} == SECRETS


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "there is no profile 'mine'"),
        ("mine = 1", "there is no profile 'mine'"),
        ("[mine", "it is not TOML"),
        ("[mine]\nBOXTRACKER_PASWORD = 's3cret'", "BOXTRACKER_PASWORD is not a variable"),
        ("[mine]\nBOXC_CLIENT_ID = 5", "BOXC_CLIENT_ID must be text"),
        ("[mine]\nBOXC_CLIENT_ID = ''", "BOXC_CLIENT_ID must be text"),
        ("[mine]\nBOXC_CLIENT_ID = '\udcff'", "it is not text in UTF-8"),
    ],
)
def test_invalid_profiles(profiles: Path, text: str, words: str) -> None:
    """The error names the file and the problem, and quotes no value."""
    profiles.write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(ConfigurationError, match=words) as refused:
        load_settings("mine")
    assert str(profiles) in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_a_missing_file(home: Path) -> None:
    """Without a file there is no profile; the error says where the file would be."""
    with pytest.raises(ConfigurationError, match="there is no profile 'mine' in .*profiles.toml"):
        load_settings("mine")


def test_a_file_that_cannot_be_read(profiles: Path) -> None:
    """The error has the reason that the system gives."""
    profiles.mkdir()
    with pytest.raises(ConfigurationError, match="cannot be read: Is a directory"):
        load_settings("mine")


def test_references(profiles: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value is looked up in the environment or in a file."""
    monkeypatch.setenv("ELSEWHERE", "of a variable")
    (home / "secret").write_text("of a file\r\n", encoding="utf-8")
    lines = ("[mine]", 'BOXC_TOKEN = "env:ELSEWHERE"', f'BOXC_CLIENT_ID = "file:{home}/secret"')
    profiles.write_text("\n".join(lines), encoding="utf-8")
    assert read_value("mine", "BOXC_TOKEN") == "of a variable"
    assert read_value("mine", "BOXC_CLIENT_ID") == "of a file"


def test_variables_are_not_resolved_as_references(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A password in the environment may look like a reference, and is used as it is."""
    monkeypatch.setenv("BOXTRACKER_PASSWORD", "env:HOME")
    assert read_value(None, "BOXTRACKER_PASSWORD") == "env:HOME"


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("env:THERE_IS_NO_SUCH_VARIABLE", "there is nothing at env:"),
        ("file:/there/is/no/such/file", "cannot be read: No such file"),
        ("file:EMPTY", "there is nothing at file:"),
        ("file:BINARY", "it is not text in UTF-8"),
        ("keyring:", "write keyring:SERVICE/NAME"),
        ("keyring:service", "write keyring:SERVICE/NAME"),
        ("prompt:", "there is no terminal"),
    ],
)
def test_references_without_a_value(profiles: Path, home: Path, reference: str, words: str) -> None:
    """The error names the variable and the reference."""
    (home / "EMPTY").write_bytes(b"\n")
    (home / "BINARY").write_bytes(b"\xff\n")
    reference = reference.replace("file:EMPTY", f"file:{home}/EMPTY")
    reference = reference.replace("file:BINARY", f"file:{home}/BINARY")
    profiles.write_text(f'[mine]\nBOXC_TOKEN = "{reference}"\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match=words) as refused:
        load_settings("mine").get("BOXC_TOKEN")
    assert "BOXC_TOKEN" in str(refused.value)


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        """Returns the only password; the service `locked` raises."""
        if service == "locked":
            raise keyring.errors.KeyringLocked
        return "of the keyring" if (service, username) == ("a/service", "jane") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Stores nothing."""
        raise NotImplementedError


@pytest.fixture
def memory_keyring() -> Iterator[None]:
    """Replaces the system's keyring."""
    before = keyring.get_keyring()
    keyring.set_keyring(MemoryKeyring())  # type: ignore[no-untyped-call]  # of the library
    yield
    keyring.set_keyring(before)


def test_keyring(profiles: Path, memory_keyring: None) -> None:
    """The service's name may have slashes; the user name follows the last one."""
    profiles.write_text('[mine]\nBOXC_TOKEN = "keyring:a/service/jane"\n', encoding="utf-8")
    assert read_value("mine", "BOXC_TOKEN") == "of the keyring"


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("keyring:other/jane", "there is nothing at keyring:other/jane"),
        ("keyring:locked/jane", "the keyring failed for keyring:locked/jane (KeyringLocked)"),
    ],
)
def test_keyring_without_a_password(
    profiles: Path, memory_keyring: None, reference: str, words: str
) -> None:
    """A password that is missing or locked is an error that names the reference."""
    profiles.write_text(f'[mine]\nBOXC_TOKEN = "{reference}"\n', encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load_settings("mine").get("BOXC_TOKEN")
    assert words in str(refused.value)


def test_without_the_extra(
    profiles: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the keyring library is not installed, the error says what to install."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    profiles.write_text('[mine]\nBOXC_TOKEN = "keyring:a/b"\n', encoding="utf-8")
    assert run(["boxc", "credentials", "list", "--profile", "mine"]) == 2
    errors = capsys.readouterr().err
    assert is_one_line(errors)
    assert "pip install 'boxapis[keyring]'" in errors


def patch_prompt(monkeypatch: pytest.MonkeyPatch, answer: Callable[[str], str]) -> None:
    """Replaces the prompt at the terminal."""
    monkeypatch.setattr(_prompts, "can_prompt", lambda: True)
    monkeypatch.setattr(getpass, "getpass", answer)


def test_a_missing_secret_is_asked_for_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing secret is asked for by its variable's name; a missing user name is not."""
    asked: list[str] = []
    monkeypatch.setenv("BOXTRACKER_USERNAME", "api")

    def answer(what: str) -> str:
        asked.append(what)
        return "typed"

    patch_prompt(monkeypatch, answer)
    settings = command_settings(None)
    names = ("BOXTRACKER_USERNAME", "BOXTRACKER_PASSWORD")
    assert [value.reveal() for value in settings.require(*names)] == ["api", "typed"]
    assert [value.reveal() for value in settings.require(*names)] == ["api", "typed"]
    assert asked == ["BOXTRACKER_PASSWORD: "]
    with pytest.raises(ConfigurationError, match="BOXTRACKER_CUSTOMER_USERNAME"):
        settings.require("BOXTRACKER_CUSTOMER_USERNAME")


def empty_input(_: str) -> str:
    """An empty line is typed."""
    return ""


def end_of_input(_: str) -> str:
    """The input ends."""
    raise EOFError


def echoing_terminal(_: str) -> str:
    """The terminal would echo what is typed."""
    warnings.warn("can be seen", getpass.GetPassWarning, stacklevel=2)
    return "visible"


@pytest.mark.parametrize("answer", [empty_input, end_of_input, echoing_terminal])
def test_nothing_is_typed(
    home: Path, monkeypatch: pytest.MonkeyPatch, answer: Callable[[str], str]
) -> None:
    """An empty answer, an end of input and a terminal that echoes are errors, not passwords."""
    patch_prompt(monkeypatch, answer)
    with pytest.raises(ConfigurationError, match="nothing was typed"):
        _prompts.prompt_secret("The password")


def test_order_of_profile_options(
    served: Sandbox, profiles: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """The command's --profile comes before the program's, and both before BOXAPIS_PROFILE."""
    given = served.environment
    lines = [f'BOXC_BASE_URL = "{given["BOXC_BASE_URL"]}"', 'BOXC_TOKEN = "env:BOXC_TOKEN"']
    profiles.write_text("\n".join(["[good]", *lines, "[empty]"]), encoding="utf-8")
    listing = ["boxc", "credentials", "list"]
    assert run([*listing, "--profile", "good"]) == 0
    assert run(["--profile", "good", *listing]) == 0
    assert run(["--profile", "empty", *listing, "--profile", "good"]) == 0
    monkeypatch.setenv("BOXAPIS_PROFILE", "good")
    assert run(listing) == 0
    assert run(["--profile", "empty", *listing]) == 2
    errors = capsys.readouterr().err
    assert "in profile 'empty'" in errors
    assert str(profiles_file()) in errors
    assert served.boxc.counts["GET /credentials"] == 4


def test_commands_share_a_store(
    served: Sandbox, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """Commands use the store that is set: a second one makes no handshake, calls are counted."""
    monkeypatch.setenv("BOXAPIS_STORE", f"sqlite:{home}/store.db")
    monkeypatch.setenv("BOXAPIS_STORE_PEPPER", "a-pepper")
    pricing = ["boxtracker", "command", "cmdBoxTWebAPIPricing", "zipPostalCode=03060"]
    assert [run(pricing), run(pricing), run(["boxc", "credentials", "list"])] == [0, 0, 0]
    assert capsys.readouterr().err == ""
    assert served.boxtracker.counts["cmdBoxTWebAPIHandShake"] == 1
    with closing(sqlite3.connect(home / "store.db")) as database:
        assert database.execute("select count(*) from bucket").fetchone() == (1,)
    monkeypatch.setenv("BOXAPIS_STORE_PEPPER", "another-pepper")
    assert run(pricing) == 0
    assert served.boxtracker.counts["cmdBoxTWebAPIHandShake"] == 2
