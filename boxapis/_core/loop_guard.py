"""`LoopBound`: binds what belongs to one event loop in one process to that loop and process.

Promises: the warm path is one comparison of the loop and one of the process. Used on another loop
after the first has stopped, or in a forked child, the part that belongs to the loop is dropped and
made anew, so nothing has to be repaired. A parent's part is kept untouched in the child, because
even dropping it would remove its sockets from what the parent's loop watches. While the old loop
runs, use on another one is an error: two loops cannot share a queue or a socket.
"""

import asyncio
import os
from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from attrs import frozen

from boxapis.errors import ConfigurationError

__all__ = ["LoopBound", "LoopChange", "process_id", "running_loop", "wrong_loop"]

T = TypeVar("T")


class _Process:
    """The id of this process, kept because asking for it is a system call."""

    id = 0

    @classmethod
    def watch(cls) -> None:
        """Keeps the id right after every fork, from the first use on."""
        if cls.id:
            return
        cls.update()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=cls.update)

    @classmethod
    def update(cls) -> None:
        """Reads the id."""
        cls.id = os.getpid()


def process_id() -> int:
    """Returns the id of this process."""
    return _Process.id


@frozen(eq=False)
class LoopChange(Generic[T]):
    """What was bound before, when a part is made for another loop or process.

    Attributes:
        part: The part that is dropped.
        loop: The loop it belonged to; it does not run here, and may be closed.
        forked: Whether this is a forked child, so that part and loop are the parent's.
    """

    part: T
    loop: asyncio.AbstractEventLoop
    forked: bool


class LoopBound(ABC, Generic[T]):
    """Holds one part for the event loop and the process it is used in.

    A subclass makes the part; a callback to the owner would be a reference cycle.

    Attributes:
        latest: The part that was made last; None before the first use.
    """

    __slots__ = ("_inherited", "_loop", "_process", "latest")

    def __init__(self) -> None:
        _Process.watch()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process = _Process.id
        self._inherited: list[LoopChange[T]] = []  # a parent's parts, kept alive
        self.latest: T | None = None

    @property
    def is_bound_here(self) -> bool:
        """Whether it was used in this process."""
        return self._loop is not None and self._process == _Process.id

    def here(self) -> T | None:
        """Returns the part for the running loop; None while another loop that has one runs.

        None also where no loop of asyncio runs, as under trio; `wrong_loop` is the error for both.
        """
        loop = running_loop()
        if loop is None:
            return None
        if loop is self._loop and self._process == _Process.id:
            return self.latest
        return self._rebind(loop)

    def _rebind(self, loop: asyncio.AbstractEventLoop) -> T | None:
        old, part, change = self._loop, self.latest, None
        if old is not None and part is not None:
            change = LoopChange(part, old, self._process != _Process.id)
            if old.is_running() and not change.forked:
                return None
        made = self._make(change)
        if made is not None:
            if change is not None and change.forked:
                self._inherited.append(change)
            self._loop, self._process, self.latest = loop, _Process.id, made
        return made

    @abstractmethod
    def _make(self, change: LoopChange[T] | None) -> T | None:
        """Makes the part for the running loop and lets go of the one before, if there is one.

        Returns None when something below is bound to another loop that still runs.
        """


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Returns the event loop of asyncio that runs this code; None under trio, or without a loop."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def wrong_loop(operation: str) -> ConfigurationError:
    """The error of a call without a loop, or while the client is bound to another one that runs."""
    if running_loop() is None:
        return ConfigurationError(
            f"{operation}: no event loop of asyncio runs here.",
            next_step="await it in an async function that asyncio or uvloop runs, for instance by"
            " asyncio.run(main()); trio cannot run it",
        )
    return ConfigurationError(
        f"{operation}: the client belongs to another event loop, which is still running.",
        next_step="await it on that loop, from another thread with"
        " asyncio.run_coroutine_threadsafe() or a blocking portal of anyio; or make one client"
        " for each loop",
    )
