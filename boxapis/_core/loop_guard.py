"""Binds what belongs to one event loop of one process to that loop and that process.

Promises: the warm path is one comparison of the loop and one of the process. Used on another loop,
once the old one has stopped, or in a forked child, the part that belongs there is thrown away and
made anew, so that nothing has to be repaired; what was a parent's is kept untouched, because even
forgetting it would take its sockets from what the parent's loop watches. While the old loop runs,
use elsewhere is refused, because two loops cannot share a queue or a socket.
"""

import asyncio
import os
from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from attrs import frozen

from boxapis.errors import ConfigurationError

__all__ = ["Left", "LoopBound", "elsewhere", "process"]

T = TypeVar("T")


class _Process:
    """This process; its number is kept, because asking for it is a system call."""

    number = 0

    @classmethod
    def watch(cls) -> None:
        """Has the number follow every fork, from the first use on."""
        if cls.number:
            return
        cls.note()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=cls.note)

    @classmethod
    def note(cls) -> None:
        """Takes down the number."""
        cls.number = os.getpid()


def process() -> int:
    """The number of this process."""
    return _Process.number


@frozen
class Left(Generic[T]):
    """A part that is thrown away.

    Attributes:
        part: It.
        loop: Its loop; it does not run here, and may be closed.
        forked: Whether this is a child, and both are the parent's.
    """

    part: T
    loop: asyncio.AbstractEventLoop
    forked: bool


class LoopBound(ABC, Generic[T]):
    """Has one part for the event loop and the process it is used in.

    Attributes:
        latest: The part that was made last; None before the first use.
    """

    __slots__ = ("_loop", "_of_parents", "_process", "latest")

    def __init__(self) -> None:
        _Process.watch()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process = _Process.number
        self._of_parents: list[Left[T]] = []
        self.latest: T | None = None

    @property
    def is_used_here(self) -> bool:
        """Whether it was used in this very process."""
        return self._loop is not None and self._process == _Process.number

    def here(self) -> T | None:
        """The part for the loop that runs; None while another loop runs that has one."""
        loop = asyncio.get_running_loop()
        if loop is self._loop and self._process == _Process.number:
            return self.latest
        return self._renew(loop)

    def _renew(self, loop: asyncio.AbstractEventLoop) -> T | None:
        old, part, left = self._loop, self.latest, None
        if old is not None and part is not None:
            left = Left(part, old, self._process != _Process.number)
            if old.is_running() and not left.forked:
                return None
        made = self._make(left)
        if made is not None:
            if left is not None and left.forked:
                self._of_parents.append(left)
            self._loop, self._process, self.latest = loop, _Process.number, made
        return made

    @abstractmethod
    def _make(self, left: Left[T] | None) -> T | None:
        """Makes the part for the loop that runs, and lets go of the one that was left, if any.

        None when it cannot be had, because something below is bound to a loop that still runs.
        """


def elsewhere(operation: str) -> ConfigurationError:
    """The error of a call on a loop beside the one that everything is bound to."""
    return ConfigurationError(
        f"{operation}: the client belongs to another event loop, which is still running.",
        next_step="make one client for each loop",
    )
