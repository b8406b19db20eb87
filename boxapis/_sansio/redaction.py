"""Takes secrets out of text that a service or a proxy wrote.

Promises: `redact` finds the values it is given in every encoding that a server, a proxy or a log
usually puts them into, and rather blanks a text than shows one.
"""

import base64
import re
from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

from boxapis._sansio.escapes import View, alike, views
from boxapis.secret import MASK, Secret, is_sensitive

__all__ = ["redact"]

_LONGEST_TEXT = 500
_SHORTEST_REPLACEABLE = 4
_SEARCHED = 4096
_LONGEST_ESCAPE = 12  # characters that one byte may have become


def redact(text: str, secrets: Iterable[str | Secret]) -> str:
    """Foreign text with secrets masked in every usual encoding, and cut short.

    Args:
        text: What a service said.
        secrets: The values to take out, whatever stands around them. One shorter than four
            characters blanks the whole text, because it would be found everywhere.

    Whatever the text itself gives out as the value of a sensitive field goes, too. When all this
    fails, the text is blanked.

    Returns:
        At most 500 characters.
    """
    try:
        return _redacted(text, [Secret(secret).reveal() for secret in secrets])
    except Exception:  # noqa: BLE001 - rather no text than a secret
        return MASK


def _redacted(text: str, secrets: list[str]) -> str:
    values = {value for value in secrets if value}
    if any(len(value) < _SHORTEST_REPLACEABLE for value in values):
        return MASK
    wanted = {form for value in values for form in _forms(value)}
    longest = max(map(len, wanted), default=0) * _LONGEST_ESCAPE
    rest = len(text) - _SEARCHED - longest
    if rest > 0:
        text = text[:-rest]
    spans = [span for view in views(text) for span in _found(view, wanted)] if wanted else []
    text = _without_named(_without(text, spans))
    if rest > 0:  # what was cut in two by the cut may stand at the end
        text = text[: max(0, len(text) - longest)] + "…"
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"


def _found(view: View, wanted: Iterable[bytes]) -> list[tuple[int, int]]:
    return [span for form in wanted for span in view.find(form)]


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    pieces: list[str] = []
    done = 0
    for start, end in sorted(spans):
        if start >= done:
            pieces += (text[done:start], MASK)
        done = max(done, end)
    return "".join((*pieces, text[done:]))


def _forms(value: str) -> set[bytes]:
    """What stands for a value once the escapes around it are undone, or one too many."""
    raw = _as_bytes(value)
    forms = {raw, _as_bytes(value.lower()), _as_bytes(value.upper()), unquote_to_bytes(raw)}
    forms |= {raw.hex().encode(), raw.decode("latin-1").encode()}  # the latter: read as Latin-1
    if all(ord(letter) <= _LAST_OF_LATIN_1 for letter in value):
        forms.add(value.encode("latin-1"))
    forms |= _base64_forms(raw)
    return {alike(form) for form in forms if len(form) >= _SHORTEST_REPLACEABLE}


_LAST_OF_LATIN_1 = 0xFF


def _base64_forms(raw: bytes) -> set[bytes]:
    """The middle of the value's base64 at each of the three positions it can start at."""
    forms: set[bytes] = set()
    for before in range(3):
        padded = b"\0" * before + raw
        start = (before * 8 + 5) // 6
        middle = base64.b64encode(padded)[start : len(padded) * 8 // 6]
        forms |= {middle, middle.translate(_URL_SAFE)}
    return forms


_URL_SAFE = bytes.maketrans(b"+/", b"-_")

# `name=value`, `"name": "value"`, `[name] => value`, and the credentials of a header.
_NAMED = re.compile(
    r"""(?<![\w-])(?P<name>[\w-]{1,60})(?P<mark>\]?\ ?=>?\ ?|\\*["']\ ?[:=]>?\ ?)"""
    r"""(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|\\+"[^"]*"?|\\+'[^']*'?|[^&;,\s"'<>]+)"""
    r"""|(?P<scheme>\b(?:Bearer|Basic)\ +)(?=\S*[0-9A-Z=._])[\w.~+/=-]{8,}""",
    re.VERBOSE | re.ASCII,
)


def _without_named(text: str) -> str:
    return _NAMED.sub(_masked, text)


def _masked(match: "re.Match[str]") -> str:
    if match["scheme"]:
        return f"{match['scheme']}{MASK}"
    return f"{match['name']}{match['mark']}{MASK}" if is_sensitive(match["name"]) else match[0]


def _as_bytes(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")
