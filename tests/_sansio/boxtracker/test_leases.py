"""The rules of slots: who gets a session, who makes the handshake, and which landing counts."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from boxapis._sansio.boxtracker.leases import (
    MAX_LEASE,
    Claim,
    End,
    Failed,
    Found,
    Held,
    Keep,
    Land,
    Slot,
    Touch,
    Yours,
)

NOW = 1_700_000_000_000
LIMIT, FRESH, LEASE = 300_000, 240_000, 3_000

CLAIM = Claim("slot", 0, "me", LEASE, FRESH, LIMIT)
SESSION = Slot(fence=NOW, record_fence=NOW, record=b"sealed", used_at=NOW)
REFUSAL = evolve(SESSION, failure=b"wrong password", failure_ends=NOW + 60_000)
LEASED = Slot(fence=NOW, owner="other", lease_ends=NOW + LEASE)


@pytest.mark.parametrize(
    ("slot", "claim", "passed", "answer"),
    [
        (None, CLAIM, 0, Yours(NOW)),
        (SESSION, CLAIM, 5, Found(NOW, b"sealed", 5)),
        (SESSION, CLAIM, FRESH, Yours(NOW + FRESH, b"sealed", NOW, FRESH)),
        (SESSION, CLAIM, LIMIT, Yours(NOW + LIMIT)),
        (SESSION, evolve(CLAIM, known=NOW), 5, Yours(NOW + 5, b"sealed", NOW, 5)),
        (SESSION, evolve(CLAIM, known=NOW - 1), 5, Found(NOW, b"sealed", 5)),
        (SESSION, evolve(CLAIM, force=True), 5, Yours(NOW + 5, b"sealed", NOW, 5)),
        (REFUSAL, evolve(CLAIM, known=NOW), 5, Failed(b"wrong password", 59_995)),
        (REFUSAL, CLAIM, 5, Found(NOW, b"sealed", 5)),
        (REFUSAL, evolve(CLAIM, known=NOW), 60_000, Yours(NOW + 60_000, b"sealed", NOW, 60_000)),
        (REFUSAL, evolve(CLAIM, force=True), 5, Yours(NOW + 5, b"sealed", NOW, 5)),
        (LEASED, CLAIM, 5, Held(LEASE - 5)),
        (LEASED, evolve(CLAIM, force=True), 5, Held(LEASE - 5)),
        (LEASED, evolve(CLAIM, owner="other"), 5, Yours(NOW + 5)),
        (LEASED, CLAIM, LEASE, Yours(NOW + LEASE)),
        (evolve(LEASED, lease_ends=NOW + MAX_LEASE + 1), CLAIM, 0, Yours(NOW + 1)),
        (evolve(SESSION, used_at=NOW + 9), CLAIM, 5, Found(NOW, b"sealed", 0)),
    ],
)
def test_claims(slot: Slot | None, claim: Claim, passed: int, answer: Any) -> None:
    """A claim gets a session that is fresh and newer than known, a failure, a wait or the lease."""
    after, answered = claim.apply(slot, NOW + passed)
    assert answered == answer
    if isinstance(answer, Yours):
        assert after is not None
        assert after.owner == claim.owner
        assert after.lease_ends == NOW + passed + LEASE
        assert (after.failure, after.failure_ends) == (b"", 0)
    else:
        assert after is slot


def test_a_fence_is_larger_than_all_before() -> None:
    """A fence exceeds the last one and the one known, even where the clock was set back."""
    late = evolve(SESSION, fence=NOW + 7)
    assert evolve(CLAIM, known=NOW).apply(late, NOW - 50)[1] == Yours(NOW + 8, b"sealed", NOW)
    assert evolve(CLAIM, known=NOW + 3).apply(None, NOW)[1] == Yours(NOW + 4)


def test_a_lease_is_kept_by_its_holder_alone() -> None:
    """The holder's fence and name prolong a lease; another's, or an older one's, do not."""
    keep = Keep("slot", NOW, "other", LEASE, LIMIT)
    after, kept = keep.apply(LEASED, NOW + 1_000)
    assert kept
    assert after == evolve(LEASED, lease_ends=NOW + 4_000)
    for lost in (evolve(keep, owner="me"), evolve(keep, fence=NOW - 1)):
        assert lost.apply(LEASED, NOW) == (LEASED, False)
    assert keep.apply(None, NOW) == (None, False)


def test_landings() -> None:
    """A landing ends the lease; a failure keeps the record."""
    opened = Land("slot", NOW, "opened", b"new", 20, LIMIT)
    slot, landed = opened.apply(evolve(SESSION, owner="me", lease_ends=NOW + LEASE), NOW + 100)
    assert landed
    assert slot == Slot(fence=NOW, record_fence=NOW, record=b"new", used_at=NOW + 80)
    slot, landed = Land("slot", NOW + 1, "failed", b"no", 60_000, LIMIT).apply(SESSION, NOW + 100)
    assert landed
    assert slot == evolve(SESSION, fence=NOW + 1, failure=b"no", failure_ends=NOW + 60_100)
    slot, landed = Land("slot", NOW, "dropped", b"", 0, LIMIT).apply(LEASED, NOW + 100)
    assert landed
    assert slot == Slot(fence=NOW)


def test_a_late_landing_is_refused() -> None:
    """Once another process was granted a newer fence, an older landing changes nothing."""
    for outcome in ("opened", "failed", "dropped"):
        late = Land("slot", NOW - 1, outcome, b"old", 0, LIMIT)
        assert late.apply(SESSION, NOW) == (SESSION, False)
        assert late.apply(LEASED, NOW) == (LEASED, False)


def test_touches() -> None:
    """A touch moves the time of last use forward only, and brings a newer session."""
    touch = Touch("slot", NOW, 10, LIMIT)
    assert touch.apply(SESSION, NOW + 100) == (evolve(SESSION, used_at=NOW + 90), "same")
    assert touch.apply(SESSION, NOW + 5) == (SESSION, "same")
    assert evolve(touch, fence=NOW - 1).apply(SESSION, NOW + 7)[1] == Found(NOW, b"sealed", 7)
    assert evolve(touch, fence=NOW + 1).apply(SESSION, NOW) == (SESSION, "gone")
    assert touch.apply(None, NOW) == (None, "gone")


def test_ends() -> None:
    """A log-out removes the record that it is about, and no other; the fence stays."""
    assert End("slot", NOW, LIMIT).apply(SESSION, NOW) == (evolve(SESSION, record=b""), True)
    assert End("slot", NOW - 1, LIMIT).apply(SESSION, NOW) == (SESSION, False)
    assert End("slot", NOW, LIMIT).apply(None, NOW) == (None, False)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["one", "two", "three"]),
            st.sampled_from(["claim", "land", "forget"]),
            st.integers(-5_000, 5_000),
        )
    )
)
def test_no_old_session_replaces_a_newer_one(events: list[tuple[str, str, int]]) -> None:
    """However processes are delayed, clocks set and stores emptied, fences of records grow."""
    slot: Slot | None = None
    now, newest, granted = NOW, 0, dict[str, int]()
    for process, event, passed in events:
        now += passed
        if event == "forget":
            slot, newest = None, 0
        elif event == "claim":
            slot, answer = Claim("slot", newest, process, LEASE, 0, LIMIT).apply(slot, now)
            if isinstance(answer, Yours):
                granted[process] = answer.fence
        elif process in granted:
            fence = granted.pop(process)
            slot, landed = Land("slot", fence, "opened", b"x", 0, LIMIT).apply(slot, now)
            if landed:
                assert fence >= newest
                newest = fence
