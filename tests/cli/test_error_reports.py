"""What the program says of errors: one line, an exit status, and under ``--json`` an object."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from boxapis import ConfigurationError, OutcomeUnknownError, ValidationError, cli
from boxapis.cli.boxtracker.login_store import LoginStore
from boxapis.cli.error_report import report_error
from boxapis.cli.exit_status import STATUSES
from boxapis.cli.run import run
from boxapis.sandbox import Sandbox
from tests.support.command_line import START, boxapis, is_one_line, surroundings
from tests.support.printed import table

pytestmark = pytest.mark.servers

Captured = pytest.CaptureFixture[str]

CHANGES = {
    "POST /credentials": "boxc credentials create Janio api_key=env:CARRIER_KEY",
    "PUT /credentials/{id}": "boxc credentials update {id} api_key=env:CARRIER_KEY",
    "DELETE /credentials/{id}": "boxc credentials delete {id} --yes",
    "POST /shipments": "boxc request POST /shipments @{home}/shipment.json",
    "cmdBoxTPortalSaveJobSite": "boxtracker command cmdBoxTPortalSaveJobSite jobsite_id=0",
}


@pytest.mark.parametrize("operation", CHANGES)
@pytest.mark.parametrize("as_json", [True, False])
def test_what_may_have_been_carried_out_has_a_status_of_its_own(
    served: Sandbox,
    home: Path,
    capsys: Captured,
    operation: str,
    as_json: bool,  # noqa: FBT001
) -> None:
    """F140: a change whose response is lost ends with status 4, and an object under --json."""
    (home / "shipment.json").write_text('{"shipment": {}}', encoding="utf-8")
    number = served.boxc.add_credential("Janio", {"api_key": "old"})
    service: Any = served.boxtracker if operation.startswith("cmd") else served.boxc
    service.fault("lost_response", operation=operation, times=9)
    line = CHANGES[operation].format(id=number, home=home)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CARRIER_KEY", "made-up")
        assert run([*line.split(), *(["--json"] * as_json)]) == 4
    output, errors = capsys.readouterr()
    assert is_one_line(errors)
    assert "may have been carried out: look it up before you repeat it" in errors
    assert service.counts[operation] >= 1
    if not as_json:
        assert output == ""
        return
    error = json.loads(output)["error"]
    assert error.keys() == {"class", "code", "message", "may_have_been_applied", "next_step"}
    assert error["may_have_been_applied"] is True
    assert error["next_step"] == "look it up before you repeat it"
    assert "look it up" not in error["message"]


def test_an_import_with_an_unknown_row(served: Sandbox, home: Path) -> None:
    """F140: a row that may have been stored gives status 4, whatever became of the others."""
    manifest = home / "secrets.csv"
    manifest.write_text("name,carrier,api_key\na,Janio,x\nb,Janio,y\n", encoding="utf-8")
    served.boxc.fault("lost_response", operation="POST /credentials")
    assert run(["credentials", "import", str(manifest), "--json"]) == 4


def test_a_refusal_under_json(served: Sandbox, capsys: Captured) -> None:
    """A refusal is status 1: the object has the service's code, and nothing was changed."""
    assert run(["boxc", "credentials", "get", "99", "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["class"], error["may_have_been_applied"]) == ("NotFoundError", False)
    assert isinstance(error["code"], int)
    assert error["next_step"].startswith("check the id")


@pytest.mark.parametrize(
    ("arguments", "name", "next_step"),
    [
        ("boxc credentials list --json", "ConfigurationError", "correct it, then try again"),
        ("boxc credentials get --json", "MissingParameter", "see 'boxapis boxc credentials get"),
        ("boxtracker handshake --json --nothing", "NoSuchOption", "see 'boxapis boxtracker"),
    ],
)
def test_wrong_usage_under_json(
    home: Path, capsys: Captured, arguments: str, name: str, next_step: str
) -> None:
    """A missing setting and a wrong option are objects, too, with status 2."""
    assert run(arguments.split()) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["class"], error["code"]) == (name, None)
    assert error["may_have_been_applied"] is False
    assert error["next_step"].startswith(next_step)


def test_json_after_two_dashes_is_a_value(home: Path, capsys: Captured) -> None:
    """What stands behind ``--`` is no option."""
    assert run(["boxtracker", "command", "cmdBoxTPortalJobsiteList", "--", "--json"]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("error", "status", "applied"),
    [
        (OutcomeUnknownError("lost"), 4, True),
        (ValidationError("refused"), 1, False),
        (ConfigurationError("wrong"), 2, False),
        (ConfigurationError("late", may_have_been_applied=True), 4, True),
        (RuntimeError("s3cret"), 4, None),
        (KeyboardInterrupt(), 130, None),
    ],
)
def test_the_outcome_decides(
    error: BaseException,
    status: int,
    applied: bool | None,  # noqa: FBT001
) -> None:
    """Only what is known to have changed nothing has status 1 or 2; no text of others is shown."""
    raised: BaseException = error
    try:
        raise error
    except BaseException as caught:  # noqa: BLE001 - for its traceback
        raised = caught
    report = report_error(raised, [])
    assert (report.status, report.may_have_been_applied) == (status, applied)
    assert "s3cret" not in str(report)


def test_the_status_survives_a_reader_who_left(served: Sandbox) -> None:
    """A closed stdout does not turn status 4 into that of a closed pipe."""
    served.boxc.fault("lost_response", operation="POST /credentials")
    given = surroundings(**served.environment, CARRIER_KEY="made-up")
    line = "boxc credentials create Janio api_key=env:CARRIER_KEY --json"
    process = subprocess.Popen(
        [sys.executable, "-c", START, *line.split()],
        env=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 4
    assert is_one_line(errors)


def test_a_login_that_cannot_be_renewed_hides_no_result(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a change, a full disk is a warning: an error would say that nothing was sent."""
    assert run(["boxtracker", "login"]) == 0

    def full(*_: object) -> None:
        message = "logins cannot be saved: No space left on device"
        raise ConfigurationError(message)

    monkeypatch.setattr(LoginStore, "replace", full)
    capsys.readouterr()
    assert run(["boxtracker", "command", "cmdBoxTPortalJobsiteList", "offset=0", "--json"]) == 0
    output, errors = capsys.readouterr()
    assert "recordCount" in json.loads(output)
    assert errors == "boxapis: warning: logins cannot be saved: No space left on device\n"


def test_a_login_that_cannot_be_saved(served: Sandbox, home: Path, capsys: Captured) -> None:
    """A log-in that was accepted and not saved does not say that nothing was sent."""
    (home / "state").write_text("a file")
    assert run(["boxtracker", "login"]) == 1
    errors = capsys.readouterr().err
    assert "the service accepted jane, but logins cannot be saved" in errors
    assert "Nothing was sent" not in errors


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("boxtracker login jane hunter2", "argument 2 is unexpected: the command takes 1"),
        ("boxc credentials list hunter2", "argument 1 is unexpected: the command takes none"),
        ("boxc credentials update api_key=hunter2", "Invalid value for 'ID'"),
        ("boxc credentials delete hunter2", "Invalid value for 'ID'"),
        ("boxc credentials list --limit=hunter2", "Invalid value for '--limit'"),
        ("boxtracker handshake --method hunter2", "Invalid value for '--method'"),
        ("boxc request hunter2 /x", "Invalid value for 'METHOD'"),
    ],
)
def test_a_value_in_the_wrong_place_is_not_shown(
    home: Path, capsys: Captured, arguments: str, words: str
) -> None:
    """F141: an unexpected or malformed argument is named by its place and never shown."""
    assert run([*arguments.split(), "--json"]) == 2
    output, errors = capsys.readouterr()
    assert "hunter2" not in output + errors
    assert is_one_line(errors)
    assert words in errors


def test_the_help_and_the_manual_list_the_statuses() -> None:
    """The help of the program and the documentation's table explain every exit status."""
    shown = " ".join(boxapis("--help").stdout.split())
    listed = ", ".join(f"{status} {meaning}" for status, meaning in STATUSES.items())
    assert f"Exit status: {listed}." in shown
    rows = table(cli.__doc__ or "")
    assert {int(number) for row in rows for number in row.split(",")} == STATUSES.keys()
