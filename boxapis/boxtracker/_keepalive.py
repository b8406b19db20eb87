"""Keeps idle customer sessions alive that could not be renewed once dead.

Promises: one watching task per client, whatever the number of sessions, and none while there is
nothing to watch; one session that hangs keeps no other waiting; a session is confirmed with its
key after two idle minutes, jittered so that many do not fall into step; after two failures in a
row it is let go; one that was logged out is never brought back. Only sessions held without a
password are watched: the others renew themselves.
"""

import asyncio
import weakref
from collections.abc import Iterator

from boxapis._core.clock import Clock
from boxapis._core.dispatcher import Exchange
from boxapis.boxtracker._customer_session import CustomerSessions
from boxapis.errors import BoxAPIError, ConfigurationError
from boxapis.options import SessionTiming

__all__ = ["KeepAlive"]

_MOST_FAILURES = 2
_SHORTEST_PAUSE = 1.0


class KeepAlive:
    """The watch over the sessions of one client.

    Args:
        exchange: Of the client.
        timing: How often, and how much jitter.
        clock: Time and chance.

    Raises:
        ConfigurationError: when sessions would be stale before they are kept alive.
    """

    def __init__(self, exchange: Exchange, timing: SessionTiming, clock: Clock) -> None:
        every, jitter = timing.keep_alive_every, timing.keep_alive_jitter
        if jitter > every / 2 or every + jitter >= timing.stale_after:
            message = (
                "keep_alive_every, with a jitter of at most its half, must end before staleness"
            )
            raise ConfigurationError(message)
        self._exchange = exchange
        self._timing = timing
        self._clock = clock
        self._failures: weakref.WeakKeyDictionary[CustomerSessions, int] = (
            weakref.WeakKeyDictionary()
        )
        exchange.on_fork(self.forget)

    def watch(self, sessions: CustomerSessions) -> None:
        """Watches a customer's session from now on, if nothing else could renew it."""
        if self._exchange.closed or sessions.password is not None:
            return
        runtime = self._exchange.here()
        if runtime is not None:
            self._failures[sessions] = 0
            runtime.run_in_background(self._run)

    def forget(self) -> None:
        """In a forked child: leaves what the parent watches to the parent."""
        self._failures.clear()

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as confirmations:
            while self._failures:
                pause = self._timing.keep_alive_every + self._jitter()
                await self._clock.sleep(self._soonest(pause))
                for sessions in self._due(pause):
                    confirmations.create_task(self._confirm(sessions))

    def _jitter(self) -> float:
        return (self._clock.random() * 2 - 1) * self._timing.keep_alive_jitter

    def _soonest(self, pause: float) -> float:
        """Seconds until the first session is due, by what is known now."""
        now = self._clock.now()
        waits = (
            sessions.current.last_used + pause - now
            for sessions in tuple(self._failures)
            if sessions.current is not None and sessions.is_quiet
        )
        return max(_SHORTEST_PAUSE, min(waits, default=pause))

    def _due(self, pause: float) -> Iterator[CustomerSessions]:
        now = self._clock.now()
        for sessions in tuple(self._failures):
            session = sessions.current
            if session is None:  # logged out, or over for good
                del self._failures[sessions]
            elif sessions.is_quiet and now - session.last_used >= pause:
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
