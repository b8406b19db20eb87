"""Output of the command line: data on stdout; errors and warnings on stderr, one line each.

Promises: what cannot be written to stderr, because its reader has left or the disk is full, is lost
and ends nothing; what cannot be written to stdout is an `OSError`. A console is never narrower than
40 columns, whatever a terminal or ``COLUMNS`` says.
"""

import io
import json
import os
import re
import sys
from contextlib import suppress
from typing import IO, Any, Literal, NoReturn, cast

from rich.console import Console
from rich.text import Text

__all__ = [
    "discard",
    "print_error",
    "print_json",
    "print_warning",
    "printable",
    "replace_unencodable",
    "safe_text",
    "stderr_console",
    "stdout_console",
    "write_utf8",
]

_LEAST_COLUMNS = 40

_TO_ESCAPE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters that JSON does not escape by itself, marks of direction, lone surrogates."""

_UNSAFE = re.compile(_TO_ESCAPE.pattern.replace("[", r"[\x00-\x1f", 1))


class _Console(Console):
    """A console that raises a broken pipe, where Rich ends the process and discards stdout."""

    def on_broken_pipe(self) -> NoReturn:
        raise BrokenPipeError


class _Unfailing:
    """A text stream to which writing never fails."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except (OSError, ValueError):
            discard(self._stream)
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except (OSError, ValueError):
            discard(self._stream)

    def __getattr__(self, name: str) -> Any:  # Rich asks for more
        return getattr(self._stream, name)


def discard(stream: IO[str]) -> None:
    """Discards what a stream holds and what is written to it later, so that the exit is quiet."""
    with suppress(OSError, ValueError), open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), stream.fileno())


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
    file = cast("IO[str]", _Unfailing(sys.stderr)) if stderr and sys.stderr else None
    console = _Console(
        file=file, highlight=False, stderr=stderr, record=record, color_system=colours
    )
    console.width = max(console.width, _LEAST_COLUMNS)
    return console


def print_json(data: object) -> None:
    """Prints indented JSON on stdout, in UTF-8 whatever the locale is.

    Characters that a terminal would obey or that have no encoding are escaped, all others are not.
    """
    text = json.dumps(data, indent=2, ensure_ascii=False)
    write_utf8(f"{_TO_ESCAPE.sub(_escape, text)}\n")


def write_utf8(text: str) -> None:
    """Writes text to stdout, in UTF-8 whatever the locale is."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(text)


def safe_text(text: str) -> str:
    """The text with each control character and line end escaped as in JSON."""
    return _UNSAFE.sub(_escape, text)


def _escape(found: "re.Match[str]") -> str:
    short = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}
    return short.get(found[0]) or f"\\u{ord(found[0]):04x}"


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
