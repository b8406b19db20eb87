"""Asks whoever sits at the terminal: for a secret, of which nothing is shown, or for a yes."""

import getpass
import sys
import warnings

from boxapis import ConfigurationError, Secret

__all__ = ["agreed", "ask", "can_ask", "first_line_of_stdin"]


def can_ask() -> bool:
    """Whether somebody sits there. Input may come from a pipe meanwhile: one asks the terminal."""
    return sys.stderr is not None and sys.stderr.isatty()


def ask(what: str) -> Secret:
    """A secret typed at the terminal; nothing is echoed.

    Raises:
        ConfigurationError: when nobody is there, nothing was typed, or it could be seen.
    """
    if not can_ask():
        raise ConfigurationError(f"{what} cannot be asked for: there is no terminal")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            typed = getpass.getpass(f"{what}: ")
    except (EOFError, getpass.GetPassWarning):
        typed = ""
    if not typed:
        raise ConfigurationError(f"{what}: nothing was typed")
    return Secret(typed)


def first_line_of_stdin(what: str) -> Secret:
    """A secret from a pipe, without the end of its line.

    Raises:
        ConfigurationError: when there is none.
    """
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise ConfigurationError(f"{what}: nothing came in on stdin")
    return Secret(line)


def agreed(question: str) -> bool:
    """Whether whoever sits there types "y" or "yes"; False where nobody does."""
    if not (can_ask() and sys.stdin.isatty()):
        return False
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
