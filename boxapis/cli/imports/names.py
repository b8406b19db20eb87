"""Names in a manifest: how they are compared, which are refused, and which are misspelt."""

import re
import unicodedata
from collections.abc import Collection

__all__ = ["INVISIBLE", "is_visible", "misspelt", "normalised"]

INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""Control characters but for line ends and tabs, characters that show nothing, lone surrogates."""

_SYNONYMS = {"credentialid": "id", "credentialsid": "id", "carriercode": "carrier"}


def normalised(name: str) -> str:
    """A name as it is compared and kept: in NFC, without blanks around it."""
    return unicodedata.normalize("NFC", name).strip()


def is_visible(name: str) -> bool:
    """Whether a name is one line of characters that show, so that it can be sent and written."""
    return not INVISIBLE.search(name) and not {"\t", "\n", "\r"} & set(name)


def misspelt(name: str, known: Collection[str]) -> str | None:
    """The known name that a name differs from in case, blanks, marks or invisible characters only.

    Args:
        name: Normalised name.
        known: Names that are known here; each is its own spelling.
    """
    if name in known:
        return None
    folded = _folded(name)
    meant = _SYNONYMS.get(folded, folded)
    return next((right for right in known if _folded(right) == meant), None)


def _folded(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in text if character.isalnum())
