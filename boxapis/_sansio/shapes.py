"""Decoded JSON into values: the one cattrs converter, strict where cattrs is lenient.

Promises: a number may come as text and text never as a number; nothing is guessed. Unknown fields
are kept in ``extra``. What does not fit becomes one `InvalidResponseError` with the path of the
field under its wire name, and without its value. cattrs is imported at the first typed value.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_origin

import attrs

from boxapis.errors import InvalidResponseError
from boxapis.secret import Secret

if TYPE_CHECKING:
    import cattrs

__all__ = ["moment", "names_only", "parse_int", "read", "seconds", "wire"]

T = TypeVar("T")

_DIGITS = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,9}", re.ASCII)
_PLAIN_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_OFFSET_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?([+-]\d\d:\d\d|Z)", re.ASCII
)
_EXACT_FLOATS = 2**53


class _Unfit(ValueError):  # noqa: N818 - carries a reason from a hook to the path
    """Why one field does not fit."""


def parse_int(value: object) -> int | None:
    """A whole number that came as number or text, or None: not ``true``, 1.7 or ``" 13"``."""
    match value:
        case bool():
            return None
        case int():
            return value
        case float() if value.is_integer() and abs(value) < _EXACT_FLOATS:
            return int(value)
        case str() if _DIGITS.fullmatch(value):
            return int(value)
        case _:
            return None


def seconds(text: str | None) -> float | None:
    """A ``Retry-After`` in seconds, or None when it is absent or no plain number."""
    if text is None or not _SECONDS.fullmatch(text.strip()):
        return None
    return float(text)


def moment(value: object) -> datetime | None:
    """A date-time of BoxC as an aware UTC datetime, or None when it is none.

    ``YYYY-MM-DD HH:MM:SS`` is in UTC; ISO 8601 with an offset is taken too.
    """
    if not isinstance(value, str):
        return None
    try:
        if _PLAIN_MOMENT.fullmatch(value):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        if _OFFSET_MOMENT.fullmatch(value):
            return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return None


def read(
    cls: type[T], value: object, *, path: str, operation: str, changing: bool = False
) -> T | InvalidResponseError:
    """A value of an attrs class from decoded JSON, or what is wrong with it.

    Args:
        cls: The class; ``metadata=wire("...")`` gives a field its wire name, and a field ``extra``
            takes what no other field claims.
        value: What JSON gave.
        path: Where ``value`` stands in the body, for instance ``"$.credential"``.
        operation: For the error.
        changing: For the error.

    The error is a value, too: raised here, it would show the JSON in a frame.
    """
    result, problem = _structure(cls, value)
    if problem is None:
        return cast("T", result)
    where, why = problem
    return InvalidResponseError(
        f"{operation}: the answer is not of the documented shape: {why} at {path}{where}.",
        path=f"{path}{where}",
        operation=operation,
        may_have_been_applied=changing,
        retry_stopped_by="permanent",
    )


def _structure(cls: type[T], value: object) -> tuple[Any, tuple[str, str] | None]:
    import cattrs  # noqa: PLC0415 - costs a tenth of a second, and not every user needs it

    try:
        return _converter().structure(value, cls), None
    except cattrs.BaseValidationError as error:
        return None, _first_problem(error)
    except _Unfit as error:
        return None, ("", str(error))


def _first_problem(error: BaseException) -> tuple[str, str]:
    """Path and reason of the first field that does not fit, from cattrs' tree of errors."""
    if not isinstance(error, BaseExceptionGroup):
        return "", _say(error)
    inner = error.exceptions[0]
    note: Any = next(iter(getattr(inner, "__notes__", ())), None)  # cattrs adds one: the place
    where, why = _first_problem(inner)
    if hasattr(note, "name"):
        return f".{_wire_name_of(getattr(error, 'cl', None), note.name)}{where}", why
    return f"[{getattr(note, 'index', '')}]{where}", why


def _wire_name_of(cls: type[Any] | None, name: str) -> str:
    field = attrs.fields_dict(cls).get(name) if cls is not None and attrs.has(cls) else None
    return name if field is None else _wire_name(field)


def _say(error: BaseException) -> str:
    match error:
        case KeyError():
            return "a required field is missing"
        case _Unfit():
            return str(error)
        case _:
            return "a value of another type"


@cache
def _converter() -> "cattrs.Converter":
    import cattrs  # noqa: PLC0415 - as above

    converter = cattrs.Converter(detailed_validation=True)
    for kind, parse, wanted in (
        (int, parse_int, "expected a whole number"),
        (datetime, moment, "expected a date and time"),
        (str, _text, "expected text"),
        (Secret, _secret, "expected text"),
    ):
        converter.register_structure_hook(kind, _strict(parse, wanted))
    converter.register_structure_hook(datetime | None, _moment_or_none)
    converter.register_structure_hook_func(lambda kind: kind == Mapping[str, Secret], _secrets)
    converter.register_structure_hook_func(lambda kind: kind == Mapping[str, Any], _as_it_is)
    converter.register_structure_hook_factory(_is_array, lambda kind: _array(kind, converter))
    converter.register_structure_hook_factory(attrs.has, lambda cls: _reader(cls, converter))
    return converter


def _strict(parse: Callable[[object], Any], wanted: str) -> Callable[[object, Any], Any]:
    def hook(value: object, _: Any) -> Any:
        result = parse(value)
        if result is None:
            raise _Unfit(wanted)
        return result

    return hook


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _secret(value: object) -> Secret | None:
    return Secret(value) if isinstance(value, str | Secret) else None


def _moment_or_none(value: object, _: Any) -> datetime | None:
    if value is None or value is False:
        return None
    result = moment(value)
    if result is None:
        message = "expected a date and time, false or null"
        raise _Unfit(message)
    return result


def _secrets(value: object, _: Any) -> Mapping[str, Secret]:
    # An empty list is how some languages write an object without fields.
    if value == []:
        value = {}
    if not isinstance(value, dict):
        message = "expected an object"
        raise _Unfit(message)
    return MappingProxyType({name: Secret(_plain(text)) for name, text in value.items()})


def _as_it_is(value: object, _: Any) -> object:
    return value


def _plain(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _is_array(kind: object) -> bool:
    origin: object = get_origin(kind)
    return origin is tuple


def _array(kind: Any, converter: "cattrs.Converter") -> Callable[[object, Any], Any]:
    from cattrs.cols import homogenous_tuple_structure_factory  # noqa: PLC0415 - as above

    inner = homogenous_tuple_structure_factory(kind, converter)

    def read_array(value: object, kind: Any) -> Any:
        if not isinstance(value, list):  # a text would be taken for an array of its characters
            message = "expected an array"
            raise _Unfit(message)
        return inner(value, kind)

    return read_array


def _reader(cls: type[Any], converter: "cattrs.Converter") -> Callable[[object, Any], Any]:
    from cattrs import override  # noqa: PLC0415 - as above
    from cattrs.gen import make_dict_structure_fn  # noqa: PLC0415 - as above

    renames = {
        field.name: override(rename=_wire_name(field))
        for field in attrs.fields(cls)
        if _wire_name(field) != field.name
    }
    inner = make_dict_structure_fn(cls, converter, **renames)  # type: ignore[arg-type]  # names
    names = {_wire_name(field) for field in attrs.fields(cls)} - {"extra"}
    keeps_extra = "extra" in attrs.fields_dict(cls)

    def read_object(value: object, kind: Any) -> Any:
        if not isinstance(value, dict):
            message = "expected an object"
            raise _Unfit(message)
        if not keeps_extra:
            return inner(value, kind)
        known = {name: value[name] for name in names if name in value}
        extra = {name: value[name] for name in value if name not in names}
        return inner({**known, "extra": MappingProxyType(extra)}, kind)

    return read_object


def wire(name: str) -> dict[str, str]:
    """The ``metadata`` of a field whose name on the wire is another."""
    return {"wire": name}


def no_fields() -> Mapping[str, Any]:
    """The default of a field ``extra``."""
    return {}


def names_only(fields: Mapping[str, object]) -> str:
    """A repr of fields that shows which there are and none of their values."""
    return "{" + ", ".join(sorted(fields)) + "}"


def _wire_name(field: "attrs.Attribute[Any]") -> str:
    return str(field.metadata.get("wire", field.name))
