"""Redacts the texts of one response, single ones and lists, within limits on their length."""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import islice

from boxapis.secret import Secret

__all__ = ["Redact", "redact_all", "redactor"]

Redact = Callable[[str], str]
"""Returns a text without secrets."""

_MAX_TEXTS = 50
_MAX_CHARACTERS = 10_000


def redactor(secrets: Iterable[str | Secret]) -> Redact:
    """Returns `redact` for the texts of one response, with its secrets made ready once."""
    # Imported here, because few responses are errors, and only those have such texts.
    from boxapis._sansio.redaction import Sought, redact  # noqa: PLC0415

    return partial(redact, secrets=Sought(secrets))


def redact_all(texts: Iterable[object], count: int, redact: Redact) -> tuple[str, ...]:
    """Returns the first texts of a list, without secrets; what is no text is left out.

    At most 50 entries are looked at, and texts are added until they have 10,000 characters; a last
    text then says how many more entries there are. A list that a server made long thus costs no
    more than a short one.

    Args:
        texts: The entries of the list.
        count: How many entries there are.
        redact: What `redactor` returns for the response.
    """
    kept: list[str] = []
    seen = characters = 0
    for text in islice(texts, _MAX_TEXTS):
        seen += 1
        if isinstance(text, str):
            kept.append(redact(text))
            characters += len(text)  # what was looked at, not only what is kept of it
        if characters >= _MAX_CHARACTERS:
            break
    return (*kept, f"… and {count - seen} more") if seen < count else tuple(kept)
