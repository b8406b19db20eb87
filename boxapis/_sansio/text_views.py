"""Views of a text: what it says with its escapes, and words of base64 or hexadecimal, decoded.

A view knows where each of its characters stood in the original, and finds that out on demand: a
text is read in several views, and hardly ever holds what is sought in them.
"""

import base64
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache, partial

__all__ = ["View", "all_views", "folded", "mark", "views"]

_MAX_VIEWS = 16


class View:
    """A text with some of its escapes decoded; a byte of unknown encoding has its number.

    Args:
        text: The text.
        source: The view that was decoded, what was decoded in it, and how; None for the original.
    """

    def __init__(self, text: str, source: "_Source | None" = None) -> None:
        self.text = text
        self._source = source

    def decoded(self, pattern: "re.Pattern[str]", decode: "_Decoder") -> "list[View]":
        """Returns the view with every match decoded; nothing without a match."""
        text, count = pattern.subn(decode, self.text)
        return [View(text, (self, pattern, decode))] if count else []

    @cached_property
    def starts(self) -> Sequence[int]:
        """Where each character stands in the original, then the length of that; seldom needed."""
        if self._source is None:
            return range(len(self.text) + 1)
        outer, pattern, decode = self._source
        starts, last = list(outer.starts[:0]), 0
        for match in pattern.finditer(outer.text):
            starts += outer.starts[last : match.start()]
            starts += [outer.starts[match.start()]] * len(decode(match))
            last = match.end()
        return [*starts, *outer.starts[last:]]

    @cached_property
    def folded_starts(self) -> Sequence[int]:
        """The same for the folded text."""
        pairs = zip(self.text, self.starts, strict=False)
        return [*(at for sign, at in pairs for _ in _fold_character(sign)), self.starts[-1]]


def mark(flags: bytearray, starts: Sequence[int], first: int, last: int) -> None:
    """Flags where a part of a view stands in the original; an escape counts as a whole."""
    while last < len(starts) - 1 and starts[last] == starts[last - 1]:
        last += 1
    start, end = starts[first], starts[last]
    flags[start:end] = b"\1" * (end - start)


def folded(text: str) -> str:
    """Returns a text without differences of case and of compatible characters."""
    return _fold(text) if text.isascii() else "".join(map(_fold_character, text))


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKD", text).casefold().replace("+", " ")


_fold_character = lru_cache(maxsize=4096)(_fold)  # of single characters, so it keeps no secret


def views(text: str) -> list[View]:
    """Returns a text as it is, and with more and more layers of escapes decoded."""
    found = [View(text)]
    for view in found:  # the list grows meanwhile
        for pattern in _ESCAPES if len(found) < _MAX_VIEWS else ():
            known = {one.text for one in found}
            found += [one for one in view.decoded(pattern, _character) if one.text not in known]
    return found


def all_views(text: str) -> Iterator[tuple[View, bool]]:
    """Yields each view and whether only escapes were decoded in it, no words of base64 or hex."""
    for plain in views(text):
        yield plain, True
        # The encoded text may begin anywhere in a word; one that begins as hex may be base64.
        for word, skipped in ((_HEX_WORD, 0), (_HEX_WORD, 1), *((_WORD, at) for at in range(4))):
            for view in plain.decoded(word, partial(_decode_word, skipped=skipped)):
                yield view, False
                for pattern in () if skipped else _ESCAPES:
                    yield from ((inner, False) for inner in view.decoded(pattern, _character))


_Decoder = Callable[["re.Match[str]"], str]
_Source = tuple[View, "re.Pattern[str]", _Decoder]
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "0": "\0", "\n": ""}
_HEX = "[0-9A-Fa-f]"
_ESCAPES = (
    re.compile(rf"%(?:(?P<x2>{_HEX}{{2}})|u(?P<x4>{_HEX}{{4}}))"),
    re.compile(
        rf"\\(?:[ux]\{{(?P<x6>{_HEX}{{1,6}})\}}|u(?P<x4>{_HEX}{{4}})|U(?P<x8>{_HEX}{{8}})"
        rf"|x(?P<x2>{_HEX}{{2}})|(?P<octal>[0-3][0-7]{{2}})|(?P<sign>[^uUx]))",
        re.DOTALL,
    ),
    re.compile(rf"&(?:#(?P<decimal>\d{{1,7}})|#[xX](?P<x>{_HEX}{{1,6}})|[A-Za-z]\w{{1,31}});?"),
    re.compile(rf"=(?:(?P<x2>{_HEX}{{2}})|\r?\n)"),  # quoted-printable
)
_HEX_WORD = re.compile(rf"(?P<hex>{_HEX}{{8,}})")
_WORD = re.compile("(?P<base64>[A-Za-z0-9+/_-]{6,})")


def _character(match: "re.Match[str]") -> str:
    kind = match.lastgroup
    if kind is None:  # a named entity, or a soft line break
        from html import unescape  # noqa: PLC0415 - 2,000 names, for a text that has one

        return unescape(match[0]) if match[0][0] == "&" else ""
    if kind == "sign":
        return _CONTROLS.get(match[kind], match[kind])
    return chr(min(int(match[kind], {"octal": 8, "decimal": 10}.get(kind, 16)), 0x10FFFF))


def _decode_word(match: "re.Match[str]", skipped: int) -> str:
    letters = match[0].replace("-", "+").replace("_", "/")[skipped:]
    if match.lastgroup == "hex":
        return bytes.fromhex(letters[: len(letters) & ~1]).decode("latin-1")
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return base64.b64decode(letters + "=" * (-len(letters) % 4)).decode("latin-1")
