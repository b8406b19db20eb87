"""The transport layer's values and protocol: `Request`, `Response`, `Origin`, `Transport`.

They separate the library from whatever carries its bytes. A transport gets a `Request` and a
deadline; it returns a `Response`, or raises an error that says in which phase it failed and whether
anything was sent. No repr shows a target, header or body, because these hold passwords and keys.
"""

from collections.abc import Callable, Sequence
from typing import Generic, NoReturn, Protocol, Self, TypeVar
from urllib.parse import SplitResult, parse_qsl, urlsplit

from attrs import field, frozen

from boxapis._http.quick_constructor import quick_constructor
from boxapis.errors import ConfigurationError
from boxapis.secret import Secret, seal

__all__ = [
    "Headers",
    "Message",
    "Origin",
    "Request",
    "Response",
    "Transport",
    "Unpicklable",
    "Watch",
    "header_text",
    "is_loopback",
    "new_request",
    "new_response",
    "parse_base_url",
]

Headers = Sequence[tuple[str, str]]
RawHeaders = Sequence[tuple[str | bytes, str | bytes]]
H = TypeVar("H", bound=RawHeaders)

_DEFAULT_PORTS = {"https": 443, "http": 80}


@frozen(cache_hash=True)
class Origin:
    """Scheme, host and port of a server; a transport keeps one connection pool for each.

    Attributes:
        scheme: ``"https"`` or ``"http"``.
        host: Host name or IP address, an IPv6 address without its brackets.
        port: 1 to 65535.
    """

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, parts: SplitResult) -> Self:
        """Returns the origin of a URL with host and known scheme; its port may be the default."""
        return cls(parts.scheme, parts.hostname or "", parts.port or _DEFAULT_PORTS[parts.scheme])

    @property
    def host_and_port(self) -> str:
        """``host:port``, with brackets around an IPv6 address."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def authority(self) -> str:
        """The ``Host`` header's value: `host_and_port` without the scheme's default port."""
        return self.host_and_port.removesuffix(f":{_DEFAULT_PORTS[self.scheme]}")


class Unpicklable:
    """Base of values and clients that hold secrets: they are not pickled or copied."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        message = f"a {type(self).__name__} holds secrets and is not pickled or copied"
        raise TypeError(message)


class Message(Unpicklable, Generic[H]):
    """Base of requests and responses: looks up their headers."""

    __slots__ = ()

    headers: H

    def header(self, name: str) -> str | None:
        """Returns the value of the first header with this name, in any case, or None."""
        sought = name.lower()
        raw, length = sought.encode("latin-1", "ignore"), len(sought)
        for key, value in self.headers:  # few are looked up: a dict of all would cost more
            if len(key) == length and key.lower() == (raw if isinstance(key, bytes) else sought):
                return header_text(value)
        return None


def header_text(value: str | bytes) -> str:
    """Returns a header's name or value as text."""
    return value.decode("latin-1") if isinstance(value, bytes) else value


@frozen(repr=False, eq=False)
class Request(Message[Headers]):
    """One complete HTTP request.

    Attributes:
        origin: The server it is sent to.
        method: ``"GET"``, ``"POST"``, ``"PUT"``, ``"PATCH"`` or ``"DELETE"``.
        target: Path and query, ASCII, percent-encoded.
        headers: Names and values. The transport adds ``Host`` and ``Content-Length`` itself.
        body: Bytes, or None for no body.
        operation: Command, or method and path; used in errors and logs instead of the URL.
        changing: Whether it changes something; the transport then waits `Timeouts.read_changing`
            for the response, and uses a new connection.
        fresh: Whether it must be sent over a new connection.
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

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.operation}>"


@frozen(repr=False, eq=False)
class Response(Message[RawHeaders]):
    """One complete HTTP response.

    Attributes:
        status: HTTP status, 200 to 599.
        headers: Names and values as received, as text or as bytes.
        body: Bytes, after any content coding was undone.
        delimited: Whether the message stated its own end. If not, it ended with the connection, and
            may be truncated.
        end_connection: Ends the connection that it came over, and never raises; None where a
            transport has none to end.
        idle_timeout: Whether this is a 408 over a connection that had carried a request before, so
            that the server's idle time most likely ran out just as this request was sent.
    """

    status: int
    headers: RawHeaders = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    delimited: bool = True
    end_connection: Callable[[], None] | None = field(default=None, repr=False)
    idle_timeout: bool = False

    def discard_connection(self) -> None:
        """Ends the connection that it came over, because it was not understood.

        What was expected may still follow on that connection, and would reach the next caller.
        """
        if self.end_connection is not None:
            self.end_connection()

    def __repr__(self) -> str:
        return f"<Response {self.status}, {len(self.body)} bytes>"


new_request = quick_constructor(Request)
new_response = quick_constructor(Response)


class Watch(Protocol):
    """Callbacks through which a transport reports the progress of one request.

    They never raise. They may be called after the request has ended.
    """

    def connecting(self) -> None:
        """Called when a connection is being made, name lookup included."""
        ...

    def sending(self, *, reused: bool) -> None:
        """Called when the request is about to be written.

        Args:
            reused: Whether the connection has carried a request before.
        """
        ...

    def waiting(self) -> None:
        """Called when the request is written and the response is awaited."""
        ...


class Transport(Protocol):
    """Protocol of a transport, which sends requests. Write your own with these two methods.

    Two additions are optional. A transport that keeps connections gives each `Response` its
    ``end_connection``, which is called when the response was not understood, or belonged to another
    request: no other request may go over that connection. The call comes in the same step in which
    ``send`` has returned, so a transport that wraps another awaits nothing in between, and changes
    a response with ``attrs.evolve``. A ``send`` with a parameter ``watch: Watch | None = None`` is
    given one while calls are traced.
    """

    async def send(self, request: Request, *, deadline: float) -> Response:
        """Sends a request once and returns the complete response.

        Args:
            request: The request. It is never sent twice, and no redirect is followed.
            deadline: Time by which this must have ended, in seconds on the client's monotonic
                clock.

        Raises:
            TransportError: the request failed; ``phase`` and ``sent`` say how far it had come.
            InvalidResponseError: the response is not HTTP, or too large.
            ClientClosedError: the transport is closed.
        """
        ...

    async def aclose(self) -> None:
        """Ends every request under way and closes every connection."""
        ...


def parse_base_url(url: str | Secret | None) -> tuple[Origin, str]:
    """Returns the origin and the path of a base URL, the path without a slash at its end.

    Raises:
        ConfigurationError: it is not an ``https`` URL (``http`` is accepted for loopback hosts
            only), or it has a user, a query or a fragment. The error does not show the URL.
    """
    url = seal(url) or Secret("")
    problem = _base_url_problem(url)
    if problem is not None:
        raise ConfigurationError(f"the base URL {problem}")
    parts = urlsplit(url.reveal())
    return Origin.of(parts), parts.path.rstrip("/")


def _base_url_problem(url: Secret) -> str | None:
    """Returns what is wrong with a base URL, or None.

    It raises nothing, so that no traceback shows its frame: a wrong URL may hold a password.
    """
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
        return "must be plain ASCII without spaces"
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        return "must use https, because requests carry secrets (http is for this machine only)"
    return None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: a loopback address, or ``localhost``."""
    import ipaddress  # noqa: PLC0415 - few addresses need this look

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
