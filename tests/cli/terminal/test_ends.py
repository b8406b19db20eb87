"""Commands that end early: by Ctrl-C, or by a pipe that is closed early."""

import os
import subprocess
import sys

import pytest

from boxapis.sandbox import Sandbox
from tests.support.command_line import START, surroundings
from tests.support.paths import ROOT
from tests.support.terminals import bash_in, boxapis_in

pytestmark = pytest.mark.servers

Given = dict[str, str]

BROKEN_PIPE = 141


@pytest.mark.parametrize(
    ("command", "service"),
    [
        (("boxtracker", "handshake"), "boxtracker"),
        (("boxtracker", "command", "cmdBoxTPortalJobsiteList", "offset=0"), "boxtracker"),
        (("boxc", "credentials", "list"), "boxc"),
        (("doctor",), "boxtracker"),
    ],
)
def test_ctrl_c_in_the_middle(
    sandbox: Sandbox, given: Given, command: tuple[str, ...], service: str
) -> None:
    """While an answer is awaited it ends the program at once, with status 130 and no traceback."""
    side = sandbox.boxtracker if service == "boxtracker" else sandbox.boxc
    side.hold_responses(until=2)
    with boxapis_in(*command, **given) as terminal:
        side.wait_in_flight(1)
        terminal.press("\x03")
        assert terminal.end() == 130
        assert "Traceback" not in terminal.plain
        assert "Error" not in terminal.plain
    side.release_responses()


def test_head_takes_one_line(sandbox: Sandbox, given: Given) -> None:
    """The rest is discarded quietly, with the status of a broken pipe."""
    for _ in range(600):
        sandbox.boxc.add_credential("AUSPost", {"api_key": "k", "account_number": "n"})
    with bash_in(**given) as terminal:
        terminal.press("boxapis boxc credentials list --limit 100 --json | head -1\n")
        terminal.expect("head -1\n[\n")
        terminal.press('echo "status ${PIPESTATUS[*]}"\n')
        terminal.expect(f"status {BROKEN_PIPE} 0\n")


def test_a_closed_pipe_prints_nothing(sandbox: Sandbox, given: Given) -> None:
    """Nothing is printed between the line that was read and the next prompt."""
    for _ in range(600):
        sandbox.boxc.add_credential("AUSPost", {"api_key": "k", "account_number": "n"})
    with bash_in(**given) as terminal:
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
def test_a_pipe_closed_at_once(given: Given, command: tuple[str, ...]) -> None:
    """A pipe that is closed before the first byte prints no error either."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", START, *command],
            cwd=ROOT,
            env=surroundings(**given),
            stdout=writer,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (BROKEN_PIPE, "")
