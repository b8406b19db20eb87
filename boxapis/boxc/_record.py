"""Base of values with many fields, which are ready in less time at their first use."""

from typing import Any

import attrs

__all__ = ["Record"]


class Record:
    """Base class of attrs values with ``repr=False, eq=False``: it compares and shows all fields.

    attrs compiles these methods for each class, which takes a fifth of the time of its import.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return _values(self) == _values(other)

    __hash__ = None  # type: ignore[assignment]  # the mapping `extra` has none either

    def __repr__(self) -> str:
        cls: Any = type(self)
        fields = zip(attrs.fields(cls), _values(self), strict=True)
        shown = (_show(attribute, value) for attribute, value in fields if attribute.repr)
        return f"{cls.__qualname__.rpartition('>.')[2]}({', '.join(shown)})"


def _values(record: Any) -> tuple[object, ...]:
    return tuple(getattr(record, attribute.name) for attribute in attrs.fields(type(record)))


def _show(attribute: "attrs.Attribute[Any]", value: object) -> str:
    show = attribute.repr if callable(attribute.repr) else repr
    return f"{attribute.name}={show(value)}"
