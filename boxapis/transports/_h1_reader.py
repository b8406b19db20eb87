"""Reads answers: bytes in, one whole answer out, or what is wrong with it. No socket, no clock.

Promises: an answer is given only when it is complete, and every limit on its size is checked while
it is read. llhttp reads the messages; sizes, informational answers and the end of an answer that
ends with its connection are kept here, because llhttp does not.
"""

from typing import NoReturn

import httptools
from attrs import frozen

from boxapis._http.messages import Response
from boxapis._sansio.bodies import TooLarge, Undecodable, decompress

__all__ = ["AnswerReader", "Malformed"]

_HEAD_CAP = 100_000
_FRAMING_CAP = 1024 * 1024  # chunk sizes and extensions, trailers: more of them is an attack
_MOST_INFORMATIONAL = 20
_SWITCHING = 101
_CODING = b"content-encoding"
_TRANSFER_CODING = b"transfer-encoding"
_LENGTHS = (len(_CODING), len(_TRANSFER_CODING))


@frozen
class Malformed:
    """What is wrong with an answer.

    Attributes:
        what: In words, without a byte of the answer.
        repeatable: Whether it looks like an accident on the way, rather than intent.
    """

    what: str
    repeatable: bool = False


_NOT_HTTP = Malformed("the answer is not HTTP", repeatable=True)
_BAD_LENGTH = Malformed("the answer's length is no number, or told twice")  # how smuggling begins
_BAD_TRANSFER = Malformed("the answer has a transfer coding that nobody asked for")
_BAD_CODING = Malformed("the answer's content coding is broken, cut or unknown", repeatable=True)
_HEAD_TOO_LARGE = Malformed("the answer's headers are too large")

Outcome = Response | Malformed | None


class AnswerReader:
    """Reads the answers of one connection, one after the other.

    Args:
        max_body: Most bytes of a body, packed or not.

    Attributes:
        received: Bytes since `start`.
        is_clean: Whether the next answer may follow on the same connection: nothing has come that
            was not asked for, and the messages allow it.
    """

    __slots__ = (
        "_body",
        "_coding",
        "_complete",
        "_headers",
        "_in_body",
        "_informational",
        "_max_body",
        "_parser",
        "_problem",
        "_status",
        "_transfer",
        "is_clean",
        "received",
    )

    def __init__(self, max_body: int) -> None:
        self._max_body = max_body
        self._parser = httptools.HttpResponseParser(self)
        self._problem: Malformed | None = None
        self._status = 0
        self.is_clean = True
        self.start()

    def start(self) -> None:
        """Another answer is awaited from here on."""
        self._headers: list[tuple[bytes, bytes]] = []
        self._coding = self._transfer = b""
        self._body: bytes | bytearray = b""
        self._complete = self._in_body = False
        self.received = self._informational = 0

    def feed(self, data: memoryview | bytes) -> Outcome:
        """Takes bytes; gives the answer once it is whole, or what is wrong with it."""
        self.received += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.is_clean = False  # behind a complete answer the error is about what came then
            return self._answer() if self._complete else self._problem or _reason(error)
        return self._answer() if self._complete else self._too_much()

    def end(self) -> Outcome:
        """No more bytes come: the end of an answer that has no other end."""
        if self._in_body and not self._complete and self._ends_with_connection():
            return self._answer(delimited=False)
        return None

    def _too_much(self) -> Malformed | None:
        if not self._in_body and self.received > _HEAD_CAP:
            return _HEAD_TOO_LARGE
        return self._too_large if self.received > self._max_body + _FRAMING_CAP else None

    @property
    def _too_large(self) -> Malformed:
        return Malformed(f"the answer is larger than {self._max_body} bytes")

    # What llhttp calls; it calls nothing after an error.

    def on_message_begin(self) -> None:
        """A message begins; behind a complete one it is surplus."""
        if self._complete:
            raise _StopError

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header, as it came; behind the body it is a trailer, which nobody asked for."""
        if self._in_body:
            return
        self._headers.append((name, value.rstrip()))  # llhttp leaves blanks at its end
        if len(name) in _LENGTHS:
            self._note_coding(name.lower(), value.strip().lower())

    def _note_coding(self, name: bytes, value: bytes) -> None:
        if name == _CODING:
            self._coding = self._coding + b"," + value if self._coding else value
        elif name == _TRANSFER_CODING:
            self._transfer += value

    def on_headers_complete(self) -> None:
        """The head is whole."""
        status = self._status = self._parser.get_status_code()
        if not 100 <= status < 600:  # noqa: PLR2004 - the numbers of HTTP
            self._stop("the answer has a status that HTTP does not know")
        if status == _SWITCHING:
            self._stop("the answer changes the protocol, unasked")
        if self.received > _HEAD_CAP and _size(self._headers) > _HEAD_CAP:
            self._stop(_HEAD_TOO_LARGE)
        self._in_body = status >= 200  # noqa: PLR2004 - the first of the final ones

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if not self._in_body:
            self._stop("an informational answer has a body")
        if len(self._body) + len(body) > self._max_body:
            self._stop(self._too_large)
        if not self._body:
            self._body = body
            return
        if isinstance(self._body, bytes):
            self._body = bytearray(self._body)
        self._body += body

    def on_message_complete(self) -> None:
        """A message is whole: the answer, or an informational one before it."""
        if self._in_body:
            self._complete = True
            if not self._parser.should_keep_alive():  # only right in here
                self.is_clean = False
            return
        self._informational += 1
        self._headers = []
        self._coding = self._transfer = b""
        if self._informational > _MOST_INFORMATIONAL:
            self._stop("the answer has too many informational ones before it")

    def _stop(self, problem: Malformed | str) -> NoReturn:
        self._problem = Malformed(problem) if isinstance(problem, str) else problem
        raise _StopError

    # The end of an answer.

    def _ends_with_connection(self) -> bool:
        framing = (b"content-length", _TRANSFER_CODING)
        return not any(name.lower() in framing for name, _ in self._headers)

    def _answer(self, *, delimited: bool = True) -> Response | Malformed:
        body = self._body
        if self._transfer and self._transfer != b"chunked":
            return _BAD_TRANSFER
        if self._coding and body:
            return self._unpacked(self._coding.decode("latin-1"), delimited=delimited)
        return Response(self._status, self._headers, bytes(body), delimited)

    def _unpacked(self, coding: str, *, delimited: bool) -> Response | Malformed:
        try:
            body = decompress(bytes(self._body), coding, self._max_body)
        except TooLarge:
            return self._too_large
        except Undecodable:
            return _BAD_CODING
        return Response(self._status, self._headers, body, delimited)


class _StopError(Exception):
    """Stops llhttp inside a callback."""


def _reason(error: Exception) -> Malformed:
    return _BAD_LENGTH if "Content-Length" in str(error) else _NOT_HTTP


def _size(headers: list[tuple[bytes, bytes]]) -> int:
    return sum(len(name) + len(value) for name, value in headers)
