"""Box Tracker sessions: keys, whose they are, and when they die."""

import secrets
import string
from collections import Counter
from typing import Literal

from attrs import define, field

from boxapis.sandbox._boxtracker.refusals import (
    EXPIRED_SESSION,
    INVALID_SESSION_KEY,
    KEY_OR_USER_INVALID,
    Refusal,
)
from boxapis.sandbox._boxtracker.rules import BoxTrackerRules

SessionKind = Literal["portal", "web", "customer"]

_KEY_LENGTH = 18
_PLAIN = string.ascii_letters + string.digits
_AWKWARD = "&+%= /#é"


@define
class Session:
    """One session; `used` is the moment of its last use, `under` the API key it was opened with."""

    kind: SessionKind
    owner: str
    used: float
    under: str = field(default="", repr=False)


@define(eq=False)
class SessionBook:
    """Every session that was opened and not forgotten, the expired ones too."""

    rules: BoxTrackerRules
    _sessions: dict[str, Session] = field(init=False, factory=dict, repr=False)

    def open(self, kind: SessionKind, owner: str, now: float, under: str = "") -> str:
        """Open a session and return its key."""
        if self.rules.earlier_keys == "dropped":
            self._drop(kind, owner)
        key = _new_key(awkward=self.rules.awkward_keys)
        self._sessions[key] = Session(kind, owner, now, under)
        return key

    def use(self, key: str, wanted: Session, *, extend: bool = True) -> None:
        """Check that `key` is a live session such as `wanted`, and keep it alive if asked to.

        `wanted.used` is the present moment. Raises Refusal with 508 for an unknown key, 600 for
        somebody else's, 507 for one that was idle too long.
        """
        session = self._sessions.get(key)
        if session is None or session.kind != wanted.kind:
            raise Refusal(INVALID_SESSION_KEY)
        self._check(session, wanted)
        if extend:
            session.used = wanted.used

    def close(self, key: str) -> None:
        """Forget a session."""
        self._sessions.pop(key, None)

    def expire_all(self) -> None:
        """Make every session as old as one that dies of idleness."""
        for session in self._sessions.values():
            session.used -= self.rules.session_seconds

    def forget_all(self) -> None:
        """Forget every session."""
        self._sessions.clear()

    def live(self, now: float) -> Counter[str]:
        """Count the live sessions of each kind."""
        return Counter(
            session.kind for session in self._sessions.values() if not self._dead(session, now)
        )

    def _check(self, session: Session, wanted: Session) -> None:
        if session.owner != wanted.owner or self._strayed(session, wanted):
            raise Refusal(KEY_OR_USER_INVALID)
        if self._dead(session, wanted.used):
            raise Refusal(EXPIRED_SESSION)

    def _strayed(self, session: Session, wanted: Session) -> bool:
        return self.rules.bind_customer_to_api and session.under != wanted.under

    def _dead(self, session: Session, now: float) -> bool:
        return now - session.used >= self.rules.session_seconds

    def _drop(self, kind: SessionKind, owner: str) -> None:
        self._sessions = {
            key: session
            for key, session in self._sessions.items()
            if (session.kind, session.owner) != (kind, owner)
        }


def _new_key(*, awkward: bool) -> str:
    key = "".join(secrets.choice(_PLAIN) for _ in range(_KEY_LENGTH))
    return key[: -len(_AWKWARD)] + _AWKWARD if awkward else key
