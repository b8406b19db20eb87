"""The canaries, one for each kind of secret, and the search for them in any encoding."""

import base64
from collections.abc import Callable, Iterable
from urllib.parse import quote

CORES = ("Zq9Xw7", "4929718203645519")
"""The beginning and the end of every canary; a card has a number of its own."""

_AWKWARD = "X/+ =&\"'<é%\\~"
_HEADER_SAFE = "X/+=&'~%"


def _made(kind: str, filling: str = _AWKWARD) -> str:
    return f"{CORES[0]}{kind}{filling}{CORES[0]}"


CANARIES = {
    **{
        kind: _made(kind)
        for kind in (
            *("api-password", "customer-password", "api-key", "customer-key", "web-key"),
            *("cvv", "expiry", "note", "carrier-password", "carrier-key", "webhook-key"),
            *("parameter", "proxy-password", "address-password", "code"),
        )
    },
    **{
        kind: _made(kind, _HEADER_SAFE)
        for kind in (
            *("token", "user-token", "access-token", "id-token", "client-secret"),
            *("cookie", "location"),
        )
    },
    "card": CORES[1],
}
"""Every kind of secret that the library is given, or receives from a service."""


def secret(kind: str) -> str:
    """A canary. It is called where it is used, so that no frame keeps the value."""
    return CANARIES[kind]


def _each(text: str, pattern: str) -> str:
    return "".join(pattern.format(ord(letter)) for letter in text)


def _base64(offset: int) -> Callable[[str], str]:
    """The part of its base64 that a text alone determines when so many bytes stand before it."""

    def middle(text: str) -> str:
        padded = b"\0" * offset + text.encode()
        whole = base64.b64encode(padded).decode()
        return whole[(offset * 8 + 5) // 6 : len(padded) * 8 // 6]

    return middle


ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": str,  # and so percent-, form-, JSON- and HTML-encoded: they leave letters alone
    "beginning": lambda text: text[:4] if text == CORES[0] else text[:12],
    "reversed": lambda text: text[::-1],
    "percent": lambda text: _each(text, "%{:02x}"),
    "percent in percent": lambda text: quote(_each(text, "%{:02x}")),
    "quoted-printable": lambda text: _each(text, "={:02x}"),
    "hexadecimal": lambda text: text.encode().hex(),
    "base64": _base64(0),
    "base64 behind one": _base64(1),
    "base64 behind two": _base64(2),
    "base32": lambda text: base64.b32encode(text.encode()).decode().rstrip("=")[:-1],
    "unicode escapes": lambda text: _each(text, "\\u{:04x}"),
    "unicode escapes in JSON": lambda text: _each(text, "\\\\u{:04x}"),
    "byte escapes": lambda text: _each(text, "\\x{:02x}"),
    "octal escapes": lambda text: _each(text, "\\{:03o}"),
    "HTML by number": lambda text: _each(text, "&#{};"),
    "HTML by hexadecimal": lambda text: _each(text, "&#x{:x};"),
    "numbers": lambda text: _each(text, "{}, ")[:-2],
    "UTF-16": "\0".join,
    "UTF-16 as repr": "\\x00".join,
    "cut up": "', '".join,
    "spaced": " ".join,
    "dashed": "-".join,
    "in lines": lambda text: text[:4] + "\n" + text[4:],
}
"""The forms of a core in each encoding, at any place in a text."""

_MARKS = {name: [encode(core).lower() for core in CORES] for name, encode in ENCODINGS.items()}


def found(text: str) -> list[str]:
    """The encodings in which a canary is found in a text."""
    plain = text.lower()
    return [name for name, marks in _MARKS.items() if any(mark in plain for mark in marks)]


def leaks(texts: Iterable[str | bytes]) -> list[str]:
    """One line for each text in which a canary was found, with its surroundings."""
    given = {text.decode("latin-1") if isinstance(text, bytes) else text for text in texts}
    if not found("\n".join(given)):
        return []
    return [f"{hits}: {_around(text)}" for text in given if (hits := found(text))]


def _around(text: str) -> str:
    places = [text.lower().find(mark) for marks in _MARKS.values() for mark in marks]
    at = min(place for place in places if place >= 0)
    return text[max(0, at - 160) : at + 60]
