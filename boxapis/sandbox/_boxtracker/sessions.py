"""Box Tracker sessions: their keys, owners and expiry."""

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
class StoredSession:
    """One session.

    Attributes:
        kind: ``portal``, ``web`` or ``customer``.
        owner: User name of the API user or the customer.
        last_used: Time of the last use, in seconds of the sandbox clock.
    """

    kind: SessionKind
    owner: str
    last_used: float


@define(eq=False)
class SessionStore:
    """Every session that was opened and not deleted, expired ones included."""

    rules: BoxTrackerRules
    _sessions: dict[str, StoredSession] = field(init=False, factory=dict, repr=False)

    def open(self, kind: SessionKind, owner: str, now: float) -> str:
        """Open a session and return its key."""
        if self.rules.earlier_keys == "dropped":
            self._drop(kind, owner)
        key = _new_key(awkward=self.rules.awkward_keys)
        self._sessions[key] = StoredSession(kind, owner, now)
        return key

    def use(self, key: str, expected: StoredSession, *, extend: bool = True) -> None:
        """Check that `key` is a live session like `expected`, and keep it alive if `extend`.

        `expected.last_used` is the current time. Raises Refusal with 508 for an unknown key, 600
        for another owner's, 507 for an expired one.
        """
        session = self._sessions.get(key)
        if session is None or session.kind != expected.kind:
            raise Refusal(INVALID_SESSION_KEY)
        if session.owner != expected.owner:
            raise Refusal(KEY_OR_USER_INVALID)
        if self._is_expired(session, expected.last_used):
            raise Refusal(EXPIRED_SESSION)
        if extend:
            session.last_used = expected.last_used

    def close(self, key: str) -> None:
        """Delete a session."""
        self._sessions.pop(key, None)

    def expire_all(self) -> None:
        """Expire every session."""
        for session in self._sessions.values():
            session.last_used -= self.rules.session_seconds

    def delete_all(self) -> None:
        """Delete every session."""
        self._sessions.clear()

    def count_live(self, now: float) -> Counter[str]:
        """Number of live sessions of each kind."""
        sessions = self._sessions.values()
        return Counter(one.kind for one in sessions if not self._is_expired(one, now))

    def _is_expired(self, session: StoredSession, now: float) -> bool:
        return now - session.last_used >= self.rules.session_seconds

    def _drop(self, kind: SessionKind, owner: str) -> None:
        self._sessions = {
            key: session
            for key, session in self._sessions.items()
            if (session.kind, session.owner) != (kind, owner)
        }


def _new_key(*, awkward: bool) -> str:
    key = "".join(secrets.choice(_PLAIN) for _ in range(_KEY_LENGTH))
    return key[: -len(_AWKWARD)] + _AWKWARD if awkward else key
