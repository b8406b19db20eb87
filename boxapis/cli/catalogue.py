"""What can be called: names that are looked up, with the ones that were meant, and their kinds."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

from boxapis import ConfigurationError
from boxapis._sansio.boxc.operations import OPERATIONS
from boxapis._sansio.operation import Kind

__all__ = ["REPETITION", "find", "similar_operation"]

T = TypeVar("T")

REPETITION: Mapping[Kind, str] = {
    "read": "it changes nothing, and is repeated after a failure",
    "idempotent": "a repetition changes nothing more; it is repeated after a failure",
    "changing": "a repetition may do it again, so it is never sent twice",
}
"""What a repetition does, by kind."""


def find(name: str, known: Mapping[str, T], what: str, lister: str) -> T:
    """Returns what has a name, in any case.

    Args:
        name: The name as it was given.
        known: What there is, by name.
        what: The kind of thing, for the error.
        lister: The command that lists all of them.

    Raises:
        ConfigurationError: There is no such name; the error has the closest one.
    """
    by_letters = {text.casefold(): text for text in known}
    near = get_close_matches(name.casefold(), by_letters, 1)
    if near and near[0] == name.casefold():
        return known[by_letters[near[0]]]
    # What was given is not quoted: it may be a secret in the wrong place.
    hint = f"did you mean {by_letters[near[0]]}? " if near else ""
    raise ConfigurationError(f"there is no such {what}", next_step=f"{hint}'{lister}' lists them")


def similar_operation(method: str, path: str) -> str | None:
    """Returns the operation of BoxC that a method and a path which fit none most likely mean.

    Args:
        method: The HTTP method.
        path: The path below the base URL.

    Returns:
        None if an operation fits, or if none is close.
    """
    given = path.partition("?")[0].strip("/").split("/")
    meant: dict[str, str] = {}
    for name in OPERATIONS:
        verb, _, template = name.partition(" ")
        parts = template.strip("/").split("/")
        if len(parts) == len(given):  # an id stands for itself
            parts = [
                one if part[0] == "{" else part for part, one in zip(parts, given, strict=True)
            ]
        if (verb, parts) == (method, given):
            return None
        meant[f"{verb} {'/'.join(parts)}"] = name
    near = get_close_matches(f"{method} {'/'.join(given)}", meant, 1, cutoff=0.8)
    return meant[near[0]] if near else None
