"""`Template`: the path of a known operation with places for ids, taken apart once.

Promises: an id is percent-encoded, so it cannot lead to another path. What is the same for each
request of an operation is looked up at its first one. Only a path that has letters and digits alone
in the places of its ids is *plain*, so that it needs no check of its own.
"""

from functools import cache

from attrs import frozen

from boxapis._sansio.boxc.operations import OPERATIONS, Operation
from boxapis._sansio.boxc.ratelimit import Group, group_of
from boxapis._sansio.text import exact_int, exact_text, percent_encode

__all__ = ["Template", "id_text", "template_of"]

_LARGEST_ID = 2**63 - 1
_LONGEST_ID = 1000


@frozen(eq=False)
class Template:
    """An operation, taken apart.

    Attributes:
        operation: The operation.
        method: The HTTP method.
        start: The path up to the first id.
        pieces: What follows each id.
        group: The rate limit that it falls under.
    """

    operation: Operation
    method: str
    start: str
    pieces: tuple[str, ...]
    group: Group

    def fill(self, ids: tuple[object, ...]) -> tuple[str | None, bool]:
        """Returns the path with so many ids, or None for a wrong one, and whether it is plain."""
        path, is_plain = self.start, True
        for identifier, piece in zip(ids, self.pieces, strict=True):
            if type(identifier) is int and 1 <= identifier <= _LARGEST_ID:  # as nearly always
                path += str(identifier) + piece
                continue
            text = id_text(identifier)
            encoded = None if text is None else percent_encode(text)
            if encoded is None:
                return None, False
            is_plain = is_plain and encoded.isalnum() and len(encoded) <= _LONGEST_ID
            path += encoded + piece
        return path, is_plain


@cache
def template_of(operation: str) -> Template:
    """Returns the template of a name of `OPERATIONS`."""
    method, path = operation.split()
    start, *places = path.split("{")
    pieces = tuple(place.partition("}")[2] for place in places)
    return Template(OPERATIONS[operation], method, start, pieces, group_of(path))


def id_text(identifier: object) -> str | None:
    """Returns an id as text: a whole number, 1 or more and below 2**63, or a text; else None."""
    number = exact_int(identifier)
    if number is not None:
        return str(number) if 1 <= number <= _LARGEST_ID else None
    return exact_text(identifier) or None
