"""Rows of a manifest, checked before anything is sent, with every value out of sight."""

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

from boxapis import CARRIER_PARAMETERS, ConfigurationError, Secret
from boxapis.cli.imports.manifest import Raw
from boxapis.cli.settings.references import is_reference, look_up

__all__ = ["Checked", "Remark", "Row", "check"]

_FIELDS = frozenset({"id", "name", "carrier", "params"})


@frozen
class Row:
    """What is to be stored.

    Attributes:
        where: Its line.
        key: Its name, by which a resumed run knows it again.
        id: Of the credential to update, if the file says it.
        carrier: Its code; a row with an id may do without.
        params: Every parameter.
    """

    where: str
    key: str
    id: int | None
    carrier: str | None
    params: Mapping[str, Secret] = field(repr=lambda params: str(sorted(params)))


@frozen
class Remark:
    """What is wrong with a row, or doubtful."""

    where: str
    text: str


@frozen
class Checked:
    """A whole manifest.

    Attributes:
        rows: Those that can be sent.
        problems: Of those that cannot, one each.
        doubts: What is unusual in a row and is sent all the same.
    """

    rows: list[Row]
    problems: list[Remark]
    doubts: list[Remark]


class _WrongError(Exception):
    """What is wrong with a row, without any value of it."""


def check(raws: Iterable[Raw], *, any_carrier: bool) -> Checked:
    """Checks every row, so that all problems are known at once.

    Args:
        raws: The rows as they stand.
        any_carrier: Whether carriers are taken that this version does not know.
    """
    rows: list[Row] = []
    problems: list[Remark] = []
    doubts: list[Remark] = []
    for raw in raws:
        try:
            row = _row(raw, any_carrier=any_carrier)
        except _WrongError as error:
            problems.append(Remark(raw.where, str(error)))
            continue
        rows.append(row)
        doubts += [Remark(row.where, text) for text in _doubts(row)]
    alike = Counter(row.key for row in rows)
    text = "another row is called {!r}, too: give each a name of its own"
    problems += [Remark(row.where, text.format(row.key)) for row in rows if alike[row.key] > 1]
    return Checked([row for row in rows if alike[row.key] == 1], problems, doubts)


def _row(raw: Raw, *, any_carrier: bool) -> Row:
    if raw.problem is not None:
        raise _WrongError(raw.problem)
    strange = sorted(raw.fields.keys() - _FIELDS)
    if strange:
        message = f"unknown field {strange[0]!r}: a row has id, name, carrier and params"
        raise _WrongError(message)
    identifier, carrier = _identifier(raw.fields), _text(raw.fields, "carrier")
    if carrier is None and identifier is None:
        message = "it needs an id, to update, or a carrier, to create"
        raise _WrongError(message)
    if carrier is not None and carrier not in CARRIER_PARAMETERS and not any_carrier:
        raise _WrongError(_unknown(carrier))
    named = f"id {identifier}" if identifier is not None else carrier or ""
    name = _text(raw.fields, "name") or named
    return Row(raw.where, name, identifier, carrier, _params(raw.fields.get("params")))


def _identifier(fields: Mapping[str, Any]) -> int | None:
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
    raise _WrongError(message)


def _text(fields: Mapping[str, Any], name: str) -> str | None:
    match fields.get(name):
        case None | "":
            return None
        case str(text):
            return text
    message = f"{name} must be text"
    raise _WrongError(message)


def _unknown(carrier: str) -> str:
    near = difflib.get_close_matches(carrier, CARRIER_PARAMETERS, 1)
    hint = f"; did you mean {near[0]}?" if near else "; --any-carrier sends it all the same"
    return f"unknown carrier {carrier!r}{hint}"


def _params(given: object) -> dict[str, Secret]:
    if not isinstance(given, dict) or not given:
        message = "it has no parameters"
        raise _WrongError(message)
    return {str(name): _value(str(name), value) for name, value in given.items()}


def _value(name: str, value: object) -> Secret:
    if not isinstance(value, str):
        message = f"{name} must be text, in quotes"
        raise _WrongError(message)
    if not value:
        message = f"{name} is empty, which would wipe the stored value"
        raise _WrongError(message)
    if not is_reference(value):
        return Secret(value)
    try:
        return look_up(value, name)
    except ConfigurationError as error:
        problem = str(error.args[0])
    raise _WrongError(problem)


def _doubts(row: Row) -> list[str]:
    known = CARRIER_PARAMETERS.get(row.carrier or "")
    strange = [] if known is None else sorted(row.params.keys() - known)
    return [f"not a known parameter of {row.carrier}: {', '.join(strange)}"] if strange else []
