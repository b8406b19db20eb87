"""Converts decoded JSON to attrs values with one cattrs converter, stricter than cattrs itself.

A number may arrive as text, but never text as a number. Unknown fields are kept in ``extra``. A
mismatch becomes one `InvalidResponseError` with the JSON path of the field, and without its value.
cattrs is imported at the first typed value.
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

__all__ = ["names_only", "no_fields", "parse_datetime", "parse_int", "read", "wire_name"]

T = TypeVar("T")

_INTEGER = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_UTC_DATETIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_OFFSET_DATETIME = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?([+-]\d\d:\d\d|Z)", re.ASCII
)
_EXACT_FLOAT_LIMIT = 2**53


class _FieldError(ValueError):
    """The reason why one field does not fit; carried from a hook to `_first_problem`."""


def parse_int(value: object) -> int | None:
    """Returns a whole number from a number or text; None for ``true``, 1.7 or ``" 13"``."""
    match value:
        case bool():
            return None
        case int():
            return value
        case float() if value.is_integer() and abs(value) < _EXACT_FLOAT_LIMIT:
            return int(value)
        case str() if _INTEGER.fullmatch(value):
            return int(value)
        case _:
            return None


def parse_datetime(value: object) -> datetime | None:
    """Returns a date and time of BoxC in UTC, or None when it is malformed.

    ``YYYY-MM-DD HH:MM:SS`` is in UTC; ISO 8601 with an offset is accepted, too.
    """
    if not isinstance(value, str):
        return None
    try:
        if _UTC_DATETIME.fullmatch(value):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        if _OFFSET_DATETIME.fullmatch(value):
            return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return None


def read(
    cls: type[T], value: object, *, path: str, operation: str, changing: bool = False
) -> T | InvalidResponseError:
    """Converts decoded JSON to an attrs value; returns an error when it does not fit.

    Args:
        cls: The attrs class; ``metadata=wire_name("...")`` gives a field its JSON name, and a
            field ``extra`` receives the fields that the class does not define.
        value: The decoded JSON.
        path: The JSON path of ``value`` in the body, for instance ``"$.credential"``.
        operation: The operation's name, for the error.
        changing: Whether the operation changes anything, for the error.

    The error is returned: raised here, its traceback would show the JSON in a frame.
    """
    result, problem = _structure(cls, value)
    if problem is None:
        return cast("T", result)
    where, why = problem
    return InvalidResponseError(
        f"{operation}: the response is not of the documented shape: {why} at {path}{where}.",
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
    except _FieldError as error:
        return None, ("", str(error))


def _first_problem(error: BaseException) -> tuple[str, str]:
    """Returns path and reason of the first mismatch in cattrs' tree of errors."""
    if not isinstance(error, BaseExceptionGroup):
        return "", _reason(error)
    inner = error.exceptions[0]
    note: Any = next(iter(getattr(inner, "__notes__", ())), None)  # added by cattrs: the position
    where, why = _first_problem(inner)
    if hasattr(note, "name"):
        return f".{_json_name_of(getattr(error, 'cl', None), note.name)}{where}", why
    return f"[{getattr(note, 'index', '')}]{where}", why


def _json_name_of(cls: type[Any] | None, name: str) -> str:
    field = attrs.fields_dict(cls).get(name) if cls is not None and attrs.has(cls) else None
    return name if field is None else _json_name(field)


def _reason(error: BaseException) -> str:
    match error:
        case KeyError():
            return "a required field is missing"
        case _FieldError():
            return str(error)
        case _:
            return "a value of another type"


@cache
def _converter() -> "cattrs.Converter":
    import cattrs  # noqa: PLC0415 - as above

    converter = cattrs.Converter(detailed_validation=True)
    for cls, parse, expected in (
        (int, parse_int, "expected a whole number"),
        (datetime, parse_datetime, "expected a date and time"),
        (str, _parse_str, "expected text"),
        (Secret, _parse_secret, "expected text"),
    ):
        converter.register_structure_hook(cls, _strict_hook(parse, expected))
    converter.register_structure_hook(datetime | None, _optional_datetime_hook)
    converter.register_structure_hook_func(lambda cls: cls == Mapping[str, Secret], _secrets_hook)
    converter.register_structure_hook_func(lambda cls: cls == Mapping[str, Any], _unchanged_hook)
    converter.register_structure_hook_factory(_is_tuple, lambda cls: _tuple_hook(cls, converter))
    converter.register_structure_hook_factory(attrs.has, lambda cls: _class_hook(cls, converter))
    return converter


def _strict_hook(parse: Callable[[object], Any], expected: str) -> Callable[[object, Any], Any]:
    def hook(value: object, _: Any) -> Any:
        result = parse(value)
        if result is None:
            raise _FieldError(expected)
        return result

    return hook


def _parse_str(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _parse_secret(value: object) -> Secret | None:
    return Secret(value) if isinstance(value, str | Secret) else None


def _optional_datetime_hook(value: object, _: Any) -> datetime | None:
    if value is None or value is False:
        return None
    result = parse_datetime(value)
    if result is None:
        raise _FieldError("expected a date and time, false or null")
    return result


def _secrets_hook(value: object, _: Any) -> Mapping[str, Secret]:
    # Some languages write an object without fields as an empty list.
    if value == []:
        value = {}
    if not isinstance(value, dict):
        raise _FieldError("expected an object")
    return MappingProxyType({name: Secret(_as_text(text)) for name, text in value.items()})


def _unchanged_hook(value: object, _: Any) -> object:
    return value


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _is_tuple(cls: object) -> bool:
    origin: object = get_origin(cls)
    return origin is tuple


def _tuple_hook(cls: Any, converter: "cattrs.Converter") -> Callable[[object, Any], Any]:
    from cattrs.cols import homogenous_tuple_structure_factory  # noqa: PLC0415 - as above

    inner = homogenous_tuple_structure_factory(cls, converter)

    def read_array(value: object, cls: Any) -> Any:
        if not isinstance(value, list):  # cattrs would take text for an array of characters
            raise _FieldError("expected an array")
        return inner(value, cls)

    return read_array


def _class_hook(cls: type[Any], converter: "cattrs.Converter") -> Callable[[object, Any], Any]:
    from cattrs import override  # noqa: PLC0415 - as above
    from cattrs.gen import make_dict_structure_fn  # noqa: PLC0415 - as above

    renames = {
        field.name: override(rename=_json_name(field))
        for field in attrs.fields(cls)
        if _json_name(field) != field.name
    }
    inner = make_dict_structure_fn(cls, converter, **renames)  # type: ignore[arg-type]  # names
    names = {_json_name(field) for field in attrs.fields(cls)} - {"extra"}
    keeps_extra = "extra" in attrs.fields_dict(cls)

    def read_object(value: object, cls: Any) -> Any:
        if not isinstance(value, dict):
            raise _FieldError("expected an object")
        if not keeps_extra:
            return inner(value, cls)
        extra = {name: value[name] for name in value.keys() - names}
        return inner({**value, "extra": MappingProxyType(extra)}, cls)

    return read_object


def wire_name(name: str) -> dict[str, str]:
    """Returns the ``metadata`` of a field whose JSON name differs from its Python name."""
    return {"wire_name": name}


def no_fields() -> Mapping[str, Any]:
    """Returns the default of a field ``extra``."""
    return {}


def names_only(fields: Mapping[str, object]) -> str:
    """Returns a repr of a mapping that shows its names and no values."""
    return "{" + ", ".join(sorted(fields)) + "}"


def _json_name(field: "attrs.Attribute[Any]") -> str:
    return str(field.metadata.get("wire_name", field.name))
