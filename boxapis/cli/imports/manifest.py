"""Reads manifests of credentials: rows from CSV, JSON, YAML or TOML, each with its first line.

Errors give the place alone: they quote nothing of the file, and chain no error of a parser, which
would carry the text along.
"""

import csv
import io
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from boxapis import ConfigurationError
from boxapis.cli.extras import require_extra

__all__ = ["RawRow", "read_manifest"]

_FIELDS = ("id", "name", "carrier")
_TABLE = "credentials"
_HEADER = re.compile(rf"^[ \t]*\[\[[ \t]*[\"']?{_TABLE}[\"']?[ \t]*\]\]", re.MULTILINE)


@frozen
class RawRow:
    """One unchecked row of a manifest.

    Attributes:
        place: Where it begins, such as ``"line 7"``.
        fields: Values by column or key; ``params`` may be any value.
        problem: Why it could not be parsed, or None.
    """

    place: str
    fields: Mapping[str, Any] = field(repr=False, factory=dict)
    problem: str | None = None


class _UnreadableError(Exception):
    """A file cannot be read; the message says where and why."""


def read_manifest(file: Path) -> list[RawRow]:
    """The rows of a file, in the format of its suffix.

    Raises:
        ConfigurationError: The file cannot be read as a whole.
    """
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        raise ConfigurationError(f"{file.name} must end in .csv, .json, .yaml, .yml or .toml")
    rows: list[RawRow] = []
    try:
        rows = list(reader(file.read_text("utf-8-sig")))
        problem = None if rows else "it holds no rows"
    except OSError as error:
        problem = error.strerror or type(error).__name__
    except UnicodeDecodeError:
        problem = "it is not text in UTF-8"
    except _UnreadableError as error:
        problem = str(error)
    if problem is not None:
        raise ConfigurationError(f"{file.name} cannot be read: {problem}")
    return rows


def _read_csv(text: str) -> Iterator[RawRow]:
    """A header, then rows. Columns other than id, name and carrier are parameters, unless empty."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    problem = None
    try:
        header = [name.strip() for name in next(lines, [])]
        if not {"id", "carrier"} & set(header) or len(set(header)) < len(header) or "" in header:
            problem = "the first line must name each column once, among them id or carrier"
        begin = lines.line_num + 1
        for cells in [] if problem else lines:
            if any(cells):
                yield _csv_row(f"line {begin}", header, cells)
            begin = lines.line_num + 1
    except csv.Error:
        problem = f"line {lines.line_num} is not CSV"
    if problem is not None:
        raise _UnreadableError(problem)


def _csv_row(place: str, header: list[str], cells: list[str]) -> RawRow:
    if len(cells) > len(header):
        return RawRow(place, problem="it has more columns than the first line")
    given = {name: cell for name, cell in zip(header, cells, strict=False) if cell}
    fields: dict[str, Any] = {name: given.pop(name).strip() for name in _FIELDS if name in given}
    return RawRow(place, fields | {"params": given})


def _read_json(text: str) -> Iterator[RawRow]:
    """An array of objects, decoded one by one so that the line of each is known."""
    decoder = json.JSONDecoder(object_pairs_hook=_unique)
    blank = re.compile(r"\s*")
    at = _after(blank, text, 0)
    if text[at : at + 1] != "[":
        message = "it must hold an array of objects"
        raise _UnreadableError(message)
    at = _after(blank, text, at + 1)
    while text[at : at + 1] != "]":
        place = f"line {text.count(chr(10), 0, at) + 1}"
        try:
            found, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            found = None
        at = _after(blank, text, at)
        mark = text[at : at + 1]
        if found is None or mark not in (",", "]"):
            message = f"it is not JSON from {place} on"
            raise _UnreadableError(message)
        yield _row(place, found)
        if mark == ",":
            at = _after(blank, text, at + 1)


def _after(pattern: "re.Pattern[str]", text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        found["a duplicate name"] = True  # an unknown field, so the row is refused
    return found


def _read_yaml(text: str) -> Iterator[RawRow]:
    """A list of mappings; every value stays text, so that 007 is not read as a number."""
    with require_extra("cli"):
        import yaml  # noqa: PLC0415 - only this format needs it
    problem = None
    node: Any = None
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = f"line {mark.line + 1} is not YAML" if mark else "it is not YAML"
    if problem is None and not isinstance(node, yaml.SequenceNode):
        problem = "it must hold a list of mappings"
    if problem is not None:
        raise _UnreadableError(problem)
    for item in node.value:
        yield _row(f"line {item.start_mark.line + 1}", _yaml_value(item))


def _yaml_value(node: Any, depth: int = 0) -> Any:
    """A YAML node as plain values, no deeper than the parameters of a row."""
    match node.id:
        case "scalar":
            return node.value
        case "mapping" if depth < len(("row", "params")):
            return _unique(
                [(str(_yaml_value(k, depth + 1)), _yaml_value(v, depth + 1)) for k, v in node.value]
            )
        case _:
            return ()  # not text, so the row is refused


def _read_toml(text: str) -> Iterator[RawRow]:
    """An array of ``[[credentials]]`` tables."""
    problem, found = None, None
    try:
        found = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        problem = f"line {line[1]} is not TOML" if line else "it is not TOML"
    if problem is not None or found is None:
        raise _UnreadableError(problem or "")
    rows = found.pop(_TABLE, None)
    if found or not isinstance(rows, list):
        message = f"it must hold [[{_TABLE}]] tables and nothing else"
        raise _UnreadableError(message)
    lines = [text.count("\n", 0, match.end()) + 1 for match in _HEADER.finditer(text)]
    for number, row in enumerate(rows):
        # Tables in another notation are counted, because tomllib gives no lines.
        known = len(lines) == len(rows)
        yield _row(f"line {lines[number]}" if known else f"table {number + 1}", row)


def _row(place: str, found: object) -> RawRow:
    if not isinstance(found, dict):
        return RawRow(place, problem="it must be a mapping of id, name, carrier and params")
    return RawRow(place, found)


_READERS: Mapping[str, Callable[[str], Iterator[RawRow]]] = {
    ".csv": _read_csv,
    ".json": _read_json,
    ".yaml": _read_yaml,
    ".yml": _read_yaml,
    ".toml": _read_toml,
}
