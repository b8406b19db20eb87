"""Masks secrets in text that a service or a proxy wrote.

`redact` finds the given values in every encoding that servers, proxies and logs usually apply. When
in doubt it masks the whole text.
"""

import base64
import re
from collections.abc import Iterable
from itertools import islice
from urllib.parse import unquote_to_bytes

from boxapis._sansio.escapes import decoded_views, fold
from boxapis.secret import MASK, Secret, is_sensitive

__all__ = ["redact", "redact_all"]

_MAX_TEXT = 500
_MIN_SECRET = 4
_MAX_SEARCHED = 4096
_MAX_LATIN_1 = 0xFF
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_MAX_ESCAPE = 12  # characters that one escaped byte may take
_MAX_TEXTS = 50
_MAX_CHARACTERS = 10_000


def redact(text: str, secrets: Iterable[str | Secret]) -> str:
    """Returns a text with secrets masked in every usual encoding, cut to 500 characters.

    Values that the text itself assigns to a sensitive field are masked, too. When redaction fails,
    the whole text is masked.

    Args:
        text: The text of a service.
        secrets: The values to mask. One shorter than four characters masks the whole text, because
            it would be found everywhere.
    """
    try:
        return _redact(text, [Secret(secret).reveal() for secret in secrets])
    except Exception:  # noqa: BLE001 - better no text than a secret
        return MASK


def redact_all(
    texts: Iterable[object], count: int, secrets: Iterable[str | Secret]
) -> tuple[str, ...]:
    """Returns the first texts of a list, each as `redact` returns it; what is no text is left out.

    At most 50 entries are looked at, and texts are added until they have 10,000 characters; a last
    text then says how many more entries there are. A list that a server made long thus costs no
    more than a short one.

    Args:
        texts: The entries of the list.
        count: How many entries there are.
        secrets: The values to mask.
    """
    secrets = tuple(secrets)
    kept: list[str] = []
    seen = characters = 0
    for text in islice(texts, _MAX_TEXTS):
        seen += 1
        if isinstance(text, str):
            kept.append(redact(text, secrets))
            characters += len(kept[-1])
        if characters >= _MAX_CHARACTERS:
            break
    return (*kept, f"… and {count - seen} more") if seen < count else tuple(kept)


def _redact(text: str, secrets: list[str]) -> str:
    values = {value for value in secrets if value}
    if any(len(value) < _MIN_SECRET for value in values):
        return MASK
    forms = {form for value in values for form in _search_forms(value)}
    longest = max(map(len, forms), default=0) * _MAX_ESCAPE
    excess = len(text) - _MAX_SEARCHED - longest
    if excess > 0:
        text = text[:-excess]
    views = decoded_views(text) if forms else ()
    spans = [span for view in views for form in forms for span in view.find(form)]
    text = _NAMED_VALUE.sub(_mask_named_value, _mask_spans(text, spans))
    if excess > 0:  # half a secret may stand at the end
        text = text[: max(0, len(text) - longest)] + "…"
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 1] + "…"


def _mask_spans(text: str, spans: list[tuple[int, int]]) -> str:
    pieces: list[str] = []
    done = 0
    for start, end in sorted(spans):
        if start >= done:
            pieces += (text[done:start], MASK)
        done = max(done, end)
    return "".join((*pieces, text[done:]))


def _search_forms(value: str) -> set[bytes]:
    """Returns the folded bytes that a value may become when the escapes around it are decoded.

    Among them is the value with its own escapes decoded, as happens with one layer too many.
    """
    raw = _as_bytes(value)
    forms = {raw, _as_bytes(value.lower()), _as_bytes(value.upper()), unquote_to_bytes(raw)}
    forms |= {raw.hex().encode(), raw.decode("latin-1").encode()}  # and UTF-8 read as Latin-1
    if all(ord(letter) <= _MAX_LATIN_1 for letter in value):
        forms.add(value.encode("latin-1"))
    forms |= _base64_forms(raw)
    return {fold(form) for form in forms if len(form) >= _MIN_SECRET}


def _base64_forms(raw: bytes) -> set[bytes]:
    """Returns the middle of the value's base64 for each of the three offsets it can start at."""
    forms: set[bytes] = set()
    for before in range(3):
        padded = b"\0" * before + raw
        start = (before * 8 + 5) // 6
        middle = base64.b64encode(padded)[start : len(padded) * 8 // 6]
        forms |= {middle, middle.translate(_URL_SAFE)}
    return forms


# `name=value`, `"name": "value"`, `[name] => value`, and the credentials of a header.
_NAMED_VALUE = re.compile(
    r"""(?<![\w-])(?P<name>[\w-]{1,60})(?P<mark>\]?\ ?=>?\ ?|\\*["']\ ?[:=]>?\ ?)"""
    r"""(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|\\+"[^"]*"?|\\+'[^']*'?|[^&;,\s"'<>]+)"""
    r"""|(?P<scheme>\b(?:Bearer|Basic)\ +)(?=\S*[0-9A-Z=._])[\w.~+/=-]{8,}""",
    re.VERBOSE | re.ASCII,
)


def _mask_named_value(match: "re.Match[str]") -> str:
    if match["scheme"]:
        return f"{match['scheme']}{MASK}"
    return f"{match['name']}{match['mark']}{MASK}" if is_sensitive(match["name"]) else match[0]


def _as_bytes(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")
