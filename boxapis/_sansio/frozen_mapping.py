"""`FrozenMapping`, a read-only mapping that is copied and pickled, which `MappingProxyType` is not.

A `Secret` in it refuses both. Its repr shows the names alone, because a service may echo a secret
in a value.
"""

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["FrozenMapping"]


class FrozenMapping(Mapping[str, Any]):
    """A mapping of names to values that cannot be changed.

    Args:
        items: The names and values; the mapping keeps it, and nothing else may change it.
    """

    __slots__ = ("_items",)

    def __init__(self, items: dict[str, Any]) -> None:
        self._items = items

    def __getitem__(self, name: str) -> Any:
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return "{" + ", ".join(sorted(self._items)) + "}"

    def __reduce__(self) -> tuple[type["FrozenMapping"], tuple[dict[str, Any]]]:
        return type(self), (self._items,)
