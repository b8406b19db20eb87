"""Masks secrets in text that a service or a proxy wrote.

A service may echo a request escaped, escaped twice, cut, wrapped, spaced or in pieces. No list of
such forms is complete, so three rules cover the unforeseen ones:

* A text is read as it is and in *views*, each with some layers of usual escapes decoded. In every
  view a secret is sought without regard to case and compatibility forms.
* It is also sought by its *skeleton*, its letters and digits alone. A run of half of it, six at
  least, is an echo: an unknown escape, a cut or a line break leaves such a run as it is.
* A sensitive name swallows the whole value after it, of any shape, up to where it surely ends.

A whole echo is masked exactly, and around a part of one the word. If a smaller part may be left
then, the text is left out. All work is linear in the part of the text that could be shown at all.
"""

import base64
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import groupby, product
from string import ascii_letters, digits
from typing import NamedTuple

from boxapis.secret import MASK, Secret, is_sensitive, skeleton

__all__ = ["names_a_secret", "redact"]

_MAX_TEXT = 500
_MAX_SEARCHED = 4096
_MAX_ESCAPE = 12  # characters that one escaped byte may take
_MIN_SECRET = 4  # a shorter one would be found inside of words
_MIN_RUN = 6
_MAX_VIEWS = 16
_IS_ASCII = frozenset(ascii_letters + digits).__contains__
_Letters = tuple[str, list[int]]
_Found = tuple[int, int, bool]
_LEFT_OUT = f"{MASK} (the text is left out: it may hold a part of a secret)"


def redact(text: str, secrets: Iterable[str | Secret]) -> str:
    """Returns a text without secrets, cut to 500 characters; masks all of it when that fails.

    Args:
        text: The text of a service.
        secrets: The values to mask. One of three characters or fewer is masked where it stands by
            itself, as a whole run of letters or digits.
    """
    try:
        return _redact(text, [Secret(secret).reveal() for secret in secrets])
    except Exception:  # noqa: BLE001 - better no text than a secret
        return MASK


def names_a_secret(text: str) -> bool:
    """Whether a text gives a value to a sensitive name, in any shape and behind any escapes."""
    return any(any(_named_values(view.text)) for view in _views(text))


def _redact(text: str, secrets: list[str]) -> str:
    longest = max(map(len, secrets), default=0) * _MAX_ESCAPE
    is_cut = len(text) > _MAX_SEARCHED + longest
    text = text[: _MAX_SEARCHED + longest]
    wanted = [_Wanted(value) for value in dict.fromkeys(secrets) if value]
    hidden, parts = bytearray(len(text)), bytearray(len(text))
    for view, is_plain in _all_views(text):
        for first, last in _named_values(view.text):
            if is_plain or view.starts[first] == view.starts[first - 1]:
                view.mark(hidden, first, last)
        folded = view.folded()
        letters = folded.letters() if wanted else []
        for one in wanted:
            for first, last, is_whole in one.search(folded, letters, is_plain=is_plain):
                folded.mark(hidden if is_whole else parts, first, last)
    words = [slice(*word.span()) for word in re.finditer(r"\S+", text)] if 1 in parts else []
    words = [
        one for one in words if any(a > b for a, b in zip(parts[one], hidden[one], strict=True))
    ]
    for at in words:
        hidden[at] = b"\1" * (at.stop - at.start)
    rest = skeleton(_masked(text, hidden, "\0")) if words else ""
    if any(any(_runs(bones, rest, _MIN_RUN)) for one in wanted for bones in one.skeletons):
        return _LEFT_OUT
    if is_cut:  # half a secret may stand at the end
        text = text[:_MAX_SEARCHED]
    text = _masked(text, hidden, MASK) + ("…" if is_cut else "")
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 1] + "…"


def _masked(text: str, hidden: bytearray, mask: str) -> str:
    runs = groupby(zip(text, hidden, strict=False), key=lambda pair: pair[1])
    return "".join(mask if flag else "".join(sign for sign, _ in run) for flag, run in runs)


class _View(NamedTuple):
    """A text with some of its escapes decoded."""

    text: str  # a byte of unknown encoding is the character of its number
    starts: Sequence[int]  # of each character in the original, then the length of that

    def mark(self, flags: bytearray, first: int, last: int) -> None:
        """Flags where a part of the view stands in the original; an escape counts as a whole."""
        while last < len(self.text) and self.starts[last] == self.starts[last - 1]:
            last += 1
        start, end = self.starts[first], self.starts[last]
        flags[start:end] = b"\1" * (end - start)

    def decoded(self, pattern: "re.Pattern[str]", decode: "_Decoder") -> "list[_View]":
        """Returns the view with every match decoded; nothing without a match."""
        pieces, starts, last = [""], list(self.starts[:0]), 0
        for match in pattern.finditer(self.text):
            piece = decode(match)
            pieces += (self.text[last : match.start()], piece)
            starts += self.starts[last : match.start()]
            starts += [self.starts[match.start()]] * len(piece)
            last = match.end()
        text = "".join((*pieces, self.text[last:]))
        return [_View(text, [*starts, *self.starts[last:]])] if last else []

    def folded(self) -> "_View":
        """Returns the view without differences of case and of compatible characters."""
        if self.text.isascii():
            return _View(_fold(self.text), self.starts)
        pieces = list(map(_fold_character, self.text))
        starts = [at for piece, at in zip(pieces, self.starts, strict=False) for _ in piece]
        return _View("".join(pieces), [*starts, self.starts[-1]])

    def letters(self) -> list[_Letters]:
        """Returns letters and digits of all scripts, and of ASCII alone, each with its places."""
        kinds = (str.isalnum,) if self.text.isascii() else (str.isalnum, _IS_ASCII)
        places = [[at for at, sign in enumerate(self.text) if keep(sign)] for keep in kinds]
        return [("".join(map(self.text.__getitem__, each)), each) for each in places]


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKD", text).casefold().replace("+", " ")


_fold_character = lru_cache(maxsize=4096)(_fold)  # of single characters, so it keeps no secret


class _Wanted:
    """The forms in which one secret is sought: whole texts, and skeletons of them."""

    def __init__(self, value: str) -> None:
        decoded = [view.text for view in _views(value)]
        texts = {value.lower(), value.upper(), *(form for text in decoded for form in _read(text))}
        self._is_short = len(value) < _MIN_SECRET
        texts = {value} if self._is_short else {one for one in texts if len(one) >= _MIN_SECRET}
        self._texts = {"".join(map(_fold_character, text)) for text in texts}
        bones = {skeleton(text) for text in decoded}
        bones |= {skeleton("".join(filter(_IS_ASCII, text))) for text in decoded}
        self.skeletons = {each for each in bones if len(each) >= _MIN_RUN}

    def search(self, view: _View, letters: list[_Letters], *, is_plain: bool) -> Iterator[_Found]:
        """Yields where a folded view holds the secret or a part of it, and whether all of it."""
        for form in self._texts if is_plain or not self._is_short else ():
            at = view.text.find(form)
            while at >= 0:
                if not self._is_short or _stands_alone(view.text, at, at + len(form)):
                    yield at, at + len(form), True
                at = view.text.find(form, at + 1)
        for (text, places), bones in product(letters, self.skeletons):
            for run in _runs(bones, text, max(_MIN_RUN, -(-len(bones) // 2))):
                yield places[run[0]], places[run[-1]] + 1, len(run) >= len(bones)


def _read(text: str) -> set[str]:
    """Returns a text, its UTF-8 read as Latin-1 and as Windows-1252, and its UTF-16 units."""
    raw, units = (text.encode(name, "surrogatepass") for name in ("utf-8", "utf-16-be"))
    pairs = (chr(units[at] << 8 | units[at + 1]) for at in range(0, len(units), 2))
    return {text, raw.decode("latin-1"), raw.decode("windows-1252", "replace"), "".join(pairs)}


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no letter goes on with a run of letters, and no digit with one of digits."""
    around = text[max(0, start - 1) : start] + text[start], text[end - 1] + text[end : end + 1]
    return not any(len(two) > 1 and (two.isdigit() or two.isalpha()) for two in around)


def _runs(wanted: str, text: str, least: int) -> Iterator[range]:
    """Yields each longest part of a text whose windows of ``least`` letters stand in ``wanted``."""
    step = (least + 1) // 2  # a run of that length holds a whole block of this one
    if not any(wanted[at : at + step] in text for at in range(0, len(wanted) - step + 1, step)):
        return
    windows = {wanted[at : at + least] for at in range(len(wanted) - least + 1)}
    hits = [at for at in range(len(text) - least + 1) if text[at : at + least] in windows]
    for _, group in groupby(enumerate(hits), key=lambda pair: pair[1] - pair[0]):
        run = [at for _, at in group]
        yield range(run[0], run[-1] + least)


def _views(text: str) -> list[_View]:
    """Returns a text as it is, and with more and more layers of escapes decoded."""
    views = [_View(text, range(len(text) + 1))]
    for view in views:  # the list grows meanwhile
        for pattern in _ESCAPES if len(views) < _MAX_VIEWS else ():
            known = {one.text for one in views}
            views += [one for one in view.decoded(pattern, _character) if one.text not in known]
    return views


def _all_views(text: str) -> Iterator[tuple[_View, bool]]:
    """Yields each view and whether only escapes were decoded in it, no words of base64 or hex."""
    for plain in _views(text):
        yield plain, True
        # The encoded text may begin anywhere in a word; one that begins as hex may be base64.
        for word, skipped in ((_HEX_WORD, 0), (_HEX_WORD, 1), *((_WORD, at) for at in range(4))):
            for view in plain.decoded(word, partial(_decode_word, skipped=skipped)):
                yield view, False
                for pattern in () if skipped else _ESCAPES:
                    yield from ((inner, False) for inner in view.decoded(pattern, _character))


_Decoder = Callable[["re.Match[str]"], str]
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


# `name=value`, `"name": "value"`, `[name] => value`, `<name>value</name>`, and credentials that
# show themselves in a URL or behind a scheme; not `/name: sentence`, which is about a field.
_NAMED = re.compile(
    r"""(?<=://)[^\s/@:]{0,200}:(?P<user>)(?=[^\s/@]{0,500}@)
    |\b(?:Bearer|Basic)\ +(?P<scheme>)(?=\S*[0-9A-Z=._])(?=[\w.~+/=-]{8})
    |<(?P<tag>[\w.:-]{1,60})(?:\s[^<>]{0,200})?(?<!/)>
    |/[\w.-]{1,60}:\ (?=[^"'\[({])
    |(?<![\w.-])(?P<name>[\w.-]{1,60})
        (?P<mark>(?:\[\d{0,9}\])*["'\]]{0,3}\s{0,9}[:=]{1,2}>?)
        \s{0,9}(?:(?:Bearer|Basic|Digest)\ +)?""",
    re.ASCII | re.VERBOSE,
)
_QUOTED, _BRACKETS = r""" "(?:[^"\\]|\\.)*+" | '(?:[^'\\]|\\.)*+' """, r"[^\s\S]"
for _ in range(6):  # levels; what is nested deeper, or not closed, has the rest of the text
    _BRACKETS = rf"[\[({{](?:{_QUOTED}|\\.|[^\[\](){{}}]|{_BRACKETS})*+(?:[\])}}]|\Z)"
_VALUE = re.compile(  # quoted, bracketed and bare pieces without a gap
    rf"""(?:{_QUOTED}|["'].*
    |\w*\s?(?:{_BRACKETS}|[\[({{].*)
    |(?:[^&;,\s"'<>\[\](){{}}]
        |[)\]}}](?=\w)
        |[&;,](?!\s|$|["']?[\w.\[\]-]{{1,60}}["']?\s?[=:]|["'\[({{])
    )++)*+""",
    re.DOTALL | re.ASCII | re.VERBOSE,
)


def _named_values(text: str) -> Iterator[tuple[int, int]]:
    """Yields where each value of a sensitive name stands, whatever its shape."""
    at = 0
    while (match := _NAMED.search(text, at)) is not None:
        at = start = match.end()
        name = match["name"] or match["tag"]
        if name and not is_sensitive(name):
            at = match.end("mark") if match["name"] else at
        elif match["tag"]:
            at = text.find(f"</{name}", start)
        elif match["user"] is not None:
            at = text.find("@", start)
        elif name or match["scheme"] is not None:
            is_header = skeleton(name or "").endswith(("authorization", "cookie"))
            is_line = is_header and text[start : start + 1] not in "\"'[({"
            at = text.find("\n", start) if is_line else next(_VALUE.finditer(text, start)).end()
        at = len(text) if at < 0 else at
        if at > start:
            yield start, at
