"""Redacts a list of texts that a service wrote, within limits on its length."""

from collections.abc import Iterable
from itertools import islice

from boxapis._sansio.redaction import Sought, redact
from boxapis.secret import Secret

__all__ = ["redact_all"]

_MAX_TEXTS = 50
_MAX_CHARACTERS = 10_000


def redact_all(
    texts: Iterable[object], count: int, secrets: Iterable[str | Secret] | Sought
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
    secrets = secrets if isinstance(secrets, Sought) else Sought(secrets)
    kept: list[str] = []
    seen = characters = 0
    for text in islice(texts, _MAX_TEXTS):
        seen += 1
        if isinstance(text, str):
            kept.append(redact(text, secrets))
            characters += len(text)  # what was looked at, not only what is kept of it
        if characters >= _MAX_CHARACTERS:
            break
    return (*kept, f"… and {count - seen} more") if seen < count else tuple(kept)
