"""Reads manifests in CSV, as programs write it and as spreadsheets of any country save it.

The separator is a comma, a semicolon or a tab, found in the first line or named by ``sep=`` before
it. Columns and rows that are empty are padding and are left out. A column whose name is a field but
for case, blanks or invisible characters is refused: as a parameter it would send an id as a secret.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from boxapis._settings.text_files import UnreadableTextError
from boxapis.cli.imports.names import misspelt, normalised

__all__ = ["read_csv"]

_FIELDS = ("id", "name", "carrier")
_SEPARATORS = ",;\t"
_NAMED_SEPARATOR = re.compile(r'"?sep=([^\w\s"]|\t)"?\r?\n', re.IGNORECASE)


def read_csv(text: str) -> Iterator[tuple[str, dict[str, Any], str | None]]:
    """Yields the place of each row, its fields with ``params``, and why it cannot be used or None.

    Raises:
        UnreadableTextError: The file cannot be read from some line on.
    """
    named = _NAMED_SEPARATOR.match(text)
    separator = named[1] if named else _separator(text)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    problem = None
    try:
        if named:
            next(lines)
        header = _header(next(lines, []))
        begin = lines.line_num + 1
        for cells in lines:
            if any(cell.strip() for cell in cells):
                yield f"line {begin}", *_row(header, cells)
            begin = lines.line_num + 1
    except csv.Error as error:
        problem = f"line {lines.line_num} is not CSV"
        if str(error).startswith("field larger"):
            problem = f"line {lines.line_num} has more than {csv.field_size_limit():,} characters"
            problem += " in a cell"
    if problem is not None:
        raise UnreadableTextError(problem)


def _separator(text: str) -> str:
    """The separator that makes most columns of the first line."""

    def columns(separator: str) -> int:
        try:
            return len(next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), []))
        except csv.Error:  # a cell that is too long
            return 0

    return max(_SEPARATORS, key=columns)


def _header(cells: Sequence[str]) -> list[str]:
    """The names of the columns; the name of a column of padding is empty."""
    header = [normalised(cell) for cell in cells]
    for name in header:
        meant = misspelt(name, (*_FIELDS, "params"))
        if meant is not None:
            raise UnreadableTextError(f"the column {name!r} is {meant!r} misspelt: write {meant!r}")
    names = [name for name in header if name]
    if "params" in names:
        raise UnreadableTextError("in CSV each parameter has a column of its own, not 'params'")
    if not {"id", "carrier"} & set(names) or len(set(names)) < len(names):
        message = "the first line must name each column once, among them id or carrier"
        raise UnreadableTextError(message)
    return header


def _row(header: Sequence[str], cells: Sequence[str]) -> tuple[dict[str, Any], str | None]:
    """The fields of a row, and why it cannot be used or None. An empty cell sets nothing."""
    named = {name: cell for name, cell in zip(header, cells, strict=False) if name and cell}
    fields: dict[str, Any] = {name: named.pop(name) for name in _FIELDS if name in named}
    fields["params"] = named
    unnamed = [cell for name, cell in zip(header, cells, strict=False) if not name]
    if any(cell.strip() for cell in (*unnamed, *cells[len(header) :])):
        return {}, "it has a value in a column that the first line does not name"
    return fields, None
