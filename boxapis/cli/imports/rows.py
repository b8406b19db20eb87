"""Checks the rows of a manifest before anything is sent, and keeps every value hidden.

A value that a tool may have left behind is refused with its reason unless the user vouches for it.
Names are checked as strictly, so that each can be written into journal and results later on.
"""

import difflib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from attrs import field, frozen

from boxapis import CARRIER_PARAMETERS, ConfigurationError, Secret
from boxapis._settings.references import is_reference, resolve_reference
from boxapis.cli.imports.doubts import doubt
from boxapis.cli.imports.manifest import RawRow
from boxapis.cli.imports.names import is_visible, misspelt, normalised
from boxapis.cli.prompts import terminal

__all__ = ["CheckedManifest", "Row", "RowIssue", "check_rows"]

_FIELDS = ("id", "name", "carrier", "params")
_PARAMETERS = frozenset[str]().union(*CARRIER_PARAMETERS.values())
_DIGITS = re.compile(r"\d{1,18}", re.ASCII)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


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


def check_rows(
    raws: Iterable[RawRow], *, any_carrier: bool, as_is: bool = False
) -> CheckedManifest:
    """Checks every row, so that all problems are known at once.

    Args:
        raws: The rows of the manifest.
        any_carrier: Whether to accept carriers that this version does not know.
        as_is: Whether to accept doubtful values and misspelt parameters.
    """
    rows: list[Row] = []
    problems: list[RowIssue] = []
    warnings: list[RowIssue] = []
    for raw in raws:
        try:
            row = _check_row(raw, any_carrier=any_carrier, as_is=as_is)
        except _InvalidRowError as error:
            problems.append(RowIssue(raw.place, str(error)))
            continue
        rows.append(row)
        warnings += [RowIssue(row.place, text) for text in _warnings(row)]
    count = Counter(row.key for row in rows)
    text = "another row is also called {!r}: give each a name of its own"
    problems += [RowIssue(row.place, text.format(row.key)) for row in rows if count[row.key] > 1]
    return CheckedManifest([row for row in rows if count[row.key] == 1], problems, warnings)


def _check_row(raw: RawRow, *, any_carrier: bool, as_is: bool) -> Row:
    if raw.problem is not None:
        raise _InvalidRowError(raw.problem)
    fields = _check_fields(raw.fields)
    identifier, carrier = _parse_id(fields), _parse_name(fields, "carrier")
    if carrier is None and identifier is None:
        raise _InvalidRowError("it needs an id to update, or a carrier to create")
    if carrier is not None and carrier not in CARRIER_PARAMETERS and not any_carrier:
        raise _InvalidRowError(_unknown_carrier(carrier))
    name = _parse_name(fields, "name")
    if name is None:
        name = f"id {identifier}" if identifier is not None else carrier or ""
    elif not as_is:
        _refuse_doubtful("name", name)
    params = _parse_params(fields.get("params"), as_is=as_is)
    if not as_is:
        _refuse_misspelt(params, CARRIER_PARAMETERS.get(carrier or "", _PARAMETERS))
    return Row(raw.place, name, identifier, carrier, params)


def _check_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields by their names, each known and given once."""
    fields = _by_name(given)
    for name, value in fields.items():
        if name not in _FIELDS:
            meant = misspelt(name, _FIELDS)
            hint = "a row has id, name, carrier and params" if meant is None else f"write {meant!r}"
            raise _InvalidRowError(f"unknown field {name!r}: {hint}")
        if value is None:
            raise _InvalidRowError(f"{name} is null: leave it out")
    return fields


def _by_name(given: Mapping[str, Any]) -> dict[str, Any]:
    """Values by normalised names, which must be fit to be sent and written, and differ."""
    found: dict[str, Any] = {}
    for given_name, value in given.items():
        name = normalised(given_name)
        if not (name and is_visible(name)):
            raise _InvalidRowError(_bad_name(name))
        if name in found:
            raise _InvalidRowError(f"{name!r} occurs twice")
        found[name] = value
    return found


def _bad_name(name: str) -> str:
    what = "with an invisible or control character" if name else "that is empty"
    return f"it has a name {what}"


def _parse_id(fields: Mapping[str, Any]) -> int | None:
    number = fields.get("id")
    if isinstance(number, str):
        text = number.strip()
        if not text:
            return None
        # A number of thousands of digits would be refused by int() itself.
        number = int(text) if _DIGITS.fullmatch(text) else 0
    match number:
        case None:
            return None
        case int() if 1 <= number < 10**18 and number is not True:
            return number
        case _:
            raise _InvalidRowError("id must be a whole number, 1 or more")


def _parse_name(fields: Mapping[str, Any], field: str) -> str | None:
    """The normalised name of a row or carrier, or None where it is not given."""
    given = fields.get(field, "")
    if not isinstance(given, str):
        raise _InvalidRowError(f"{field} must be text")
    name = normalised(given)
    if not is_visible(name):
        raise _InvalidRowError(f"{field} has an invisible or control character in it")
    return name or None


def _unknown_carrier(carrier: str) -> str:
    near = difflib.get_close_matches(carrier, CARRIER_PARAMETERS, 1)
    if near:
        return f"unknown carrier {carrier!r}; did you mean {near[0]}?"
    # Cells that are shifted put a secret here, so only what resembles a carrier is shown.
    return "unknown carrier; --any-carrier sends it all the same"


def _parse_params(given: object, *, as_is: bool) -> dict[str, Secret]:
    if not isinstance(given, dict) or not given:
        raise _InvalidRowError("it has no parameters")
    return {name: _parse_value(name, value, as_is=as_is) for name, value in _by_name(given).items()}


def _parse_value(name: str, given: object, *, as_is: bool) -> Secret:
    if not isinstance(given, str):
        raise _InvalidRowError(f"{name} must be text, in quotes")
    if not given:
        raise _InvalidRowError(f"{name} is empty, which would erase the stored value")
    value = _resolve(given, name) if is_reference(given) else Secret(given)
    if not as_is:
        _refuse_doubtful(name, value.reveal())
    elif _LONE_SURROGATE.search(value.reveal()):
        raise _InvalidRowError(f"{name} is not text: it has half a character in it")
    return value


def _resolve(reference: str, name: str) -> Secret:
    try:
        return resolve_reference(reference, name, terminal())
    except ConfigurationError as error:
        problem = str(error.args[0])
    raise _InvalidRowError(problem)


def _refuse_doubtful(name: str, value: str) -> None:
    reason = doubt(value)
    if reason is not None:
        raise _InvalidRowError(f"{name} {reason}; --as-is sends it all the same")


def _refuse_misspelt(params: Mapping[str, Secret], known: Collection[str]) -> None:
    for name in params:
        meant = misspelt(name, known)
        if meant is not None:
            raise _InvalidRowError(
                f"unknown parameter {name!r}: write {meant!r}; --as-is sends it all the same"
            )


def _warnings(row: Row) -> list[str]:
    known = CARRIER_PARAMETERS.get(row.carrier or "")
    unknown = [] if known is None else sorted(row.params.keys() - known)
    return [f"not a known parameter of {row.carrier}: {', '.join(unknown)}"] if unknown else []
