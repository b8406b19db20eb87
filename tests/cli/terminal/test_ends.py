"""Commands that end early: by Ctrl-C, or by a pipe that is closed early."""

import os
import signal
import subprocess
import sys

import pytest

from boxapis.sandbox import Sandbox
from tests.support.command_line import START, surroundings
from tests.support.paths import ROOT
from tests.support.terminals import bash_in, boxapis_at, boxapis_in

pytestmark = pytest.mark.servers

Environment = dict[str, str]

BROKEN_PIPE = 141


@pytest.mark.parametrize(
    ("command", "service_name"),
    [
        (("boxtracker", "handshake"), "boxtracker"),
        (("boxtracker", "command", "cmdBoxTPortalJobsiteList", "offset=0"), "boxtracker"),
        (("boxc", "credentials", "list"), "boxc"),
        (("doctor",), "boxtracker"),
    ],
)
def test_ctrl_c_in_the_middle(
    sandbox: Sandbox, environment: Environment, command: tuple[str, ...], service_name: str
) -> None:
    """Ctrl-C while a response is awaited ends the program with status 130 and no traceback."""
    service = sandbox.boxtracker if service_name == "boxtracker" else sandbox.boxc
    service.hold_responses(until=2)
    with boxapis_in(*command, **environment) as terminal:
        service.wait_in_flight(1)
        terminal.press("\x03")
        assert terminal.end() == 130
        assert "Traceback" not in terminal.plain
        assert "Error" not in terminal.plain
    service.release_responses()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_in_the_middle(
    sandbox: Sandbox, environment: Environment, number: signal.Signals
) -> None:
    """F181: the signal is reported in one line, with its own status, as Ctrl-C is."""
    sandbox.boxtracker.hold_responses(until=2)
    with boxapis_in("boxtracker", "handshake", **environment) as terminal:
        sandbox.boxtracker.wait_in_flight(1)
        terminal.send(number)
        assert terminal.end() == 128 + number
        assert terminal.plain == f"boxapis: ended by {number.name}\n"
    sandbox.boxtracker.release_responses()


@pytest.mark.parametrize("command", [("boxc", "credentials", "list"), ("boxc", "claims")])
def test_a_terminal_of_no_width(environment: Environment, command: tuple[str, ...]) -> None:
    """F185: answers and errors are shown where the terminal says that it has no columns."""
    with boxapis_at(0, *command, **environment) as terminal:
        assert terminal.end() == (0 if "list" in command else 2)
        assert terminal.plain.strip()


def test_head_takes_one_line(sandbox: Sandbox, environment: Environment) -> None:
    """When `head` closes the pipe, the program ends with the status of a broken pipe."""
    for _ in range(600):
        sandbox.boxc.add_credential("AUSPost", {"api_key": "k", "account_number": "n"})
    with bash_in(**environment) as terminal:
        terminal.press("boxapis boxc credentials list --limit 100 --json | head -1\n")
        terminal.expect("head -1\n[\n")
        terminal.press('echo "status ${PIPESTATUS[*]}"\n')
        terminal.expect(f"status {BROKEN_PIPE} 0\n")


def test_a_closed_pipe_prints_nothing(sandbox: Sandbox, environment: Environment) -> None:
    """Nothing is printed between the line that was read and the next prompt."""
    for _ in range(600):
        sandbox.boxc.add_credential("AUSPost", {"api_key": "k", "account_number": "n"})
    with bash_in(**environment) as terminal:
        terminal.press("boxapis boxc credentials list --limit 100 --json | head -1\n")
        terminal.expect("head -1\n[\nready> ")


@pytest.mark.parametrize(
    "command",
    [
        ("--help",),
        ("--version",),
        ("boxc", "credentials", "list"),
        ("boxc", "credentials", "carriers", "--json"),
        ("boxc", "request", "GET", "/warehouses"),
        ("boxtracker", "handshake"),
        ("boxtracker", "login"),
        ("completion", "bash"),
        ("doctor",),
    ],
    ids=" ".join,
)
def test_a_pipe_closed_at_once(environment: Environment, command: tuple[str, ...]) -> None:
    """A pipe that is closed before the first byte prints no error either."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", START, *command],
            cwd=ROOT,
            env=surroundings(**environment),
            stdout=writer,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (BROKEN_PIPE, "")
