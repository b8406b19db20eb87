"""Answers of commands on stdout: tables for people, TSV for pipes, JSON with ``--json``.

What it promises:

- JSON and TSV are UTF-8, whatever the encoding of stdout, and end each line with LF.
- TSV has a header line and a line for each record of a list; for a single object a line
  ``name<TAB>value`` for each field; for other values a line each. A value never has a tab, a line
  end or another control character: they are written as escapes of JSON. Nested
  values are JSON without blanks; null is an empty field.
- With ``--query`` the same data as with ``--json`` are asked. Without ``--json`` text and numbers
  it finds are printed plainly, one a line, and objects as a table or TSV.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from boxapis.cli.console import print_json, print_warning, safe_text, stdout_console, write_utf8
from boxapis.cli.output.query import apply_query, has_query
from boxapis.cli.output.tables import print_fields, print_records

__all__ = ["at_terminal", "for_people", "print_data"]


def for_people(*, as_json: bool, piped: bool = False) -> bool:
    """Whether the running command prints its own table or sentences, and not its data.

    Args:
        as_json: Whether ``--json`` was given.
        piped: Whether to do so in a pipe, too: for reports, which are no data.
    """
    return not (as_json or has_query()) and (piped or at_terminal())


def at_terminal() -> bool:
    """Whether stdout is a terminal."""
    return sys.stdout.isatty()


def print_data(data: Any, *, as_json: bool, names: Sequence[str] = ()) -> None:
    """Prints JSON values on stdout, or what ``--query`` picks from them.

    Args:
        data: Values as of JSON.
        as_json: Whether ``--json`` was given; without it a pipe gets TSV, a terminal a table.
        names: The header of TSV where a list has no records.

    Raises:
        ConfigurationError: The query does not fit the data.
        BoxAPIError: The same, after a command that may have changed something.
    """
    found = apply_query(data)
    if as_json:
        print_json(found)
    elif found is None:
        print_warning("--query found nothing")
    elif at_terminal() and isinstance(found, dict):
        print_fields(stdout_console(), found)
    elif at_terminal() and _has_names(found):
        print_records(stdout_console(), found)
    else:
        lines = [_line(list(names))] if names and data == [] and not has_query() else _lines(found)
        write_utf8("".join(f"{line}\n" for line in lines))


def _has_names(data: Any) -> bool:
    return isinstance(data, list) and bool(data) and all(isinstance(row, dict) for row in data)


def _lines(data: Any) -> Iterator[str]:
    match data:
        case dict():
            for name, value in data.items():
                yield _line([name, value])
        case list() if _has_names(data):
            names = list(dict.fromkeys(name for record in data for name in record))
            yield _line(names)
            for record in data:
                yield _line([record.get(name) for name in names])
        case list():
            for row in data:
                yield _line(row if isinstance(row, list) else [row])
        case _:
            yield _line([data])


def _line(values: list[Any]) -> str:
    return "\t".join(map(_field, values))


def _field(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return safe_text(value)
        case _:
            return safe_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
