"""What a channel is: opened once, looked at while a request is under way, and after each call."""

from collections.abc import Iterable, Sequence
from typing import Any, Self

from attrs import frozen

__all__ = ["Channel", "Happening"]

Text = str | bytes


@frozen(repr=False)
class Happening:
    """What became of one call.

    Attributes:
        error: What it raised, or None.
        result: What it returned.
        living: The client, and what was made of it.
        tunnelled: What a CONNECT proxy saw, piece by piece.
        received: What the service saw.
    """

    error: BaseException | None
    result: Any
    living: Sequence[Any]
    tunnelled: Sequence[bytes] = ()
    received: Sequence[bytes] = ()


class Channel:
    """One channel. `texts` gives what it has carried since it was asked last.

    Attributes:
        every: Which cases it is read after: each one, or where that costs much, each second.
    """

    every = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leaves the process as it was."""

    def options(self) -> dict[str, Any]:
        """Options of the client that make it use this channel."""
        return {}

    def begin(self, number: int) -> None:
        """Is told that a case begins; what is slow is done for some of them only."""

    def look(self) -> None:
        """Is called while a request is under way, for what is seen only then."""

    def texts(self, happening: Happening) -> Iterable[Text]:
        """What was seen."""
        raise NotImplementedError
