"""Reads text that a user wrote: from files, pipes and standard input, whatever the locale.

Text is UTF-8, with or without byte order marks, or UTF-16 with one. Bytes are read up to a limit,
so that ``/dev/zero`` ends. Errors name the line at most: they quote nothing of the text and chain
no error that holds it.
"""

import codecs
import re
import sys

__all__ = [
    "DOCUMENT_LIMIT",
    "SECRET_LIMIT",
    "UnreadableTextError",
    "decode_text",
    "read_stdin",
    "read_text",
    "without_line_end",
]

SECRET_LIMIT = 1 << 20
"""Bytes of a file that holds one secret; a request may not be larger."""

DOCUMENT_LIMIT = 256 << 20
"""Bytes of a file that holds many records."""

_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")


class UnreadableTextError(Exception):
    """A text cannot be read; the message says where and why, and quotes nothing of it."""


def read_text(path: str, limit: int) -> str:
    """The text of a file or pipe.

    Args:
        path: Path of the file.
        limit: Maximum number of bytes.

    Raises:
        UnreadableTextError: There is no such text, it is too long, or in another encoding.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib is slow to import
            data = file.read(limit + 1)
    except (OSError, ValueError) as error:
        problem = getattr(error, "strerror", None) or "it is no path of a file"
    else:
        return _decode_limited(data, limit)
    raise UnreadableTextError(problem)


def read_stdin(limit: int, *, first_line: bool = False) -> str:
    """The text of standard input.

    Args:
        limit: Maximum number of bytes.
        first_line: Whether to read one line only, without waiting for the end.

    Raises:
        UnreadableTextError: It is closed, too long, or in another encoding.
    """
    if sys.stdin is None:
        raise UnreadableTextError("stdin is closed")
    read = sys.stdin.buffer.readline if first_line else sys.stdin.buffer.read
    try:
        data = read(limit + 1)
    except OSError as error:
        raise UnreadableTextError(error.strerror or type(error).__name__) from None
    return _decode_limited(data, limit)


def _decode_limited(data: bytes, limit: int) -> str:
    if len(data) > limit:
        raise UnreadableTextError(f"it has more than {limit >> 20} MiB")
    return decode_text(data)


def decode_text(data: bytes) -> str:
    """Decodes UTF-8, or UTF-16 with a byte order mark; byte order marks at the start are dropped.

    Raises:
        UnreadableTextError: It is neither.
    """
    is_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if is_utf16 else "utf-8").lstrip("\ufeff")
    except UnicodeDecodeError as error:
        at = error.start
    else:
        if "\0" not in text:
            return text
        raise UnreadableTextError(
            "it is no text: it holds NUL characters, as UTF-16 without a byte order mark does"
        )
    if is_utf16:
        raise UnreadableTextError("it begins as UTF-16 and is not text in UTF-16")
    line = data.count(b"\n", 0, at) + 1
    hint = f"; line {line} looks like Windows-1252 (cp1252): save it as UTF-8"
    raise UnreadableTextError(f"it is not text in UTF-8{hint if _is_windows_1252(data) else ''}")


def _is_windows_1252(data: bytes) -> bool:
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return not _BINARY.search(data)


def without_line_end(text: str) -> str:
    """A text without the one line end that an editor or ``echo`` puts behind it."""
    return text.removesuffix("\n").removesuffix("\r")
