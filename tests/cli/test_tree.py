"""Rules for every command, found by walking the tree: help, examples, options, errors."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from boxapis.cli.app import app
from boxapis.cli.run import run
from boxapis.sandbox import Sandbox
from boxapis.secret import is_sensitive
from tests.support.command_line import boxapis, is_one_line

pytestmark = pytest.mark.servers

ROWS, COLUMNS = 24, 80


def walk(command: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """A command and all below it, each with the words that call it."""
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from walk(below, f"{path} {name}".strip())


COMMANDS: dict[str, Any] = dict(walk(get_command(app)))
LEAVES = {path for path, command in COMMANDS.items() if not hasattr(command, "commands")}
OFFLINE_COMMANDS = {
    "demo",
    "sandbox",
    "completion",
    "boxc credentials carriers",
    "boxc operations",
    "boxtracker commands",
}
OFFLINE_COMMANDS |= {"profile add", "profile list", "profile show", "profile remove"}
OFFLINE_COMMANDS |= {"boxc webhooks send"}  # to this machine
"""Commands that call no service, or only one that they start themselves."""

CALLS = {
    "doctor": "",
    "boxtracker handshake": "",
    "boxtracker login": "",
    "boxtracker command": "cmdBoxTPortalJobsiteList offset=0",
    "boxtracker logout": "",
    "boxc token": "--new",
    "boxc request": "GET /warehouses",
    "credentials import": "secrets.csv",
    "boxc credentials list": "",
    "boxc credentials get": "1234567",
    "boxc credentials create": "DHLeC client_id=env:HOME client_secret=env:HOME",
    "boxc credentials update": "1234567 client_id=env:HOME client_secret=env:HOME",
    "boxc credentials delete": "1234567 --yes",
}
"""The arguments with which each other command makes a call."""

SILENT_WITHOUT_A_SERVICE = sorted(
    CALLS.keys() - {"boxtracker logout", "credentials import", "doctor"}
)
"""Commands that print nothing without settings; the others report first, or read a file."""


def test_every_command_is_listed() -> None:
    """A new command must be listed above, with its arguments if it calls a service."""
    assert OFFLINE_COMMANDS | CALLS.keys() == LEAVES


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path or "boxapis")
def test_help_fits_one_screen_and_holds_an_example(
    path: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every help is at most 24 lines of 80 columns, and shows how the command is used."""
    monkeypatch.setenv("COLUMNS", str(COLUMNS))
    assert run([*path.split(), "--help"]) == 0
    shown = capsys.readouterr().out
    lines = shown.splitlines()
    assert len(lines) <= ROWS
    assert max(map(len, lines)) <= COLUMNS
    assert f"  Example: boxapis {path}".rstrip() in shown


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path or "boxapis")
def test_lists_of_commands_are_not_cut(
    path: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No command's one-line description is cut off with dots."""
    monkeypatch.setenv("COLUMNS", str(COLUMNS))
    run([*path.split(), "--help"])
    assert not re.search(r"^ {2}.*\.\.\.$", capsys.readouterr().out, re.MULTILINE)


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path or "boxapis")
def test_no_option_takes_a_secret(path: str) -> None:
    """An option with a secret's name takes no value, so no secret is on the command line."""
    taking = [option for option in COMMANDS[path].params if not getattr(option, "is_flag", False)]
    assert not [option.name for option in taking if is_sensitive(option.name)]


@pytest.mark.parametrize("path", sorted(CALLS))
def test_every_call_takes_a_profile(path: str) -> None:
    """Every command that makes a call has the option --profile."""
    assert "profile" in {option.name for option in COMMANDS[path].params}


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path or "boxapis")
def test_wrong_option_is_one_line_everywhere(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An option that does not exist is one line on stderr, naming the help, and status 2."""
    assert run([*path.split(), "--does-not-exist"]) == 2
    output, errors = capsys.readouterr()
    assert output == ""
    assert is_one_line(errors)
    assert f"see 'boxapis {path}".rstrip() in errors


@pytest.mark.parametrize("path", SILENT_WITHOUT_A_SERVICE)
def test_missing_variable_is_named_everywhere(
    path: str, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    """Without settings every call ends in one line that names what to set, and status 2."""
    assert run([*path.split(), *CALLS[path].split()]) == 2
    output, errors = capsys.readouterr()
    assert output == ""
    assert is_one_line(errors)
    assert "BOXTRACKER_" in errors or "BOXC_" in errors or "logged in" in errors


@pytest.mark.parametrize("path", SILENT_WITHOUT_A_SERVICE)
def test_refused_connection_is_one_line_everywhere(path: str) -> None:
    """An address that accepts no connection is one line and status 1, and no traceback."""
    with Sandbox() as stopped:
        given = stopped.environment
    done = boxapis(*path.split(), *CALLS[path].split(), **given)
    assert (done.returncode, done.stdout) == (1, "")
    assert is_one_line(done.stderr)
    assert "Traceback" not in done.stderr
