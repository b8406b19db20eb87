"""`Store`: the base of the stores through which several processes act as one.

Promises: a store never fails a call. A step that gets no answer within a second is tried once more,
because a busy loop may have left the answer unread; then the store counts as unavailable for at
most five seconds, in which every step fails at once. Afterwards a single step tries it out, so no
herd comes back. Each outage is logged once, by the class of the error. Like a transport, a store
belongs to one event loop in one process; on a new loop, or in a forked child, it connects anew and
touches nothing of the connections before.
"""

import asyncio
import logging
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import ClassVar, Self, TypeVar

from boxapis._core.clock import Clock
from boxapis._core.loop_guard import LoopBound, LoopChange, wrong_loop
from boxapis._http.messages import Unpicklable
from boxapis._sansio.step import Step
from boxapis.errors import type_name
from boxapis.secret import Secret, required

__all__ = ["Store", "StoreConnection", "StoreUnavailableError"]

S = TypeVar("S")
A = TypeVar("A")

_TIMEOUT = 1.0
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 5.0

_logger = logging.getLogger("boxapis")


class StoreUnavailableError(Exception):
    """The store did not do a step; the process goes on alone."""


class StoreConnection(ABC):
    """What a store has on one event loop."""

    @abstractmethod
    async def run(self, step: Step[S, A]) -> A:
        """Does one step atomically; raises whatever prevents it."""

    @abstractmethod
    async def aclose(self) -> None:
        """Ends its connections and threads."""

    @abstractmethod
    def abandon(self) -> None:
        """Lets go of everything without a loop: that of the connection has ended."""


class Store(LoopBound[StoreConnection], Unpicklable):
    """A place where the processes of a fleet share sessions and rate limits.

    Use it as an async context manager, around the clients that use it, or close it with `aclose`.

    Attributes:
        belongs_to_client: Whether the only client that uses it closes it: it was made for that one,
            from settings.
    """

    __slots__ = (
        "_is_closed", "_is_out", "_is_tried", "_out_until", "_pause", "_pepper", "_place",
        "belongs_to_client",
    )  # fmt: skip

    _clock: ClassVar[Clock] = Clock()  # replaced by `clocked`

    def __init__(self, *, pepper: Secret | None = None) -> None:
        super().__init__()
        self._place = ""  # for the repr, also of a store whose options are refused
        self._is_closed = False
        self._is_out = False  # since the last step that was done
        self._pepper = None if pepper is None else required(pepper, "pepper")
        self._is_tried = False  # by a step under way, after an outage
        self._out_until = 0.0
        self._pause = _FIRST_PAUSE
        self.belongs_to_client = False

    @property
    def is_available(self) -> bool:
        """Whether the last step was done; also before the first one."""
        return not self._is_out

    @property
    def pepper(self) -> Secret | None:
        """The secret that the sealing of sessions takes in addition to the API's password."""
        return self._pepper

    @abstractmethod
    def _connect(self) -> StoreConnection:
        """Returns a connection for the running loop; it connects when it is first used."""

    def _make(self, change: LoopChange[StoreConnection] | None) -> StoreConnection | None:
        if change is not None:
            self._is_tried = False
            if not change.forked:
                change.part.abandon()
        return self._connect()

    async def run(self, step: Step[S, A]) -> A:
        """Does one step.

        Raises:
            StoreUnavailableError: it was not done, or no answer says so.
        """
        connection = self.here()
        if self._is_closed or connection is None:
            raise StoreUnavailableError
        if self._is_out and (self._is_tried or self._clock.now() < self._out_until):
            raise StoreUnavailableError
        self._is_tried = tries_out = self._is_out
        try:
            return await self._tried(connection, step, tries_out=tries_out)
        finally:
            if tries_out:
                self._is_tried = False

    async def _tried(self, connection: StoreConnection, step: Step[S, A], *, tries_out: bool) -> A:
        for is_last in (False, True) if step.is_repeatable else (True,):
            try:
                async with asyncio.timeout(_TIMEOUT):
                    answer = await connection.run(step)
            except Exception as error:  # noqa: BLE001 - an engine's library may raise anything
                if self._is_closed:
                    break
                if is_last and (tries_out or not self._is_out):  # of a crowd, the first
                    self._note_failure(error)
            else:
                self._note_success()
                return answer
        raise StoreUnavailableError

    def _note_failure(self, error: Exception) -> None:
        if not self._is_out:
            name, kind = type(self).__name__, type_name(error)
            _logger.warning(
                "%s: the store cannot be used (%s); each process goes on alone until it can",
                name,
                kind,
                extra={"store": name, "error_type": kind},
            )
        self._is_out = True
        self._out_until = self._clock.now() + self._pause * (0.5 + self._clock.random() / 2)
        self._pause = min(_LONGEST_PAUSE, 2 * self._pause)

    def _note_success(self) -> None:
        if self._is_out:
            name = type(self).__name__
            _logger.warning("%s: the store can be used again", name, extra={"store": name})
        self._is_out, self._pause = False, _FIRST_PAUSE

    async def aclose(self) -> None:
        """Ends connections and threads. Clients that still use the store go on alone.

        In a forked child it leaves everything of the parent's alone.

        Raises:
            ConfigurationError: the store belongs to another event loop, which is still running.
        """
        if self._is_closed:
            return
        connection = self.here() if self.is_bound_here else None
        if self.is_bound_here and connection is None:
            raise wrong_loop("aclose()")
        self._is_closed = True
        if connection is not None:
            with suppress(Exception):  # of an engine that is gone; nothing is left to be lost
                await connection.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __del__(self, _warn: Callable[..., None] = warnings.warn) -> None:
        if self.is_bound_here and not (self._is_closed or self.belongs_to_client):
            name = type(self).__name__
            _warn(f"a {name} was not closed: await its aclose()", ResourceWarning, source=self)

    def __repr__(self) -> str:
        state = "closed" if self._is_closed else "" if self.is_available else "unavailable"
        return f"<{' '.join(filter(None, (type(self).__name__, self._place, state)))}>"
