"""Writes requests: a `Request` into the bytes of HTTP/1.1, or a refusal. No socket, no clock.

Promises: what is written is one request and no more, whatever its target or headers hold; what is
the same in each request to an origin is put together once.
"""

from boxapis._http.messages import Headers, Request

__all__ = ["RequestWriter"]

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_METHODS = _WITH_BODY | {"GET", "DELETE"}
_LATIN_1 = 256


class RequestWriter:
    """Writes the requests to one origin. It has no repr of its own: it may hold a password.

    Args:
        authority: The ``Host`` header's value.
        prefix: What stands before each target; scheme and host for a proxy that forwards.
        extra: Header lines for each request.
    """

    __slots__ = ("_headers", "_lines", "_own", "_prefix")

    def __init__(self, authority: str, *, prefix: str = "", extra: str = "") -> None:
        self._prefix = prefix
        self._lines = f" HTTP/1.1\r\nHost: {authority}\r\n{extra}"
        self._headers: Headers = ()
        self._own: str | None = ""

    def write(self, request: Request) -> bytes | None:
        """A request as bytes, or None when it cannot be written.

        A leaf, so that no frame that can be seen later holds the bytes.
        """
        method, target, body = request.method, request.target, request.body
        if request.headers != self._headers:  # mostly they are those of the last one
            self._headers = tuple(request.headers)
            self._own = _as_text(request.headers)
        if self._own is None or method not in _METHODS or not _is_target(target):
            return None
        text = f"{method} {self._prefix}{target}{self._lines}{self._own}"
        if body is not None:
            return f"{text}Content-Length: {len(body)}\r\n\r\n".encode("latin-1") + body
        if method in _WITH_BODY:
            text += "Content-Length: 0\r\n"
        return (text + "\r\n").encode("latin-1")


def _is_target(target: str) -> bool:
    return target.isascii() and not (" " in target or "\r" in target or "\n" in target)


def _as_text(headers: Headers) -> str | None:
    text = "".join([f"{name}: {value}\r\n" for name, value in headers])
    whole = text.count("\n") == text.count("\r") == len(headers)
    return text if whole and all(ord(letter) < _LATIN_1 for letter in text) else None
