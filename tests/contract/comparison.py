"""Compares classes of values and arguments with the schemas of the description."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

import attrs

from boxapis.secret import Secret

__all__ = ["differences", "given_differences", "left_over"]

_KINDS: Mapping[str, set[Any]] = {
    "string": {str, datetime},
    "integer": {int, Decimal},
    "number": {Decimal},
    "boolean": {bool, datetime},  # false says that there is no date
    "object": {Mapping},
    "array": {tuple},
}


def left_over(value: Any, path: str = "$") -> Iterator[str]:
    """Yields the paths of the fields that ended up in an ``extra``."""
    if isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from left_over(item, f"{path}[{index}]")
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            inner = getattr(value, field.name)
            if field.name == "extra":
                yield from (f"{path}.{key}" for key in inner)
            else:
                yield from left_over(inner, f"{path}.{field.name}")


def differences(
    cls: type[Any], schema: Mapping[str, Any], allowed: Mapping[str, str], path: str = "$"
) -> Iterator[str]:
    """Yields where a class and the schema of an object differ, in both directions.

    Args:
        cls: The attrs class.
        schema: The schema.
        allowed: What differs on purpose, as in ``DIFFERENT`` of `tests.contract.calls`.
        path: The JSON path of the object.
    """
    fields = {f.metadata.get("wire_name", f.name): f for f in attrs.fields(cls)}
    fields.pop("extra", None)
    described = schema.get("properties", {})
    for name in sorted(fields.keys() | described.keys()):
        field, key = f"{path}.{name}", f"{cls.__name__}.{name}"
        if name not in fields:
            yield f"{field}: not in {cls.__name__}"
        elif name not in described:
            if not {cls.__name__, f"{key}?"} & allowed.keys():
                yield f"{field}: not described"
        elif key not in allowed:
            yield from _difference(fields[name].type, described[name], allowed, field)


def _difference(
    kind: Any, schema: Mapping[str, Any], allowed: Mapping[str, str], path: str
) -> Iterator[str]:
    parts = _parts(kind)
    words = {word for part in parts if get_origin(part) is Literal for word in get_args(part)}
    enum = {word for word in schema.get("enum", ()) if word is not None}
    if words != enum:
        yield f"{path}: the words are {sorted(map(str, enum))}"
    plain = next((p for p in parts if p is not NoneType and get_origin(p) is not Literal), str)
    inner = get_args(plain)[0] if get_origin(plain) is tuple else None
    if attrs.has(plain):
        yield from differences(plain, schema, allowed, path)
    elif inner is not None and attrs.has(inner):
        yield from differences(inner, schema.get("items", {}), allowed, f"{path}[]")
    elif not _fits(plain, schema):
        yield f"{path}: {schema.get('type')} is no {plain}"


def _parts(kind: Any) -> list[Any]:
    """Returns the members of a union, or a type alone; a named special type as what it is."""
    parts = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    return [get_args(part)[0] if get_origin(part) is Annotated else part for part in parts]


def _fits(plain: Any, schema: Mapping[str, Any]) -> bool:
    kind: Any = schema.get("type")
    kinds = [one for one in (kind if isinstance(kind, list) else [kind]) if one != "null"]
    origin = get_origin(plain)
    plain = Mapping if origin is not None and issubclass(origin, Mapping) else origin or plain
    plain = str if plain is Secret else plain
    return kinds in ([], [None]) or plain is Any or plain in _KINDS[kinds[0]]


def given_differences(
    cls: type[Any], schema: Mapping[str, Any], allowed: Mapping[str, str], path: str = "$"
) -> Iterator[str]:
    """Yields where a TypedDict and the schema of an object differ, in both directions.

    Arguments are those of `differences`; fields of arrays are those of their items.
    """
    hints = get_type_hints(cls)
    described = schema.get("properties", {})
    required = set(schema.get("required", ()))
    for name in sorted(hints.keys() | described.keys()):
        field = f"{path}.{name}"
        if f"{cls.__name__}.{name}" in allowed:
            continue
        if name not in hints:
            yield f"{field}: not in {cls.__name__}"
        elif name not in described:
            yield f"{field}: not described"
        else:
            if (name in required) != (name in cls.__required_keys__):
                yield f"{field}: is {'required' if name in required else 'not required'}"
            part = described[name].get("items", described[name])
            for inner in filter(is_typeddict, _members(hints[name])):
                yield from given_differences(inner, part, allowed, field)


def _members(kind: Any) -> Iterator[Any]:
    """Yields a type and all types inside it, as in ``Sequence[X] | None``."""
    yield kind
    for part in get_args(kind):
        yield from _members(part)
