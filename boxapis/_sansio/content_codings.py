"""Undoes the content coding of a response body, up to a maximum size.

The client asks for no compression, but some servers apply it, or name a coding that they did not
apply. Errors hold no byte of the body.
"""

import zlib

__all__ = ["TooLarge", "Undecodable", "UnreadableBody", "decompress"]

_GZIP = zlib.MAX_WBITS | 16
_GZIP_MAGIC = b"\x1f\x8b"
_ZLIB = zlib.MAX_WBITS
_RAW_DEFLATE = -zlib.MAX_WBITS
_CHUNK = 65536  # what follows a member's end is copied, so a chunk bounds the copying
_MAX_MEMBERS = 1000
_MAX_CODINGS = 5
_BOM = b"\xef\xbb\xbf"


class UnreadableBody(Exception):  # noqa: N818 - a signal between functions, never raised to users
    """A body that is too large or cannot be decoded.

    Attributes:
        problem: What is wrong, without a byte of the body.
        retryable: Whether it looks like damage on the way rather than intent.
    """

    problem: str
    retryable = False


class TooLarge(UnreadableBody):
    """The body, or what it decompresses to, is larger than the maximum size in bytes."""

    def __init__(self, max_size: int) -> None:
        super().__init__()
        self.problem = f"the response is larger than {max_size} bytes"


class Undecodable(UnreadableBody):
    """The content coding is unknown, or the compressed body is corrupt or cut short."""

    problem = "the response's content coding is damaged, truncated or unknown"
    retryable = True


def decompress(body: bytes, coding: str | None, max_size: int) -> bytes:
    """Undoes the content codings of a body, the last one first.

    A coding that cannot be undone is taken as never applied, if what remains is plainly a PDF file
    or a JSON object or array: servers send names such as ``none``, ``utf-8`` or ``binary``, and
    proxies leave ``gzip`` in place after decompressing.

    Args:
        body: The bytes as received.
        coding: The ``Content-Encoding`` header, or None.
        max_size: Maximum size of the result in bytes.

    Raises:
        TooLarge: the result would exceed ``max_size``.
        Undecodable: a coding is neither gzip nor deflate, there are more than five, or the body is
            corrupt or cut short.
    """
    if not coding or not body:  # where nothing is, nothing was compressed
        return body
    names = [name.strip() for name in coding.lower().split(",")]
    if len(names) > _MAX_CODINGS:
        raise Undecodable
    is_undone = True
    for name in reversed(names):
        decoded = _undo(body, name, max_size)
        is_undone = is_undone and decoded is not None
        body = body if decoded is None else decoded
    if not is_undone and not _is_plain(body):
        raise Undecodable
    return body


def _undo(body: bytes, name: str, max_size: int) -> bytes | None:
    """Returns a body without one coding, or None if that cannot be undone."""
    match name:
        case "identity" | "":
            return body
        case "gzip" | "x-gzip":
            return _inflate(body, _GZIP, max_size)
        case "deflate":  # with the zlib header of the standard, or without, as some servers do it
            decoded = _inflate(body, _ZLIB, max_size)
            return _inflate(body, _RAW_DEFLATE, max_size) if decoded is None else decoded
        case _:
            return None


def _inflate(body: bytes, window_bits: int, max_size: int) -> bytes | None:
    """Returns the content of all gzip members together; None if it is corrupt or cut short."""
    parts: list[bytes] = []
    size = position = members = 0
    view = memoryview(body)
    decompressor = zlib.decompressobj(window_bits)
    while position < len(body):
        chunk = view[position : position + _CHUNK]
        try:
            parts.append(decompressor.decompress(chunk, max_size + 1 - size))
        except zlib.error:
            return None
        size += len(parts[-1])
        if size > max_size:
            raise TooLarge(max_size)
        position += len(chunk) - len(decompressor.unused_data)
        if decompressor.eof:
            members += 1
            if not body.startswith(_GZIP_MAGIC, position) or members == _MAX_MEMBERS:
                break
            decompressor = zlib.decompressobj(window_bits)
    # Some servers pad the last block with zeros; other bytes may belong to another response.
    is_complete = decompressor.eof and not body[position:].strip(b"\0")
    return b"".join(parts) if is_complete else None


def _is_plain(body: bytes) -> bool:
    """Whether a body is, by its first and last characters, a PDF file or a JSON object or array."""
    text = body.removeprefix(_BOM).strip()
    return text.startswith(b"%PDF-") or text[:1] + text[-1:] in (b"{}", b"[]")
