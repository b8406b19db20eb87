"""Compares classes of values and arguments with the schemas of the description."""

from collections.abc import Iterator, Mapping, Sequence
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

Kinds = Mapping[str, set[Any]]

_VALUES: Kinds = {
    "string": {str, datetime},
    "integer": {int, Decimal},
    "number": {Decimal},
    "boolean": {bool, datetime},  # false says that there is no date
    "object": {Mapping},
    "array": {tuple},
}
_GIVEN: Kinds = {
    "string": {str, datetime},
    "integer": {int},
    "number": {Decimal, float},  # Python's types take a whole number for either
    "boolean": {bool},
    "object": {Mapping},
    "array": {Sequence},
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
            yield from _difference(fields[name].type, described[name], allowed, field, _VALUES)


def _difference(
    kind: Any, schema: Mapping[str, Any], allowed: Mapping[str, str], path: str, kinds: Kinds
) -> Iterator[str]:
    parts = _parts(kind)
    words = {word for part in parts if get_origin(part) is Literal for word in get_args(part)}
    enum = {word for word in schema.get("enum", ()) if word is not None}
    if words != enum:
        yield f"{path}: the words are {sorted(map(str, enum))}"
    plain = [one for one in parts if one is not NoneType and get_origin(one) is not Literal]
    for one in plain or [str]:
        if attrs.has(one):
            yield from differences(one, schema, allowed, path)
        elif is_typeddict(one):
            yield from given_differences(one, schema, allowed, path)
        elif not _fits(one, schema, kinds):
            yield f"{path}: {schema.get('type')} is no {one}"
        elif get_origin(one) in (tuple, Sequence):
            items = schema.get("items", {})
            yield from _difference(get_args(one)[0], items, allowed, f"{path}[]", kinds)


def _parts(kind: Any) -> list[Any]:
    """Returns the members of a union, or a type alone; a named special type as what it is."""
    parts = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    return [get_args(part)[0] if get_origin(part) is Annotated else part for part in parts]


def _fits(plain: Any, schema: Mapping[str, Any], known: Kinds) -> bool:
    kind: Any = schema.get("type")
    kinds = [one for one in (kind if isinstance(kind, list) else [kind]) if one != "null"]
    origin = get_origin(plain)
    plain = Mapping if origin is not None and issubclass(origin, Mapping) else origin or plain
    plain = str if plain is Secret else plain
    return kinds in ([], [None]) or plain is Any or plain in known[kinds[0]]


def given_differences(
    cls: type[Any], schema: Mapping[str, Any], allowed: Mapping[str, str], path: str = "$"
) -> Iterator[str]:
    """Yields where a TypedDict and the schema of an object differ, in both directions.

    Arguments are those of `differences`. None is not compared: the schemas have it at random.
    """
    hints = get_type_hints(cls)
    described = schema.get("properties", {})
    required = set(schema.get("required", ()))
    for name in sorted(hints.keys() | described.keys()):
        field, key = f"{path}.{name}", f"{cls.__name__}.{name}"
        if f"{key}?" not in allowed:
            if name not in hints:
                yield f"{field}: not in {cls.__name__}"
            elif name not in described:
                yield f"{field}: not described"
            elif (name in required) != (name in cls.__required_keys__):
                yield f"{field}: is {'required' if name in required else 'not required'}"
        if name in hints and name in described and key not in allowed:
            yield from _difference(hints[name], described[name], allowed, field, _GIVEN)
