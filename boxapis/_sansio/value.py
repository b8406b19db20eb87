"""`Value`, the base class of a service's records, and names in camel case on the wire."""

from collections.abc import Mapping
from typing import Any

import attrs

from boxapis._sansio.shapes import NO_FIELDS, names_only, wire_name

__all__ = ["Value", "camel_case"]


@attrs.frozen(kw_only=True, repr=False, eq=False)
class Value:
    """A record of a service. Fields whose names say all are not listed under ``Attributes``.

    Times are in UTC, unless their field says otherwise.

    Its classes are ``@frozen(kw_only=True, repr=False, eq=False)``: attrs would compile these
    methods for each of them, which takes a fifth of the time of their first use.

    Attributes:
        extra: Fields that the documentation does not list; values under sensitive names are
            `Secret`.
    """

    extra: Mapping[str, Any] = attrs.field(default=NO_FIELDS, repr=names_only)

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return _contents(self) == _contents(other)

    __hash__ = None  # type: ignore[assignment]  # the mapping `extra` has none either

    def __repr__(self) -> str:
        cls: Any = type(self)
        extra, *fields = zip(attrs.fields(cls), _contents(self), strict=True)
        shown = (_show(field, content) for field, content in (*fields, extra) if field.repr)
        return f"{cls.__qualname__.rpartition('>.')[2]}({', '.join(shown)})"


def _contents(value: Any) -> tuple[object, ...]:
    return tuple(getattr(value, field.name) for field in attrs.fields(type(value)))


def _show(field: "attrs.Attribute[Any]", content: object) -> str:
    show = field.repr if callable(field.repr) else repr
    return f"{field.name}={show(content)}"


def camel_case(_: type[Any], fields: list[Any]) -> list[Any]:
    """Gives the fields of a class their names on the wire, as its ``field_transformer``.

    ``zip_code`` is ``zipCode`` there; inherited fields keep their names.
    """
    return [one if one.inherited else one.evolve(metadata=_camel(one.name)) for one in fields]


def _camel(name: str) -> dict[str, str]:
    first, *words = name.split("_")
    return wire_name(first + "".join(map(str.capitalize, words)))
