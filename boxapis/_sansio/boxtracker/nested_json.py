"""Decodes JSON inside of text, which answers of Box Tracker's web API may hold at any place.

Promises: only what is read as an array or object, or is not known, is decoded; a text that a person
wrote stays that text, even if it happens to be JSON.
"""

import json
from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Any, NoReturn, Union, get_args, get_origin

import attrs

__all__ = ["expand"]


def expand(value: Any, kind: Any = Any) -> Any:
    """Returns decoded JSON with each text that is a JSON array or object decoded as well.

    The vendor's own client does so with every text of an answer. A text that only looks like JSON
    stays as it is. The depth is that of the response, which is limited when it is read.

    Args:
        value: The decoded JSON.
        kind: The type that it is read as; where that is text or a number, nothing is decoded.
    """
    part = _structured(kind)
    match value:
        case _ if part is None:
            return value
        case dict():
            kinds = _kinds_of_fields(part) if attrs.has(part) else {}
            return {name: expand(inner, kinds.get(name, Any)) for name, inner in value.items()}
        case list():
            item = get_args(part)[0] if get_origin(part) is tuple else Any
            return [expand(inner, item) for inner in value]
        case str() if value.lstrip()[:1] in ("{", "["):
            return _decoded(value)
        case _:
            return value


def _structured(kind: Any) -> Any:
    """Returns the part of a type that is an array, an object or anything; None without one."""
    parts = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    for part in parts:
        if part is Any or attrs.has(part) or get_origin(part) in (tuple, Mapping):
            return part
    return None


@cache
def _kinds_of_fields(cls: Any) -> Mapping[str, Any]:
    return {one.metadata.get("wire_name", one.name): one.type for one in attrs.fields(cls)}


def _decoded(text: str) -> Any:
    try:
        # The standard library reads integers of any length exactly.
        inner = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text
    return inner if isinstance(inner, dict | list) else text


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
