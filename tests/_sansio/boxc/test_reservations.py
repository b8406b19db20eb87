"""The rules of a shared bucket: places in the line, epochs that void them, and reports."""

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from boxapis._sansio.boxc.reservations import PLACE, Draw, Drawn, SharedBucket, Tell

NOW = 1_700_000_000_000
HOUR = 3_600_000
DRAW = Draw("bucket", HOUR)
USABLE = 28 * PLACE
FULL = SharedBucket(USABLE, NOW, NOW)


def test_an_empty_bucket_lets_28_calls_through() -> None:
    """28 of 30 places are taken at once; the next call waits half a second, and so on."""
    state: SharedBucket | None = None
    waits = []
    for _ in range(31):
        state, drawn = DRAW.apply(state, NOW)
        waits.append(drawn.wait)
        assert drawn.epoch == NOW
    assert waits == [*[0] * 28, 500, 1_000, 1_500]
    assert state == SharedBucket(31 * PLACE, NOW, NOW)


def test_a_place_is_redeemed_without_taking_another() -> None:
    """Redeeming changes nothing while the epoch stands and the bucket is open."""
    state, drawn = DRAW.apply(FULL, NOW)
    assert drawn == Drawn(500, NOW, USABLE + PLACE)
    assert evolve(DRAW, redeem=NOW).apply(state, NOW + 500) == (state, Drawn(0, NOW, USABLE))


def test_a_new_epoch_voids_the_line() -> None:
    """After a refusal the bucket is full and closed, and a place of before is drawn anew."""
    state, _ = DRAW.apply(FULL, NOW)
    state, _ = Tell("bucket", "refused", 2_000).apply(state, NOW + 10)
    assert state == SharedBucket(30 * PLACE, NOW + 10, NOW + 10, NOW + 2_010)
    state, drawn = evolve(DRAW, redeem=NOW).apply(state, NOW + 500)
    # Open after 2,010 ms, at a level of 26 places; so this one and one more fit at once.
    assert drawn.wait == 1_510
    assert drawn.epoch == NOW + 10
    closed = evolve(DRAW, redeem=NOW + 10).apply(state, NOW + 1_000)[1]
    assert closed.wait > 0


def test_what_would_wait_too_long_is_not_reserved() -> None:
    """A draw beyond the longest wait takes no place."""
    assert Draw("bucket", 499).apply(FULL, NOW) == (FULL, Drawn(500, 0, USABLE))
    assert Draw("bucket", -1).apply(None, NOW) == (None, Drawn(0, 0, 0))


def test_reports_raise_the_level() -> None:
    """A report counts when it is more than half a place higher than what can be in the bucket."""
    half = SharedBucket(10 * PLACE, NOW, NOW)
    assert Tell("bucket", "met", 10_500).apply(half, NOW)[0] is half
    raised = SharedBucket(12 * PLACE, NOW + 9, NOW + 9)
    assert Tell("bucket", "met", 12 * PLACE).apply(half, NOW + 9)[0] == raised
    queued = SharedBucket(40 * PLACE, NOW, NOW)
    assert Tell("bucket", "met", USABLE).apply(queued, NOW)[0] is queued
    absurd, _ = Tell("bucket", "met", 900 * PLACE).apply(half, NOW)
    assert absurd is not None
    assert absurd.level == 60 * PLACE


def test_the_capacity_follows_the_reports() -> None:
    """A bucket of another size is used up to two places less than that."""
    state, _ = Tell("bucket", "met", 0, 10).apply(FULL, NOW)
    assert state == evolve(FULL, capacity=10)
    waits = []
    state = SharedBucket(0, NOW, NOW, capacity=10)
    for _ in range(9):
        state, drawn = DRAW.apply(state, NOW)
        waits.append(drawn.wait)
    assert waits == [*[0] * 8, 500]


def test_a_place_goes_back_in_its_epoch_only() -> None:
    """A place of an earlier epoch was voided, so there is nothing to give back."""
    state, drawn = DRAW.apply(FULL, NOW)
    assert Tell("bucket", "back", drawn.epoch).apply(state, NOW)[0] == FULL
    assert Tell("bucket", "back", drawn.epoch - 1).apply(state, NOW)[0] is state
    assert not Tell("bucket", "back", 1).is_repeatable
    assert Tell("bucket", "met", 1).is_repeatable


def test_a_clock_that_was_set_back_closes_nothing_for_long() -> None:
    """A bucket that seems closed for over a minute is open, and levels leak from the next draw."""
    state = SharedBucket(0, NOW, NOW, opens_at=NOW + 5_000)
    assert DRAW.apply(state, NOW - HOUR)[1].wait == 0


@given(st.lists(st.tuples(st.integers(0, 2_000), st.booleans()), max_size=60))
def test_the_service_is_never_overfilled(events: list[tuple[int, bool]]) -> None:
    """Places that are used when their time comes never exceed what the service's bucket holds."""
    state: SharedBucket | None = None
    now, due = NOW, []
    for passed, is_late in events:
        now += passed
        state, drawn = DRAW.apply(state, now)
        due.append(now + drawn.wait + (700 if is_late else 0))
    level, at = 0.0, NOW
    for moment in sorted(due):
        level = max(0.0, level - 2 * (moment - at)) + PLACE
        at = moment
        assert level <= 30 * PLACE
