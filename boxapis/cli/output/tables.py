"""Tables at a terminal: a row for each record, or where they do not fit, a line for each field.

An id is never cut or folded, so that it can be copied: where it does not fit, the terminal itself
continues it on the next line.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from boxapis.cli.console import printable

__all__ = ["cell", "new_table", "print_fields", "print_records", "print_table"]

_GAP = 2
_MIN_WIDTH = 8


def new_table() -> Table:
    """A table without columns and rows, as all tables of the program look."""
    return Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)


def print_table(console: Console, table: Table) -> None:
    """Prints a table if it fits the width, else its records, one below the other."""
    needed = sum(map(_needed, table.columns)) + _GAP * (len(table.columns) - 1)
    if needed <= console.width:
        console.print(table)
        return
    names = [str(column.header) for column in table.columns]
    for row in zip(*(column.cells for column in table.columns), strict=True):
        print_fields(console, dict(zip(names, row, strict=True)))
        console.print()


def _needed(column: Column) -> int:
    """The width that a column needs at least; a column that wraps can do with little."""
    if column.width is not None:
        return column.width
    longest = max((len(str(one)) for one in column.cells), default=0)
    if not column.no_wrap:
        longest = min(longest, _MIN_WIDTH)
    return max(len(str(column.header)), longest)


def print_fields(console: Console, fields: Mapping[str, Any]) -> None:
    """Prints a line for each field; a long value is folded below itself, unless it is an id."""
    grid = Table.grid(padding=(0, _GAP))
    grid.add_column(style="dim", overflow="fold")
    grid.add_column(overflow="fold")
    cells = {name: cell(value) for name, value in fields.items()}
    for name, value in cells.items():
        grid.add_row(Text(printable(name)), value)
    room = console.width - max(map(len, fields), default=0) - _GAP
    if room >= max((_room(name, value) for name, value in cells.items()), default=0):
        console.print(grid)
        return
    for name, value in cells.items():
        line = Text(printable(name), style="dim").append("  ")
        console.print(Text.assemble(line, value), soft_wrap=True)


def print_records(console: Console, records: Sequence[Mapping[str, Any]]) -> None:
    """Prints a table with a column for each name if it fits, else one record below the other."""
    table = new_table()
    names = list(dict.fromkeys(name for record in records for name in record))
    columns = [[cell(record.get(name)) for record in records] for name in names]
    for name, cells in zip(names, columns, strict=True):
        is_rigid = _is_id(name) or all(one.cell_len <= len(name) for one in cells)
        table.add_column(Text(printable(name)), overflow="fold", no_wrap=is_rigid)
    for row in zip(*columns, strict=True):
        table.add_row(*row)
    print_table(console, table)


def _room(name: str, value: Text) -> int:
    """The columns that a value needs at least."""
    return value.cell_len if _is_id(name) else min(value.cell_len, _MIN_WIDTH)


def _is_id(name: str) -> bool:
    """Whether a field is an id by its name, such as ``id``, ``user_id`` or ``workOrderID``."""
    return name in ("id", "ids", "command", "operation") or name.endswith(("_id", "Id", "ID"))


def cell(value: object) -> Text:
    """A value in a table: one line, and of a list of objects only the number."""
    match value:
        case None:
            return Text("")
        case Text():
            return value
        case str():
            return Text(printable(value))
        case list() if all(isinstance(entry, dict) for entry in value):
            return Text(str(len(value)))  # such as the number of boxes
        case _:
            return Text(printable(json.dumps(value, ensure_ascii=False)))
