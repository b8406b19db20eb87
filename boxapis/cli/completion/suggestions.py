"""Suggestions for the tab key: Box Tracker commands and arguments, BoxC carriers and methods.

A suggestion is a value and its description.
"""

from collections.abc import Mapping

import typer

from boxapis import CARRIER_PARAMETERS
from boxapis._sansio.boxc.operations import OPERATIONS
from boxapis._sansio.boxtracker.catalogue import COMMANDS
from boxapis._sansio.boxtracker.command_arguments import ARGUMENTS

__all__ = [
    "FILES",
    "suggest_arguments",
    "suggest_carriers",
    "suggest_commands",
    "suggest_files",
    "suggest_json_file",
    "suggest_operations",
    "suggest_parameters",
]


FILES = "\0files"
"""The description that stands for the names of files, whatever the value."""

_Suggestions = list[tuple[str, str]]


def suggest_files(incomplete: str) -> _Suggestions:
    """The names of files."""
    return [(incomplete, FILES)]


def suggest_json_file(incomplete: str) -> _Suggestions:
    """The names of files after ``@``."""
    return suggest_files(incomplete) if incomplete.startswith("@") else []


def suggest_commands(incomplete: str) -> _Suggestions:
    """The Box Tracker commands that begin with the text."""
    return [(name, row.kind) for name, row in COMMANDS.items() if name.startswith(incomplete)]


def suggest_arguments(context: typer.Context, incomplete: str) -> _Suggestions:
    """The arguments of the command on the line that are not given yet."""
    rows = ARGUMENTS.get(context.params.get("name") or "", ())
    meanings = {row.name: row.meaning for row in rows}
    return _missing_names(meanings, context.params.get("arguments"), incomplete)


def suggest_carriers(incomplete: str) -> _Suggestions:
    """The carriers that begin with the text."""
    return [
        (carrier, ", ".join(sorted(names)))
        for carrier, names in CARRIER_PARAMETERS.items()
        if carrier.startswith(incomplete)
    ]


def suggest_operations(incomplete: str) -> _Suggestions:
    """The methods of BoxC that begin with the text."""
    methods = {method: one.name for one in OPERATIONS.values() for method in one.methods}
    return [
        (method, methods[method]) for method in sorted(methods) if method.startswith(incomplete)
    ]


def suggest_parameters(context: typer.Context, incomplete: str) -> _Suggestions:
    """The parameters of the carrier on the line that are not given yet."""
    names = CARRIER_PARAMETERS.get(context.params.get("carrier") or "", frozenset())
    meanings = dict.fromkeys(sorted(names), "")
    return _missing_names(meanings, context.params.get("params"), incomplete)


def _missing_names(meanings: Mapping[str, str], written: object, incomplete: str) -> _Suggestions:
    words = [str(word) for word in written] if isinstance(written, list | tuple) else []
    if incomplete.startswith("@"):
        return suggest_files(incomplete)
    if "=" in incomplete or _expects_value(words):
        return []
    given = {word.partition("=")[0] for word in words}
    return [
        (f"{name}=", meaning)
        for name, meaning in meanings.items()
        if name.startswith(incomplete) and name not in given
    ]


def _expects_value(words: list[str]) -> bool:
    """Whether a value comes next: bash splits ``name=value`` into three words."""
    *before, last = ["", *words]
    return last == "=" or bool(last and before[-1] != "=" and not ("=" in last or last[0] == "@"))
