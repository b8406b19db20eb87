"""Manifests of credentials: rows out of CSV, JSON, YAML or TOML, each with the line it begins in.

What cannot be read is told by its place alone: nothing of the file is quoted, and no error of a
parser, which would carry the text along, is passed on.
"""

import csv
import io
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from boxapis import ConfigurationError
from boxapis.cli.extras import extra

__all__ = ["Raw", "read_manifest"]

_FIELDS = ("id", "name", "carrier")
_TABLE = "credentials"
_HEADER = re.compile(rf"^[ \t]*\[\[[ \t]*[\"']?{_TABLE}[\"']?[ \t]*\]\]", re.MULTILINE)


@frozen
class Raw:
    """One row as it stands in the file, unchecked.

    Attributes:
        where: ``"line 7"``.
        fields: What it holds; ``params`` is whatever stands there.
        problem: Why it could not even be taken apart.
    """

    where: str
    fields: Mapping[str, Any] = field(repr=False, factory=dict)
    problem: str | None = None


class _UnreadableError(Exception):
    """Where and why a file cannot be read."""


def read_manifest(file: Path) -> list[Raw]:
    """The rows of a file, in the format that its ending names.

    Raises:
        ConfigurationError: it cannot be read as a whole.
    """
    readers = {
        ".csv": _csv,
        ".json": _json,
        ".yaml": _yaml,
        ".yml": _yaml,
        ".toml": _toml,
    }
    reader = readers.get(file.suffix.lower())
    if reader is None:
        raise ConfigurationError(f"{file.name} must end in .csv, .json, .yaml, .yml or .toml")
    rows: list[Raw] = []
    try:
        rows = list(reader(file.read_text("utf-8-sig")))
        problem = None if rows else "it holds no row"
    except OSError as error:
        problem = error.strerror or type(error).__name__
    except UnicodeDecodeError:
        problem = "it is not text in UTF-8"
    except _UnreadableError as error:
        problem = str(error)
    if problem is not None:
        raise ConfigurationError(f"{file.name} cannot be read: {problem}")
    return rows


def _csv(text: str) -> Iterator[Raw]:
    """A header, then rows; columns beside id, name and carrier are parameters, empty cells none."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    problem = None
    try:
        header = [name.strip() for name in next(lines, [])]
        if not {"id", "carrier"} & set(header) or len(set(header)) < len(header) or "" in header:
            problem = "the first line must name each column once, and one must be id or carrier"
        begin = lines.line_num + 1
        for cells in [] if problem else lines:
            if any(cells):
                yield _csv_row(f"line {begin}", header, cells)
            begin = lines.line_num + 1
    except csv.Error:
        problem = f"it is not CSV, in line {lines.line_num}"
    if problem is not None:
        raise _UnreadableError(problem)


def _csv_row(where: str, header: list[str], cells: list[str]) -> Raw:
    if len(cells) > len(header):
        return Raw(where, problem="it has more columns than the first line")
    given = {name: cell for name, cell in zip(header, cells, strict=False) if cell}
    fields: dict[str, Any] = {name: given.pop(name).strip() for name in _FIELDS if name in given}
    return Raw(where, fields | {"params": given})


def _json(text: str) -> Iterator[Raw]:
    """An array of objects, taken one by one, so that each has its line."""
    decoder = json.JSONDecoder(object_pairs_hook=_once)
    blank = re.compile(r"\s*")
    at = _after(blank, text, 0)
    if text[at : at + 1] != "[":
        message = "it must hold an array of objects"
        raise _UnreadableError(message)
    at = _after(blank, text, at + 1)
    while text[at : at + 1] != "]":
        where = f"line {text.count(chr(10), 0, at) + 1}"
        try:
            found, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            found = None
        at = _after(blank, text, at)
        mark = text[at : at + 1]
        if found is None or mark not in (",", "]"):
            message = f"it is not JSON, from {where} on"
            raise _UnreadableError(message)
        yield _row(where, found)
        if mark == ",":
            at = _after(blank, text, at + 1)


def _after(pattern: "re.Pattern[str]", text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        found["a name that comes twice"] = True  # an unknown field, which the row is refused for
    return found


def _yaml(text: str) -> Iterator[Raw]:
    """A list of mappings; every value is text as it stands, so that 007 is no number."""
    with extra("cli"):
        import yaml  # noqa: PLC0415 - needed for this one format
    problem = None
    node: Any = None
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = "it is not YAML" + (f", in line {mark.line + 1}" if mark else "")
    if problem is None and not isinstance(node, yaml.SequenceNode):
        problem = "it must hold a list of mappings"
    if problem is not None:
        raise _UnreadableError(problem)
    for item in node.value:
        yield _row(f"line {item.start_mark.line + 1}", _plain(item))


def _plain(node: Any, depth: int = 0) -> Any:
    """A YAML node as plain values, no deeper than a row goes."""
    match node.id:
        case "scalar":
            return node.value
        case "mapping" if depth < len(("row", "params")):
            return _once([(str(_plain(k, depth + 1)), _plain(v, depth + 1)) for k, v in node.value])
        case _:
            return ()  # no text, and refused as such


def _toml(text: str) -> Iterator[Raw]:
    """An array of tables, ``[[credentials]]`` each."""
    problem, found = None, None
    try:
        found = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        problem = "it is not TOML" + (f", in line {line[1]}" if line else "")
    if problem is not None or found is None:
        raise _UnreadableError(problem or "")
    rows = found.pop(_TABLE, None)
    if found or not isinstance(rows, list):
        message = f"it must hold tables [[{_TABLE}]] and nothing else"
        raise _UnreadableError(message)
    begins = [text.count("\n", 0, match.end()) + 1 for match in _HEADER.finditer(text)]
    for number, row in enumerate(rows):
        # Written in another way, tables are counted: tomllib does not tell their lines.
        known = len(begins) == len(rows)
        yield _row(f"line {begins[number]}" if known else f"table {number + 1}", row)


def _row(where: str, found: object) -> Raw:
    if not isinstance(found, dict):
        return Raw(where, problem="it must be a mapping of id, name, carrier and params")
    return Raw(where, found)
