"""Keeps idle customer sessions alive that could not be renewed once dead.

Promises: one task per client, whatever the number of sessions, and none while there is nothing to
watch; a session is confirmed with its key after two idle minutes, jittered so that many do not
fall into step; after two failures in a row it is let go; one that was logged out is never brought
back. Only sessions held without a password are watched: the others renew themselves.
"""

import asyncio
import weakref
from collections.abc import Iterable

from boxapis._clock import Clock
from boxapis.boxtracker._customer_sessions import CustomerSessions
from boxapis.errors import BoxAPIError
from boxapis.options import SessionTiming

__all__ = ["KeepAlive"]

_MOST_FAILURES = 2


class KeepAlive:
    """The watch over the sessions of one client.

    Args:
        timing: How often, and how much jitter.
        clock: Time and chance.
    """

    def __init__(self, timing: SessionTiming, clock: Clock) -> None:
        self._timing = timing
        self._clock = clock
        self._failures: weakref.WeakKeyDictionary[CustomerSessions, int] = (
            weakref.WeakKeyDictionary()
        )
        self._task: asyncio.Task[None] | None = None

    def watch(self, sessions: CustomerSessions) -> None:
        """Watches a customer's session from now on, if nothing else could renew it."""
        if sessions.password is not None:
            return
        self._failures[sessions] = 0
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        while self._failures:
            pause = self._timing.keep_alive_every + self._jitter()
            await self._clock.sleep(min(pause, self._soonest(pause)))
            for sessions in self._due(pause):
                await self._confirm(sessions)

    def _jitter(self) -> float:
        return (self._clock.random() * 2 - 1) * self._timing.keep_alive_jitter

    def _soonest(self, pause: float) -> float:
        now = self._clock.now()
        waits = [
            sessions.current.last_used + pause - now
            for sessions in tuple(self._failures)
            if sessions.current is not None
        ]
        return max(0.1, min(waits, default=pause))

    def _due(self, pause: float) -> Iterable[CustomerSessions]:
        now = self._clock.now()
        for sessions in tuple(self._failures):
            session = sessions.current
            if session is None or sessions.state != "live":
                del self._failures[sessions]
            elif now - session.last_used >= pause:
                yield sessions

    async def _confirm(self, sessions: CustomerSessions) -> None:
        outcome = await sessions.confirm()
        if not isinstance(outcome, BoxAPIError):
            self._failures[sessions] = 0
            return
        failures = self._failures.get(sessions, 0) + 1
        self._failures[sessions] = failures
        if failures >= _MOST_FAILURES:
            del self._failures[sessions]

    async def aclose(self) -> None:
        """Ends the watch."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))
