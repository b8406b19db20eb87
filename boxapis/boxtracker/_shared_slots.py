"""`SharedSlots`: the slots of one client's sessions in a store, and the records in them.

Seconds become whole milliseconds here, and sessions become sealed records: the key, the customer's
id and the fence of the API session it stands on. Nothing else of a handshake's response is kept.
"""

import math
from collections.abc import Awaitable, Callable, Hashable

from boxapis._core.dispatcher import Dispatcher
from boxapis._core.loop_guard import process_id
from boxapis._core.single_flight import SingleFlight
from boxapis._core.store import Store, StoreUnavailableError
from boxapis._sansio.boxtracker.leases import Claim, Claimed, End, Found, Keep, Land, Touch, Yours
from boxapis._sansio.boxtracker.session import Session
from boxapis.boxtracker import _shared_records as records
from boxapis.boxtracker._sealing import Sealing
from boxapis.boxtracker._session import SessionManager, Share
from boxapis.boxtracker._shared_records import Record
from boxapis.errors import BoxAPIError
from boxapis.options import SessionTiming, Sharing

__all__ = ["SharedSlots"]

_LONGEST = 10**12  # milliseconds; more than thirty years
_MISSING_NOTE_EVERY = (
    5.0  # seconds, while the store lacks a session; as long as it may be left alone
)


class SharedSlots:
    """The slots of one client.

    Args:
        dispatcher: The state shared by all calls of the client.
        store: Where the slots are.
        sealing: Names and encrypts them.
        timing: How sessions age.
        sharing: Lease and notes.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        store: Store,
        sealing: Sealing,
        timing: SessionTiming,
        sharing: Sharing,
    ) -> None:
        self.clock = dispatcher.clock
        self.sharing = sharing
        self.dispatcher = dispatcher
        self._store = store
        self._sealing = sealing
        self._lease = _milliseconds(sharing.lease)
        self._stale_after, self._idle_limit = timing.stale_after, timing.idle_limit
        self._fresh = _milliseconds(timing.stale_after)
        self._limit = _milliseconds(timing.idle_limit)

    # Steps. Each raises `StoreUnavailableError` when it was not done.

    async def claim(self, share: Share, known: int, *, force: bool = False) -> Claimed:
        """Asks for a session that is newer than ``known``, or for the right to open one."""
        slot, owner = await self._slot(share), _owner(share)
        step = Claim(slot, known, owner, self._lease, self._fresh, self._limit, force)
        return await self._store.run(step)

    async def hold(self, share: Share, fence: int) -> None:
        """Prolongs a lease until it is lost; cancelled when the handshake is over."""
        slot, is_held = await self._slot(share), True
        while is_held:
            await self.clock.sleep(self.sharing.lease / 3)
            try:
                step = Keep(slot, fence, _owner(share), self._lease, self._limit)
                is_held = await self._store.run(step)
            except StoreUnavailableError:
                continue  # it may be back before the lease ends

    async def land(
        self, manager: SessionManager, share: Share, session: Session, fence: int
    ) -> bool:
        """Puts a session into the slot; returns False when a newer fence was granted."""
        slot = await self._slot(share)
        if session.base is not None and not session.base.fence:
            return await self.drop(share, fence)  # none of the others has what it stands on
        record = records.sealed_session(self._sealing, slot, session)
        step = Land(slot, fence, "opened", record, self._idle(session), self._limit)
        is_newest = await self._store.run(step)
        if is_newest:
            session.fence = fence
            session.note_at = self._next_note(session, self.dispatcher.now())
            if manager.current is session and manager.state == "refused":  # on its way here
                share.refused = max(share.refused, fence)
        return is_newest

    async def land_failure(
        self, share: Share, error: BoxAPIError, fence: int, seconds: float
    ) -> None:
        """Puts the error of a handshake into the slot for some seconds."""
        slot, age = await self._slot(share), _milliseconds(seconds)
        failure = records.sealed_failure(self._sealing, slot, error)
        await self._store.run(Land(slot, fence, "failed", failure, age, self._limit))

    async def drop(self, share: Share, fence: int) -> bool:
        """Ends a lease without an outcome, so that the next one tries at once; returns True."""
        await self._store.run(Land(await self._slot(share), fence, "dropped", b"", 0, self._limit))
        return True

    async def end(self, share: Share, fence: int) -> None:
        """Removes a session that is being logged out."""
        await self._store.run(End(await self._slot(share), fence, self._limit))

    async def newer(self, share: Share, session: Session) -> Record | None:
        """Notes that a session was used; returns the record of a newer one, if there is one."""
        return await self._newer_than(share, session.fence, self._idle(session))

    async def newest(self, share: Share, session: Session) -> Record | None:
        """Returns the record of a session, or of a newer one; None if there is none that lives."""
        record = await self._newer_than(share, session.fence - 1, 0)
        is_dead = record is None or self.dispatcher.now() - record.last_used >= self._idle_limit
        return None if is_dead else record

    async def _newer_than(self, share: Share, fence: int, idle: int) -> Record | None:
        asked = self.dispatcher.now()
        seen = await self._store.run(Touch(await self._slot(share), fence, idle, self._limit))
        if not isinstance(seen, Found) or seen.fence <= share.refused:
            return None
        return self.read(share, seen.record, seen.fence, asked - seen.idle / 1000)

    # Records.

    def read(self, share: Share, record: bytes, fence: int, last_used: float) -> Record | None:
        """Returns what a record says; None if it does not open here."""
        return records.read_session(self._sealing, share.slot, record, fence, last_used)

    def failure(self, share: Share, failure: bytes) -> BoxAPIError | None:
        """Returns the error of another process's handshake; None if it does not open here."""
        return records.read_failure(self._sealing, share.slot, failure)

    async def fitting(self, manager: SessionManager, record: Record) -> Session | None:
        """Returns the session of a record, on the API session it was opened on.

        None if that is not the one in use here, even after this has been brought up to date.
        """
        api, current = manager.below, manager.current
        base = None
        if api is not None:
            base = api.fresh(self.dispatcher.now())
            if base is not None and api.share is not None and record.base > base.fence > 0:
                await self.follow(api, api.share, base)
                base = api.fresh(self.dispatcher.now())
            if base is None or base.fence != record.base:
                return None
        if current is None or current.fence != record.fence or current.base is not base:
            session = record.session(base)
            # From the last use on: else many objects that are used but once would note nothing.
            due = self._next_note(session, record.last_used)
            session.note_at = due if base is None else min(due, base.note_at)
            return session
        # The same object, because other sessions may stand on it.
        current.last_used = max(current.last_used, record.last_used)
        return current

    # Notes.

    async def follow(self, manager: SessionManager, share: Share, session: Session) -> None:
        """Notes that a session was used, and takes a newer one in its place, if there is one."""
        record = await self.newer(share, session)
        if record is None or self.dispatcher.now() - record.last_used >= self._stale_after:
            return
        newer = await self.fitting(manager, record)
        if newer is not None and newer is not session:
            manager.replace(session, newer)

    async def publish(self, manager: SessionManager, share: Share, session: Session) -> None:
        """Puts a session that was opened alone into its slot, or takes the one that is there."""
        known = share.refused
        for _ in range(2):
            is_alone = session.base is not None and not session.base.fence
            if is_alone or manager.current is not session or not manager.is_quiet:
                return
            asked = self.dispatcher.now()
            seen = await self.claim(share, known)
            if isinstance(seen, Yours):
                is_held = manager.current is session
                await (
                    self.land(manager, share, session, seen.fence)
                    if is_held
                    else self.drop(share, seen.fence)
                )
            if not isinstance(seen, Found):
                return
            record = self.read(share, seen.record, seen.fence, asked - seen.idle / 1000)
            newer = None if record is None else await self.fitting(manager, record)
            if newer is not None:
                manager.replace(session, newer)
                return
            known = seen.fence

    def note(
        self, manager: SessionManager, share: Share, session: Session
    ) -> SingleFlight[None] | None:
        """Starts a note of a session's use, or joins the one under way; None while closing."""
        session.note_at = self._next_note(session, self.dispatcher.now())
        return self.beside((manager, "note"), lambda: self._note(manager, share, session))

    async def _note(self, manager: SessionManager, share: Share, session: Session) -> None:
        if session.fence:
            await self.follow(manager, share, session)
            return
        if session.base is not None and manager.below is not None:
            await self.share_base(manager.below, session.base)
        await self.publish(manager, share, session)

    async def share_base(self, api: SessionManager, base: Session) -> None:
        """Sees to it that other processes have an API session that customers' sessions stand on."""
        if api.share is None or base.fence:
            return
        flight = self.note(api, api.share, base)
        if flight is not None:
            await flight.outcome()

    def beside(
        self, key: Hashable, work: Callable[[], Awaitable[None]]
    ) -> SingleFlight[None] | None:
        """Runs work in a task of its own, or joins the one with this key; None while closing."""
        runtime = self.dispatcher.here()
        if runtime is None or self.dispatcher.closed:
            return None
        flights = runtime.flights

        async def run(flight: SingleFlight[None]) -> None:
            try:
                await work()
            except StoreUnavailableError:
                pass  # what it was for is not needed by this process
            finally:
                flights.forget(key, flight)

        return flights.get(key) or flights.start(key, run)

    # Names and times.

    def _next_note(self, session: Session, since: float) -> float:
        """Returns when a use is noted again; spread, so that processes do not fall into step."""
        every = self.sharing.note_every
        pause = every if session.fence else min(every, _MISSING_NOTE_EVERY)
        return since + pause * (0.7 + 0.6 * self.clock.random())

    def _idle(self, session: Session) -> int:
        return _milliseconds(self.dispatcher.now() - session.last_used)

    async def _slot(self, share: Share) -> str:
        if not share.slot:
            await self._prepare()
            share.slot = self._sealing.slot(*share.parts)
        return share.slot

    async def _prepare(self) -> None:
        """Makes the keys once, however many sessions are opened at the same time."""
        flight = None if self._sealing.is_ready else self.beside(self, self._sealing.prepare)
        if flight is not None:
            await flight.outcome()
        if not self._sealing.is_ready:  # the client is closed, or there is no memory
            raise StoreUnavailableError


def _owner(share: Share) -> str:
    return f"{share.owner}.{process_id()}"  # a forked child is another one


def _milliseconds(seconds: float) -> int:
    return math.ceil(min(max(0.0, seconds * 1000), _LONGEST))
