"""Job of a client process: what to measure, and how to control the origin."""

from collections.abc import Callable
from typing import Any

from attrs import field, frozen

from benchmarks import roster
from benchmarks.contenders._plain_client import Contender

__all__ = ["Job", "Numbers", "OriginControl"]

Numbers = dict[str, Any]
OriginControl = Callable[[dict[str, Any]], dict[str, Any]]


@frozen(kw_only=True)
class Job:
    """One round of one contender.

    Attributes:
        contender: Name of the contender.
        measure: Name of the measure.
        url: URL of the origin.
        ca_file: File of CA certificates to trust; None for plain HTTP.
        origin_pid: Process id of the origin.
        tasks: Number of concurrent tasks.
        seconds: Seconds of measuring.
        warm: Seconds of warming up before it.
        calls_per_task: Calls of each task, for measures that count calls.
        expire: Whether the session keys expire during the run.
        call: Method of the contender to call.
        loop: Event loop, ``"asyncio"`` or ``"uvloop"``.
        control_origin: Sends a command to the origin and returns its state.
    """

    contender: str
    measure: str
    url: str = ""
    ca_file: str | None = None
    origin_pid: int = 0
    tasks: int = 1
    seconds: float = 1.0
    warm: float = 0.0
    calls_per_task: int = 1
    expire: bool = False
    call: str = "call"
    loop: str = "asyncio"
    control_origin: OriginControl = field(repr=False, eq=False)

    async def open_contender(self) -> Contender:
        """Creates the contender and sets it up."""
        contender = roster.create_contender(self.contender)
        await contender.setup(self.url, self.tasks, self.ca_file)
        return contender

    def counts(self) -> dict[str, int]:
        """Returns the requests that the origin has counted since its reset."""
        counts: dict[str, int] = self.control_origin({"action": "read"})["counts"]
        return counts
