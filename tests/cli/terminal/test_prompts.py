"""Prompts at a terminal: for a secret without echo, for a confirmation, and how to leave both."""

from pathlib import Path

import pytest

from boxapis.sandbox import Sandbox
from tests.support.terminals import bash_in, boxapis_in

pytestmark = pytest.mark.servers

Environment = dict[str, str]

ETX, EOT = "\x03", "\x04"
"""The characters that Ctrl-C and Ctrl-D send."""


@pytest.fixture
def password(environment: Environment) -> str:
    """Jane's password, which is not in the environment."""
    return environment.pop("BOXTRACKER_CUSTOMER_PASSWORD")


def test_a_password_is_asked_for_and_not_shown(environment: Environment, password: str) -> None:
    """The terminal shows no key while it is typed, and shows keys again afterwards."""
    with boxapis_in("boxtracker", "login", **environment) as terminal:
        terminal.expect("Password of jane: ")
        assert not terminal.echoes
        terminal.press(f"{password}\n")
        assert terminal.end() == 0
        assert terminal.echoes
        assert terminal.plain == "\njane is logged in, customer 13913\n"


def test_a_typed_password_is_not_stored(
    environment: Environment, password: str, tmp_path: Path
) -> None:
    """No file that the program leaves behind holds what was typed."""
    with boxapis_in("boxtracker", "login", **environment) as terminal:
        terminal.expect("Password of jane: ")
        terminal.press(f"{password}\n")
        assert terminal.end() == 0
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert "logins.json" in {path.name for path in left}
    assert not [path for path in left if password in path.read_text()]


def test_a_wrong_password_is_one_line(environment: Environment, password: str) -> None:
    """The error does not show what was typed."""
    with boxapis_in("boxtracker", "login", **environment) as terminal:
        terminal.expect("Password of jane: ")
        terminal.press("mistyped-password\n")
        assert terminal.end() == 1
        assert terminal.plain.startswith("\nboxapis: cmdBoxTPortalCustomerHandShake: status 305")
        assert "mistyped" not in terminal.plain


@pytest.mark.parametrize(
    ("key", "status", "words"),
    [(ETX, 130, ""), (EOT, 2, "Password of jane: nothing was typed"), ("\n", 2, "nothing was")],
)
def test_a_prompt_can_be_cancelled(
    sandbox: Sandbox, environment: Environment, password: str, key: str, status: int, words: str
) -> None:
    """Ctrl-C, Ctrl-D and an empty line end the prompt, send nothing, and restore the echo."""
    with boxapis_in("boxtracker", "login", **environment) as terminal:
        terminal.expect("Password of jane: ")
        terminal.press(key)
        assert terminal.end() == status
        assert terminal.echoes
        assert words in terminal.plain
        assert "Traceback" not in terminal.plain
    assert sandbox.boxtracker.counts.total() == 0


def test_a_variable_that_is_missing_is_asked_for(environment: Environment) -> None:
    """The API user's password is asked for by the name of its variable."""
    password = environment.pop("BOXTRACKER_PASSWORD")
    with boxapis_in("boxtracker", "handshake", **environment) as terminal:
        terminal.expect("BOXTRACKER_PASSWORD: ")
        assert not terminal.echoes
        terminal.press(f"{password}\n")
        assert terminal.end() == 0
        assert "portal session opened\ncustomer session opened" in terminal.plain
        assert password not in terminal.shown


def test_a_card_number_is_asked_for(sandbox: Sandbox, environment: Environment) -> None:
    """An argument given as `prompt:` is asked for, and is not shown while it is typed."""
    command = ("boxtracker", "command", "cmdBoxTPortalProcessPayment")
    with boxapis_in(*command, "ccard_number=prompt:", **environment) as terminal:
        terminal.expect("ccard_number: ")
        assert not terminal.echoes
        terminal.press("4111111111111111\n")
        assert terminal.end() == 1
        assert "4111" not in terminal.shown
    assert "ccard_number" in sandbox.boxtracker.requests[-1].arguments


@pytest.mark.parametrize(("answer", "status", "left"), [("n", 1, 1), ("", 1, 1), ("y", 0, 0)])
def test_deleting_is_asked_about(
    sandbox: Sandbox, environment: Environment, answer: str, status: int, left: int
) -> None:
    """A credential is deleted only if the answer is yes."""
    number = sandbox.boxc.add_credential("Janio", {"api_key": "key"})
    with boxapis_in("boxc", "credentials", "delete", str(number), **environment) as terminal:
        terminal.expect(f"Delete credential {number}? [y/N] ")
        terminal.press(f"{answer}\n")
        assert terminal.end() == status
    assert sandbox.boxc.counts["DELETE /credentials/{id}"] == 1 - left


def test_body_from_a_pipe_and_secret_from_the_terminal(
    sandbox: Sandbox, environment: Environment
) -> None:
    """The parameters are read from a pipe while a secret is asked for at the terminal."""
    secret = environment.pop("BOXC_CLIENT_SECRET")
    del environment["BOXC_TOKEN"]
    with bash_in(**environment) as terminal:
        terminal.press('echo \'{"api_key": "k"}\' | boxapis boxc credentials create Janio @-\n')
        terminal.expect("BOXC_CLIENT_SECRET: ")
        terminal.press(f"{secret}\n")
        terminal.expect("Janio")
        terminal.expect("ready> ")
    assert sandbox.boxc.counts["POST /credentials"] == 1
