"""Where the command line writes: data to stdout, talk to stderr, one line an error."""

import io
import json
import sys

from rich.console import Console
from rich.text import Text

__all__ = ["complain", "harmless", "on_stderr", "on_stdout", "print_json", "survive_any_text"]


def on_stdout() -> Console:
    """For people: colours and width as the terminal has them, plain in a pipe."""
    return Console(highlight=False)


def on_stderr() -> Console:
    """The same on stderr."""
    return Console(highlight=False, stderr=True)


def print_json(data: object) -> None:
    """For programs: indented JSON in ASCII on stdout."""
    print(json.dumps(data, indent=2))


def complain(text: str) -> None:
    """One red line on stderr."""
    line = Text(f"boxapis: {harmless(text)}", style="red")
    on_stderr().print(line, soft_wrap=True)


def harmless(text: str) -> str:
    """Foreign text in one line and without the characters that steer a terminal."""
    line = " ".join(text.split())
    return "".join(character if character.isprintable() else "�" for character in line)


def survive_any_text() -> None:
    """Lets stdout and stderr print a question mark for what their encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
