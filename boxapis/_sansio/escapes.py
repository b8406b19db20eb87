"""Text with its escapes undone, and where in the text each byte of the result came from.

A service that echoes a request does so in some encoding, or in two, one around the other. To find
a value in such a text it is not encoded in every way that somebody may have thought of: the text
is decoded, in every way there is, and the value looked for in each result.
"""

import base64
import re
from collections.abc import Callable, Iterator, Sequence

from attrs import frozen

__all__ = ["View", "alike", "views"]

_LAYERS = 2
_SAME_LAYERS = 3

Decode = Callable[["re.Match[bytes]"], bytes]
Kind = tuple["re.Pattern[bytes]", Decode]


@frozen
class View:
    """A text as bytes, with some of its escapes undone.

    Attributes:
        data: The bytes; UTF-8 where no escape says otherwise.
        starts: Where in the text each of them begins, and the text's end.
    """

    data: bytes
    starts: Sequence[int]

    def find(self, wanted: bytes) -> Iterator[tuple[int, int]]:
        """Where in the text these bytes stand, once made `alike`."""
        data, at = alike(self.data), -1
        while (at := data.find(wanted, at + 1)) >= 0:
            end = at + len(wanted)
            while self.starts[end] == self.starts[end - 1]:  # an escape is taken as a whole
                end += 1
            yield self.starts[at], self.starts[end]

    def undone(self, escapes: "re.Pattern[bytes]", decode: Decode) -> "View | None":
        """This view with one kind of escapes undone; None when there are none."""
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


def alike(data: bytes) -> bytes:
    """Bytes that are the same for all that differ in capitals, or in blanks written as plus."""
    return data.lower().replace(b"+", b" ")


def views(text: str) -> Iterator[View]:
    """The text as it is, and with one layer and two layers of escapes undone, of every kind.

    Layers of the same kind are undone further: a text is quoted more often than it is mixed.
    """
    plain = _plain(text)
    yield plain
    layer = [(plain, kind) for kind in _KINDS]
    for _ in range(_LAYERS - 1):
        undone = [(view.undone(*kind), kind) for view, kind in layer]
        made = [view for view, _ in undone if view is not None]
        yield from made
        layer = [(view, kind) for view in made for kind in _KINDS]
    for view, kind in layer:
        yield from _all_of(view, kind)


def _all_of(view: View, kind: Kind) -> Iterator[View]:
    """A view with more and more layers of one kind undone."""
    for _ in range(_SAME_LAYERS):
        inner = view.undone(*kind)
        if inner is None:
            return
        yield inner
        view = inner


def _plain(text: str) -> View:
    if text.isascii():
        return View(text.encode("ascii"), range(len(text) + 1))
    pieces = [_utf8(ord(letter)) for letter in text]
    starts = [at for at, piece in enumerate(pieces) for _ in piece]
    return View(b"".join(pieces), [*starts, len(text)])


def _utf8(code: int) -> bytes:
    return chr(code).encode("utf-8", "surrogatepass") if code <= _LAST_CODE else b"?"


_LAST_CODE = 0x10FFFF
_HEX4 = rb"([0-9A-Fa-f]{4})"
_CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"0": b"\0"}
_ONE_LETTER = _CONTROLS | {sign: sign for sign in (b"\\", b"/", b'"', b"'")}


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
    return _ONE_LETTER[letter] if letter else _utf8(int(next(filter(None, codes)), 16))


def _octet(match: "re.Match[bytes]") -> bytes:
    return bytes((int(match[1], 16),)) if match[1] else _ONE_LETTER[match[2]]


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
_KINDS: tuple[Kind, ...] = (
    (re.compile(rb"%(?:([0-9A-Fa-f]{2})|u" + _HEX4 + rb")"), _percent),
    (re.compile(rb"\+|%([0-9A-Fa-f]{2})"), _form),
    (  # of JSON, JavaScript and Python's text: \x is a letter
        re.compile(
            rb"\\(?:u([Dd][89ABab][0-9A-Fa-f]{2})\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})|u"
            + _HEX4
            + rb"|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|"
            + _LETTER
            + rb")"
        ),
        _backslash,
    ),
    (re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|" + _LETTER + rb")"), _octet),  # of Python's bytes
    (re.compile(rb"&(?:#(\d{1,9})|#[xX]([0-9A-Fa-f]{1,8})|([A-Za-z]\w{1,31}));"), _entity),
    (re.compile(rb"[A-Za-z0-9+/_-]{16,}"), _base64),
    (re.compile(rb"(?:[0-9A-Fa-f]{2}){8,}"), _hexadecimal),
)
