"""The doctor's whole report: what is checked, how it is printed, and the exit status."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from boxapis import APIError, BoxC, ServerError
from boxapis._sansio.boxc.operations import OPERATIONS
from boxapis._settings.settings import Settings
from boxapis.cli.doctor.advice import _BOXC, _BOXTRACKER, explain
from boxapis.cli.doctor.services import boxc_service
from boxapis.cli.run import run
from boxapis.sandbox import Sandbox
from boxapis.sandbox._boxc.tokens import ALL_SCOPES
from tests.support.command_line import assert_no_secret, is_one_line

pytestmark = pytest.mark.servers

Captured = pytest.CaptureFixture[str]

ROUTE = ["configuration", "DNS", "TCP", "proxy", "TLS", "HTTP", "clock"]


def doctor_report(capsys: Captured) -> dict[str, Any]:
    """The doctor's JSON report: its checks by service and name."""
    status = run(["doctor", "--json"])
    output, errors = capsys.readouterr()
    data = json.loads(output)
    assert errors == ""
    assert status == (0 if data["passed"] else 1)
    return {f"{check['service']} {check['name']}".strip(): check for check in data["checks"]}


def checks_with(checks: dict[str, Any], verdict: str) -> list[str]:
    """The names of the checks with a verdict."""
    return [name for name, check in checks.items() if check["verdict"] == verdict]


def test_all_checks_pass(served: Sandbox, capsys: Captured) -> None:
    """Against the sandbox every check is made for both services, and none fails."""
    checks = doctor_report(capsys)
    tracker = [f"Box Tracker {name}" for name in (*ROUTE, "handshake", "customer")]
    assert list(checks) == tracker + [f"BoxC {name}" for name in (*ROUTE, "token", "operations")]
    assert checks_with(checks, "failed") == []
    skipped = [f"{service} {name}" for service in ("Box Tracker", "BoxC") for name in ROUTE[1:5:2]]
    assert set(skipped) <= set(checks_with(checks, "skipped"))
    assert served.boxtracker.counts["cmdBoxTPortalHandShake"] == 1
    assert served.boxc.counts["GET /warehouses"] == 1


def test_report_for_people(served: Sandbox, capsys: Captured) -> None:
    """The report is a line for each check and a verdict, in 80 columns without secret or colour."""
    assert run(["doctor"]) == 0
    output, errors = capsys.readouterr()
    lines = output.splitlines()
    assert errors == ""
    assert re.search(r"^ok +handshake +the API user is accepted", output, re.MULTILINE)
    assert re.search(r"^skipped +proxy +no proxy is set", output, re.MULTILINE)
    assert lines[-1] == "No problems found."
    headings = [line for line in lines if line in ("Box Tracker", "BoxC")]
    assert (lines[0], headings) == ("Box Tracker", ["Box Tracker", "BoxC"])
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in output
    assert_no_secret(output, served.environment)


@pytest.mark.parametrize(
    ("scopes", "said"),
    [
        (ALL_SCOPES - {"billing", "returns"}, "; missing scopes: billing, returns"),
        (ALL_SCOPES, ""),
        (frozenset({"profile"}), "; missing scopes: billing, calculate, classify, email, openid, "),
    ],
)
def test_what_the_token_can_call(
    served: Sandbox,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
    scopes: frozenset[str],
    said: str,
) -> None:
    """The report counts the operations all of whose scopes the token has, and names the others."""
    monkeypatch.setenv("BOXC_TOKEN", served.boxc.issue_token(scopes))
    count = sum({*one.scope.split()} <= scopes for one in OPERATIONS.values())
    check = doctor_report(capsys)["BoxC operations"]
    assert check["verdict"] == "ok"
    assert check["message"].startswith(f"{count} of 83 operations{said}")
    assert check["message"].count("openid") == ("openid" not in scopes)


def test_what_a_fetched_token_can_call(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scopes of a token that the client's ID and secret got are read from that one token."""
    monkeypatch.delenv("BOXC_TOKEN")
    assert doctor_report(capsys)["BoxC operations"]["message"] == "83 of 83 operations"
    assert served.boxc.counts["POST /auth/v1/token"] == 1


async def test_a_token_without_claims() -> None:
    """The report says of a token that is no JWT that it does not name its scopes."""
    count_operations = boxc_service(Settings(None, {})).logins["operations"]
    async with BoxC("opaque") as boxc:
        assert await count_operations(boxc) == "the token does not name its scopes"


def test_a_wrong_address_is_explained(served: Sandbox, capsys: Captured) -> None:
    """Status 509 has a message and advice of its own; checks after the handshake are skipped."""
    served.boxtracker.rules = evolve(served.boxtracker.rules, allowed_addresses=frozenset())
    assert run(["doctor"]) == 1
    output = " ".join(capsys.readouterr().out.split())
    assert "your address is not the registered one (status 509)" in output
    assert "-> call from the registered static IP address" in output
    assert "skipped customer it needs the handshake" in output
    assert "Problems found: Box Tracker: handshake." in output


@pytest.mark.parametrize(
    ("name", "failing", "words"),
    [
        ("BOXTRACKER_PASSWORD", "Box Tracker handshake", "the password is wrong"),
        ("BOXTRACKER_USERNAME", "Box Tracker handshake", "there is no such user"),
        ("BOXTRACKER_CUSTOMER_PASSWORD", "Box Tracker customer", "the password is wrong"),
        ("BOXC_TOKEN", "BoxC token", "the token is not valid"),
    ],
)
def test_wrong_secrets(
    served: Sandbox,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    failing: str,
    words: str,
) -> None:
    """Only the refused login fails, with message and advice; the wrong secret is not shown."""
    monkeypatch.setenv(name, "something-wrong")
    checks = doctor_report(capsys)
    assert checks_with(checks, "failed") == [failing]
    assert words in checks[failing]["message"]
    assert checks[failing]["advice"]
    assert "something-wrong" not in json.dumps(checks)


def test_client_credentials(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a token the client's ID and secret are tried; a wrong secret fails that check."""
    monkeypatch.delenv("BOXC_TOKEN")
    assert checks_with(doctor_report(capsys), "failed") == []
    assert served.boxc.counts["POST /auth/v1/token"] == 1
    monkeypatch.setenv("BOXC_CLIENT_SECRET", "something-wrong")
    assert checks_with(doctor_report(capsys), "failed") == ["BoxC token"]


@pytest.mark.parametrize("allow", ["", "reads"])
def test_nothing_is_set(
    home: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch, allow: str
) -> None:
    """Without any setting but what is allowed the configuration fails, and variables are named."""
    monkeypatch.setenv("BOXAPIS_ALLOW", allow)
    checks = doctor_report(capsys)
    assert checks_with(checks, "failed") == ["configuration"] == list(checks)
    assert "BOXTRACKER_USERNAME" in checks["configuration"]["advice"]
    assert "BOXC_TOKEN" in checks["configuration"]["advice"]


def test_a_service_that_is_not_used(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service without any setting is skipped, and the other service is checked."""
    for name in [name for name in served.environment if name.startswith("BOXTRACKER_")]:
        monkeypatch.delenv(name)
    checks = doctor_report(capsys)
    assert checks["Box Tracker configuration"]["verdict"] == "skipped"
    assert checks["BoxC token"]["verdict"] == "ok"


@pytest.mark.parametrize("name", ["BOXTRACKER_PASSWORD", "BOXTRACKER_CUSTOMER_PASSWORD"])
def test_incomplete_settings(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The missing variable is named, and nothing is sent to that service."""
    monkeypatch.delenv(name)
    checks = doctor_report(capsys)
    assert checks_with(checks, "failed") == ["Box Tracker configuration"]
    assert checks["Box Tracker configuration"]["advice"] == f"set the environment variable {name}"
    assert served.boxtracker.counts.total() == 0


def test_an_address_without_https(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address without https, to which no secret may be sent, fails the configuration check."""
    monkeypatch.setenv("BOXC_BASE_URL", "http://api.example.com/v1")
    checks = doctor_report(capsys)
    assert checks_with(checks, "failed") == ["BoxC configuration"]
    assert "must use https" in checks["BoxC configuration"]["message"]


def test_an_unreachable_service(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address that accepts no connection fails TCP, and no login is tried."""
    with Sandbox() as stopped:
        monkeypatch.setenv("BOXTRACKER_BASE_URL", stopped.boxtracker_url)
    checks = doctor_report(capsys)
    assert checks_with(checks, "failed") == ["Box Tracker TCP"]
    message = checks["Box Tracker TCP"]["message"]
    assert re.fullmatch(r"127\.0\.0\.1:\d+ accepts no connections", message)
    for login in ("handshake", "customer"):
        assert checks[f"Box Tracker {login}"]["message"] == "the service cannot be reached"


def test_picture(served: Sandbox, capsys: Captured, home: Path) -> None:
    """With --svg the report is saved as an SVG, too, without any secret."""
    assert run(["doctor", "--svg", str(home / "report.svg")]) == 0
    picture = (home / "report.svg").read_text(encoding="utf-8")
    assert picture.startswith("<svg")
    assert "handshake" in picture
    assert_no_secret(picture, served.environment)


def test_picture_that_cannot_be_saved(served: Sandbox, capsys: Captured, home: Path) -> None:
    """An SVG that cannot be written gives one line on stderr and status 2."""
    assert run(["doctor", "--svg", str(home / "no" / "report.svg")]) == 2
    assert is_one_line(capsys.readouterr().err)


@pytest.mark.parametrize("code", _BOXTRACKER)
def test_codes_of_box_tracker_are_explained(code: int) -> None:
    """Each known status code has a message and advice."""
    check = explain("handshake", APIError("raw", service="boxtracker", code=code))
    assert (check.verdict, check.name) == ("failed", "handshake")
    assert check.message.endswith(f"(status {code})")
    assert "raw" not in check.message
    assert check.advice


@pytest.mark.parametrize("code", _BOXC)
def test_codes_of_boxc_are_explained(code: int) -> None:
    """Each known code of BoxC has a message and advice."""
    check = explain("token", APIError("raw", service="boxc", code=code))
    assert check.message.endswith(f"(status {code})")
    assert check.advice


@pytest.mark.parametrize("code", [999, None])
def test_unknown_codes(code: int | None) -> None:
    """A code without a message of its own is explained by the error text."""
    check = explain("handshake", ServerError("It failed\nbadly.", service="boxtracker", code=code))
    assert check.message == "It failed badly"
    assert check.advice == ServerError._default_next_step
