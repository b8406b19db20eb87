"""Reads manifests of credentials: rows from CSV, JSON or YAML, each with its place in the file.

A row in CSV is named by its line, elsewhere by its number ("entry 7"). Errors give the place alone:
they quote nothing of the file, and chain no error of a parser, which would carry the text along.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from attrs import field, frozen

from boxapis import ConfigurationError
from boxapis._settings.text_files import (
    DOCUMENT_LIMIT,
    UnreadableTextError,
    read_stdin,
    read_text,
)
from boxapis.cli.extras import require_extra
from boxapis.cli.imports.csv_manifest import read_csv

__all__ = ["ManifestFormat", "RawRow", "read_manifest"]

ManifestFormat = Literal["csv", "json", "yaml"]

_SUFFIXES: Mapping[str, ManifestFormat] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".yaml": "yaml",
    ".yml": "yaml",
}


@frozen
class RawRow:
    """One unchecked row of a manifest.

    Attributes:
        place: Where it begins, such as ``"line 7"`` or ``"entry 7"``.
        fields: Values by column or key; ``params`` may be any value.
        problem: Why it could not be parsed, or None.
    """

    place: str
    fields: Mapping[str, Any] = field(repr=False, factory=dict)
    problem: str | None = None


class _Repeated:
    """What stands for an object of JSON in which a name occurs twice."""


def read_manifest(file: Path, kind: ManifestFormat | None = None) -> list[RawRow]:
    """The rows of a file, a pipe, or standard input.

    Args:
        file: Path of the manifest; ``-`` is standard input.
        kind: Format; None takes the one of the file's suffix.

    Raises:
        ConfigurationError: The file cannot be read as a whole.
    """
    kind = kind or _SUFFIXES.get(file.suffix.lower())
    is_stdin = str(file) == "-"
    name = "stdin" if is_stdin else file.name
    if kind is None:
        raise ConfigurationError(
            f"the format of {name} is not known",
            next_step="give --format, or a file that ends in .csv, .json or .yaml",
        )
    rows: list[RawRow] = []
    try:
        text = read_stdin(DOCUMENT_LIMIT) if is_stdin else read_text(str(file), DOCUMENT_LIMIT)
        rows = list(_READERS[kind](text))
        problem = None if rows else "it holds no rows"
    except UnreadableTextError as error:
        problem = str(error)
    if problem is not None:
        raise ConfigurationError(f"{name} cannot be read: {problem}")
    return rows


def _csv_rows(text: str) -> Iterator[RawRow]:
    return (RawRow(*row) for row in read_csv(text))


def _json_rows(text: str) -> Iterator[RawRow]:
    """An array of objects. The standard parser sees each name, also one that occurs twice."""
    problem, found = None, None
    try:
        found = json.loads(text, object_pairs_hook=_object, parse_int=_whole_number)
    except json.JSONDecodeError as error:
        problem = f"line {error.lineno} is not JSON"
        if error.msg == "Extra data":
            problem = f"line {error.lineno} has more behind the end of the array"
    except RecursionError:
        problem = "it is nested too deep"
    if problem is None and not isinstance(found, list):
        problem = "it must hold an array of objects"
    if problem is not None:
        raise UnreadableTextError(problem)
    return _entries((row, None) for row in found or [])


def _object(pairs: list[tuple[str, Any]]) -> Any:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _Repeated()


def _whole_number(digits: str) -> int | float:
    """A number; one that is too long to be an id becomes a float, which no field takes."""
    return int(digits) if len(digits) <= len(str(1 << 64)) else float(digits)


def _yaml_rows(text: str) -> Iterator[RawRow]:
    with require_extra("cli"):
        from boxapis.cli.imports.yaml_manifest import read_yaml  # noqa: PLC0415 - slow to import
    return _entries(read_yaml(text))


def _entries(found: Iterable[tuple[Any, str | None]]) -> Iterator[RawRow]:
    """Rows that are named by their number."""
    for number, (row, problem) in enumerate(found, start=1):
        place = f"entry {number}"
        match row:
            case _ if problem is not None:
                yield RawRow(place, problem=problem)
            case dict() if not isinstance(row.get("params"), _Repeated):
                yield RawRow(place, row)
            case dict() | _Repeated():
                yield RawRow(place, problem="a name occurs twice in it")
            case _:
                yield RawRow(place, problem="it must be a mapping of id, name, carrier and params")


_READERS: Mapping[ManifestFormat, Callable[[str], Iterator[RawRow]]] = {
    "csv": _csv_rows,
    "json": _json_rows,
    "yaml": _yaml_rows,
}
