"""`ResponseReader`: reads HTTP/1.1 responses from bytes. No socket, no clock.

Promises: a response is returned only when it is complete, and every limit on its size is checked
while it is read. llhttp parses it. Sizes, informational responses and the end of a response that
ends with its connection are handled here, because llhttp does not.
"""

from collections.abc import Callable
from typing import NoReturn

import httptools
from attrs import frozen

from boxapis._http.messages import Response, new_response
from boxapis._sansio.content_codings import TooLarge, UnreadableBody, decompress
from boxapis.options import Limits
from boxapis.transports._h1_repair import REPAIRABLE, repaired_head

__all__ = ["Malformed", "ResponseReader"]

_MAX_HEAD = 100_000
_MAX_FRAMING = 1024 * 1024  # chunk sizes and extensions, trailers: more of them is an attack
_MAX_INFORMATIONAL = 20
_SWITCHING = 101
_CODING = b"content-encoding"
_TRANSFER_CODING = b"transfer-encoding"
_LENGTHS = (len(_CODING), len(_TRANSFER_CODING))


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
        status: HTTP status of the response under way; 0 until its headers are complete.
    """

    __slots__ = (
        "_body",
        "_coding",
        "_complete",
        "_end_connection",
        "_head",
        "_headers",
        "_in_body",
        "_informational",
        "_limits",
        "_parser",
        "_problem",
        "_refusal",
        "_small_body",
        "_transfer",
        "is_clean",
        "received",
        "status",
    )

    def __init__(self, limits: Limits, end_connection: Callable[[], None] | None = None) -> None:
        self._limits = limits
        self._end_connection = end_connection
        self._small_body = min(limits.max_json_bytes, limits.max_file_bytes)
        self._parser = self._make_parser()
        self._problem: Malformed | None = None
        self.is_clean = True
        self.start()

    def close(self) -> None:
        """Lets go of the parser, which refers back to it."""
        del self._parser

    def _make_parser(self) -> httptools.HttpResponseParser:
        parser = httptools.HttpResponseParser(self)
        # Some servers pad a chunk's size with spaces; it is the same number with and without them.
        parser.set_dangerous_leniencies(lenient_spaces_after_chunk_size=True)
        return parser

    def start(self) -> None:
        """Begins the next response."""
        self._head: bytearray | None = bytearray()  # as received; None once it was repaired
        self._refusal: Malformed | None = None  # of a head that may be repaired when it is complete
        self._headers: list[tuple[bytes, bytes]] = []
        self._coding = self._transfer = b""
        self._body: bytes | bytearray = b""
        self._complete = self._in_body = False
        self.received = self._informational = self.status = 0

    def feed(self, data: memoryview | bytes) -> Outcome:
        """Parses received bytes; returns the response once it is complete, or the failure."""
        self.received += len(data)
        if self._refusal is not None:
            return self._repair(self._refusal, data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.is_clean = False  # after a complete response, the error is about what followed
            if self._complete:
                return self._response()
            if self._problem or self._in_body or str(error) not in REPAIRABLE:
                return self._problem or _parse_failure(error)
            return self._repair(_parse_failure(error), data)
        if self._complete:
            return self._response()
        if not self._in_body and self._head is not None:
            self._head += data
        return self._check_size()

    def _repair(self, refusal: Malformed, data: memoryview | bytes) -> Outcome:
        """Parses a refused head again, repaired, once it is complete; this is done only once."""
        head = self._head
        if head is None:
            return refusal
        start = 0 if self._refusal is None else max(0, len(head) - 3)
        head += data
        if self._refusal is None:
            for _ in range(self._informational):  # none of those before it was refused
                head = self._head = head.partition(b"\r\n\r\n")[2]
        self._refusal = refusal
        end = head.find(b"\r\n\r\n", start)
        if end < 0:
            return _HEAD_TOO_LARGE if len(head) > _MAX_HEAD else None
        repaired = repaired_head(bytes(head[:end]))
        if repaired is None:
            return refusal
        self._parser = self._make_parser()
        self.start()
        self._head = None
        return self.feed(repaired + head[end:])

    def end(self) -> Outcome:
        """No more bytes come: this completes a response that has no other end."""
        if self._refusal is not None:
            return self._refusal
        if self._in_body and not self._complete and self._ends_with_connection():
            return self._response(delimited=False)
        return None

    def _check_size(self) -> Malformed | None:
        if not self._in_body and self.received > _MAX_HEAD:
            return _HEAD_TOO_LARGE
        return self._too_large if self._exceeds(self.received - _MAX_FRAMING) else None

    def _exceeds(self, size: int) -> bool:
        """Whether a body of this size is too large; only of a large one the type is looked at."""
        return size > self._small_body and size > self._max_body

    @property
    def _max_body(self) -> int:
        types = [value for name, value in self._headers if name.lower() == b"content-type"]
        return self._limits.max_body_bytes(types[0].decode("latin-1") if types else None)

    @property
    def _too_large(self) -> Malformed:
        return Malformed(TooLarge(self._max_body).problem)

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
        status = self.status = self._parser.get_status_code()
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
        self.status = 0
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
        return new_response(
            self.status, self._headers, bytes(body), delimited, self._end_connection
        )

    def _decompressed(self, coding: str, *, delimited: bool) -> Response | Malformed:
        try:
            body = decompress(bytes(self._body), coding, self._max_body)
        except UnreadableBody as error:
            return Malformed(error.problem, error.retryable)
        return new_response(self.status, self._headers, body, delimited, self._end_connection)


class _StopError(Exception):
    """Stops llhttp from inside a callback."""


def _parse_failure(error: Exception) -> Malformed:
    return _BAD_LENGTH if "Content-Length" in str(error) else _NOT_HTTP


def _size(headers: list[tuple[bytes, bytes]]) -> int:
    return sum(len(name) + len(value) for name, value in headers)
