"""Where the command line writes: data to stdout, talk to stderr, one line an error."""

import io
import json
import os
import sys
from typing import Literal

from rich.console import Console
from rich.text import Text

__all__ = [
    "complain",
    "harmless",
    "note",
    "on_stderr",
    "on_stdout",
    "print_json",
    "survive_any_text",
    "warn",
]


def on_stdout(*, record: bool = False) -> Console:
    """For people: colours and width as the terminal has them, plain in a pipe."""
    return _console(record=record)


def on_stderr() -> Console:
    """The same on stderr."""
    return _console(stderr=True)


def _console(*, stderr: bool = False, record: bool = False) -> Console:
    # Rich leaves bold and dim in place under NO_COLOR; here it means no escape sequence at all.
    colours: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    return Console(highlight=False, stderr=stderr, record=record, color_system=colours)


def print_json(data: object) -> None:
    """For programs: indented JSON in ASCII on stdout."""
    print(json.dumps(data, indent=2))


def note(text: str) -> None:
    """Talk for whoever sits at the terminal, on stderr; nothing when that is no terminal."""
    console = on_stderr()
    if console.is_terminal:
        console.print(Text(harmless(text), style="dim"), soft_wrap=True)


def complain(text: str) -> None:
    """One red line on stderr."""
    _say(text, "red")


def warn(text: str) -> None:
    """One yellow line on stderr."""
    _say(f"warning: {text}", "yellow")


def _say(text: str, style: str) -> None:
    on_stderr().print(Text(f"boxapis: {harmless(text)}", style=style), soft_wrap=True)


def harmless(text: str) -> str:
    """Foreign text in one line and without the characters that steer a terminal."""
    line = " ".join(text.split())
    return "".join(character if character.isprintable() else "�" for character in line)


def survive_any_text() -> None:
    """Lets stdout and stderr print a question mark for what their encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
