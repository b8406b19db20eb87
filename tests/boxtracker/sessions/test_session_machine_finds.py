"""The session machine finds a broken session manager: recorded steps show each defect.

The machine found the steps, and they were cut down to these, so that what is proved depends on no
random choice.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from attrs import frozen

from boxapis.boxtracker._customer_session import CustomerSession
from boxapis.boxtracker._session import SessionManager
from tests.support.session_world import Flavour, World

Steps = tuple[tuple[Any, ...], ...]


@frozen
class Defect:
    """A broken method, and the recorded steps that show it.

    Attributes:
        owner: The class of the method.
        name: The method's name.
        broken: The broken version.
        steps: Methods of the world with their arguments, in order.
        finding: What the world reports, as a regular expression.
    """

    owner: type[Any]
    name: str
    broken: Callable[..., Any]
    steps: Steps
    finding: str


def refused_without_comparing(self: Any, session: Any) -> bool:
    """Ends the current session, whichever session was refused."""
    if self._state != "live":
        return False
    self._state = "refused"
    self.account.forget(session)
    return True


join = SessionManager._wait


async def join_none(self: Any) -> Any:
    """Lets every caller make a handshake of its own."""
    if self._flight is not None:
        self._forget(self._flight)
    return await join(self)


async def no_log_out_of_late_sessions(self: Any, renewed: Any) -> None:
    """Does not log out a session that came too late."""


def fresh_on_any_base(self: Any, now: float) -> Any:
    """Uses a customer key on whatever API session is current."""
    session = self.current
    young = session is not None and now - session.last_used < self.account.stale_after
    return session if young and self._state == "live" else None


def fresh_at_any_age(self: Any, now: float) -> Any:
    """Uses a session however old it is."""
    live = self.current is not None and self._state == "live"
    return self.current if live and self._api.current is self.current.base else None


async def join_without_a_pause(self: Any) -> Any:
    """Tries again at once after a failure, without cool-down."""
    self.clear_cool_down()
    return await join(self)


def is_always_wanted(self: Any) -> bool:
    """Goes on with a handshake after the log-out."""
    return True


DEFECTS = (
    Defect(
        SessionManager,
        "refused",
        refused_without_comparing,
        (("overtake", 0, "all"),),
        "a handshake beside a valid session",
    ),
    Defect(
        SessionManager,
        "_wait",
        join_none,
        (("hold", "all"), ("call", 2), ("call", 2)),
        "two handshakes at once",
    ),
    Defect(
        CustomerSession,
        "_discard",
        no_log_out_of_late_sessions,
        (("hold", "logins"), ("pay", 0), ("close_or_reopen",)),
        "a session that came too late was not logged out",
    ),
    Defect(
        CustomerSession,
        "fresh",
        fresh_on_any_base,
        (("call", 1), ("overtake", 0, "customers")),
        "with a session that may be dead",
    ),
    Defect(
        CustomerSession,
        "fresh",
        fresh_at_any_age,
        (("call", 2), ("idle",), ("pay", 2)),
        "with a session that may be dead",
    ),
    Defect(
        SessionManager,
        "_wait",
        join_without_a_pause,
        (("trouble", 509), ("call", 2), ("pay", 2)),
        "a handshake in the cool-down",
    ),
    Defect(
        CustomerSession,
        "is_current_flight",
        is_always_wanted,
        (("hold", "all"), ("call", 2), ("log_out", 2)),
        "a handshake after the log-out",
    ),
)

FRESH_MEANWHILE: Steps = (
    ("call", 0),
    ("time", "client", 239.0),
    ("hold", "all"),
    ("call", 0),
    ("time", "client", 1.0),
    ("call", 0),
)
"""The answer to the second call makes the session fresh while the third waits for a renewal."""


STANDBY_REFUSED: Steps = (
    ("call", 0, 1),
    ("hold", "all"),
    ("call", 1, 1),
    ("overtake", 2, "all"),
    ("answer", 0, None),
    ("duel", 0),
    ("call", 0, 1),
)
"""A standby that was opened for one customer becomes the current API session, and is refused."""

STANDBY_WAITS_FOR_A_SLOT: Steps = (
    ("overtake", 2, "all"),
    ("answer", 0, None),
    ("hold", "all"),
    ("call", 0, 1),
    ("answer", -1, 600),
    ("linger", 1),
)
"""A second customer needs a standby once the first is too old, and waits for the one slot."""

SECOND_STANDBY: Steps = (
    ("hold", "all"),
    ("call", 0, 1),
    ("call", 2, 1),
    ("lose", "all"),
    ("answer", 0, None),
    ("answer", 0, None),
    ("linger", 0),
)
"""A second standby is opened before the first one proves good."""

STANDBY_BEGUN: Steps = (
    ("lose", "all"),
    ("hold", "logins"),
    ("call", 0, 1),
    ("call", 1, 1),
    ("answer", 0, 507),
    ("time", "client", 1.0),
)
"""A second standby is begun in the turn of the loop in which the first one proves good."""

LATE_WITHOUT_A_NUMBER: Steps = (
    ("call", 1, 1),
    ("hold", "all"),
    ("time", "client", 181.0),
    ("log_out", 1),
)
"""A handshake without a customer's number is answered after the log-out."""


def replay(steps: Steps, flavour: Flavour | None = None) -> str:
    """Carries out steps in a new world and closes it; returns what the world reported, or ""."""
    world = World(flavour or Flavour())
    try:
        for name, *arguments in steps:
            world.happens(name, *arguments)
        world.check_recovery()
    except AssertionError as found:
        return str(found)
    finally:
        world.leave()
    return ""


@pytest.mark.parametrize("defect", DEFECTS, ids=[defect.broken.__name__ for defect in DEFECTS])
def test_finds(monkeypatch: pytest.MonkeyPatch, defect: Defect) -> None:
    """The steps pass with the library as it is, and fail for the expected reason when broken."""
    assert replay(defect.steps) == ""
    monkeypatch.setattr(defect.owner, defect.name, defect.broken)
    assert re.search(defect.finding, replay(defect.steps))


def test_no_handshake_for_a_session_that_became_fresh() -> None:
    """A renewal under way is dropped when an answer shows that the session is alive after all."""
    assert replay(FRESH_MEANWHILE) == ""


def test_a_refused_standby_is_not_used_again() -> None:
    """A standby that became the current API session and was refused never takes its place again."""
    flavour = Flavour(connections=2, handing="same", keep_alive=False, early=False)
    assert replay(STANDBY_REFUSED, flavour) == ""


@pytest.mark.parametrize(
    ("steps", "flavour"),
    [
        (STANDBY_WAITS_FOR_A_SLOT, Flavour(1, "same", keep_alive=False, early=False)),
        (SECOND_STANDBY, Flavour(100, "same", keep_alive=False, early=True)),
        (STANDBY_BEGUN, Flavour(100, "same", keep_alive=False, early=False)),
        (LATE_WITHOUT_A_NUMBER, Flavour(100, "bare", keep_alive=True, early=False)),
    ],
    ids=["waits for a slot", "second standby", "begun", "late without a number"],
)
def test_the_model_allows(steps: Steps, flavour: Flavour) -> None:
    """What is right in the library was once a fault to the model."""
    assert replay(steps, flavour) == ""
