"""``boxapis boxtracker command``: what is sent, what is refused, how responses are printed."""

import io
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from rich.console import Console

from boxapis._sansio.boxtracker.catalogue import COMMANDS
from boxapis.cli.boxtracker.response_table import print_response
from boxapis.cli.run import run
from boxapis.sandbox import Sandbox
from tests._sansio.test_sensitive import CARD, SHAPES
from tests.support.command_line import assert_no_secret, is_one_line

pytestmark = pytest.mark.servers

Captured = pytest.CaptureFixture[str]

COMMAND = ["boxtracker", "command"]


def shown(body: Mapping[str, object], width: int = 80) -> str:
    """A response as it is printed, without the blanks at the ends of lines."""
    file = io.StringIO()
    print_response(Console(file=file, width=width, highlight=False, color_system=None), body)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_run(served: Sandbox, capsys: Captured, name: str) -> None:
    """Each of the 25 commands reaches the service under its own name.

    A command without an argument that it needs gets 303, or 337 for the mode, in one line.
    """
    needed = {
        "cmdBoxTPortalJobsiteData": ["jobsite_id=13913001"],
        "cmdBoxTPortalReportList": [],
        "cmdBoxTWebAPIPricing": ["zipPostalCode=03060"],
    }
    if name == "cmdBoxTPortalCustomerLogOut":
        assert run(["boxtracker", "login"]) == 0
    arguments = needed.get(name, ["offset=0"] if name.endswith("List") else [])
    status = run([*COMMAND, name, *arguments, "--json"])
    output, errors = capsys.readouterr()
    assert served.boxtracker.counts[name] == 1
    assert status in (0, 1)
    assert is_one_line(errors) if status else errors == ""
    assert status == 0 or "status 303" in errors or "status 337" in errors
    assert_no_secret(output + errors, served.environment)


def test_own_methods_print_no_key(served: Sandbox, capsys: Captured) -> None:
    """Handshakes and the log-out print their result, and no session key."""
    assert run([*COMMAND, "cmdBoxTPortalHandShake", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"portal": True}
    assert run([*COMMAND, "cmdBoxTPortalCustomerHandShake", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"customerID": 13913}
    assert run([*COMMAND, "cmdBoxTWebAPIHandShake", "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)) == ["txnClasses"]
    assert run([*COMMAND, "cmdBoxTPortalCustomerLogOut", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"loggedOut": None}


def test_arguments_are_sent(served: Sandbox, home: Path) -> None:
    """Values may have `=`, `&` and blanks; a JSON file may give more arguments."""
    (home / "more.json").write_text('{"offset": 50, "nothing": null}', encoding="utf-8")
    given = ["search=Mill & Main = 1", f"@{home}/more.json"]
    assert run([*COMMAND, "cmdBoxTPortalJobsiteList", *given, "--method", "POST"]) == 0
    sent = served.boxtracker.requests[-1]
    assert sent.method == "POST"
    assert sent.arguments["search"] == "Mill & Main = 1"
    assert sent.arguments["offset"] == "50"
    assert "nothing" not in sent.arguments


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        *((name, secret) for name in COMMANDS for secret in sorted(COMMANDS[name].secrets)),
        ("cmdBoxTPortalJobsiteList", "password"),
        ("cmdBoxTPortalJobsiteList", "session_key_api"),
    ],
)
def test_no_secret_stands_on_the_command_line(
    served: Sandbox, capsys: Captured, name: str, argument: str
) -> None:
    """A secret in plain text is refused before anything is sent, and not shown."""
    assert run([*COMMAND, name, f"{argument}=4111111111111111"]) == 2
    errors = capsys.readouterr().err
    assert is_one_line(errors)
    assert f"{argument} is a secret and must not stand on the command line" in errors
    assert "4111" not in errors
    assert served.boxtracker.counts.total() == 0


def test_a_secret_by_reference(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A card number given as a reference is sent, and not shown."""
    monkeypatch.setenv("CARD", "4111111111111111")
    given = ["payment_mode=2", "ccard_number=env:CARD"]
    assert run([*COMMAND, "cmdBoxTPortalProcessPayment", *given]) == 1
    output, errors = capsys.readouterr()
    assert "4111" not in output + errors
    assert "ccard_number" in served.boxtracker.requests[-1].arguments


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["wrong"], "there is no such command"),
        (["cmdBoxTPortalJobsiteList", "customer_id"], "give each argument as NAME=VALUE"),
        (["cmdBoxTPortalJobsiteList", "offset=0", "offset=1"], "offset is given twice"),
        ([], "Missing argument"),
    ],
)
def test_wrong_usage(served: Sandbox, capsys: Captured, arguments: list[str], words: str) -> None:
    """Invalid arguments give one line on stderr and status 2, and nothing is sent."""
    assert run([*COMMAND, *arguments]) == 2
    errors = capsys.readouterr().err
    assert is_one_line(errors)
    assert words.lower() in errors.lower()
    assert served.boxtracker.counts.total() == 0


def test_a_new_command_is_passed_on(served: Sandbox, capsys: Captured) -> None:
    """A command that is not in the catalogue is sent, and the service decides."""
    assert run([*COMMAND, "cmdBoxTPortalSomethingNew"]) == 1
    assert served.boxtracker.counts["cmdBoxTPortalSomethingNew"] == 1
    warning, _ = capsys.readouterr().err.splitlines()
    assert warning == (
        "boxapis: warning: cmdBoxTPortalSomethingNew is not a known command; it is sent all the"
        " same, once"
    )


def test_a_misspelt_argument_is_passed_on(served: Sandbox, capsys: Captured) -> None:
    """An argument that no source has is sent, too, and one line says which may be meant."""
    assert run([*COMMAND, "cmdBoxTPortalJobsiteList", "offset=0", "serach=x"]) == 0
    assert is_one_line(errors := capsys.readouterr().err)
    assert "'serach' (did you mean search?)" in errors


@pytest.mark.usefixtures("at_terminal")
def test_a_list_is_a_table(served: Sandbox, capsys: Captured) -> None:
    """A list is a table with a row for each record, within 80 columns, and its counts below."""
    assert run([*COMMAND, "cmdBoxTPortalJobsiteList", "offset=100"]) == 0
    output = capsys.readouterr().out
    assert output.startswith("jobSiteObjList\nID        JobName")
    assert all(f"Job {number}" in output for number in range(101, 121))
    assert "recordCount  120" in output
    assert max(map(len, output.splitlines())) <= 80


def test_records_that_are_too_wide_for_a_table() -> None:
    """Records with many fields are printed one below the other."""
    record = {f"column-{number}": number for number in range(20)}
    text = shown({"status": 200, "list": [record, record]})
    assert text.count("column-19  19") == 2


def test_nested_values() -> None:
    """Objects are printed as lines, lists as tables, deeper values as JSON, null as nothing."""
    text = shown(
        {
            "status": "200",
            "errorString": "",
            "object": {"name": "Jane", "empty": None, "boxes": [{"ID": 1}, {"ID": 2}]},
            "words": ["one", "two"],
            "records": [{"ID": 1, "at": {"x": 1}}, {"ID": 2, "more": [3]}],
            "plain": 5,
        }
    )
    assert "name   Jane\nempty\nboxes  2" in text
    assert "words\none\ntwo" in text
    assert "ID  at        more\n" in text
    assert '1   {"x": 1}' in text
    assert "plain  5" in text
    assert "status" not in text


def test_a_response_without_fields() -> None:
    """A success without any field is printed as one word."""
    assert shown({"status": 200, "errorString": ""}) == "Done."


def test_hostile_responses() -> None:
    """Markup and escapes are shown as text, and values with a secret's name are masked."""
    body = {"[red]name": "\x1b[2J[bold]", "sessionKey": "s3cret", "list": [{"password": "s3cret"}]}
    text = shown(body)
    assert "[red]name" in text
    assert "[2J[bold]" in text
    assert "\x1b" not in text
    assert "s3cret" not in text
    assert text.count("[secret]") == 2


@pytest.mark.parametrize("shape", SHAPES)
def test_tables_mask_at_any_depth(shape: str) -> None:
    """F142: a table for people shows no value of a sensitive name, however deep it stands."""
    text = shown(SHAPES[shape], width=200)
    assert CARD not in text
    assert "[secret]" in text or text == "rows\n1\n"  # of these, only the number is shown
