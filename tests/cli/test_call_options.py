"""``--timeout``, ``--verbose`` and the spinner: options of every command that calls a service."""

import asyncio
import logging

import pytest

from boxapis import BoxC
from boxapis.cli import progress
from boxapis.cli.run import run
from boxapis.sandbox import Sandbox
from tests.support.command_line import assert_no_secret, boxapis, is_one_line

LIST = ["boxtracker", "command", "cmdBoxTPortalJobsiteList", "offset=0", "--json"]


def test_each_call_is_shown(served: Sandbox) -> None:
    """With -v each call is one line on stderr, without a secret; stdout is what it was."""
    plain = boxapis(*LIST, **served.environment)
    shown = boxapis(*LIST, "-v", **served.environment)
    by_variable = boxapis(*LIST, BOXAPIS_LOG="1", **served.environment)
    silent = boxapis(*LIST, BOXAPIS_LOG="0", **served.environment)
    assert (plain.stderr, silent.stderr, shown.stdout) == ("", "", plain.stdout)
    for done in (shown, by_variable):
        words = [line.split(" in ")[0] for line in done.stderr.splitlines()]
        assert words == [
            f"boxapis: boxtracker {name}: done"
            for name in (
                "cmdBoxTPortalHandShake",
                "cmdBoxTPortalCustomerHandShake",
                "cmdBoxTPortalJobsiteList",
            )
        ]
        assert_no_secret(done.stderr, served.environment)


def test_the_log_is_left_as_it_was(served: Sandbox) -> None:
    """The program's handler is gone after a command, whatever became of it."""
    logger = logging.getLogger("boxapis")
    before = (list(logger.handlers), logger.level, logger.propagate)
    assert run(["boxc", "credentials", "get", "99", "--verbose"]) == 1
    assert (list(logger.handlers), logger.level, logger.propagate) == before


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["boxc", "credentials", "list"], 1),
        (["boxtracker", "login", "jane"], 1),
        (["boxc", "request", "GET", "/warehouses"], 1),
        (["boxc", "credentials", "create", "Janio", "api_key=env:HOME"], 4),
        (["boxtracker", "handshake"], 1),
    ],
)
def test_a_service_that_never_answers(
    served: Sandbox, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int
) -> None:
    """--timeout ends the call; the status says whether it may have been carried out."""
    served.boxc.fault("stall", times=9)
    served.boxtracker.fault("stall", times=9)
    assert run([*arguments, "--timeout", "0.05"]) == status
    assert is_one_line(capsys.readouterr().err)
    requests = served.boxc.counts.total() + served.boxtracker.counts.total()
    assert requests == 1, "it went on until the client's own limits"


@pytest.mark.parametrize("given", ["0", "-1", "nan", "inf", "soon"])
def test_a_timeout_that_is_none(
    served: Sandbox, capsys: pytest.CaptureFixture[str], given: str
) -> None:
    """It is a wrong usage, and nothing is sent."""
    assert run(["boxc", "credentials", "list", "--timeout", given]) == 2
    assert is_one_line(capsys.readouterr().err)
    assert served.boxc.counts.total() == 0


async def test_records_for_formatters(served: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    """The record of a call has the fields of its trace as attributes."""
    caplog.set_level(logging.DEBUG, logger="boxapis")
    async with BoxC.from_env() as boxc:
        await boxc.credentials.page()
    fields = vars(caplog.records[-1])
    expected = {"service": "boxc", "operation": "GET /credentials", "kind": "read", "status": 200}
    expected |= {"outcome": None, "code": None, "attempts": 1, "may_have_been_applied": False}
    assert {name: fields[name] for name in expected} == expected
    assert isinstance(fields["total"], float)


@pytest.mark.parametrize("is_terminal", [True, False])
async def test_the_spinner(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, is_terminal: bool
) -> None:
    """A call that takes long shows a sign at a terminal, and nothing where there is none."""
    monkeypatch.setattr(progress, "_PATIENCE", 0)
    if is_terminal:
        monkeypatch.setenv("FORCE_COLOR", "1")
    async with progress.show_progress():
        for _ in range(3):
            await asyncio.sleep(0)
    assert ("waiting for the service" in capsys.readouterr().err) is is_terminal
    assert len(asyncio.all_tasks()) == 1
