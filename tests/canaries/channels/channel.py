"""A channel that is searched: opened once, read while a request is under way and after a call."""

from collections.abc import Iterable, Sequence
from typing import Any, Self

from attrs import frozen

__all__ = ["Channel", "Happening"]

Text = str | bytes


@frozen(repr=False)
class Happening:
    """The outcome of one call.

    Attributes:
        error: The exception it raised, or None.
        result: The value it returned.
        living: The client, and the objects made from it.
        tunnelled: The bytes that a CONNECT proxy saw.
        received: The bytes that the service received.
    """

    error: BaseException | None
    result: Any
    living: Sequence[Any]
    tunnelled: Sequence[bytes] = ()
    received: Sequence[bytes] = ()


class Channel:
    """One channel. `texts` returns what it has carried since the last call.

    Attributes:
        every: Cases from one reading to the next: 1 for each, more where reading is slow.
    """

    every = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Restores the process's state."""

    def options(self) -> dict[str, Any]:
        """Client options that make a client use this channel."""
        return {}

    def begin(self, number: int) -> None:
        """Prepares for a case; slow preparations are made for some cases only."""

    def look(self) -> None:
        """Reads, while a request is under way, what is visible only then."""

    def texts(self, happening: Happening) -> Iterable[Text]:
        """The texts that the channel has carried."""
        raise NotImplementedError
