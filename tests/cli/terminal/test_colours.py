"""Colours: in a terminal, unless they are turned off; never in a pipe."""

import pytest

from boxapis.sandbox import Sandbox
from tests.support.terminals import COLUMNS, bash_in, boxapis_in

pytestmark = pytest.mark.servers

Environment = dict[str, str]

ESCAPE, GREEN, BOLD = "\x1b", "\x1b[32m", "\x1b[1m"

COMMANDS = [
    ("doctor",),
    ("boxc", "credentials", "list"),
    ("boxc", "credentials", "carriers"),
    ("boxc", "request", "GET", "/warehouses"),
    ("boxtracker", "command", "cmdBoxTPortalJobsiteList", "offset=0"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_terminal_has_colours(
    sandbox: Sandbox, environment: Environment, command: tuple[str, ...]
) -> None:
    """In a terminal the output has colours, and is not wider than the terminal."""
    sandbox.boxc.add_credential("DHLeC", {"client_id": "i", "client_secret": "s"})
    with boxapis_in(*command, **environment) as terminal:
        assert terminal.end() == 0
        assert ESCAPE in terminal.shown
        assert max(map(len, terminal.plain.splitlines())) <= COLUMNS


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_colours_can_be_turned_off(
    sandbox: Sandbox, environment: Environment, command: tuple[str, ...], variables: Environment
) -> None:
    """Under NO_COLOR, and in a terminal without colours, no escape sequence is printed."""
    sandbox.boxc.add_credential("DHLeC", {"client_id": "i", "client_secret": "s"})
    with boxapis_in(*command, **environment, **variables) as terminal:
        assert terminal.end() == 0
        assert ESCAPE not in terminal.shown
        assert terminal.plain


def test_what_colours_mean(environment: Environment) -> None:
    """Success is green, failure is red, in reports and in errors."""
    with boxapis_in("doctor", **environment) as terminal:
        assert terminal.end() == 0
        assert f"{GREEN}ok" in terminal.shown
    with boxapis_in("doctor", **{**environment, "BOXC_TOKEN": "wrong"}) as terminal:
        assert terminal.end() == 1
        assert "\x1b[31mfailed" in terminal.shown
    with boxapis_in("--wrong") as terminal:
        assert terminal.end() == 2
        assert terminal.shown.startswith("\x1b[31mboxapis: ")


def test_a_pipe_has_no_colours(environment: Environment) -> None:
    """Output into a pipe has no escape sequence, even from a shell in a terminal."""
    with bash_in(**environment) as terminal:
        terminal.press("boxapis boxc credentials carriers | od -c | grep -c 033; echo done\n")
        terminal.expect("\n0\ndone")
