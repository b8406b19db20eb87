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
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from attrs import fields, frozen

from boxapis._core.loop_guard import LoopChange
from boxapis._core.store import Store, StoreConnection
from boxapis._http.messages import is_loopback
from boxapis._sansio.boxc.reservations import Draw, Drawn, Tell
from boxapis._sansio.boxtracker import leases
from boxapis._sansio.step import Step
from boxapis.errors import ConfigurationError
from boxapis.secret import Secret, seal

if TYPE_CHECKING:
    from redis.asyncio import Redis, RedisCluster

__all__ = ["RedisStore"]

S = TypeVar("S")
A = TypeVar("A")

_MAX_CONNECTIONS = 8
_TIMEOUT = 1.0  # seconds; also for the end of a connection
_SCHEMES = ("redis", "rediss")
_TLS_FILES = ("ssl_ca_certs", "ssl_ca_path", "ssl_certfile", "ssl_keyfile")


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
        self._settings = None if url is None else _settings(url, is_insecure=insecure)
        self._client: Any = client

    def _make(self, change: LoopChange[StoreConnection] | None) -> StoreConnection | None:
        if change is not None and self._settings is None:
            self._client = None  # it is bound to the loop and the process where it was used
        return super()._make(change)

    def _connect(self) -> StoreConnection:
        if self._settings is None:
            return _Server(self._client, is_ours=False)
        return _Server(_client(self._settings), is_ours=True)


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
    return files(__package__).joinpath("lua", f"{name}.lua").read_text(encoding="utf-8")


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


@frozen
class _Settings:
    """What a URL says."""

    host: str
    port: int
    database: int
    user: str | None
    password: Secret | None
    tls: dict[str, str] | None

    def get_credentials(self) -> tuple[str, ...]:
        """Returns user and password, as a provider of credentials in `redis` does."""
        password = "" if self.password is None else self.password.reveal()
        return (password,) if self.user is None else (self.user, password)

    async def get_credentials_async(self) -> tuple[str, ...]:
        """The same, for `redis.asyncio`."""
        return self.get_credentials()


def _settings(url: Secret, *, is_insecure: bool) -> _Settings:
    problem = _url_problem(url, is_insecure=is_insecure)
    if problem is not None:
        raise ConfigurationError(f"the URL of RedisStore {problem}")
    parts = urlsplit(url.reveal())
    password = None if parts.password is None else Secret(unquote(parts.password))
    return _Settings(
        host=parts.hostname or "",
        port=parts.port or 6379,
        database=int(parts.path.strip("/") or 0),
        user=unquote(parts.username) if parts.username else None,
        password=password,
        tls=dict(parse_qsl(parts.query)) if parts.scheme == "rediss" else None,
    )


def _url_problem(url: Secret, *, is_insecure: bool) -> str | None:
    """Returns what is wrong with a URL, or None; raises nothing, so no traceback shows it."""
    try:
        parts = urlsplit(url.reveal())
        port, query = parts.port, dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError:
        return _SHAPE
    if parts.scheme not in _SCHEMES or not parts.hostname or port == 0 or parts.fragment:
        return _SHAPE
    if not url.reveal().isascii() or not url.reveal().isprintable() or " " in url.reveal():
        return "must be plain ASCII without spaces; write other characters as %XX"
    if parts.path.strip("/") and not parts.path.strip("/").isdecimal():
        return "must have the number of a database as its path, or none"
    if parts.username and not parts.password:
        return "has a user without a password"
    return _parameter_problem(parts, query, is_insecure=is_insecure)


def _parameter_problem(
    parts: SplitResult, query: dict[str, str], *, is_insecure: bool
) -> str | None:
    allowed = _TLS_FILES if parts.scheme == "rediss" else ()
    if not query.keys() <= set(allowed):
        return f"has unknown parameters (known with rediss: {', '.join(_TLS_FILES)}); use client="
    if parts.scheme == "redis" and not is_insecure and not is_loopback(parts.hostname or ""):
        return "must use rediss, because sessions are in it (insecure=True: the network is safe)"
    return None


_SHAPE = "must look like rediss://user:password@host:port/0"


def _require_library() -> None:
    try:
        import redis.asyncio  # noqa: F401, PLC0415 - an extra
    except ModuleNotFoundError as error:
        problem = f"{error.name} is not installed: pip install 'boxapis[redis]'"
    else:
        return
    raise ConfigurationError(f"RedisStore: {problem}")


def _client(settings: _Settings) -> Any:
    from redis import asyncio as library  # noqa: PLC0415 - an extra
    from redis.asyncio.retry import Retry  # noqa: PLC0415
    from redis.backoff import NoBackoff  # noqa: PLC0415

    tls: dict[str, Any] = {}
    kind: type[Any] = library.Connection
    if settings.tls is not None:
        kind = library.SSLConnection
        tls = {"ssl_check_hostname": True, "ssl_cert_reqs": "required", **settings.tls}
    pool = library.BlockingConnectionPool(
        max_connections=_MAX_CONNECTIONS,
        timeout=_TIMEOUT,
        connection_class=kind,
        host=settings.host,
        port=settings.port,
        db=settings.database,
        credential_provider=None if settings.password is None else settings,
        protocol=2,  # needs no right to HELLO
        retry=Retry(NoBackoff(), 0),  # a step that got no answer is tried again by `Store`
        socket_timeout=_TIMEOUT,
        socket_connect_timeout=_TIMEOUT,
        **tls,
    )
    return library.Redis.from_pool(pool)
