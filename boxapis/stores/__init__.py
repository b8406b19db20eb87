"""`SQLiteStore` and `RedisStore`: places where several processes share sessions and rate limits.

Each is imported when it is first asked for, together with the packages that it needs: the extra
``fleet`` for `SQLiteStore`, ``redis`` for `RedisStore`.

Without a store each process has sessions and a rate limit of its own. No source says whether a
second login ends the first one's session; if it does, the processes of one user end each other's.
And each believes that BoxC's whole rate limit is its own. With a store they act as a single client.

``from_env`` makes the store that ``BOXAPIS_STORE`` names: ``sqlite:PATH``, with an absolute path or
one that begins with ``~``; ``rediss://[USER]:[PASSWORD]@HOST:PORT/NUMBER``, most of which may be
left out; or ``redis://`` for this machine. ``BOXAPIS_STORE_PEPPER`` is its pepper.

A store that is slow, gone, full or read-only fails no call: after at most two tries of a second,
each process goes on alone, and looks again within five seconds; the outage is logged once. The
store's own clock counts, so the machines' may differ.

* `SQLiteStore` is a file for the processes of one machine, on a disk of the machine, not of a
  network. Only its owner can read it.
* `RedisStore` takes ``redis://``, without TLS, only for this machine, or with ``insecure=True``.
  For Sentinel and Cluster give it a client: ``RedisStore(client=redis.asyncio.RedisCluster(...))``.
* The server's ``maxmemory-policy`` should be ``noeviction`` or ``volatile-ttl``: with another one
  sessions that are in use may be dropped, which costs handshakes.
* The user needs no more rights than
  ``~boxapis:* resetchannels -@all +eval +evalsha +hmget +hset +pexpire +time``, and ``+select`` for
  a database other than 0.

A store holds session keys and customers' numbers, encrypted with a key that scrypt derives from the
API password, under names that reveal nothing; no password, no user name, no response. A thief of
it learns how many sessions there are, and can try passwords on it: ``pepper`` prevents that. Anyone
who can write to it can cost you handshakes, hold them up, and repeat an earlier refusal for a
minute, but not move a session to another customer.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boxapis._core.store import Store
    from boxapis.stores._redis import RedisStore
    from boxapis.stores._sqlite import SQLiteStore

__all__ = ["RedisStore", "SQLiteStore", "Store"]

_MODULES = {
    "RedisStore": "boxapis.stores._redis",
    "SQLiteStore": "boxapis.stores._sqlite",
    "Store": "boxapis._core.store",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
