"""Converts decoded JSON to attrs values with cattrs, more strictly than cattrs itself.

`kinds` reads the single values. Null and a missing field are the same where a field has a default;
null for an array is an empty tuple. PHP writes an object without fields as ``[]``: that is None
where the object may be missing, and an empty mapping where any fields may stand. Unknown fields are
kept in ``extra``; what stands there or in a mapping of any fields under a sensitive name, at any
depth, becomes a `Secret`. A mismatch becomes one `InvalidResponseError` with the JSON path of the
field, and without its value. cattrs, which takes long to import, comes with the first resource that
is used: not with the clients, and not with a response, where a failing import would hide it.

Two converters have the same hooks. The quick one reads classes with `quick_reader`. What it
refuses, for whatever reason, the careful one reads again: it decides, and names the field.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache, partial
from operator import eq
from typing import Any, TypeVar, cast, get_origin

import attrs
import cattrs
from cattrs.cols import homogenous_tuple_structure_factory
from cattrs.gen import make_dict_structure_fn

from boxapis._sansio import kinds
from boxapis._sansio.frozen_mapping import FrozenMapping
from boxapis._sansio.kinds import FieldError
from boxapis._sansio.quick_reader import (
    FieldReader,
    Hook,
    compile_hook,
    is_fillable,
    is_optional,
    is_words,
    json_name,
    not_none,
    test_of,
)
from boxapis._sansio.sensitive import seal_sensitive
from boxapis.errors import InvalidResponseError
from boxapis.secret import Secret

__all__ = ["NO_FIELDS", "misshapen", "names_only", "read", "read_array", "wire_name"]

T = TypeVar("T")

NO_FIELDS: Mapping[str, Any] = FrozenMapping({})
"""The ``extra`` of a value in which every field is known."""


def names_only(fields: Mapping[str, object] | None) -> str:
    """Returns a repr of a mapping that shows its names and no values; of None as well."""
    return "None" if fields is None else "{" + ", ".join(sorted(fields)) + "}"


def wire_name(name: str) -> dict[str, str]:
    """Returns the ``metadata`` of a field whose JSON name differs from its Python name."""
    return {"wire_name": name}


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
    try:
        return cast("T", _quick_hook(cast("Any", cls))(value, cls))
    except Exception:  # noqa: BLE001, S110 - read again below
        pass
    try:
        return cast("T", _converter(is_quick=False).get_structure_hook(cls)(value, cls))
    except FieldError as error:
        where, why = "", str(error)
    except ExceptionGroup as error:  # cattrs' BaseValidationError
        where, why = _first_problem(error)
    return misshapen(f"{path}{where}", why, operation=operation, changing=changing)


def read_array(
    cls: type[T], values: list[Any], *, path: str, operation: str, changing: bool = False
) -> tuple[T, ...] | InvalidResponseError:
    """Converts an array to attrs values of one class; arguments and error are those of `read`."""
    hook = _quick_hook(cast("Any", cls))
    try:
        return tuple([hook(value, cls) for value in values])
    except Exception:  # noqa: BLE001, S110 - read again below, one by one
        pass
    items: list[T] = []
    for index, value in enumerate(values):
        item = read(cls, value, path=f"{path}[{index}]", operation=operation, changing=changing)
        if isinstance(item, InvalidResponseError):
            return item
        items.append(item)
    return tuple(items)


def misshapen(path: str, why: str, *, operation: str, changing: bool) -> InvalidResponseError:
    """Returns the error of a response that is not of the documented shape.

    Args:
        path: The JSON path of what does not fit.
        why: The reason, for instance ``"expected an array"``.
        operation: The operation's name.
        changing: Whether the operation changes anything.
    """
    return InvalidResponseError(
        f"{operation}: the response is not of the documented shape: {why} at {path}.",
        path=path,
        operation=operation,
        may_have_been_applied=changing,
        retry_stopped_by="permanent",
    )


@cache
def _quick_hook(cls: Any) -> Hook:
    hook: Hook = _converter(is_quick=True).get_structure_hook(cls)
    return hook


def _first_problem(error: BaseException) -> tuple[str, str]:
    """Returns path and reason of the first mismatch in cattrs' tree of errors."""
    if not isinstance(error, BaseExceptionGroup):
        return "", _reason(error)
    inner = error.exceptions[0]
    note: Any = next(iter(getattr(inner, "__notes__", ())), None)  # added by cattrs: the position
    where, why = _first_problem(inner)
    if hasattr(note, "name"):
        return f".{_name_of(getattr(error, 'cl', None), note.name)}{where}", why
    return f"[{getattr(note, 'index', '')}]{where}", why


def _name_of(cls: type[Any] | None, name: str) -> str:
    field = attrs.fields_dict(cls).get(name) if cls is not None and attrs.has(cls) else None
    return name if field is None else json_name(field)


def _reason(error: BaseException) -> str:
    match error:
        case KeyError():
            return "a required field is missing"
        case FieldError():
            return str(error)
        case _:
            return "a value of another type"


@cache
def _converter(*, is_quick: bool) -> cattrs.Converter:
    converter = cattrs.Converter(detailed_validation=not is_quick)
    class_hook = _quick_class_hook if is_quick else _careful_class_hook
    for kind, hook in _HOOKS.items():
        converter.register_structure_hook(kind, hook)
    # Looked at from the last to the first.
    converter.register_structure_hook_factory(is_optional, lambda kind: _optional(kind, converter))
    converter.register_structure_hook_func(is_words, kinds.read_text)
    for special, hook in _SPECIAL_HOOKS:
        converter.register_structure_hook_func(partial(eq, special), hook)
    converter.register_structure_hook_factory(_is_tuple, lambda cls: _tuple_hook(cls, converter))
    converter.register_structure_hook_factory(attrs.has, lambda cls: class_hook(cls, converter))
    return converter


def _read_mapping(value: object, _: Any) -> Mapping[str, Any]:
    """Returns an object of any fields; values under sensitive names are sealed."""
    fields = {} if value == [] else value
    if not isinstance(fields, dict):
        raise FieldError("expected an object")
    return FrozenMapping(seal_sensitive(fields))


_HOOKS: Mapping[Any, Hook] = {
    int: kinds.read_int,
    str: kinds.read_text,
    bool: kinds.read_bool,
    bytes: kinds.strict(kinds.parse_base64, "expected text in Base64"),
    datetime: kinds.strict(kinds.parse_datetime, "expected a date and time"),
    Decimal: kinds.strict(kinds.parse_decimal, "expected a number"),
    Secret: kinds.strict(
        lambda value: Secret(value) if isinstance(value, str | Secret) else None, "expected text"
    ),
}
_SPECIAL_HOOKS: tuple[tuple[Any, Hook], ...] = (
    (kinds.LocalMoment, kinds.strict(kinds.parse_local_datetime, "expected a date and time")),
    (kinds.Scalar, kinds.strict(kinds.parse_scalar, "expected text")),
    (kinds.Cell, kinds.read_cell),
    (kinds.Flag, kinds.strict(kinds.parse_flag, "expected 0 or 1")),
    (Mapping[str, Decimal], kinds.read_decimals),
    (Mapping[str, Secret], kinds.read_secrets),
    (Mapping[str, Any], _read_mapping),
)
_OPTIONAL_HOOKS: Mapping[Any, Hook] = {
    datetime: kinds.read_optional_datetime,
    str: kinds.read_optional_text,
    kinds.Flag: kinds.read_optional_flag,
    kinds.Money: kinds.read_optional_money,
    kinds.Number: kinds.read_optional_number,
}


def _is_tuple(cls: object) -> bool:
    return get_origin(cls) is tuple


def _optional(kind: Any, converter: cattrs.Converter) -> Hook:
    """Returns the hook of ``X | None``; cattrs' own looks up the hook of X for every value."""
    inner = not_none(kind)
    if inner in _OPTIONAL_HOOKS:
        return _OPTIONAL_HOOKS[inner]
    read_inner = converter.get_structure_hook(inner)
    is_object = attrs.has(inner)

    def hook(value: object, _: Any) -> Any:
        if value is None or (is_object and value == []):
            return None
        return read_inner(value, inner)

    return hook


def _tuple_hook(cls: Any, converter: cattrs.Converter) -> Hook:
    inner = homogenous_tuple_structure_factory(cls, converter)

    def read_tuple(value: object, cls: Any) -> Any:
        if value is None:
            return ()
        if not isinstance(value, list):  # cattrs would take text for an array of characters
            raise FieldError("expected an array")
        return inner(value, cls)

    return read_tuple


def _quick_class_hook(cls: type[Any], converter: cattrs.Converter) -> Hook:
    if not is_fillable(cls):
        return _careful_class_hook(cls, converter)
    fields = dict(attrs.fields_dict(cls))
    read_extra = partial(_extra, names=_names(cls)) if fields.pop("extra", None) else None
    readers = {
        name: FieldReader(
            json_name(field), converter.get_structure_hook(field.type), test_of(field.type)
        )
        for name, field in fields.items()
    }
    return compile_hook(cls, readers, read_extra)


def _careful_class_hook(cls: type[Any], converter: cattrs.Converter) -> Hook:
    fields = attrs.fields_dict(cls)
    overrides = {
        name: cattrs.override(rename=json_name(field))
        for name, field in fields.items()
        if json_name(field) != name
    }
    keeps_extra = "extra" in fields
    if keeps_extra:
        overrides["extra"] = cattrs.override(omit=True)
    inner = make_dict_structure_fn(cls, converter, **overrides)  # type: ignore[arg-type]  # names
    names = _names(cls)

    def read_object(value: object, cls: Any) -> Any:
        if not isinstance(value, dict):
            raise FieldError("expected an object")
        result = inner(value, cls)
        if keeps_extra and not names.issuperset(value):
            object.__setattr__(result, "extra", _extra(value, names))  # not yet returned
        return result

    return read_object


def _names(cls: type[Any]) -> frozenset[str]:
    """Returns the JSON names of the fields of a class, without ``extra``."""
    return frozenset(map(json_name, attrs.fields(cls))) - {"extra"}


def _extra(fields: Mapping[str, Any], names: frozenset[str]) -> Mapping[str, Any]:
    """Returns the fields of an object that its class does not define."""
    extra = {name: fields[name] for name in fields if name not in names}
    return FrozenMapping(seal_sensitive(extra))
