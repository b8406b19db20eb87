"""Values that must not be seen, and how they are taken out of other people's text.

Promises: a `Secret` gives its value by `reveal` and by nothing else; it cannot be pickled or
copied into a file by accident; `redact` finds the values it is given in every encoding that a
server, a proxy or a log usually puts them into, and rather blanks a text than shows one.
"""

import base64
import hmac
import html
import json
import re
from collections.abc import Iterable
from typing import NoReturn
from urllib.parse import quote, quote_plus

from boxapis.errors import ConfigurationError

__all__ = ["MASK", "Secret", "redact", "required", "seal"]

MASK = "[secret]"
"""What stands in place of a secret: no length, no prefix, no hash of it."""

_LONGEST_TEXT = 500
_SHORTEST_REPLACEABLE = 4


class Secret:
    """A password, key, token or card number that does not show itself.

    Args:
        value: The text to keep, or another `Secret`.

    Raises:
        ConfigurationError: when it is neither; it is not shown.

    `str`, `repr`, `format`, f-strings and `vars` give a fixed mask. Equality compares in constant
    time, also with a plain `str`. It has no length, no hash and no iteration, and refuses pickle
    and copy.
    """

    __slots__ = ("_value",)
    __hash__ = None  # type: ignore[assignment]  # a hash would let a secret be guessed offline

    def __init__(self, value: "str | Secret") -> None:
        if not isinstance(value, str | Secret):
            kind = type(value).__name__
            del value
            raise ConfigurationError(f"a Secret is made of str, not of {kind}")
        self._value: str = value.reveal() if isinstance(value, Secret) else value

    def reveal(self) -> str:
        """The value itself. Call it where the value is used, and keep no copy."""
        return self._value

    def __repr__(self) -> str:
        return MASK

    def __format__(self, specification: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, str | Secret):
            return NotImplemented
        return hmac.compare_digest(_as_bytes(self._value), _as_bytes(Secret(other).reveal()))

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        message = "a Secret is not pickled or copied; pass reveal() on if you must store it"
        raise TypeError(message)


def seal(value: object) -> Secret | None:
    """A `Secret` of a caller's value; None stays None, and what is no text becomes an empty one.

    Never raises, so that a public function can put it before its first check: after that line no
    frame holds the bare value.
    """
    if value is None:
        return None
    return Secret(value) if isinstance(value, str | Secret) else Secret("")


def required(secret: Secret | None, name: str) -> Secret:
    """The secret, when it is text that can be sent.

    Raises:
        ConfigurationError: when it is missing, empty, no text, or has no UTF-8 form.
    """
    if secret is None or not secret.reveal():
        message = f"{name} must be a non-empty str or Secret"
        raise ConfigurationError(message)
    if not _is_sendable(secret.reveal()):
        message = f"{name} holds half a surrogate pair, which has no encoding"
        raise ConfigurationError(message)
    return secret


def _is_sendable(value: str) -> bool:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def redact(text: str, secrets: Iterable[str | Secret]) -> str:
    """Foreign text with the given secrets masked in every usual encoding, and cut short.

    Args:
        text: What a service said.
        secrets: The values to take out. One shorter than four characters blanks the whole text,
            because it would be found everywhere.

    Returns:
        At most 500 characters.
    """
    values = [Secret(secret).reveal() for secret in secrets]
    values = [value for value in values if value]
    if any(len(value) < _SHORTEST_REPLACEABLE for value in values):
        return MASK
    forms = sorted({form for value in values for form in _forms(value)}, key=len, reverse=True)
    if forms:
        # Percent and JSON escapes come in either case, so the match ignores it.
        text = re.sub("|".join(map(re.escape, forms)), MASK, text, flags=re.IGNORECASE)
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"


def _forms(value: str) -> set[str]:
    raw = _as_bytes(value)
    forms = {
        value,
        quote(raw, safe=""),
        quote(raw, safe="/"),
        quote(raw, safe="!'()*"),  # as JavaScript and Perl do it
        quote_plus(raw),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        json.dumps(value)[1:-1].replace("/", "\\/"),
    }
    forms.update(_html_forms(value), _repr_forms(value, raw), _base64_forms(raw))
    return {form for form in forms if len(form) >= _SHORTEST_REPLACEABLE}


def _html_forms(value: str) -> set[str]:
    escaped = html.escape(value, quote=False)
    return {
        escaped.replace('"', double).replace("'", single)
        for double in ('"', "&quot;", "&#34;")
        for single in ("'", "&#x27;", "&#39;", "&#039;", "&apos;")
    }


def _repr_forms(value: str, raw: bytes) -> set[str]:
    """As Python shows text and bytes; what else is in them decides how it writes a quote."""
    text = [repr(part)[1:-1] for part in value.split("'")]
    octets = [repr(part)[2:-1] for part in raw.split(b"'")]
    return {mark.join(parts) for mark in ("'", "\\'") for parts in (text, octets)}


def _base64_forms(raw: bytes) -> set[str]:
    """The middle of the value's base64 at each of the three positions it can start at."""
    forms: set[str] = set()
    for before in range(3):
        padded = b"\0" * before + raw
        whole = base64.b64encode(padded).decode("ascii")
        start = (before * 8 + 5) // 6
        end = len(padded) * 8 // 6
        middle = whole[start:end]
        forms |= {middle, middle.translate(_URL_SAFE)}
    return forms


_URL_SAFE = str.maketrans("+/", "-_")


def _as_bytes(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")
