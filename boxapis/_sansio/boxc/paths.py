"""The readings of a path: the resources and ids that a server may find in it.

Servers and proxies differ in how often they decode a path, in what they cut off, and in what they
take for the same letter. Every rule that depends on a path is asked about each of its readings.
"""

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

__all__ = ["Reading", "below_version", "is_encoded", "is_plain", "is_simple", "readings"]

_MAX_DECODINGS = 10
_PLAIN = re.compile(r"[A-Za-z0-9_./-]*", re.ASCII)
_SLASHES = re.compile(r"[/\\]")
_QUERY = re.compile(r"[?#].*", re.DOTALL)
_PARAMETERS = re.compile(r"[;?#].*", re.DOTALL)
_OVERLONG = re.compile("[\xc0\xc1][\x80-\xbf]")  # two bytes for one of ASCII
_VERSION = re.compile(r"v\d+(\.\d+)*", re.ASCII)

Reading = tuple[str, ...]
"""The parts of a path, simplified."""


def is_plain(path: str) -> bool:
    """Whether every server reads a path alike: it has letters, digits and ``_ . - /`` only."""
    return _has_words_only(path) or _PLAIN.fullmatch(path) is not None


def is_simple(path: str) -> bool:
    """Whether a path has a slash before each part, and letters, digits and ``-`` in it, no more."""
    is_absolute = path[:1] == "/" and path[-1] != "/" and "//" not in path
    return is_absolute and _has_words_only(path)


def _has_words_only(path: str) -> bool:
    # Several times as quick as a regular expression.
    return path.isascii() and path.replace("/", "0").replace("-", "0").isalnum()


def readings(path: str) -> list[Reading]:
    """Returns the parts of a path in each way in which a server may read it, as it stands first.

    A part is in lower case, without what follows a semicolon, blanks, control characters and
    accents; parts that are empty then are left out.

    Args:
        path: The path below the base URL, without a query.

    Returns:
        The readings; none when the path is encoded more than ten times.
    """
    if is_plain(path):  # as nearly always
        return [tuple(filter(None, path.lower().split("/")))]
    found: dict[Reading, None] = {}
    for _ in range(_MAX_DECODINGS):
        for text in (path, unquote(path)):
            found.update(dict.fromkeys(_readings_of(text)))
        decoded = unquote(path, "latin-1")
        if decoded == path:
            return list(found)
        path = decoded
    return []


def _readings_of(text: str) -> Iterator[Reading]:
    simple = unicodedata.normalize("NFKD", _OVERLONG.sub(_shortened, text))
    for whole in (simple, _QUERY.sub("", simple)):
        yield tuple(filter(None, map(_visible, _SLASHES.split(whole))))


def _shortened(match: "re.Match[str]") -> str:
    return chr((ord(match[0][0]) & 1) << 6 | ord(match[0][1]) & 0x3F)


def _visible(part: str) -> str:
    return "".join(sign for sign in _PARAMETERS.sub("", part) if "!" <= sign <= "~").lower()


def below_version(parts: Reading) -> Reading:
    """Returns the parts behind a version such as ``v1``, if the first one is a version."""
    has_version = parts and parts[0].startswith("v") and _VERSION.fullmatch(parts[0])
    return parts[1:] if has_version else parts


def is_encoded(parts: Reading) -> bool:
    """Whether a part can be decoded further, as a server that finds the path will have done."""
    return any(unquote(part) != part for part in parts)
