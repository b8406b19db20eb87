"""`KeepAlive`: confirms idle customer sessions that could not be renewed once they have expired.

Promises: one task per client, whatever the number of sessions, and none while there is nothing to
watch. A confirmation that hangs holds up no other session. A session is confirmed with its key
after two idle minutes, with jitter so that many do not fall into step. After two failures in a row
it is given up, and one that was logged out is never brought back. Only sessions held without a
password are watched: the others renew themselves.
"""

import asyncio
import weakref
from collections.abc import Iterator

from boxapis._core.dispatcher import Dispatcher
from boxapis.boxtracker._customer_session import CustomerSession
from boxapis.errors import BoxAPIError, ConfigurationError
from boxapis.options import SessionTiming

__all__ = ["KeepAlive"]

_MAX_FAILURES = 2
_MIN_PAUSE = 1.0


class KeepAlive:
    """Watches the sessions of one client.

    Args:
        dispatcher: The state shared by all calls of the client.
        timing: Interval and jitter, in seconds.

    Raises:
        ConfigurationError: when sessions would be stale before they are kept alive.
    """

    def __init__(self, dispatcher: Dispatcher, timing: SessionTiming) -> None:
        interval, jitter = timing.keep_alive_interval, timing.keep_alive_jitter
        if jitter > interval / 2 or interval + jitter >= timing.stale_after:
            message = (
                "keep_alive_jitter must be at most half of keep_alive_interval, and both together"
                " shorter than idle_limit - margin, when a session is stale"
            )
            raise ConfigurationError(message)
        self._dispatcher = dispatcher
        self._timing = timing
        self._clock = dispatcher.clock
        self._failures: weakref.WeakKeyDictionary[CustomerSession, int] = (
            weakref.WeakKeyDictionary()
        )
        dispatcher.on_fork(self.drop_inherited)

    def watch(self, session: CustomerSession) -> None:
        """Watches a customer's session from now on, if nothing else could renew it."""
        if self._dispatcher.closed or session.password is not None:
            return
        runtime = self._dispatcher.here()
        if runtime is not None:
            self._failures[session] = 0
            runtime.run_in_background(self._run)

    def drop_inherited(self) -> None:
        """In a forked child, leaves the session that the parent watches to the parent."""
        self._failures.clear()

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as confirmations:
            while self._failures:
                pause = self._timing.keep_alive_interval + self._jitter()
                await self._clock.sleep(self._soonest(pause))
                for session in self._due(pause):
                    confirmations.create_task(self._confirm(session))

    def _jitter(self) -> float:
        return (self._clock.random() * 2 - 1) * self._timing.keep_alive_jitter

    def _soonest(self, pause: float) -> float:
        """Returns the seconds until the first session is due, as things stand."""
        now = self._clock.now()
        waits = (
            session.current.last_used + pause - now
            for session in tuple(self._failures)
            if session.current is not None and session.is_quiet
        )
        return max(_MIN_PAUSE, min(waits, default=pause))

    def _due(self, pause: float) -> Iterator[CustomerSession]:
        now = self._clock.now()
        for session in tuple(self._failures):
            if session.current is None:  # logged out, or over for good
                del self._failures[session]
            elif session.is_quiet and now - session.current.last_used >= pause:
                yield session

    async def _confirm(self, session: CustomerSession) -> None:
        outcome = await session.confirm()
        if not isinstance(outcome, BoxAPIError):
            self._failures[session] = 0
            return
        failures = self._failures.get(session, 0) + 1
        self._failures[session] = failures
        if failures >= _MAX_FAILURES:
            del self._failures[session]
