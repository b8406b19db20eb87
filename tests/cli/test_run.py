"""The command line from inside: errors, untrusted text and streams."""

import io
import json
import sys
from datetime import UTC, datetime
from typing import NoReturn

import pytest
import typer
from rich.console import Console

from boxapis import Credential, Secret
from boxapis.cli.boxc.table import credential_data, print_credentials
from boxapis.cli.boxtracker import handshake as _handshake
from boxapis.cli.console import print_error, print_json, printable, replace_unencodable
from boxapis.cli.extras import require_extra
from boxapis.cli.run import run

MOMENT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
HOSTILE = Credential(
    id=1,
    user_id=2,
    carrier="[red]Evil\x1b[2J",
    params={"api_key": Secret("s3cret")},
    created=MOMENT,
    updated=MOMENT,
    deleted=MOMENT,
)


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (RuntimeError("s3cret"), 4, "unexpected RuntimeError at "),
        (KeyboardInterrupt(), 130, ""),
        (typer.Abort(), 130, "interrupted"),
    ],
)
def test_unexpected_errors_print_no_traceback(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    status: int,
    words: str,
) -> None:
    """An unexpected error is one line with its type and place; it may have changed something."""

    def fail() -> NoReturn:
        raise error

    monkeypatch.setattr(_handshake, "boxtracker_client", lambda *_: fail())
    assert run(["boxtracker", "handshake"]) == status
    output, errors = capsys.readouterr()
    assert output == ""
    assert errors.count("\n") <= 1
    assert words in errors
    assert "s3cret" not in errors


def test_run_shows_the_help_without_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    """Without arguments the help is printed, with status 0."""
    assert run([]) == 0
    assert "Usage: boxapis" in capsys.readouterr().out


def test_run_reports_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """The error line names the command that shows the help."""
    assert run(["boxc", "credentials", "list", "--limit", "many"]) == 2
    assert capsys.readouterr().err.endswith("; see 'boxapis boxc credentials list --help'\n")


def test_control_characters_are_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    """Line breaks become blanks and control characters U+FFFD, so that an error is one line."""
    assert printable("one\r\ntwo\x1b]0;title\x07") == "one two�]0;title�"
    print_error("[bold]first\nsecond\x1b[2J")
    assert capsys.readouterr().err == "boxapis: [bold]first second�[2J\n"


@pytest.mark.parametrize(("width", "moment"), [(80, "2026-01-02\n"), (120, "2026-01-02 03:04")])
def test_table_shows_markup_as_text(width: int, moment: str) -> None:
    """Markup and escapes of the service are shown as text; a wide table shows full times."""
    file = io.StringIO()
    print_credentials(Console(file=file, width=width, force_terminal=False), [HOSTILE])
    shown = "\n".join(line.rstrip() for line in file.getvalue().splitlines())
    assert "[red]Evil�[2J" in shown
    assert moment in shown
    assert "\x1b" not in shown
    assert "s3cret" not in shown


def test_data_holds_names_and_times() -> None:
    """The JSON has ISO times with their zone, and parameter names without values."""
    assert credential_data(HOSTILE) == {
        "id": 1,
        "user_id": 2,
        "carrier": "[red]Evil\x1b[2J",
        "parameters": ["api_key"],
        "created": "2026-01-02T03:04:00+00:00",
        "updated": "2026-01-02T03:04:00+00:00",
        "deleted": "2026-01-02T03:04:00+00:00",
    }


def test_streams_survive_any_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """A character that the encoding lacks is printed as `?`; other streams are not changed."""
    file = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(file, encoding="ascii"))
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    replace_unencodable()
    sys.stdout.write("✓")
    sys.stdout.flush()
    assert file.getvalue() == b"?"


def test_own_modules_are_no_extra() -> None:
    """A module of this package that is missing is a defect, not an extra to install."""
    with pytest.raises(ModuleNotFoundError), require_extra("cli"):
        raise ModuleNotFoundError(name="boxapis.cli._gone")


def test_a_library_is_an_extra(capsys: pytest.CaptureFixture[str]) -> None:
    """Any other missing module is named, with what to install."""
    with pytest.raises(SystemExit) as ended, require_extra("cli"):
        raise ModuleNotFoundError(name="rich.console")
    assert ended.value.code == 2
    assert capsys.readouterr().err == "boxapis: rich is not installed: pip install 'boxapis[cli]'\n"


def test_json_is_in_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    """Text is not escaped, whatever the locale; only what a terminal obeys or cannot be encoded."""
    file = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(file, encoding="ascii"))
    data = {"name": "Stra\u00dfe \u2713 \x1b[2J \x9b2J \u202e \ud83d \U0001f600"}
    print_json(data)
    sys.stdout.flush()
    printed = file.getvalue().decode()
    assert "Stra\u00dfe \u2713 " in printed
    assert all(character.isprintable() or character == "\n" for character in printed)
    assert json.loads(printed) == data
