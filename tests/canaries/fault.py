"""One fault: what the service does, where it stands, and what the caller does meanwhile."""

from collections.abc import Callable
from typing import Any, Literal

from attrs import field, frozen

from tests.canaries.service import Call, Play

EACH = 4

Act = Literal["plain", "cancel", "timeout", "deadline", "close"]
Place = Literal["", "refused", "hole", "unknown", "distrusted", "expired", "not TLS", "proxy"]


async def nothing(call: Call) -> None:
    """Plays nothing: the connection ends."""


@frozen
class Fault:
    """One row.

    Attributes:
        name: With the number of its row in the catalogue.
        play: What the service does with a request.
        at_accept: Whether it does so before there is one.
        times: How often, before it is well again.
        act: What the caller does while the service is at it.
        place: Where the service stands instead, so that it is never reached.
        door: The only one of the two it makes sense for, or neither.
        turn: Where it is one of many of a row, which operations meet it: each fourth one.
        options: Of the client.
    """

    name: str
    play: Play = nothing
    at_accept: bool = False
    times: int = 1_000_000
    act: Act = "plain"
    place: Place = ""
    door: str = ""
    turn: int | None = None
    options: dict[str, Any] = field(factory=dict)

    def suits(self, door: str) -> bool:
        """Whether it can happen behind this door."""
        return not self.door or self.door == door

    def is_due(self, number: int) -> bool:
        """Whether it is the turn of the operation of this number."""
        return self.turn is None or (self.turn + number) % EACH == 0


def saying(make: Callable[[Call], bytes]) -> Play:
    """Answers with these bytes and ends the connection."""

    async def play(call: Call) -> None:
        """Writes them."""
        call.writer.write(make(call))
        await call.writer.drain()

    return play
