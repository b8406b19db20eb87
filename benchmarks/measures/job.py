"""What a client process is told to measure, and its one way to steer the origin meanwhile."""

from collections.abc import Callable
from typing import Any

from attrs import field, frozen

from benchmarks import roster
from benchmarks.contenders._peer import Contender

__all__ = ["Job", "Numbers", "Steer"]

Numbers = dict[str, Any]
Steer = Callable[[dict[str, Any]], dict[str, Any]]


@frozen(kw_only=True)
class Job:
    """One round of one contender.

    Attributes:
        contender: Its name.
        measure: What is measured.
        url: Of the origin.
        authority: A file of roots to trust; None for plain HTTP.
        origin: The origin's process.
        tasks: How many call at once.
        seconds: How long.
        warm: Seconds of warming up before that.
        each: Calls of each task, where they are counted instead.
        expire: Whether the keys die in the middle.
        call: Which call.
        steer: Gives the origin an order and returns its answer.
    """

    contender: str
    measure: str
    url: str = ""
    authority: str | None = None
    origin: int = 0
    tasks: int = 1
    seconds: float = 1.0
    warm: float = 0.0
    each: int = 1
    expire: bool = False
    call: str = "call"
    steer: Steer = field(repr=False, eq=False)

    async def opened(self) -> Contender:
        """The contender, set up."""
        contender = roster.make(self.contender)
        await contender.setup(self.url, self.tasks, self.authority)
        return contender

    def counts(self) -> dict[str, int]:
        """What the origin has counted since it was reset."""
        counts: dict[str, int] = self.steer({"do": "read"})["counts"]
        return counts
