"""`parse_redis_url`: place, credentials and TLS of a Redis server, from a URL with a password."""

from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from attrs import frozen

from boxapis._http.messages import is_loopback
from boxapis.errors import ConfigurationError
from boxapis.secret import Secret

__all__ = ["RedisSettings", "parse_redis_url"]

_SCHEMES = ("redis", "rediss")
_TLS_FILES = ("ssl_ca_certs", "ssl_ca_path", "ssl_certfile", "ssl_keyfile")
_MAX_DIGITS = 9  # of the number of a database
_SHAPE = "must look like rediss://user:password@host:port/0"


@frozen
class RedisSettings:
    """What a URL says; it gives the library the credentials when they are sent."""

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


def parse_redis_url(url: Secret, *, is_insecure: bool) -> RedisSettings:
    """Returns what a URL says.

    Args:
        url: The URL.
        is_insecure: Whether plain connections to other machines are accepted.

    Raises:
        ConfigurationError: it cannot be used; the error does not show it.
    """
    problem = _url_problem(url, is_insecure=is_insecure)
    if problem is not None:
        raise ConfigurationError(f"the URL of RedisStore {problem}")
    parts = urlsplit(url.reveal())
    password = None if parts.password is None else Secret(unquote(parts.password))
    return RedisSettings(
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
    number = parts.path.strip("/")
    if number and not (number.isdecimal() and len(number) <= _MAX_DIGITS):
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
