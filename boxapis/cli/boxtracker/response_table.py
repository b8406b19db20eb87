"""Prints a Box Tracker response: its fields, and a table for each list of records."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from boxapis._sansio.sensitive import mask_sensitive
from boxapis.cli.console import printable
from boxapis.cli.output.tables import cell, print_fields, print_records

__all__ = ["print_response"]

_ENVELOPE = frozenset({"status", "errorString"})


def print_response(console: Console, body: Mapping[str, Any]) -> None:
    """Prints every field; values nested deeper than a list of records are shown as JSON.

    What stands under a sensitive name, at any depth, is masked.
    """
    fields = {n: value for n, value in mask_sensitive(dict(body)).items() if n not in _ENVELOPE}
    plain = {name: value for name, value in fields.items() if not _is_nested(value)}
    for name, value in fields.items():
        if _is_nested(value):
            _print_nested(console, name, value)
    if plain:
        print_fields(console, plain)
    if not fields:
        console.print("Done.")


def _is_nested(value: object) -> bool:
    return isinstance(value, dict | list)


def _print_nested(console: Console, name: str, value: Any) -> None:
    console.print(Text(printable(name), style="bold"))
    if isinstance(value, dict):
        print_fields(console, value)
    elif value and all(isinstance(entry, dict) for entry in value):
        print_records(console, value)
    else:
        for entry in value:
            console.print(cell(entry))
    console.print()
