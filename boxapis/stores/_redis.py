"""`RedisStore`: a server of Redis or Valkey, or a cluster, for the processes of many machines.

Promises: each step is one script on one key, so it needs no transaction and no lock, works in a
cluster, and a client that is killed leaves nothing half done. The scripts (``lua/*.lua``) say the
rules of `Step.apply` a second time; tests compare both on random sequences of steps. The clock is
the server's. Every change prolongs the life of its key, so nothing stays behind. The password is
sealed until it is sent, and appears in no text.
"""

import hashlib
from collections.abc import Callable
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import fields, frozen

from boxapis._core.loop_guard import LoopChange
from boxapis._core.store import Store, StoreConnection
from boxapis._sansio.boxc.reservations import Draw, Drawn, Tell
from boxapis._sansio.boxtracker import leases
from boxapis._sansio.step import Step
from boxapis.errors import ConfigurationError
from boxapis.secret import Secret, seal
from boxapis.stores._redis_pool import RedisPool
from boxapis.stores._redis_url import parse_redis_url

if TYPE_CHECKING:
    from redis.asyncio import Redis, RedisCluster

__all__ = ["RedisStore"]

S = TypeVar("S")
A = TypeVar("A")


class RedisStore(Store):
    """A store in Redis or Valkey, for the processes of many machines.

    Args:
        url: Place of the server: ``rediss://[user:password@]host[:port][/database]``. Parameters
            may name files of TLS: ``ssl_ca_certs``, ``ssl_ca_path``, ``ssl_certfile``,
            ``ssl_keyfile``. Without TLS (``redis://``) only a server of this machine is accepted.
        client: Instead of a URL a `redis.asyncio.Redis` or `redis.asyncio.RedisCluster`, for
            Sentinel, Cluster and everything else; it may decode responses or not. It is used on
            the event loop where the store is used first and is not closed by the store. Its own
            retries should be off: a step is tried twice as it is.
        insecure: Accepts a ``redis://`` URL of another machine.
        pepper: A secret that goes into the key with which sessions are sealed, in addition to the
            password of the API; all processes must have the same one. A new one costs a handshake.

    Raises:
        ConfigurationError: the package ``redis`` is not installed, the URL cannot be used, or there
            are both a URL and a client, or none. The error does not show the URL.
    """

    __slots__ = ("_client", "_settings")

    def __init__(
        self,
        url: str | Secret | None = None,
        *,
        client: "Redis | RedisCluster | None" = None,
        insecure: bool = False,
        pepper: str | Secret | None = None,
    ) -> None:
        url, pepper = seal(url), seal(pepper)
        super().__init__(pepper=pepper)
        if (url is None) == (client is None):
            raise ConfigurationError("RedisStore takes either a url or a client")
        _require_library()
        self._place = "of a client"
        self._settings = None if url is None else parse_redis_url(url, is_insecure=insecure)
        if self._settings is not None:
            self._place = f"{self._settings.host}:{self._settings.port}"
        self._client: Any = client

    def _make(self, change: LoopChange[StoreConnection] | None) -> StoreConnection | None:
        if change is not None and self._settings is None:
            self._client = None  # it is bound to the loop and the process where it was used
        return super()._make(change)

    def _connect(self) -> StoreConnection:
        if self._settings is None:
            return _Server(self._client, is_ours=False)
        return _Server(RedisPool(self._settings), is_ours=True)


class _Server(StoreConnection):
    """The connections of one event loop."""

    def __init__(self, client: Any, *, is_ours: bool) -> None:
        from redis.exceptions import NoScriptError  # noqa: PLC0415 - an extra

        self._client, self._is_ours, self._unknown_script = client, is_ours, NoScriptError

    async def run(self, step: Step[S, A]) -> A:
        script = _SCRIPTS[type(step)]
        words = (1, f"boxapis:{step.key}".encode(), *_words(step))
        try:
            reply = await self._send("EVALSHA", script.digest, *words)
        except self._unknown_script:  # a new server, or one whose scripts were flushed
            reply = await self._send("EVAL", script.text, *words)
        return cast("A", script.read(reply))

    async def _send(self, *words: Any) -> Any:
        if self._client is None:
            message = "it is closed, or the client belongs to another event loop or process"
            raise ConnectionError(message)
        # Records are bytes, also for a client that decodes what it reads.
        return await self._client.execute_command(*words, NEVER_DECODE=True)

    async def aclose(self) -> None:
        client, self._client = self._client, None
        if self._is_ours and client is not None:
            await client.aclose()

    def abandon(self) -> None:
        self._client = None  # its sockets are closed when they are collected


def _words(step: Step[Any, Any]) -> list[bytes]:
    """The arguments of a script: the lifetime, then the fields of the step without its key."""
    values = [
        step.lifetime,
        *(getattr(step, field.name) for field in fields(cast("Any", type(step)))[1:]),
    ]
    return [value if type(value) is bytes else _text(value).encode() for value in values]


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, int) else value


@frozen
class _Script:
    """The script of a step, and how its reply is read."""

    text: bytes
    digest: str
    read: Callable[[Any], Any]


_FORMS: dict[bytes, Callable[..., Any]] = {
    b"found": leases.Found,
    b"failed": leases.Failed,
    b"held": leases.Held,
    b"yours": leases.Yours,
    b"same": lambda: "same",
    b"gone": lambda: "gone",
}


def _one_of_forms(reply: list[Any]) -> Any:
    return _FORMS[reply[0]](*reply[1:])


def _source(name: str) -> str:
    return files("boxapis.stores").joinpath("lua", f"{name}.lua").read_text(encoding="utf-8")


def _scripts(clock: str) -> dict[type[Any], _Script]:
    """Returns the script of each step; the clock is a part of all of them."""

    def script(state: str, name: str, read: Callable[[Any], Any]) -> _Script:
        text = "".join((clock, _source("save"), _source(state), _source(name))).encode()
        return _Script(text, hashlib.sha1(text, usedforsecurity=False).hexdigest(), read)

    return {
        leases.Claim: script("slot", "claim", _one_of_forms),
        leases.Keep: script("slot", "keep", bool),
        leases.Land: script("slot", "land", bool),
        leases.Touch: script("slot", "touch", _one_of_forms),
        leases.End: script("slot", "end", bool),
        Draw: script("bucket", "draw", lambda reply: Drawn(*reply)),
        Tell: script("bucket", "tell", lambda _: None),
    }


_SCRIPTS = _scripts(_source("clock"))


def _require_library() -> None:
    try:
        import redis.asyncio  # noqa: F401, PLC0415 - an extra
    except ModuleNotFoundError as error:
        problem = f"{error.name} is not installed: pip install 'boxapis[redis]'"
    else:
        return
    raise ConfigurationError(f"RedisStore: {problem}")
