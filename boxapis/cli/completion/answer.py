"""Answers a shell that asks for suggestions: a line each, of a type, a value and a description.

What it promises: the types are ``plain`` and ``file``. A line ``file`` stands for the names of
files, which the shell knows better; it comes where a file belongs and nowhere else: for options and
arguments that take a path, and after ``@``. Values and descriptions have no tab and no line end.
"""

import os
import sys
from typing import Any

import typer
from typer import completion as typer_completion
from typer._completion_classes import BashComplete, CompletionItem  # type: ignore[attr-defined]
from typer.main import get_command

from boxapis.cli.completion.suggestions import FILES

__all__ = ["answer"]


class _Answer(BashComplete):
    """Typer's reading of the words that bash, zsh and fish pass, and a format for all of them."""

    def get_completion_args(self) -> tuple[list[str], str]:
        words, incomplete = super().get_completion_args()
        if words and words[-1] == "@":  # bash ends a word there
            return words[:-1], f"@{incomplete}"
        return words, incomplete

    def format_completion(self, item: Any) -> str:
        if item.type != "plain" or item.help == FILES:
            return "file"
        return "\t".join(("plain", _line(str(item.value)), _line(item.help or "")))


def _complete_files(command: Any) -> None:
    """Has each parameter of the metavariable FILE take the names of files, in the whole tree."""
    for parameter in command.params:
        if parameter.metavar == "FILE":  # Typer itself has no suggestions for a path
            parameter._custom_shell_complete = lambda *_: [CompletionItem("", type="file")]  # noqa: SLF001
    for below in getattr(command, "commands", {}).values():
        _complete_files(below)


def _line(text: str) -> str:
    return " ".join(text.split())


def answer(app: typer.Typer) -> None:
    """Prints the suggestions that the environment asks for, and ends the process."""
    if os.environ["_BOXAPIS_COMPLETE"] == "complete_powershell":
        typer_completion.completion_init()  # type: ignore[attr-defined]  # it is not exported
        return
    command = get_command(app)
    _complete_files(command)
    text = _Answer(command, {}, "boxapis", "_BOXAPIS_COMPLETE").complete()
    sys.stdout.buffer.write(f"{text}\n".encode() if text else b"")
    sys.stdout.flush()
    sys.exit(0)
