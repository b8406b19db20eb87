"""`SQLiteStore` and `RedisStore`: places where several processes share sessions and rate limits.

Each is imported when it is first asked for, together with the packages that it needs.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boxapis.stores._redis import RedisStore
    from boxapis.stores._sqlite import SQLiteStore

__all__ = ["RedisStore", "SQLiteStore"]

_MODULES = {"RedisStore": "_redis", "SQLiteStore": "_sqlite"}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
