"""The bucket of BoxC: when calls may go, and how responses and refusals change it."""

import weakref
from math import nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxapis._sansio.boxc.ratelimit import Bucket, Gate, Ticket, group_of, parse_report
from boxapis.errors import ConfigurationError


def filled(places: int, now: float = 0.0) -> Bucket:
    """Returns a bucket with so many places taken at one time."""
    bucket = Bucket()
    for _ in range(places):
        take(bucket, now)
    return bucket


def take(bucket: Gate, now: float) -> Ticket:
    """Takes a ticket that must be available."""
    ticket = bucket.take(now)
    assert ticket is not None
    return ticket


def test_a_burst_leaves_two_places() -> None:
    """28 of 30 places are used at once, and the next call waits half a second."""
    bucket = filled(28)
    assert bucket.take(0.0) is None
    assert bucket.level(0.0) == 28
    assert bucket.wait(0.0) == 0.5
    assert bucket.take(0.499) is None
    take(bucket, 0.5)


def test_the_line_moves_twice_a_second() -> None:
    """A caller behind n others waits n half seconds longer."""
    bucket = filled(28)
    assert [bucket.wait(0.0, position) for position in range(4)] == [0.5, 1.0, 1.5, 2.0]
    assert [Bucket().wait(0.0, position) for position in (0, 27, 28, 499)] == [0, 0, 0.5, 236]


def test_the_level_leaks_to_nothing() -> None:
    """Two places leak per second down to none, and a clock set back changes nothing."""
    bucket = filled(4, now=100.0)
    assert [bucket.level(moment) for moment in (99.0, 100.0, 101.0, 102.0, 200.0)] == [
        4,
        4,
        2,
        0,
        0,
    ]


def test_no_time_leaks_twice() -> None:
    """A call with an earlier time does not make the same places leak twice."""
    bucket = filled(4, now=100.0)
    take(bucket, 90.0)
    assert bucket.level(101.0) == 3


def test_moments_nearer_than_a_float_can_tell_are_one() -> None:
    """A caller that waited as long as `wait` returned may go, however large the clock's value."""
    now = 123_456_789.123456
    bucket = filled(28, now)
    take(bucket, now + bucket.wait(now))


def test_a_ticket_can_be_given_back() -> None:
    """A returned ticket frees its place, and an empty bucket stays empty."""
    bucket = filled(28)
    bucket.give_back(0.0)
    assert bucket.level(0.0) == 27
    bucket.give_back(100.0)
    assert bucket.level(100.0) == 0


def test_a_lost_request_keeps_its_place() -> None:
    """A lost request keeps its place, as the service may have counted it."""
    bucket = filled(3)
    bucket.lost()
    assert bucket.level(0.0) == 3


def test_a_higher_report_is_believed_at_once() -> None:
    """A higher report raises the level at once, less what leaked on the way."""
    bucket = Bucket()
    bucket.answered(1.0, take(bucket, 0.0), "30", "25")
    assert bucket.level(1.0) == 23


def test_lower_reports_are_believed_the_third_time() -> None:
    """Three lower reports in a row lower the level by the least difference."""
    bucket = filled(20)
    for used in (10, 14, 12):
        assert bucket.level(0.0) >= 20
        ticket = Ticket(0.0, ended=bucket._ended)
        bucket._sent = bucket._ended + 1  # nothing else is on its way
        bucket.answered(0.0, ticket, "30", str(used))
    assert bucket.level(0.0) == 14


def test_a_higher_report_breaks_the_row() -> None:
    """A fitting report between lower ones restarts their count."""
    bucket = filled(20)
    for used in (10, 10, 20, 10, 10):
        ticket = Ticket(0.0, ended=bucket._ended)
        bucket._sent = bucket._ended + 1
        bucket.answered(0.0, ticket, "30", str(used))
    assert bucket.level(0.0) == 20


def test_what_is_on_its_way_is_not_forgotten() -> None:
    """Responses in reverse order report low levels, but do not lower the level."""
    bucket = Bucket()
    tickets = [take(bucket, 0.0) for _ in range(28)]
    for used in reversed(range(1, 29)):
        bucket.answered(0.0, tickets[28 - used], "30", str(used))
        assert bucket.level(0.0) == 28
    for ticket, used in zip(tickets, range(1, 29), strict=True):
        bucket.answered(0.0, ticket, "30", str(used))
        assert bucket.level(0.0) == 28


def test_the_limit_may_change() -> None:
    """The capacity is the reported one; two places stay reserved."""
    bucket = Bucket()
    bucket.answered(0.0, take(bucket, 0.0), "10", "1")
    assert (bucket.capacity, bucket.max_level) == (10, 8)
    bucket.answered(0.0, take(bucket, 0.0), "1", "1")
    assert bucket.max_level == 1
    assert bucket.wait(0.0) == 1.0


SILLY = ["0", "-1", "10001", "1e3", "30.0", "\u0663\u0660", "1_0", "", "x", "9" * 400, None]


@pytest.mark.parametrize("limit", SILLY)
def test_silly_limits_are_ignored(limit: str | None) -> None:
    """A limit must be ASCII digits from 1 to 10000."""
    bucket = filled(1)
    bucket.answered(0.0, Ticket(0.0), limit, "20")
    assert (bucket.capacity, bucket.level(0.0)) == (30, 1)


@pytest.mark.parametrize("used", ["-1", "301", *SILLY[3:]])
def test_silly_levels_are_ignored(used: str | None) -> None:
    """A level must be ASCII digits up to ten times the limit."""
    bucket = filled(1)
    bucket.answered(0.0, Ticket(0.0), "30", used)
    assert (bucket.capacity, bucket.level(0.0)) == (30, 1)


def test_an_absurd_level_is_not_waited_for() -> None:
    """A report of ten times the capacity delays calls by seconds, not by minutes."""
    bucket = Bucket()
    bucket.answered(0.0, take(bucket, 0.0), "30", "300")
    assert bucket.level(0.0) == 60


def test_a_refusal_fills_the_bucket() -> None:
    """A refusal marks the bucket as full and closes it for at least half a second."""
    bucket = filled(5)
    bucket.refused(0.0, 0.1)
    assert bucket.level(0.0) == 30
    assert bucket.opens_at == 0.5
    assert bucket.wait(0.0) == 1.5


def test_a_refusal_may_ask_for_more() -> None:
    """A refusal for ten seconds delays all calls by ten, while the bucket leaks."""
    bucket = filled(28)
    bucket.refused(0.0, 10.0)
    assert [bucket.wait(0.0, position) for position in (0, 17, 18)] == [10.0, 10.0, 10.5]
    bucket.refused(1.0, 2.0)
    assert bucket.wait(1.0) == 9.0


@pytest.mark.parametrize("kind", [Gate, Bucket])
@pytest.mark.parametrize(
    ("asked", "closed"), [(-5.0, 0.5), (0.0, 0.5), (nan, 0.5), (7.0, 7.0), (86400.0, 60.0)]
)
def test_how_long_a_gate_closes(kind: type[Gate], asked: float, closed: float) -> None:
    """A refusal closes the gate for at least half a second and at most a minute."""
    gate = kind()
    gate.refused(100.0, asked)
    assert gate.opens_at == 100.0 + closed


def test_a_gate_is_open_until_it_is_refused() -> None:
    """A gate without refusals lets every call through."""
    gate = Gate()
    for position in range(100):
        assert gate.wait(0.0, position) == 0
        take(gate, 0.0)
    gate.answered(0.0, Ticket(0.0), "1", "1")
    gate.lost()
    gate.give_back(0.0)
    assert gate.wait(0.0) == 0


def test_after_a_refusal_calls_go_one_by_one() -> None:
    """After a refusal calls are spaced for a minute, so waiting ones are not all refused again."""
    gate = Gate()
    gate.refused(0.0, 3.0)
    assert [gate.wait(0.0, position) for position in range(3)] == [3.0, 3.5, 4.0]
    assert gate.take(2.9) is None
    take(gate, 3.0)
    assert gate.take(3.4) is None
    take(gate, 3.5)
    assert gate.wait(63.0, 5) == 0


@pytest.mark.parametrize("share", [0, -0.5, 1.1, nan, True, "0.5", None])
def test_a_share_is_a_part(share: Any) -> None:
    """A share is above 0 and at most 1."""
    with pytest.raises(ConfigurationError, match="^rate_share must be"):
        Bucket(rate_share=share)


def test_a_share_has_its_part_of_rate_and_room() -> None:
    """Half a share has half of the rate, and half of the bucket less the reserved places."""
    bucket = Bucket(rate_share=0.5)
    assert bucket.level(0.0) == 15
    for _ in range(13):
        take(bucket, 0.0)
    assert bucket.wait(0.0) == 1.0
    assert bucket.level(100.0) == 15


def test_the_smallest_share_may_still_call() -> None:
    """With the smallest share one call at a time fits."""
    bucket = Bucket(rate_share=0.01)
    take(bucket, 0.0)
    assert bucket.wait(0.0) == pytest.approx(50.0)


@pytest.mark.parametrize(
    ("path", "group"),
    [
        ("/track", "track"),
        ("/track/1Z999?carrier=ups", "track"),
        ("/track?number=1", "track"),
        ("/Track/1Z999", "track"),
        ("/v1//%2574rack;a=1/1", "track"),
        ("/trackers", "api"),
        ("/shipments/track", "api"),
        ("/credentials", "api"),
        ("", "api"),
    ],
)
def test_groups(path: str, group: str) -> None:
    """F126: The first part of the path, however spelt, says whether tracking's limit applies."""
    assert group_of(path) == group


TIMES = st.floats(-10, 1e7)
HEADERS = st.one_of(st.none(), st.integers(-5, 400).map(str), st.text(max_size=4))
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["take", "back", "lost", "answer", "refused"]), TIMES, HEADERS, HEADERS
    ),
    max_size=40,
)


@given(EVENTS, st.floats(0.01, 1))
def test_no_order_of_events_breaks_the_bounds(
    events: list[tuple[str, float, str | None, str | None]], share: float
) -> None:
    """The level stays between empty and little above full, whatever times and headers come."""
    bucket = Bucket(rate_share=share)
    for what, now, limit, used in events:
        match what:
            case "take":
                bucket.take(now)
            case "back":
                bucket.give_back(now)
            case "lost":
                bucket.lost()
            case "answer":
                bucket.answered(now, Ticket(now - 1), limit, used)
            case _:
                bucket.refused(now, 5.0)
        assert 1 <= bucket.capacity <= 400
        assert 0 <= bucket.level(now) <= 2 * 400 + 2
        assert bucket.leak_rate <= 2
        assert bucket.wait(now) >= 0


@given(
    st.floats(0.01, 1.0),
    st.lists(st.floats(-1e9, 1e9), max_size=200),
    st.floats(0.0, 1e9),
)
def test_calls_of_an_earlier_process_are_bounded(
    share: float, ages: list[float], now: float
) -> None:
    """F167: whatever a wall clock says, the next call waits no longer than a full bucket drains."""
    bucket = Bucket(rate_share=share)
    before = bucket.level(now)
    bucket.note_earlier(now, ages)
    assert before <= bucket.level(now) <= bucket.max_level - 1 + 15 * bucket.leak_rate + 1e-6
    assert bucket.wait(now) <= 15 + 1e-6


def test_calls_of_an_earlier_process_fill_the_bucket_once() -> None:
    """F167: the level is what they left of it, and none of the calls of this process is lost."""
    bucket = filled(3)
    bucket.note_earlier(0.0, [4.0] * 10 + [1.0] * 10)
    assert bucket.level(0.0) == 10 - 6 + 10 - 2
    bucket.note_earlier(0.0, [0.0])
    assert bucket.level(0.0) == 12
    bucket.note_earlier(0.0, [])
    assert bucket.level(0.0) == 12


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_at_rest(share: float) -> None:
    """A bucket is at rest when it is open and its own part is empty; a gate after the caution."""
    bucket, gate = Bucket(rate_share=share), Gate()
    assert bucket.is_at_rest(0.0)
    assert gate.is_at_rest(0.0)
    take(bucket, 0.0)
    assert not bucket.is_at_rest(0.4 / share)
    assert bucket.is_at_rest(0.5 / share)
    bucket.opens_at = 10.0
    gate.refused(0.0, 5.0)
    assert not bucket.is_at_rest(9.0)
    assert bucket.is_at_rest(10.0)
    assert not gate.is_at_rest(64.0)
    assert gate.is_at_rest(65.0)


class Watched(str):  # noqa: SLOT000 - a weak reference needs no slots
    """A text that says whether anything keeps it."""


def test_a_long_report_is_not_kept() -> None:
    """F270: a header that is too long for a number is no report, and is forgotten at once."""
    text = Watched("6" * 90_000)
    kept = weakref.ref(text)
    assert parse_report(text, "1") is parse_report("60", text) is None
    del text
    assert kept() is None
