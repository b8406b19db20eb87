"""Checks the rows of a manifest before anything is sent, and keeps every value hidden."""

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

from boxapis import CARRIER_PARAMETERS, ConfigurationError, Secret
from boxapis._settings.references import is_reference, resolve_reference
from boxapis.cli.imports.manifest import RawRow
from boxapis.cli.prompts import terminal

__all__ = ["CheckedManifest", "Row", "RowIssue", "check_rows"]

_FIELDS = frozenset({"id", "name", "carrier", "params"})


@frozen
class Row:
    """A credential to store.

    Attributes:
        place: Where the row begins, such as ``"line 7"``.
        key: Unique name of the row, by which a resumed run recognises it.
        id: Id of the credential to update, if the file gives it.
        carrier: Carrier code; optional in a row with an id.
        params: All parameters.
    """

    place: str
    key: str
    id: int | None
    carrier: str | None
    params: Mapping[str, Secret] = field(repr=lambda params: str(sorted(params)))


@frozen
class RowIssue:
    """A problem with a row, or a warning about it."""

    place: str
    text: str


@frozen
class CheckedManifest:
    """A checked manifest.

    Attributes:
        rows: Rows that can be sent.
        problems: Why the other rows cannot be sent, one each.
        warnings: What is unusual about rows that are sent all the same.
    """

    rows: list[Row]
    problems: list[RowIssue]
    warnings: list[RowIssue]


class _InvalidRowError(Exception):
    """A row cannot be sent; the message shows none of its values."""


def check_rows(raws: Iterable[RawRow], *, any_carrier: bool) -> CheckedManifest:
    """Checks every row, so that all problems are known at once.

    Args:
        raws: The rows of the manifest.
        any_carrier: Whether to accept carriers that this version does not know.
    """
    rows: list[Row] = []
    problems: list[RowIssue] = []
    warnings: list[RowIssue] = []
    for raw in raws:
        try:
            row = _check_row(raw, any_carrier=any_carrier)
        except _InvalidRowError as error:
            problems.append(RowIssue(raw.place, str(error)))
            continue
        rows.append(row)
        warnings += [RowIssue(row.place, text) for text in _warnings(row)]
    count = Counter(row.key for row in rows)
    text = "another row is also called {!r}: give each a name of its own"
    problems += [RowIssue(row.place, text.format(row.key)) for row in rows if count[row.key] > 1]
    return CheckedManifest([row for row in rows if count[row.key] == 1], problems, warnings)


def _check_row(raw: RawRow, *, any_carrier: bool) -> Row:
    if raw.problem is not None:
        raise _InvalidRowError(raw.problem)
    unknown = sorted(raw.fields.keys() - _FIELDS)
    if unknown:
        message = f"unknown field {unknown[0]!r}: a row has id, name, carrier and params"
        raise _InvalidRowError(message)
    identifier, carrier = _parse_id(raw.fields), _parse_text(raw.fields, "carrier")
    if carrier is None and identifier is None:
        message = "it needs an id to update, or a carrier to create"
        raise _InvalidRowError(message)
    if carrier is not None and carrier not in CARRIER_PARAMETERS and not any_carrier:
        raise _InvalidRowError(_unknown_carrier(carrier))
    default = f"id {identifier}" if identifier is not None else carrier or ""
    name = _parse_text(raw.fields, "name") or default
    return Row(raw.place, name, identifier, carrier, _parse_params(raw.fields.get("params")))


def _parse_id(fields: Mapping[str, Any]) -> int | None:
    match fields.get("id"):
        case None | "":
            return None
        case bool():
            pass
        case int(number) if number >= 1:
            return number
        case str(text) if text.isascii() and text.isdigit() and 0 < int(text[:18]) == int(text):
            return int(text)
    message = "id must be a whole number, 1 or more"
    raise _InvalidRowError(message)


def _parse_text(fields: Mapping[str, Any], name: str) -> str | None:
    match fields.get(name):
        case None | "":
            return None
        case str(text):
            return text
    message = f"{name} must be text"
    raise _InvalidRowError(message)


def _unknown_carrier(carrier: str) -> str:
    near = difflib.get_close_matches(carrier, CARRIER_PARAMETERS, 1)
    hint = f"; did you mean {near[0]}?" if near else "; --any-carrier sends it all the same"
    return f"unknown carrier {carrier!r}{hint}"


def _parse_params(given: object) -> dict[str, Secret]:
    if not isinstance(given, dict) or not given:
        message = "it has no parameters"
        raise _InvalidRowError(message)
    return {str(name): _parse_value(str(name), value) for name, value in given.items()}


def _parse_value(name: str, value: object) -> Secret:
    if not isinstance(value, str):
        message = f"{name} must be text, in quotes"
        raise _InvalidRowError(message)
    if not value:
        message = f"{name} is empty, which would erase the stored value"
        raise _InvalidRowError(message)
    if not is_reference(value):
        return Secret(value)
    try:
        return resolve_reference(value, name, terminal())
    except ConfigurationError as error:
        problem = str(error.args[0])
    raise _InvalidRowError(problem)


def _warnings(row: Row) -> list[str]:
    known = CARRIER_PARAMETERS.get(row.carrier or "")
    unknown = [] if known is None else sorted(row.params.keys() - known)
    return [f"not a known parameter of {row.carrier}: {', '.join(unknown)}"] if unknown else []
