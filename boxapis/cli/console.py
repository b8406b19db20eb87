"""Output of the command line: data on stdout; errors and warnings on stderr, one line each."""

import io
import json
import os
import sys
from typing import Literal

from rich.console import Console
from rich.text import Text

__all__ = [
    "print_error",
    "print_json",
    "print_warning",
    "printable",
    "replace_unencodable",
    "stderr_console",
    "stdout_console",
]


def stdout_console(*, record: bool = False) -> Console:
    """Console for tables and other text on stdout: the terminal's width and colours, or plain.

    Args:
        record: Whether to keep the output, so that it can be exported as a picture.
    """
    return _console(record=record)


def stderr_console() -> Console:
    """Console for text on stderr: the terminal's width and colours, or plain."""
    return _console(stderr=True)


def _console(*, stderr: bool = False, record: bool = False) -> Console:
    # Under NO_COLOR Rich still prints bold and dim; here it turns off every escape sequence.
    colours: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    return Console(highlight=False, stderr=stderr, record=record, color_system=colours)


def print_json(data: object) -> None:
    """Prints indented JSON in ASCII on stdout."""
    print(json.dumps(data, indent=2))


def print_error(text: str) -> None:
    """Prints one red line on stderr."""
    _print_line(text, "red")


def print_warning(text: str) -> None:
    """Prints one yellow line on stderr."""
    _print_line(f"warning: {text}", "yellow")


def _print_line(text: str, style: str) -> None:
    stderr_console().print(Text(f"boxapis: {printable(text)}", style=style), soft_wrap=True)


def printable(text: str) -> str:
    """Untrusted text as one line, with each terminal control character replaced by a mark."""
    line = " ".join(text.split())
    return "".join(character if character.isprintable() else "�" for character in line)


def replace_unencodable() -> None:
    """Makes stdout and stderr print a question mark for characters their encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
