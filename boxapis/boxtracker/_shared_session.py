"""`SharedSessions`: how a client and those of other processes open each session once for all.

Promises, with a store:

* One handshake for all processes: who needs a session claims its slot first. Who finds a session
  there adopts it; who gets the claim makes the handshake, and the others ask again after 20 to
  250 ms, one task for each object that needs it. When the holder dies, another one takes over
  within the lease.
* A session that is late, because its process was stopped beyond its lease, is not kept where a
  newer one is: that one is adopted, and the late one of a customer is logged out.
* A refused login counts for all that hold the same password; a wrong password is another slot.
  Failures of one process or machine are not passed on: nothing was sent, or its address is wrong.
* A customer's session is adopted only together with the API session it was opened on. Where the two
  differ, the older API session gives way; where the customer's is on an older one than ours, its
  key is confirmed on ours, by one process.
* A use is noted in the store from time to time, and the answer brings newer sessions, so that all
  processes end up on the same. What a process opened alone gets into the store in the same way.
* A store that does not answer never fails anything: the process goes on alone.

Not shared are sessions held by a key without password, what `Handshakes` opens unless the client
goes on with it, and a standby until it is promoted.
"""

import asyncio
import contextlib
import os
from math import inf

from boxapis._core.store import StoreUnavailableError
from boxapis._sansio.boxtracker.catalogue import WRONG_ADDRESS
from boxapis._sansio.boxtracker.leases import Failed, Found, Held, Yours
from boxapis._sansio.boxtracker.session import Session
from boxapis.boxtracker._account import OpenedSession
from boxapis.boxtracker._session import SessionManager, SessionSharing, Share
from boxapis.boxtracker._shared_slots import SharedSlots
from boxapis.errors import BoxAPIError, TransportError
from boxapis.secret import Secret

__all__ = ["SharedSessions"]

_FIRST_PAUSE = 0.02
_LONGEST_PAUSE = 0.25
_GROWTH = 1.5
_ROUNDING = 0.001  # seconds, in a store's whole milliseconds
_LOST_BASE = Session(Secret(""), -inf)
"""Below a session whose key is to be confirmed on another API session; never used."""

_MAX_CLAIMS = 8
"""Claims without an end to it, beside those that wait; more would be two processes in a duel."""


class SharedSessions(SessionSharing):
    """Shares the sessions of one client.

    Args:
        slots: Their slots in the store.
    """

    def __init__(self, slots: SharedSlots) -> None:
        self._slots = slots

    def share(self, *parts: str | Secret) -> Share:
        """Returns the share of a session manager in the slot that these parts name."""
        return Share(self, parts, os.urandom(8).hex())

    async def open(self, manager: SessionManager, share: Share) -> OpenedSession | BoxAPIError:
        """Adopts the session of another process, or opens one for all."""
        share.failure_left = None
        handshake = _SharedHandshake(self._slots, manager, share)
        try:
            outcome = await handshake.outcome()
        except StoreUnavailableError:
            outcome = handshake.late
        share.overrides_failure = False
        return outcome or await manager.open_alone()

    def note(self, manager: SessionManager, share: Share, session: Session) -> None:
        """Begins to note in the store that a session is in use."""
        self._slots.note(manager, share, session)

    async def follow(self, manager: SessionManager, share: Share, session: Session) -> None:
        """Puts a newer session of the store in the place of this one, if there is one."""
        if session.fence:
            with contextlib.suppress(StoreUnavailableError):
                await self._slots.follow(manager, share, session)

    async def end(self, share: Share, session: Session) -> Session | None:
        """Removes the newest session from the store, and returns it; None if there is none."""
        try:
            record = await self._slots.newest(share, session)
            if record is not None:
                await self._slots.end(share, record.fence)
        except StoreUnavailableError:
            return None
        return None if record is None else record.session(None)


class _SharedHandshake:
    """One handshake's way through the store.

    Attributes:
        late: A session that was opened here and is not in the store, because that has a newer one.
    """

    def __init__(self, slots: SharedSlots, manager: SessionManager, share: Share) -> None:
        self.late: OpenedSession | None = None
        self._slots = slots
        self._manager = manager
        self._share = share
        self._known = share.refused
        self._is_forced = self._has_waited = False
        self._pause = _FIRST_PAUSE
        self._gives_up_at = slots.dispatcher.now() + slots.sharing.patience

    async def outcome(self) -> OpenedSession | BoxAPIError | None:
        """Returns a session for all, or an error; None when the process is to go on alone.

        Raises:
            StoreUnavailableError: the store does not answer.
        """
        claims = 0
        outcome: OpenedSession | BoxAPIError | None
        while claims < _MAX_CLAIMS:
            problem = await self._base_problem()
            if problem is not None:
                return self.late or problem
            now, is_asked = self._now(), self.late is not None or self._manager.is_explicit
            session = None if is_asked else self._manager.fresh(now)
            if session is not None:  # a response has made it fresh in the meantime
                return OpenedSession(session, {})
            match await self._slots.claim(self._share, self._known, force=self._forces):
                case Held():
                    if not await self._wait():
                        break
                    continue
                case Found() as found:
                    outcome = await self._adopt(found, now)
                case Failed() as failed:
                    outcome = self._failure(failed)
                case Yours() as yours:
                    outcome = await self._open(yours, now)
            if outcome is not None:
                return outcome
            claims += 1
        return self.late

    def _now(self) -> float:
        return self._slots.dispatcher.now()

    @property
    def _forces(self) -> bool:
        """Whether to claim in spite of a session or failure; not after waiting for a handshake."""
        is_asked = self._is_forced or self._manager.is_explicit
        return is_asked and self.late is None and not self._has_waited

    async def _base_problem(self) -> BoxAPIError | None:
        """Gets the API session below; returns the error if there is none.

        Raises:
            StoreUnavailableError: the others do not have it.
        """
        api = self._manager.below
        if api is None:
            return None
        base = await api.ensure()
        if isinstance(base, BoxAPIError):
            return base
        await self._slots.share_base(api, base)
        base = api.fresh(self._now()) or base
        if not base.fence:
            raise StoreUnavailableError
        return None

    async def _wait(self) -> bool:
        """Waits for another process's handshake; returns False when that is no use any more."""
        clock, is_closed = self._slots.clock, self._slots.dispatcher.closed
        if is_closed or not self._manager.is_current_flight() or self._now() >= self._gives_up_at:
            return False
        self._has_waited, current = True, self._manager.current
        if self._manager.is_explicit and current is not None:
            self._known = max(self._known, current.fence)  # a handshake was asked for, not this one
        await clock.sleep(self._pause * (0.5 + clock.random() / 2))
        self._pause = min(self._pause * _GROWTH, _LONGEST_PAUSE)
        return True

    async def _adopt(self, found: Found, asked: float) -> OpenedSession | None:
        last_used = asked - found.idle / 1000
        record = self._slots.read(self._share, found.record, found.fence, last_used)
        session = None if record is None else await self._slots.fitting(self._manager, record)
        if session is None:  # it does not open, or stands on an older API session than ours
            self._known = max(self._known, found.fence)
            return None
        late, manager = self.late, self._manager
        manager.keep(OpenedSession(session, {}))
        if late is not None and late.session.key != session.key:
            self._slots.beside(late, lambda: manager.discard(late))
        return OpenedSession(session, {})

    def _failure(self, failed: Failed) -> OpenedSession | BoxAPIError | None:
        if self.late is not None:
            return self.late
        error, left = self._slots.failure(self._share, failed.failure), failed.left / 1000
        is_overridden = self._share.overrides_failure and not self._is_forced
        # One that seems to count longer than a failure here is damaged, or of a clock set back.
        if error is None or is_overridden or left > self._manager.cool_down(error) + _ROUNDING:
            self._is_forced = True
            return None
        self._share.failure_left = left
        return error

    async def _open(self, yours: Yours, asked: float) -> OpenedSession | BoxAPIError | None:
        """Makes the handshake and puts the session into the store; None if that has a newer one."""
        opened = self.late or await self._handshake(yours, asked)
        if isinstance(opened, BoxAPIError):
            await self._land_failure(opened, yours.fence)
            return opened
        self.late, session = opened, opened.session
        if not self._manager.is_current_flight():  # logged out, so it will be ended
            await self._slots.drop(self._share, yours.fence)
            return opened
        self._manager.keep(opened)
        if session.base is not None and self._manager.below is not None:
            await self._slots.share_base(self._manager.below, session.base)
        is_newest = await self._slots.land(self._manager, self._share, session, yours.fence)
        return opened if is_newest else None

    async def _handshake(self, yours: Yours, asked: float) -> OpenedSession | BoxAPIError:
        if yours.record_fence > self._share.refused:
            last_used = asked - yours.idle / 1000
            record = self._slots.read(self._share, yours.record, yours.record_fence, last_used)
            if record is not None:
                self._manager.offer(record.session(_LOST_BASE))
        holding = asyncio.create_task(self._slots.hold(self._share, yours.fence))
        try:
            return await self._manager.open_alone()
        finally:
            holding.cancel()

    async def _land_failure(self, error: BoxAPIError, fence: int) -> None:
        with contextlib.suppress(StoreUnavailableError):
            if self._is_local(error):
                await self._slots.drop(self._share, fence)
            else:
                seconds = self._manager.cool_down(error)
                await self._slots.land_failure(self._share, error, fence, seconds)

    def _is_local(self, error: BoxAPIError) -> bool:
        """Whether an error is of this process or machine, and says nothing about the login."""
        if isinstance(error, TransportError):
            return not error.any_attempt_sent
        is_unsent = error.attempts == 0 or error.operation != self._manager.command
        return is_unsent or getattr(error, "code", None) == WRONG_ADDRESS
