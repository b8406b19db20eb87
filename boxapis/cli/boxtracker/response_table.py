"""Prints a Box Tracker response: its fields, and a table for each list of records."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from boxapis._sansio.sensitive import mask_sensitive
from boxapis.cli.console import printable

__all__ = ["print_response"]

_ENVELOPE = frozenset({"status", "errorString"})
_GAP = 2


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
        console.print(_grid(plain))
    if not fields:
        console.print("Done.")


def _is_nested(value: object) -> bool:
    return isinstance(value, dict | list)


def _print_nested(console: Console, name: str, value: Any) -> None:
    console.print(Text(printable(name), style="bold"))
    if isinstance(value, dict):
        console.print(_grid(value))
    elif value and all(isinstance(entry, dict) for entry in value):
        _print_records(console, value)
    else:
        for entry in value:
            console.print(_cell(entry))
    console.print()


def _grid(fields: Mapping[str, Any]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", overflow="fold")
    grid.add_column(overflow="fold")
    for name, value in fields.items():
        grid.add_row(Text(printable(name)), _cell(value))
    return grid


def _print_records(console: Console, records: Sequence[Mapping[str, Any]]) -> None:
    """Prints a table if its header fits the width, else one record below the other."""
    names = list(dict.fromkeys(name for record in records for name in record))
    if sum(len(name) + _GAP for name in names) <= console.width + _GAP:
        console.print(_table(names, records))
        return
    for record in records:
        console.print(_grid(record))
        console.print()


def _table(names: Sequence[str], records: Sequence[Mapping[str, Any]]) -> Table:
    """One column per name; a column no wider than its header is never folded."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    columns = [[_cell(record.get(name)) for record in records] for name in names]
    for name, cells in zip(names, columns, strict=True):
        narrow = all(cell.cell_len <= len(name) for cell in cells)
        table.add_column(Text(printable(name)), overflow="fold", no_wrap=narrow)
    for row in zip(*columns, strict=True):
        table.add_row(*row)
    return table


def _cell(value: object) -> Text:
    match value:
        case None:
            return Text("")
        case str():
            return Text(printable(value))
        case list() if all(isinstance(entry, dict) for entry in value):
            return Text(str(len(value)))  # such as the number of boxes
        case _:
            return Text(json.dumps(value))
