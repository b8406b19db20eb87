"""Prompts at a terminal: for a secret without echo, for a confirmation, and how to leave both."""

from pathlib import Path

import pytest

from boxapis.sandbox import Sandbox
from tests.support.terminals import bash_in, boxapis_in

pytestmark = pytest.mark.servers

Given = dict[str, str]

ETX, EOT = "\x03", "\x04"
"""The characters that Ctrl-C and Ctrl-D send."""


@pytest.fixture
def password(given: Given) -> str:
    """Jane's password, which is not in the environment."""
    return given.pop("BOXTRACKER_CUSTOMER_PASSWORD")


def test_a_password_is_asked_for_and_not_shown(given: Given, password: str) -> None:
    """The terminal shows no key while it is typed, and shows keys again afterwards."""
    with boxapis_in("boxtracker", "login", **given) as terminal:
        terminal.expect("Password of jane: ")
        assert not terminal.echoes
        terminal.press(f"{password}\n")
        assert terminal.end() == 0
        assert terminal.echoes
        assert terminal.plain == "\njane is logged in, customer 13913\n"


def test_nothing_is_kept_of_a_password(given: Given, password: str, tmp_path: Path) -> None:
    """No file that the program leaves behind holds what was typed."""
    with boxapis_in("boxtracker", "login", **given) as terminal:
        terminal.expect("Password of jane: ")
        terminal.press(f"{password}\n")
        assert terminal.end() == 0
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert "logins.json" in {path.name for path in left}
    assert not [path for path in left if password in path.read_text()]


def test_a_wrong_password_is_one_line(given: Given, password: str) -> None:
    """The error does not show what was typed."""
    with boxapis_in("boxtracker", "login", **given) as terminal:
        terminal.expect("Password of jane: ")
        terminal.press("mistyped-password\n")
        assert terminal.end() == 1
        assert terminal.plain.startswith("\nboxapis: cmdBoxTPortalCustomerHandShake: status 305")
        assert "mistyped" not in terminal.plain


@pytest.mark.parametrize(
    ("key", "status", "words"),
    [(ETX, 130, ""), (EOT, 2, "Password of jane: nothing was typed"), ("\n", 2, "nothing was")],
)
def test_ways_out_of_the_question(
    sandbox: Sandbox, given: Given, password: str, key: str, status: int, words: str
) -> None:
    """Ctrl-C, Ctrl-D and an empty line end it, send nothing, and leave the terminal as it was."""
    with boxapis_in("boxtracker", "login", **given) as terminal:
        terminal.expect("Password of jane: ")
        terminal.press(key)
        assert terminal.end() == status
        assert terminal.echoes
        assert words in terminal.plain
        assert "Traceback" not in terminal.plain
    assert sandbox.boxtracker.counts.total() == 0


def test_a_variable_that_is_missing_is_asked_for(given: Given) -> None:
    """The API user's password too, by the name of the variable that would answer."""
    password = given.pop("BOXTRACKER_PASSWORD")
    with boxapis_in("boxtracker", "handshake", **given) as terminal:
        terminal.expect("BOXTRACKER_PASSWORD: ")
        assert not terminal.echoes
        terminal.press(f"{password}\n")
        assert terminal.end() == 0
        assert "portal session opened\ncustomer session opened" in terminal.plain
        assert password not in terminal.shown


def test_a_card_number_is_asked_for(sandbox: Sandbox, given: Given) -> None:
    """An argument may be typed instead of given, and is as little seen."""
    command = ("boxtracker", "command", "cmdBoxTPortalProcessPayment")
    with boxapis_in(*command, "ccard_number=prompt:", **given) as terminal:
        terminal.expect("ccard_number: ")
        assert not terminal.echoes
        terminal.press("4111111111111111\n")
        assert terminal.end() == 1
        assert "4111" not in terminal.shown
    assert "ccard_number" in sandbox.boxtracker.requests[-1].arguments


@pytest.mark.parametrize(("answer", "status", "left"), [("n", 1, 1), ("", 1, 1), ("y", 0, 0)])
def test_deleting_is_asked_about(
    sandbox: Sandbox, given: Given, answer: str, status: int, left: int
) -> None:
    """Only a yes deletes."""
    number = sandbox.boxc.add_credential("Janio", {"api_key": "key"})
    with boxapis_in("boxc", "credentials", "delete", str(number), **given) as terminal:
        terminal.expect(f"Delete credential {number}? [y/N] ")
        terminal.press(f"{answer}\n")
        assert terminal.end() == status
    assert sandbox.boxc.counts["DELETE /credentials/{id}"] == 1 - left


def test_a_pipe_brings_the_body_while_the_terminal_is_asked(sandbox: Sandbox, given: Given) -> None:
    """Input from a pipe and a secret from the terminal do not get in each other's way."""
    secret = given.pop("BOXC_CLIENT_SECRET")
    del given["BOXC_TOKEN"]
    with bash_in(**given) as terminal:
        terminal.press('echo \'{"api_key": "k"}\' | boxapis boxc credentials create Janio @-\n')
        terminal.expect("BOXC_CLIENT_SECRET: ")
        terminal.press(f"{secret}\n")
        terminal.expect("Janio")
        terminal.expect("ready> ")
    assert sandbox.boxc.counts["POST /credentials"] == 1
