"""Where a client and its transport live: on one event loop, in one process.

Promises: the warm path is one comparison of the loop and one of the process, made in one place:
a transport leaves it to the client that uses it. Whoever is used on another loop, once the old one
has stopped, or in a forked child, moves there: everything that hangs on the old loop or belongs to
the parent process is let go first, and nothing of it is touched. While the old loop runs, the move
is refused, because two loops cannot share a queue or a socket.
"""

import asyncio
import os
import weakref
from collections.abc import Callable

from attrs import frozen

from boxapis.errors import ConfigurationError

__all__ = ["Departure", "Home", "Leave", "Moves", "elsewhere"]

Moves = tuple[int, int]
"""How often a home was changed, and how many of these times by a fork."""


class _Process:
    """This process; its number is kept, because asking for it is a system call."""

    number = 0

    @classmethod
    def watch(cls) -> None:
        """Has the number follow every fork, from the first home on."""
        if cls.number:
            return
        cls.note()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=cls.note)

    @classmethod
    def note(cls) -> None:
        """Takes down the number."""
        cls.number = os.getpid()


@frozen
class Departure:
    """One move out of a home.

    Attributes:
        old: The loop that was left; it does not run here, and may be closed.
        forked: Whether this is a child, and the old loop the parent's.
    """

    old: asyncio.AbstractEventLoop
    forked: bool


Leave = Callable[[Departure], None]
"""Lets go of what belongs to the old loop or, in a forked child, to the parent."""


class Home:
    """One event loop of one process, from the first use on.

    Attributes:
        guarded: Whether a client compares before it sends, so that the transport need not.
        moves: How often it was left; the very same object until it is.
    """

    __slots__ = ("_loop", "_process", "_tenants", "guarded", "moves")

    def __init__(self) -> None:
        _Process.watch()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process = _Process.number
        self._tenants: list[weakref.WeakMethod[Leave]] = []
        self.guarded = False
        self.moves: Moves = (0, 0)

    def settle(self, leave: Leave) -> None:
        """Has a bound method told of every move; it is held weakly."""
        self._tenants.append(weakref.WeakMethod(leave))

    @property
    def is_lived_in(self) -> bool:
        """Whether it was used in this very process."""
        return self._loop is not None and self._process == _Process.number

    def enter(self) -> bool:
        """Makes sure of being at home; False when another loop that still runs is the home."""
        loop = asyncio.get_running_loop()
        if loop is self._loop and self._process == _Process.number:
            return True
        return self._move(loop)

    def _move(self, loop: asyncio.AbstractEventLoop) -> bool:
        old, forked = self._loop, self._process != _Process.number
        if old is not None:
            if old.is_running() and not forked:
                return False
            self._leave(Departure(old, forked))
        self._loop, self._process = loop, _Process.number
        return True

    def _leave(self, move: Departure) -> None:
        self.moves = (self.moves[0] + 1, self.moves[1] + move.forked)
        for tenant in self._tenants:
            leave = tenant()
            if leave is not None:
                leave(move)


def elsewhere(operation: str) -> ConfigurationError:
    """The error of a call on a loop that is not the home."""
    return ConfigurationError(
        f"{operation}: the client belongs to another event loop, which is still running.",
        next_step="make one client for each loop",
    )
