"""HTTP/1.1 messages as bytes: `RequestWriter` and `ResponseReader`. No socket, no clock.

Promises: what is written is exactly one request, whatever its target or headers contain. A response
is returned only when it is complete, and every limit on its size is checked while it is read.
llhttp parses the messages. Sizes, informational responses and the end of a response that ends with
its connection are handled here, because llhttp does not.
"""

from collections.abc import Callable
from typing import NoReturn

import httptools
from attrs import frozen

from boxapis._http.messages import Headers, Request, Response
from boxapis._sansio.content_codings import TooLarge, Undecodable, decompress
from boxapis.options import Limits

__all__ = ["Malformed", "RequestWriter", "ResponseReader"]

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_METHODS = _WITH_BODY | {"GET", "DELETE"}
_LATIN_1 = 256

_MAX_HEAD = 100_000
_MAX_FRAMING = 1024 * 1024  # chunk sizes and extensions, trailers: more of them is an attack
_MAX_INFORMATIONAL = 20
_SWITCHING = 101
_CODING = b"content-encoding"
_TRANSFER_CODING = b"transfer-encoding"
_LENGTHS = (len(_CODING), len(_TRANSFER_CODING))


class RequestWriter:
    """Turns requests to one origin into bytes; what they have in common is put together once.

    It has no repr of its own: it may hold a password.

    Args:
        authority: The ``Host`` header's value.
        prefix: Put before each target: scheme and host for a forwarding proxy.
        extra: Header lines of every request, each with its line end.
    """

    __slots__ = ("_header_lines", "_headers", "_lines", "_prefix")

    def __init__(self, authority: str, *, prefix: str = "", extra: str = "") -> None:
        self._prefix = prefix
        self._lines = f" HTTP/1.1\r\nHost: {authority}\r\n{extra}"
        self._headers: Headers = ()
        self._header_lines: str | None = ""

    def write(self, request: Request) -> bytes | None:
        """Returns a request as bytes, or None if it would not be valid HTTP.

        Raises nothing, so that no traceback shows its frame, which holds the bytes.
        """
        method, target, body = request.method, request.target, request.body
        if request.headers != self._headers:  # they are mostly those of the last one
            self._headers = tuple(request.headers)
            self._header_lines = _as_text(request.headers)
        if self._header_lines is None or method not in _METHODS or not _is_target(target):
            return None
        text = f"{method} {self._prefix}{target}{self._lines}{self._header_lines}"
        if body is not None:
            return f"{text}Content-Length: {len(body)}\r\n\r\n".encode("latin-1") + body
        if method in _WITH_BODY:
            text += "Content-Length: 0\r\n"
        return (text + "\r\n").encode("latin-1")


def _is_target(target: str) -> bool:
    return target.isascii() and not (" " in target or "\r" in target or "\n" in target)


def _as_text(headers: Headers) -> str | None:
    text = "".join([f"{name}: {value}\r\n" for name, value in headers])
    is_intact = text.count("\n") == text.count("\r") == len(headers)
    return text if is_intact and all(ord(letter) < _LATIN_1 for letter in text) else None


@frozen
class Malformed:
    """A parse failure.

    Attributes:
        problem: What is wrong, without a byte of the response.
        retryable: Whether it looks like damage on the way rather than intent.
    """

    problem: str
    retryable: bool = False


_NOT_HTTP = Malformed("the response is not HTTP", retryable=True)
# This is how request smuggling begins.
_BAD_LENGTH = Malformed("the response's Content-Length is repeated, or not a number")
_BAD_TRANSFER = Malformed("the response has a transfer coding that was not requested")
_BAD_CODING = Malformed(
    "the response's content coding is damaged, truncated or unknown", retryable=True
)
_HEAD_TOO_LARGE = Malformed("the response's headers are too large")

Outcome = Response | Malformed | None


class ResponseReader:
    """Reads the responses of one connection, one after the other.

    Args:
        limits: Maximum sizes of a body, both compressed and decompressed.
        end_connection: Ends the connection; each response gets it.

    Attributes:
        received: Number of bytes since `start`.
        is_clean: Whether another response may follow on the same connection: nothing has come that
            was not requested, and the messages allow it.
    """

    __slots__ = (
        "_body",
        "_coding",
        "_complete",
        "_end_connection",
        "_headers",
        "_in_body",
        "_informational",
        "_limits",
        "_parser",
        "_problem",
        "_status",
        "_transfer",
        "is_clean",
        "received",
    )

    def __init__(self, limits: Limits, end_connection: Callable[[], None] | None = None) -> None:
        self._limits = limits
        self._end_connection = end_connection
        self._parser = httptools.HttpResponseParser(self)
        self._problem: Malformed | None = None
        self._status = 0
        self.is_clean = True
        self.start()

    def close(self) -> None:
        """Lets go of the parser, which refers back to it."""
        del self._parser

    def start(self) -> None:
        """Begins the next response."""
        self._headers: list[tuple[bytes, bytes]] = []
        self._coding = self._transfer = b""
        self._body: bytes | bytearray = b""
        self._complete = self._in_body = False
        self.received = self._informational = 0

    def feed(self, data: memoryview | bytes) -> Outcome:
        """Parses received bytes; returns the response once it is complete, or the failure."""
        self.received += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.is_clean = False  # after a complete response, the error is about what followed
            return self._response() if self._complete else self._problem or _parse_failure(error)
        return self._response() if self._complete else self._check_size()

    def end(self) -> Outcome:
        """No more bytes come: this completes a response that has no other end."""
        if self._in_body and not self._complete and self._ends_with_connection():
            return self._response(delimited=False)
        return None

    def _check_size(self) -> Malformed | None:
        if not self._in_body and self.received > _MAX_HEAD:
            return _HEAD_TOO_LARGE
        return self._too_large if self._exceeds(self.received - _MAX_FRAMING) else None

    def _exceeds(self, size: int) -> bool:
        """Whether a body of this size is too large; only of a large one the type is looked at."""
        return size > self._limits.max_json_bytes and size > self._max_body

    @property
    def _max_body(self) -> int:
        types = [value for name, value in self._headers if name.lower() == b"content-type"]
        return self._limits.max_body_bytes(types[0].decode("latin-1") if types else None)

    @property
    def _too_large(self) -> Malformed:
        return Malformed(f"the response is larger than {self._max_body} bytes")

    # Called by llhttp, which calls nothing more after an error.

    def on_message_begin(self) -> None:
        """A message begins; after a complete one it is surplus."""
        if self._complete:
            raise _StopError

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header; after the body it is a trailer, which is ignored."""
        if self._in_body:
            return
        self._headers.append((name, value.rstrip()))  # llhttp leaves spaces at its end
        if len(name) in _LENGTHS:
            self._note_coding(name.lower(), value.strip().lower())

    def _note_coding(self, name: bytes, value: bytes) -> None:
        if name == _CODING:
            self._coding = self._coding + b"," + value if self._coding else value
        elif name == _TRANSFER_CODING:
            self._transfer += value

    def on_headers_complete(self) -> None:
        """The head is complete."""
        status = self._status = self._parser.get_status_code()
        if not 100 <= status < 600:  # noqa: PLR2004 - the numbers of HTTP
            self._stop("the response has a status that HTTP does not define")
        if status == _SWITCHING:
            self._stop("the response switches protocols, which was not requested")
        if self.received > _MAX_HEAD and _size(self._headers) > _MAX_HEAD:
            self._stop(_HEAD_TOO_LARGE)
        self._in_body = status >= 200  # noqa: PLR2004 - the first final status

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        if not self._in_body:
            self._stop("an informational response has a body")
        if self._exceeds(len(self._body) + len(body)):
            self._stop(self._too_large)
        if not self._body:
            self._body = body
            return
        if isinstance(self._body, bytes):
            self._body = bytearray(self._body)
        self._body += body

    def on_message_complete(self) -> None:
        """A message is complete: the response, or an informational one before it."""
        if self._in_body:
            self._complete = True
            if not self._parser.should_keep_alive():  # only right inside this callback
                self.is_clean = False
            return
        self._informational += 1
        self._headers = []
        self._coding = self._transfer = b""
        if self._informational > _MAX_INFORMATIONAL:
            self._stop("the response follows too many informational responses")

    def _stop(self, problem: Malformed | str) -> NoReturn:
        self._problem = Malformed(problem) if isinstance(problem, str) else problem
        raise _StopError

    # The end of a response.

    def _ends_with_connection(self) -> bool:
        framing = (b"content-length", _TRANSFER_CODING)
        return not any(name.lower() in framing for name, _ in self._headers)

    def _response(self, *, delimited: bool = True) -> Response | Malformed:
        body = self._body
        if self._transfer and self._transfer != b"chunked":
            return _BAD_TRANSFER
        if self._coding and body:
            return self._decompressed(self._coding.decode("latin-1"), delimited=delimited)
        return Response(self._status, self._headers, bytes(body), delimited, self._end_connection)

    def _decompressed(self, coding: str, *, delimited: bool) -> Response | Malformed:
        try:
            body = decompress(bytes(self._body), coding, self._max_body)
        except TooLarge:
            return self._too_large
        except Undecodable:
            return _BAD_CODING
        return Response(self._status, self._headers, body, delimited, self._end_connection)


class _StopError(Exception):
    """Stops llhttp from inside a callback."""


def _parse_failure(error: Exception) -> Malformed:
    return _BAD_LENGTH if "Content-Length" in str(error) else _NOT_HTTP


def _size(headers: list[tuple[bytes, bytes]]) -> int:
    return sum(len(name) + len(value) for name, value in headers)
