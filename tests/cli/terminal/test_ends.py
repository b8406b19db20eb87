"""How commands end early: Ctrl-C in the middle, and a pipe that nobody reads to its end."""

import os
import subprocess
import sys

import pytest

from boxapis.sandbox import Sandbox
from tests.support.command_line import START, surroundings
from tests.support.paths import ROOT
from tests.support.terminals import bash_in, boxapis_in

Given = dict[str, str]

UNREAD = 141


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
    side.hold_answers(until=2)
    with boxapis_in(*command, **given) as terminal:
        side.wait_in_flight(1)
        terminal.press("\x03")
        assert terminal.end() == 130
        assert "Traceback" not in terminal.plain
        assert "Error" not in terminal.plain
    side.release_answers()


def test_head_takes_one_line(sandbox: Sandbox, given: Given) -> None:
    """What is left over ends quietly, with the status of a program whose pipe was closed."""
    for _ in range(600):
        sandbox.boxc.add_credential("AUSPost", {"api_key": "k", "account_number": "n"})
    with bash_in(**given) as terminal:
        terminal.press("boxapis boxc credentials list --limit 100 --json | head -1\n")
        terminal.expect("head -1\n[\n")
        terminal.press('echo "status ${PIPESTATUS[*]}"\n')
        terminal.expect(f"status {UNREAD} 0\n")


def test_nothing_is_said_of_a_closed_pipe(sandbox: Sandbox, given: Given) -> None:
    """Between the line that was read and the next prompt nothing stands."""
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
def test_nobody_reads_at_all(given: Given, command: tuple[str, ...]) -> None:
    """A pipe that is closed before the first byte is no error to talk about either."""
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
    assert (done.returncode, done.stderr) == (UNREAD, "")
