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
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import groupby
from string import ascii_letters, digits
from typing import NamedTuple

from boxapis._sansio.text_views import View, all_views, folded, mark, views
from boxapis.secret import MASK, Secret, is_sensitive, skeleton

__all__ = ["Sought", "names_a_secret", "redact"]

_MAX_TEXT = 500
_MAX_SEARCHED = 4096
_MAX_ESCAPE = 12  # characters that one escaped byte may take
_MIN_SECRET = 4  # a shorter one would be found inside of words
_MIN_RUN = 6
_LISTED = re.compile(  # what may be a list of numbers, a long number, or base32
    r"\b(?:[0-9A-Fa-fxXuU]{1,6}[^0-9A-Za-z]{1,3}){5}|[0-9A-Fa-f]{16}|[A-Z2-7]{7}", re.ASCII
)
_NUMBERS_OF_BYTES = ("{:02x}", "0x{:02x}", "{}", "{:03o}", "0{:03o}")
_NUMBERS_OF_CHARACTERS = ("{:x}", "{:04x}", "u{:04x}")
_IS_ASCII = frozenset(ascii_letters + digits).__contains__
_Found = tuple[int, int, bool]
_LEFT_OUT = f"{MASK} (the text is left out: it may hold a part of a secret)"


class _Forms(NamedTuple):
    """The forms in which secrets are sought: whole texts, and skeletons of them."""

    longest: int
    short: set[str]  # those that are sought by themselves
    texts: set[str]
    # Skeletons with their blocks, by the characters of a text among which they are sought: letters
    # and digits of ASCII, or of all scripts, which shows no more of a skeleton in ASCII.
    skeletons: dict[Callable[[str], bool], dict[str, list[str]]]


class Sought:
    """The secrets to mask, made ready once for all texts of a response.

    Args:
        secrets: The values. One of three characters or fewer is masked where it stands by itself,
            as a whole run of letters or digits.
    """

    def __init__(self, secrets: Iterable[str | Secret]) -> None:
        self._secrets = tuple(secrets)

    @cached_property
    def forms(self) -> _Forms:
        """The forms in which they are sought; made at the first text."""
        return _make_forms({Secret(secret).reveal() for secret in self._secrets} - {""})

    @cached_property
    def numbers(self) -> dict[str, list[str]]:
        """The skeletons of the secrets as lists of numbers; made at the first text with a list."""
        values = [Secret(secret).reveal() for secret in self._secrets]
        numbers = {one for each in values if len(each) >= _MIN_SECRET for one in _in_numbers(each)}
        return {one: _blocks(one) for one in numbers}


def redact(text: str, secrets: Iterable[str | Secret] | Sought) -> str:
    """Returns a text without secrets, cut to 500 characters; masks all of it when that fails.

    It goes into lines of logs and to terminals, so it has no line feed or escape sequence either.

    Args:
        text: The text of a service.
        secrets: The values to mask, as for `Sought`.
    """
    try:
        return _in_one_line(
            _redact(text, secrets if isinstance(secrets, Sought) else Sought(secrets))
        )
    except Exception:  # noqa: BLE001 - better no text than a secret
        return MASK


def names_a_secret(text: str) -> bool:
    """Whether a text gives a value to a sensitive name, in any shape and behind any escapes."""
    return any(any(_named_values(view.text)) for view in views(text))


def _redact(text: str, secrets: Sought) -> str:
    forms = secrets.forms
    end = _MAX_SEARCHED + forms.longest * _MAX_ESCAPE
    is_cut, text = len(text) > end, text[:end]
    hidden, parts = bytearray(len(text)), bytearray(len(text))
    numbers = secrets.numbers if _LISTED.search(text) else {}
    for view, is_plain in all_views(text):
        for first, last in _named_values(view.text):
            if is_plain or view.starts[first] == view.starts[first - 1]:
                mark(hidden, view.starts, first, last)
        for first, last, is_whole in _search(
            forms, numbers if is_plain else {}, view, is_plain=is_plain
        ):
            mark(hidden if is_whole else parts, view.folded_starts, first, last)
    words = [slice(*word.span()) for word in re.finditer(r"\S+", text)] if 1 in parts else []
    words = [
        one for one in words if any(a > b for a, b in zip(parts[one], hidden[one], strict=True))
    ]
    for at in words:
        hidden[at] = b"\1" * (at.stop - at.start)
    rest = skeleton(_masked(text, hidden, "\0")) if words else ""
    if any(any(_runs(bones, rest, _MIN_RUN)) for bones in forms.skeletons[_IS_ASCII]):
        return _LEFT_OUT
    if is_cut:  # half a secret may stand at the end
        text = text[:_MAX_SEARCHED]
    text = _masked(text, hidden, MASK) + ("…" if is_cut else "")
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 1] + "…"


def _in_one_line(text: str) -> str:
    """Returns a text with a space for each line feed, and a mark for what else is not printable."""
    if text.isprintable():
        return text
    return "".join(
        sign if sign.isprintable() else " " if sign.isspace() else "\ufffd"
        for sign in text.replace("\r\n", "\n")
    )


def _masked(text: str, hidden: bytearray, mask: str) -> str:
    if 1 not in hidden:
        return text
    runs = groupby(zip(text, hidden, strict=False), key=lambda pair: pair[1])
    return "".join(mask if flag else "".join(sign for sign, _ in run) for flag, run in runs)


def _make_forms(secrets: set[str]) -> _Forms:
    texts: set[str] = set()
    skeletons: set[str] = set()
    for value in secrets:
        for text in (view.text for view in views(value)):
            read = _read(text)
            skeletons |= {*map(skeleton, read), skeleton("".join(filter(_IS_ASCII, text)))}
            texts |= read if len(value) >= _MIN_SECRET else set()
        texts |= {value.lower(), value.upper()} if len(value) >= _MIN_SECRET else set()
    blocks = {one: _blocks(one) for one in skeletons if len(one) >= _MIN_RUN}
    return _Forms(
        max(map(len, secrets), default=0),
        {folded(one) for one in secrets if len(one) < _MIN_SECRET},
        {folded(one) for one in texts if len(one) >= _MIN_SECRET},
        {
            _IS_ASCII: blocks,
            str.isalnum: {one: parts for one, parts in blocks.items() if not one.isascii()},
        },
    )


def _search(
    forms: _Forms, numbers: dict[str, list[str]], view: View, *, is_plain: bool
) -> Iterator[_Found]:
    """Yields where a folded view holds a secret or a part of one, and whether all of it."""
    text = folded(view.text) if forms.longest else ""
    for form in filter(text.__contains__, forms.texts):
        yield from ((at, at + len(form), True) for at in _finds(form, text))
    for form in forms.short if is_plain else ():
        for at in _finds(form, text):
            if _stands_alone(text, at, at + len(form)):
                yield at, at + len(form), True
    for keep, skeletons in (*forms.skeletons.items(), (_IS_ASCII, numbers)):
        letters = "".join(filter(keep, text)) if skeletons else ""
        for bones, blocks in skeletons.items():
            if any(map(letters.__contains__, blocks)):
                runs = list(_runs(bones, letters, _least(bones)))
                places = [at for at, sign in enumerate(text) if keep(sign)] if runs else []
                for run in runs:
                    yield places[run[0]], places[run[-1]] + 1, len(run) >= len(bones)


def _finds(form: str, text: str) -> Iterator[int]:
    at = text.find(form)
    while at >= 0:
        yield at
        at = text.find(form, at + 1)


def _read(text: str) -> set[str]:
    """Returns a text, its UTF-8 read as Latin-1 and as Windows-1252, and its UTF-16 units."""
    if text.isascii():
        return {text}
    raw, units = (text.encode(name, "surrogatepass") for name in ("utf-8", "utf-16-be"))
    pairs = (chr(units[at] << 8 | units[at + 1]) for at in range(0, len(units), 2))
    return {text, raw.decode("latin-1"), raw.decode("windows-1252", "replace"), "".join(pairs)}


def _in_numbers(text: str) -> set[str]:
    """Returns the skeletons of a text as numbers, whatever stands between them, and as base32."""
    raw, units = (text.encode(name, "surrogatepass") for name in ("utf-8", "utf-16-be"))
    pairs = [units[at] << 8 | units[at + 1] for at in range(0, len(units), 2)]
    numbers = {
        *("".join(map(form.format, raw)) for form in _NUMBERS_OF_BYTES),
        *("".join(map(form.format, pairs)) for form in _NUMBERS_OF_CHARACTERS),
        text.encode("utf-16-le", "surrogatepass").hex(),
    }
    return numbers | {base64.b32encode(raw).decode().rstrip("=").lower()}


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no letter goes on with a run of letters, and no digit with one of digits."""
    around = text[max(0, start - 1) : start] + text[start], text[end - 1] + text[end : end + 1]
    return not any(len(two) > 1 and (two.isdigit() or two.isalpha()) for two in around)


def _least(wanted: str) -> int:
    """Returns how many letters of a skeleton in a row are an echo of it."""
    return max(_MIN_RUN, -(-len(wanted) // 2))


def _blocks(wanted: str) -> list[str]:
    """Returns parts of a skeleton one of which stands in each echo of it."""
    step = (_least(wanted) + 1) // 2
    return [wanted[at : at + step] for at in range(0, len(wanted) - step + 1, step)]


def _runs(wanted: str, text: str, least: int) -> Iterator[range]:
    """Yields each longest part of a text whose windows of ``least`` letters stand in ``wanted``."""
    windows = {wanted[at : at + least] for at in range(len(wanted) - least + 1)}
    if not any(map(text.__contains__, windows)):  # as nearly always, and faster to see
        return
    hits = [at for at in range(len(text) - least + 1) if text[at : at + least] in windows]
    for _, group in groupby(enumerate(hits), key=lambda pair: pair[1] - pair[0]):
        run = [at for _, at in group]
        yield range(run[0], run[-1] + least)


# `name=value`, `"name": "value"`, `[name] => value`, `name(value)`, `<name>value</name>`, a pair of
# "name" and "value", and credentials that show themselves in a URL or behind a scheme; not
# `/name: sentence`, which is about a field.
_NAMED = re.compile(
    r"""(?<=://)(?:[^\s/@:]{0,200}:)?(?P<user>)(?=[^\s/@]{1,500}@)
    |\b(?:(?:Bearer|Basic)\ +(?=\S*[=._])|(?i:Bearer|Basic)\ +(?=\S*[0-9A-Z]))
        (?P<scheme>)(?=[\w.~+/=-]{8})
    |<(?P<tag>[\w.:-]{1,60})(?:\s[^<>]{0,200})?(?<!/)>
    |/[\w.-]{1,60}:\ (?=[^"'\[({])
    |(?<![\w.-])(?P<pair>[\w.-]{1,60})["'\s,;]{1,9}value["']{0,2}\s{0,9}[:=]{1,2}\s{0,9}
    |(?<![\w.-])(?P<name>[\w.-]{1,60})
        (?P<mark>(?:\[\d{0,9}\])*["'\]]{0,3}\s{0,9}[:=]{1,2}>?|(?=\())
        \s{0,9}(?:(?:Bearer|Basic|Digest)\ +)?""",
    re.ASCII | re.VERBOSE,
)
_MARK = re.compile(r"[:=<]|(?<=\w)\(|[Bb](?i:earer|asic)")  # each of these has one
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
    if not _MARK.search(text):  # as often, and faster to see
        return
    at = 0
    while (match := _NAMED.search(text, at)) is not None:
        at = start = match.end()
        name = match["name"] or match["tag"] or match["pair"]
        if name and not is_sensitive(name):
            at = match.end("mark" if match["name"] else match.lastgroup or 0)
        elif match["tag"]:
            at = text.find(f"</{name}", start)
        elif match["user"] is not None:
            at = text.find("@", start)
        elif name or match["scheme"] is not None:
            is_header = skeleton(name or "").endswith(("authorization", "cookie"))
            is_line = is_header and text[start : start + 1] not in "\"'[({"
            at = text.find("\n", start) if is_line else next(_VALUE.finditer(text, start)).end()
            at = len(text) if text[at : at + 1] == "<" else at  # of what markup, is not known
        at = len(text) if at < 0 else at
        if at > start:
            yield start, at
