"""The session machine finds a broken manager: each promise broken by hand must be missed."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from boxapis.boxtracker._customer_session import CustomerSession
from boxapis.boxtracker._session import SessionManager
from tests.boxtracker.sessions.test_session_machine import SETTINGS, SessionMachine

Broken = Callable[..., Any]
ENOUGH = settings(SETTINGS, max_examples=500, phases=(Phase.generate,), report_multiple_bugs=False)


def refused_without_comparing(self: Any, session: Any) -> bool:
    """Ends the current session, whichever was refused."""
    if self._state != "live":
        return False
    self._state = "refused"
    self.account.forget(session)
    return True


join = SessionManager._wait


async def join_none(self: Any) -> Any:
    """Every caller makes a handshake of his own."""
    if self._flight is not None:
        self._forget(self._flight)
    return await join(self)


async def farewell_to_nobody(self: Any, renewed: Any) -> None:
    """Leaves a session that came too late as it is."""


def fresh_on_any_base(self: Any, now: float) -> Any:
    """Uses an old customer key beside whatever API session there is."""
    session = self.current
    young = session is not None and now - session.last_used < self.account.stale_after
    return session if young and self._state == "live" else None


def fresh_at_any_age(self: Any, now: float) -> Any:
    """Uses a session however old it is."""
    live = self.current is not None and self._state == "live"
    return self.current if live and self._api.current is self.current.base else None


async def join_without_a_pause(self: Any) -> Any:
    """Tries again at once after a failure."""
    self.clear_cool_down()
    return await join(self)


def is_always_wanted(self: Any) -> bool:
    """Goes on with a handshake after the log-out."""
    return True


BROKEN: tuple[tuple[type[SessionManager], str, Broken, str], ...] = (
    (SessionManager, "refused", refused_without_comparing, "beside a valid session"),
    (SessionManager, "_wait", join_none, "two handshakes at once|in ClientClosedError"),
    (CustomerSession, "_discard", farewell_to_nobody, "too late was not logged out"),
    (CustomerSession, "fresh", fresh_on_any_base, "a session that may be dead"),
    (CustomerSession, "fresh", fresh_at_any_age, "a session that may be dead"),
    (SessionManager, "_wait", join_without_a_pause, "in the quiet time|not as forecast"),
    (CustomerSession, "_is_current_flight", is_always_wanted, "after the log-out"),
)


@pytest.mark.parametrize(
    ("owner", "name", "broken", "finding"), BROKEN, ids=[row[2].__name__ for row in BROKEN]
)
def test_finds(
    monkeypatch: pytest.MonkeyPatch,
    owner: type[SessionManager],
    name: str,
    broken: Broken,
    finding: str,
) -> None:
    """A manager that breaks its promise is found within a quarter of the usual examples."""
    monkeypatch.setattr(owner, name, broken)
    with pytest.raises(AssertionError, match=finding):
        run_state_machine_as_test(SessionMachine, settings=ENOUGH)
