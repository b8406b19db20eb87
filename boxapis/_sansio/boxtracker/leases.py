"""Slots: how several processes share one session, as a table of pure rules.

Theory of operation. A *slot* is the place of one session in a store. It holds the sealed *record*
of the newest session, or for a while the sealed *failure* of the last handshake, and the *lease* of
the process that makes a handshake right now. A process that needs a session claims the slot::

    a record, newer than what was refused to me, and fresh   Found    use it
    a failure that still counts                              Failed   the same error, no request
    a lease of another process                               Held     ask again later
    otherwise                                                Yours    make the handshake, then land

Every claim that is granted gets a *fence*, a number that always grows. A landing with a fence that
is not the newest is refused, so a process that was stopped beyond its lease cannot put an old
session in the place of a newer one. The fence is at least the store's clock in milliseconds, and so
it grows even when the store has lost everything.

``known`` is the newest fence whose session was refused to the claimer: a late report of an old
refusal drops no newer session, across processes as within one.
"""

from typing import ClassVar, Literal

from attrs import evolve, frozen

from boxapis._sansio.step import Step

__all__ = [
    "MAX_LEASE", "Claim", "Claimed", "End", "Failed", "Found", "Held", "Keep", "Land", "Outcome",
    "Slot", "Touch", "Touched", "Yours",
]  # fmt: skip

MAX_LEASE = 60_000
"""Milliseconds of the longest lease; one that seems to last longer is of a clock set back."""

Outcome = Literal["opened", "failed", "dropped"]
"""What became of a handshake; "dropped": nothing was sent, so it tells the others nothing."""


@frozen
class Slot:
    """What a store holds of one session; times are those of the store's clock.

    Attributes:
        fence: The newest fence that was granted.
        record_fence: The fence of the record.
        record: The sealed session; empty without one.
        used_at: When the session was last used.
        owner: The process that holds the lease; empty without one.
        lease_ends: When the lease ends.
        failure: The sealed failure of the last handshake; empty without one.
        failure_ends: Until when the failure counts.
    """

    fence: int = 0
    record_fence: int = 0
    record: bytes = b""
    used_at: int = 0
    owner: str = ""
    lease_ends: int = 0
    failure: bytes = b""
    failure_ends: int = 0


@frozen
class Found:
    """A session that another process opened: its record, and milliseconds since its last use."""

    fence: int
    record: bytes
    idle: int


@frozen
class Failed:
    """A handshake that failed just now, and the milliseconds for which that counts."""

    failure: bytes
    left: int


@frozen
class Held:
    """Another process makes the handshake; its lease lasts so many milliseconds."""

    left: int


@frozen
class Yours:
    """The claimer makes the handshake.

    Attributes:
        fence: The fence to land with.
        record: The record of the session before, whose key may be confirmed; empty if it is dead.
        record_fence: The fence of that record; 0 without one.
        idle: Milliseconds since that session was last used; 0 without one.
    """

    fence: int
    record: bytes = b""
    record_fence: int = 0
    idle: int = 0


Claimed = Found | Failed | Held | Yours
Touched = Found | Literal["same", "gone"]


@frozen
class Claim(Step[Slot, Claimed]):
    """Asks for a session, or for the right to open one.

    Attributes:
        key: The slot.
        known: The newest fence whose session was refused to the claimer; 0 without one.
        owner: The claiming process; a second claim of the holder is granted anew.
        lease: Milliseconds of the lease.
        fresh: Milliseconds of idleness up to which a session is used as it is.
        limit: Milliseconds of idleness after which a session is dead.
        force: Whether to make a handshake in spite of a fresh record or of a failure.
    """

    state: ClassVar[type[Slot]] = Slot

    key: str
    known: int
    owner: str
    lease: int
    fresh: int
    limit: int
    force: bool = False

    @property
    def lifetime(self) -> int:
        return 2 * self.limit + self.lease

    def apply(self, state: Slot | None, now: int) -> tuple[Slot | None, Claimed]:
        slot = state or Slot()
        idle = max(0, now - slot.used_at)
        if not self.force:
            if slot.record and slot.record_fence > self.known and idle < self.fresh:
                return state, Found(slot.record_fence, slot.record, idle)
            if slot.failure and slot.failure_ends > now:
                return state, Failed(slot.failure, slot.failure_ends - now)
        left = slot.lease_ends - now
        if slot.owner not in ("", self.owner) and 0 < left <= MAX_LEASE:
            return state, Held(left)
        fence = max(slot.fence + 1, self.known + 1, now)
        granted = evolve(slot, fence=fence, owner=self.owner, lease_ends=now + self.lease)
        granted = evolve(granted, failure=b"", failure_ends=0)  # this handshake is what counts now
        if slot.record and idle < self.limit:
            return granted, Yours(fence, slot.record, slot.record_fence, idle)
        return granted, Yours(fence)


@frozen
class Keep(Step[Slot, bool]):
    """Prolongs the lease while the handshake runs; False when it was lost."""

    state: ClassVar[type[Slot]] = Slot

    key: str
    fence: int
    owner: str
    lease: int
    limit: int

    @property
    def lifetime(self) -> int:
        return 2 * self.limit + self.lease

    def apply(self, state: Slot | None, now: int) -> tuple[Slot | None, bool]:
        if state is None or (state.owner, state.fence) != (self.owner, self.fence):
            return state, False
        return evolve(state, lease_ends=now + self.lease), True


@frozen
class Land(Step[Slot, bool]):
    """Ends the lease with what became of the handshake; False when a newer fence was granted.

    Attributes:
        key: The slot.
        fence: The fence of the claim.
        outcome: What became of the handshake.
        payload: The sealed session or failure; empty for a dropped one.
        age: Milliseconds since the session was last used, or for which a failure counts.
        limit: Milliseconds of idleness after which a session is dead.
    """

    state: ClassVar[type[Slot]] = Slot

    key: str
    fence: int
    outcome: Outcome
    payload: bytes
    age: int
    limit: int

    @property
    def lifetime(self) -> int:
        return 2 * self.limit + (self.age if self.outcome == "failed" else 0)

    def apply(self, state: Slot | None, now: int) -> tuple[Slot | None, bool]:
        slot = state or Slot()
        if max(slot.fence, slot.record_fence) > self.fence:
            return state, False
        slot = evolve(slot, fence=self.fence, owner="", lease_ends=0)
        if self.outcome == "opened":
            record, used_at = self.payload, now - self.age
            slot = evolve(slot, record_fence=self.fence, record=record, used_at=used_at)
        elif self.outcome == "failed":
            slot = evolve(slot, failure=self.payload, failure_ends=now + self.age)
        return slot, True


@frozen
class Touch(Step[Slot, Touched]):
    """Notes that a session was used; the answer brings a newer one, if there is one.

    Attributes:
        key: The slot.
        fence: The fence of the session.
        idle: Milliseconds since it was last used.
        limit: Milliseconds of idleness after which a session is dead.
    """

    state: ClassVar[type[Slot]] = Slot

    key: str
    fence: int
    idle: int
    limit: int

    @property
    def lifetime(self) -> int:
        return 2 * self.limit

    def apply(self, state: Slot | None, now: int) -> tuple[Slot | None, Touched]:
        if state is None or not state.record or state.record_fence < self.fence:
            return state, "gone"
        if state.record_fence > self.fence:
            return state, Found(state.record_fence, state.record, max(0, now - state.used_at))
        return evolve(state, used_at=max(state.used_at, now - self.idle)), "same"


@frozen
class End(Step[Slot, bool]):
    """Removes the record of a session that was logged out; False if another one is there."""

    state: ClassVar[type[Slot]] = Slot

    key: str
    fence: int
    limit: int

    @property
    def lifetime(self) -> int:
        return 2 * self.limit

    def apply(self, state: Slot | None, now: int) -> tuple[Slot | None, bool]:  # noqa: ARG002
        if state is None or not state.record or state.record_fence != self.fence:
            return state, False
        return evolve(state, record=b""), True
