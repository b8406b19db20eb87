"""`RedisStore`: one Redis or Valkey server for the processes of many machines."""

from boxapis._core.store import Store

__all__ = ["RedisStore"]


class RedisStore(Store):
    """A store in Redis or Valkey."""

    __slots__ = ()
