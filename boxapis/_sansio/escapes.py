"""Decodes escapes in a text in every usual way, and maps each decoded byte back to its place there.

A service may echo a request in one encoding, or in one inside another. To find a secret in such a
text, the secret is not encoded in every conceivable way: the text is decoded in every usual way,
and the secret is searched for in each result.
"""

import base64
import re
from collections.abc import Callable, Iterator, Sequence

from attrs import frozen

__all__ = ["View", "decoded_views", "fold"]

_MAX_LAYERS = 2
_MAX_SAME_LAYERS = 3

Decoder = Callable[["re.Match[bytes]"], bytes]
Encoding = tuple["re.Pattern[bytes]", Decoder]


@frozen
class View:
    """A text as bytes, with some of its escapes decoded.

    Attributes:
        data: The bytes; UTF-8 unless an escape stands for other bytes.
        starts: For each byte the index in the text where it begins, then the length of the text.
    """

    data: bytes
    starts: Sequence[int]

    def find(self, wanted: bytes) -> Iterator[tuple[int, int]]:
        """Yields start and end in the text of each place that holds these folded bytes."""
        data, at = fold(self.data), -1
        while (at := data.find(wanted, at + 1)) >= 0:
            end = at + len(wanted)
            while self.starts[end] == self.starts[end - 1]:  # take the whole escape
                end += 1
            yield self.starts[at], self.starts[end]

    def decoded(self, escapes: "re.Pattern[bytes]", decode: Decoder) -> "View | None":
        """Returns this view with one kind of escapes decoded; None when it has none."""
        pieces: list[bytes] = []
        starts: list[int] = []
        last = 0
        for match in escapes.finditer(self.data):
            first, piece = match.start(), decode(match)
            pieces += (self.data[last:first], piece)
            starts.extend(self.starts[last:first])
            starts.extend([self.starts[first]] * len(piece))
            last = match.end()
        if not pieces:
            return None
        starts.extend(self.starts[last:])
        return View(b"".join((*pieces, self.data[last:])), starts)


def fold(data: bytes) -> bytes:
    """Returns bytes in lower case with ``+`` as a blank, for comparison."""
    return data.lower().replace(b"+", b" ")


def decoded_views(text: str) -> Iterator[View]:
    """Yields the text as it is, then with one layer and with two layers of escapes decoded.

    Layers of one encoding are decoded further: texts are escaped twice more often than mixed.
    """
    original = _encode(text)
    yield original
    layer = [(original, encoding) for encoding in _ENCODINGS]
    for _ in range(_MAX_LAYERS - 1):
        decoded = [view.decoded(*encoding) for view, encoding in layer]
        views = [view for view in decoded if view is not None]
        yield from views
        layer = [(view, encoding) for view in views for encoding in _ENCODINGS]
    for view, encoding in layer:
        yield from _nested_views(view, encoding)


def _nested_views(view: View, encoding: Encoding) -> Iterator[View]:
    """Yields a view with more and more layers of one encoding decoded."""
    for _ in range(_MAX_SAME_LAYERS):
        inner = view.decoded(*encoding)
        if inner is None:
            return
        yield inner
        view = inner


def _encode(text: str) -> View:
    if text.isascii():
        return View(text.encode("ascii"), range(len(text) + 1))
    pieces = [_utf8(ord(letter)) for letter in text]
    starts = [at for at, piece in enumerate(pieces) for _ in piece]
    return View(b"".join(pieces), [*starts, len(text)])


def _utf8(code: int) -> bytes:
    return chr(code).encode("utf-8", "surrogatepass") if code <= _MAX_CODE_POINT else b"?"


_MAX_CODE_POINT = 0x10FFFF
_HEX4 = rb"([0-9A-Fa-f]{4})"
_CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"0": b"\0"}
_LETTER_ESCAPES = _CONTROLS | {sign: sign for sign in (b"\\", b"/", b'"', b"'")}


def _percent(match: "re.Match[bytes]") -> bytes:
    byte, code = match.groups()
    return bytes((int(byte, 16),)) if byte else _utf8(int(code, 16))


def _form(match: "re.Match[bytes]") -> bytes:
    return b" " if match[0] == b"+" else bytes((int(match[1], 16),))


def _backslash(match: "re.Match[bytes]") -> bytes:
    first, second, *codes, letter = match.groups()
    if first:
        halves = bytes.fromhex(f"{first.decode()}{second.decode()}")
        return halves.decode("utf-16-be").encode()
    return _LETTER_ESCAPES[letter] if letter else _utf8(int(next(filter(None, codes)), 16))


def _octet(match: "re.Match[bytes]") -> bytes:
    return bytes((int(match[1], 16),)) if match[1] else _LETTER_ESCAPES[match[2]]


def _entity(match: "re.Match[bytes]") -> bytes:
    decimal, hexadecimal, name = match.groups()
    if name:
        from html.entities import html5  # noqa: PLC0415 - 2,000 names, for a text that has one

        return html5.get(f"{name.decode()};", match[0].decode()).encode()
    return _utf8(int(decimal) if decimal else int(hexadecimal, 16))


def _base64(match: "re.Match[bytes]") -> bytes:
    letters = match[0].translate(_FROM_URL_SAFE)
    whole = letters[: len(letters) - (len(letters) % 4 == 1)]
    return base64.b64decode(whole + b"=" * (-len(whole) % 4))


def _hexadecimal(match: "re.Match[bytes]") -> bytes:
    return bytes.fromhex(match[0].decode())


_FROM_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_LETTER = rb"([\\/\"'nrtbf0])"
_ENCODINGS: tuple[Encoding, ...] = (
    (re.compile(rb"%(?:([0-9A-Fa-f]{2})|u" + _HEX4 + rb")"), _percent),
    (re.compile(rb"\+|%([0-9A-Fa-f]{2})"), _form),
    (  # JSON, JavaScript and Python's str: \x stands for a character
        re.compile(
            rb"\\(?:u([Dd][89ABab][0-9A-Fa-f]{2})\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})|u"
            + _HEX4
            + rb"|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|"
            + _LETTER
            + rb")"
        ),
        _backslash,
    ),
    (
        re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|" + _LETTER + rb")"),
        _octet,
    ),  # Python's bytes: \x stands for a byte
    (re.compile(rb"&(?:#(\d{1,9})|#[xX]([0-9A-Fa-f]{1,8})|([A-Za-z]\w{1,31}));"), _entity),
    (re.compile(rb"[A-Za-z0-9+/_-]{16,}"), _base64),
    (re.compile(rb"(?:[0-9A-Fa-f]{2}){8,}"), _hexadecimal),
)
