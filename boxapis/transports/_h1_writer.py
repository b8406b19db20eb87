"""`RequestWriter`: writes HTTP/1.1 requests as bytes. No socket, no clock.

Promises: what is written is exactly one request, whatever its target or headers contain.
"""

from boxapis._http.messages import Headers, Request

__all__ = ["RequestWriter"]

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_METHODS = _WITH_BODY | {"GET", "DELETE"}
_LATIN_1 = 256


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
