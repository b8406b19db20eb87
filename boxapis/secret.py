"""Values that must not be seen, and how they are taken out of other people's text.

Promises: a `Secret` gives its value by `reveal` and by nothing else; it cannot be pickled or
copied into a file by accident; `redact` finds the values it is given in every encoding that a
server, a proxy or a log usually puts them into, and rather blanks a text than shows one.
"""

import base64
import re
from collections.abc import Callable, Iterable
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

from boxapis._escapes import View, alike, views
from boxapis.errors import ConfigurationError

__all__ = ["MASK", "SENSITIVE_FIELDS", "Secret", "is_sensitive", "redact", "required", "seal"]

MASK = "[secret]"
"""What stands in place of a secret: no length, no prefix, no hash of it."""

SENSITIVE_FIELDS = frozenset(
    {
        # Box Tracker: users, sessions and cards, in the spellings of portal, web API and forms.
        *("password", "password_api", "password_customer"),
        *("sessionKey", "key", "session_key", "session_key_api", "session_key_customer"),
        *("ccard_number", "ccard_exp_month", "ccard_exp_year", "ccard_cvv"),
        *("ccardNumber", "ccardExp", "ccardCVV"),
        *("txtCCardNo", "txtCCardCVV", "selExpMonth", "selExpYear"),
        # BoxC: tokens, the client, and what carriers want. The key of a webhook is a "key", too.
        *("token", "access_token", "id_token", "refresh_token", "client_secret"),
        *("api_key", "api_password", "api_secret", "app_key", "user_key", "user_code"),
        *("dp_api_key", "dp_api_secret", "gkp_password", "cig_password", "tnt_password"),
        *("retoure_password", "client_secret_id", "account_number"),
        # Headers of both.
        *("Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"),
    }
)
"""Names of arguments, JSON fields and headers whose values must not be seen, as they are spelt on
the wire: for the scrubber of a crash reporter or a log. The library's own redaction uses them too.
"""

_LONGEST_TEXT = 500
_SHORTEST_REPLACEABLE = 4
_SEARCHED = 4096
_LONGEST_ESCAPE = 12  # characters that one byte may have become


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
        if isinstance(value, Secret):
            _write(self, value.reveal())
        elif isinstance(value, str):
            _write(self, str.__str__(value))
        else:
            kind = type(value).__name__
            del value
            raise ConfigurationError(f"a Secret is made of str, not of {kind}")

    def reveal(self) -> str:
        """The value itself. Call it where the value is used, and keep no copy."""
        return _read(self)

    def __repr__(self) -> str:
        return MASK

    def __format__(self, specification: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, str | Secret):
            return NotImplemented
        from hmac import compare_digest  # noqa: PLC0415 - drags OpenSSL along; compared rarely

        return compare_digest(_as_bytes(self.reveal()), _as_bytes(Secret(other).reveal()))

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        message = "a Secret is not pickled or copied; pass reveal() on if you must store it"
        raise TypeError(message)

    def __getstate__(self) -> NoReturn:
        self.__reduce_ex__(0)


# The one slot loses its name, so that no tool that lists attributes comes upon the value.
_slot: Any = Secret.__dict__["_value"]
_read: Callable[[Secret], str] = _slot.__get__
_write: Callable[[Secret, str], None] = _slot.__set__
delattr(Secret, "_value")


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


def is_sensitive(name: str) -> bool:
    """Whether a field of this name must not be seen, in whatever case and spelling."""
    plain = _plain(name)
    return plain in _PLAIN_NAMES or any(word in plain for word in ("password", "secret", "token"))


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


_PLAIN_NAMES = frozenset(map(_plain, SENSITIVE_FIELDS))


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
