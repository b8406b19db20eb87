"""Compiles the hook that reads one attrs class from decoded JSON when nothing is amiss.

It looks up each field once, calls the hook of its type only for a value that is not of the type
that nearly always comes, and fills the instance before it freezes: the ``__init__`` of a frozen
class makes a call for each field. It does not say what is amiss. It raises any exception, and
`shapes` reads again with the functions that cattrs generates, which name the field.
"""

from collections.abc import Callable, Mapping
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import attrs
from attrs import NOTHING, Factory, frozen

from boxapis._http.quick_constructor import unfrozen
from boxapis._sansio import kinds

__all__ = [
    "FieldReader", "Hook", "compile_hook", "is_fillable", "is_optional", "is_words", "json_name",
    "not_none", "test_of",
]  # fmt: skip

Hook = Callable[[object, Any], Any]
"""Reads decoded JSON as a type, its second argument; the protocol of cattrs."""


@frozen
class FieldReader:
    """What reads one field.

    Attributes:
        json_name: The name in the JSON.
        hook: The hook of the field's type.
        test: An expression that is true of a ``value`` which the hook returns as it is.
    """

    json_name: str
    hook: Hook
    test: str


_PLAIN: Mapping[Any, type] = {
    int: int,
    str: str,
    bool: bool,
    kinds.Scalar: str,
    kinds.Cell: str,
    kinds.Flag: bool,
    kinds.Number: int,
}
"""Types with hooks that return most values as they are, by the values' type."""


def is_fillable(cls: type[Any]) -> bool:
    """Whether ``__init__`` of an attrs class only stores arguments, each under its own name."""
    fields = attrs.fields(cls)
    if any(hasattr(cls, f"__attrs_{when}_init__") for when in ("pre", "post")):
        return False
    return len(set(map(json_name, fields))) == len(fields) and all(
        one.init and not (one.converter or one.validator or type(one.default) is Factory)
        for one in fields
    )


def compile_hook(
    cls: type[Any], readers: Mapping[str, FieldReader], read_extra: Callable[[Any], Any] | None
) -> Hook:
    """Returns the hook of an attrs class that is `is_fillable`.

    Args:
        cls: The class.
        readers: The readers of its fields by name, without ``extra``.
        read_extra: Returns the ``extra`` of an object with further fields; None if the class has no
            such field.
    """
    names: dict[str, Any] = {"cls": cls, "open_cls": unfrozen(cls), "new": object.__new__}
    lines = [
        "def read(fields, _):",
        " if type(fields) is not dict: raise TypeError",
        f" result, known = new(open_cls), {len(readers)}",
    ]
    defaults = {field.name: field.default for field in attrs.fields(cls)}
    for number, (name, reader) in enumerate(readers.items()):
        key, default = repr(reader.json_name), defaults[name]
        kind = attrs.fields_dict(cls)[name].type
        names |= {f"hook{number}": reader.hook, f"kind{number}": kind, f"default{number}": default}
        result = f"value if {reader.test} else hook{number}(value, kind{number})"
        found = f"value = fields[{key}]; result.{name} = {result}"
        if default is NOTHING:
            lines.append(f" {found}")
        else:
            lines.append(f" if {key} in fields: {found}")
            lines.append(f" else: result.{name} = default{number}; known -= 1")
    if read_extra is not None:
        names |= {"read_extra": read_extra, "extra": defaults["extra"]}
        lines.append(" result.extra = extra if len(fields) == known else read_extra(fields)")
    lines += [" result.__class__ = cls", " return result"]
    exec("\n".join(lines), names)  # noqa: S102 - made of names in our own classes
    hook: Hook = names["read"]
    return hook


def test_of(kind: Any) -> str:
    """Returns a `FieldReader.test` for a type."""
    if is_optional(kind):
        test = test_of(not_none(kind))
        return "value is None" + (f" or {test}" if test != "False" else "")
    plain = str if is_words(kind) else _PLAIN.get(kind)
    return f"type(value) is {plain.__name__}" if plain else "False"


def is_words(kind: object) -> bool:
    """Whether a type is ``Literal[...] | str``: words for completion, and any other as well."""
    parts = get_args(kind)
    has_words = any(get_origin(part) is Literal for part in parts)
    return has_words and str in parts and NoneType not in parts


def is_optional(kind: object) -> bool:
    """Whether a type is ``X | None``."""
    return get_origin(kind) in (Union, UnionType) and NoneType in get_args(kind)


def not_none(kind: Any) -> Any:
    """Returns X of ``X | None``."""
    return Union[tuple(part for part in get_args(kind) if part is not NoneType)]  # noqa: UP007 - of as many parts as there are


def json_name(field: "attrs.Attribute[Any]") -> str:
    """Returns the name of a field in the JSON."""
    return str(field.metadata.get("wire_name", field.name))
