"""Requests and answers as plain values, and what a transport must do with them.

The seam between the library and whatever carries its bytes. A transport gets a `Request` and one
moment on the clock; it gives back a `Response` or raises one `TransportError` that says in which
phase it failed and whether anything was sent. Reprs show no target, header or body: these hold
passwords and keys.
"""

import ipaddress
from collections.abc import Iterable, Sequence
from typing import NoReturn, Protocol
from urllib.parse import parse_qsl, urlsplit

from attrs import field, frozen

from boxapis.errors import ConfigurationError
from boxapis.secret import Secret, seal

__all__ = [
    "Headers",
    "Origin",
    "Request",
    "Response",
    "Transport",
    "Unpicklable",
    "Watch",
    "is_loopback",
    "parse_base_url",
]

Headers = Sequence[tuple[str, str]]
RawHeaders = Sequence[tuple[str, str]] | Sequence[tuple[bytes, bytes]]

_DEFAULT_PORTS = {"https": 443, "http": 80}


@frozen(cache_hash=True)
class Origin:
    """Where a request goes: one pool of connections for each.

    Attributes:
        scheme: ``"https"``, or ``"http"`` for this machine only.
        host: A name or an address, without brackets.
        port: 1 to 65535.
    """

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """The ``Host`` header's value."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


class Unpicklable:
    """Holds secrets, so it stays in this process."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        message = f"a {type(self).__name__} holds secrets and is not pickled or copied"
        raise TypeError(message)


@frozen(repr=False, eq=False)
class Request(Unpicklable):
    """One HTTP request, complete.

    Attributes:
        origin: Where it goes.
        method: ``"GET"``, ``"POST"``, ``"PUT"``, ``"PATCH"`` or ``"DELETE"``.
        target: Path and query, ASCII, percent-encoded.
        headers: Names and values; ``Host`` and lengths are the transport's affair.
        body: Bytes, or None.
        operation: The name to use in errors and logs instead of the URL.
        changing: Whether it changes something that must not be done twice; it is then given more
            time, and a connection of its own.
        fresh: Whether it must meet a connection that was just made.
    """

    origin: Origin
    method: str
    # Some tools show the fields of an attrs class one by one, whatever its own repr says.
    target: str = field(repr=False)
    headers: Headers = field(repr=False)
    body: bytes | None = field(repr=False)
    operation: str
    changing: bool = False
    fresh: bool = False

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments as the service reads them: of the query, or of a form body."""
        query = self.target.partition("?")[2]
        if self.header("content-type") == "application/x-www-form-urlencoded" and self.body:
            query = self.body.decode("ascii")
        return dict(parse_qsl(query, keep_blank_values=True))

    def header(self, name: str) -> str | None:
        """The first header of this name, whatever its case."""
        return _first(self.headers, name)

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.operation}>"


@frozen(repr=False, eq=False)
class Response(Unpicklable):
    """One HTTP answer, whole and unpacked.

    Attributes:
        status: The HTTP status.
        headers: Names and values as they came, as text or as bytes.
        body: Bytes after any content coding was undone.
        delimited: Whether the message told its own end. If not, it ended with the connection, and
            may have been cut.
    """

    status: int
    headers: RawHeaders = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    delimited: bool = True

    def header(self, name: str) -> str | None:
        """The first header of this name, whatever its case, as text."""
        return _first(((_text(key), _text(value)) for key, value in self.headers), name)

    def __repr__(self) -> str:
        return f"<Response {self.status}, {len(self.body)} bytes>"


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _first(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


class Watch(Protocol):
    """Is told by a transport how far a request has come. It never raises, and may be told late."""

    def connecting(self) -> None:
        """A connection is being made, be it a name that is looked up."""
        ...

    def sending(self, *, reused: bool) -> None:
        """There is a connection, which has served before or not, and the request is written."""
        ...

    def waiting(self) -> None:
        """It is written, and the answer is awaited."""
        ...


class Transport(Protocol):
    """Carries requests. Write your own with these two methods.

    A third, ``distrust(origin: Origin) -> None``, is called, where there is one, when an answer was
    somebody else's: no connection to that origin that exists now may be used again.

    A ``send`` that also takes ``watch: Watch | None = None`` is given one while calls are traced.
    """

    async def send(self, request: Request, *, deadline: float) -> Response:
        """Sends a request once and returns the whole answer.

        Args:
            request: What to send. It is never sent twice, and no redirect is followed.
            deadline: The moment, on the client's monotonic clock, at which it must be over.

        Raises:
            TransportError: with ``phase`` and ``sent``.
            InvalidResponseError: when what came back is not HTTP, or too large.
        """
        ...

    async def aclose(self) -> None:
        """Ends everything this transport has open or running."""
        ...


def parse_base_url(url: str | Secret | None) -> tuple[Origin, str]:
    """Splits a base URL into origin and path.

    Raises:
        ConfigurationError: when it is no ``https`` URL (``http`` for this machine only), or
            carries a user, a query or a fragment. The URL is not shown.
    """
    url = seal(url) or Secret("")
    problem = _wrong(url)
    if problem is not None:
        raise ConfigurationError(f"the base URL {problem}")
    parts = urlsplit(url.reveal())
    host = parts.hostname or ""
    origin = Origin(parts.scheme, host, parts.port or _DEFAULT_PORTS[parts.scheme])
    return origin, parts.path.rstrip("/")


def _wrong(url: Secret) -> str | None:
    """What is wrong with a base URL; a leaf, because a wrong one may hold a password."""
    text = url.reveal()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return "must look like https://host/path"
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or port == 0:
        return "must look like https://host/path"
    if parts.username or parts.password or parts.query or parts.fragment:
        return "must not carry a user, a password, a query or a fragment"
    if not text.isascii() or not text.isprintable() or " " in text:
        return "must be plain ASCII without blanks"
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        return "must use https: secrets travel in it (http is for this machine only)"
    return None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: an address of the loopback range, or ``localhost``."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
