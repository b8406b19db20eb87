"""Prompts at the terminal: for a secret, without echo, and for a confirmation."""

import getpass
import sys
import warnings
from collections.abc import Callable

import typer

from boxapis import ConfigurationError, Secret
from boxapis._settings.text_files import SECRET_LIMIT, UnreadableTextError, read_stdin
from boxapis.cli.console import print_error
from boxapis.cli.exit_status import FAILED

__all__ = ["can_prompt", "confirm", "prompt_secret", "secret_from_stdin", "terminal"]


def can_prompt() -> bool:
    """Whether stderr is a terminal, so that a prompt can be shown even when stdin is a pipe."""
    return sys.stderr is not None and sys.stderr.isatty()


def terminal() -> Callable[[str], Secret] | None:
    """What asks the user for a secret by its name; None without a terminal."""
    return prompt_secret if can_prompt() else None


def prompt_secret(label: str) -> Secret:
    """Asks for a secret at the terminal, without echo.

    Raises:
        ConfigurationError: There is no terminal, it would echo, or nothing was typed.
    """
    if not can_prompt():
        raise ConfigurationError(f"{label} cannot be asked for: there is no terminal")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            typed = getpass.getpass(f"{label}: ")
    except (EOFError, getpass.GetPassWarning):
        typed = ""
    if not typed:
        raise ConfigurationError(f"{label}: nothing was typed")
    return Secret(typed)


def secret_from_stdin(label: str) -> Secret:
    """Reads a secret from the first line of stdin, without the line end.

    Raises:
        ConfigurationError: The line is empty, not text in UTF-8, or there is none.
    """
    try:
        line = read_stdin(SECRET_LIMIT, first_line=True).rstrip("\r\n")
        problem = "" if line else "stdin is empty"
    except UnreadableTextError as error:
        line, problem = "", f"stdin cannot be read: {error}"
    if problem:
        raise ConfigurationError(f"{label}: {problem}")
    return Secret(line)


def confirm(question: str, declined: str) -> None:
    """Asks the user to confirm; ends the command with status 1 unless they answer "y" or "yes".

    Args:
        question: The question.
        declined: What to say when the answer is another one.

    Raises:
        ConfigurationError: There is no terminal.
    """
    if not can_prompt():
        raise ConfigurationError("there is no terminal to confirm it: give --yes")
    if sys.stdin.isatty():
        print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() in ("y", "yes"):
            return
    print_error(declined)
    raise typer.Exit(FAILED)
