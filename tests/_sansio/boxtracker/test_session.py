"""The age of a five-minute session, and the action it needs in each state."""

import copy

import pytest

from boxapis._sansio.boxtracker.session import (
    Age,
    Session,
    SessionAction,
    State,
    age_of,
    decide_action,
)
from boxapis.options import SessionTiming
from boxapis.secret import Secret

WITH = True
WITHOUT = False

# Every combination of state, age and password.
DECISIONS: dict[tuple[State, Age, bool], SessionAction] = {
    ("none", "fresh", WITH): "login",
    ("none", "fresh", WITHOUT): "give_up",
    ("none", "stale", WITH): "login",
    ("none", "stale", WITHOUT): "give_up",
    ("none", "dead", WITH): "login",
    ("none", "dead", WITHOUT): "give_up",
    ("resumed", "fresh", WITH): "confirm",
    ("resumed", "fresh", WITHOUT): "confirm",
    ("resumed", "stale", WITH): "confirm",
    ("resumed", "stale", WITHOUT): "confirm",
    ("resumed", "dead", WITH): "confirm",
    ("resumed", "dead", WITHOUT): "confirm",
    ("live", "fresh", WITH): "use",
    ("live", "fresh", WITHOUT): "use",
    ("live", "stale", WITH): "confirm",
    ("live", "stale", WITHOUT): "confirm",
    ("live", "dead", WITH): "login",
    ("live", "dead", WITHOUT): "confirm",
    ("refused", "fresh", WITH): "login",
    ("refused", "fresh", WITHOUT): "confirm",
    ("refused", "stale", WITH): "login",
    ("refused", "stale", WITHOUT): "confirm",
    ("refused", "dead", WITH): "login",
    ("refused", "dead", WITHOUT): "confirm",
    ("logged_out", "fresh", WITH): "give_up",
    ("logged_out", "fresh", WITHOUT): "give_up",
    ("logged_out", "stale", WITH): "give_up",
    ("logged_out", "stale", WITHOUT): "give_up",
    ("logged_out", "dead", WITH): "give_up",
    ("logged_out", "dead", WITHOUT): "give_up",
}


def test_the_table_is_whole() -> None:
    """The table has five states, three ages, with and without a password."""
    assert len(DECISIONS) == 5 * 3 * 2


@pytest.mark.parametrize(("state", "age", "password"), DECISIONS)
def test_decisions(state: State, age: Age, password: bool) -> None:  # noqa: FBT001 - of the table
    """Each combination has one action; only a live and fresh key is used as it is."""
    assert decide_action(state, age, has_password=password) == DECISIONS[state, age, password]


def test_no_other_state() -> None:
    """A state outside the table is an assertion error."""
    with pytest.raises(AssertionError, match="lost"):
        decide_action("lost", "fresh", has_password=True)  # type: ignore[arg-type]  # that is the point


@pytest.mark.parametrize(
    ("idle", "expected"),
    [
        (-1.0, "fresh"),
        (0.0, "fresh"),
        (239.999, "fresh"),
        (240.0, "stale"),
        (240.001, "stale"),
        (299.999, "stale"),
        (300.0, "dead"),
        (300.001, "dead"),
        (1e9, "dead"),
    ],
)
def test_ages(idle: float, expected: Age) -> None:
    """A session is fresh for four minutes and stale for one; each border counts as older."""
    session = Session(Secret("key"), 1000.0)
    assert age_of(session, 1000.0 + idle, SessionTiming()) == expected


@pytest.mark.parametrize(
    ("timing", "idle", "expected"),
    [
        (SessionTiming(idle_limit=100, margin=0), 99.999, "fresh"),
        (SessionTiming(idle_limit=100, margin=0), 100.0, "dead"),
        (SessionTiming(idle_limit=100, margin=99), 0.999, "fresh"),
        (SessionTiming(idle_limit=100, margin=99), 1.0, "stale"),
    ],
    ids=["no margin, fresh", "no margin, dead", "wide margin, fresh", "wide margin, stale"],
)
def test_ages_follow_the_options(timing: SessionTiming, idle: float, expected: Age) -> None:
    """Limit and margin are options; without a margin no session is stale."""
    assert age_of(Session(Secret("key"), 0.0), idle, timing) == expected


def test_touching_makes_young() -> None:
    """Idle time restarts at the start of an answered request."""
    session = Session(Secret("key"), 1000.0)
    session.touch(1200.0)
    assert session.last_used == 1200.0
    assert age_of(session, 1439.0, SessionTiming()) == "fresh"


def test_touching_never_goes_back() -> None:
    """A late response to an earlier request changes nothing."""
    session = Session(Secret("key"), 1000.0)
    session.touch(1200.0)
    session.touch(1100.0)
    assert session.last_used == 1200.0


def test_touching_reaches_the_base() -> None:
    """A customer's command keeps the API session alive, too."""
    base = Session(Secret("api"), 1150.0)
    session = Session(Secret("customer"), 1000.0, base, 13913)
    session.touch(1100.0)
    assert (session.last_used, base.last_used) == (1100.0, 1150.0)
    session.touch(1200.0)
    assert (session.last_used, base.last_used) == (1200.0, 1200.0)


def test_touching_the_base_leaves_the_customer() -> None:
    """A request on the API session does not touch the customer sessions."""
    base = Session(Secret("api"), 1000.0)
    session = Session(Secret("customer"), 1000.0, base)
    base.touch(1200.0)
    assert session.last_used == 1000.0


def test_sessions_are_compared_by_identity() -> None:
    """Two sessions with the same key are not equal."""
    one, other = Session(Secret("key"), 0.0), Session(Secret("key"), 0.0)
    assert one != other
    assert len({one, other}) == 2


def test_no_repr_shows_a_key() -> None:
    """The repr shows neither the session's key nor its base's."""
    session = Session(Secret("Zq9X"), 5.0, Session(Secret("Zq9X"), 1.0), 13913)
    assert (
        repr(session)
        == "Session(key=[secret], last_used=5.0, customer_id=13913, fence=0, note_at=inf)"
    )
    with pytest.raises(TypeError, match="cannot be pickled or copied"):
        copy.deepcopy(session)
