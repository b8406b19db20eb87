"""A five-minute session: its age, its states, and what to do with it now.

Theory. The server ends a session that has been idle for five minutes, and every request that
carries its key starts the five minutes anew. The client cannot see the server's clock, so it is
careful on both sides: the idle time is counted from the *start* of the last request that brought
a proper answer, and a session is renewed one margin early. Three words tell its age::

    fresh   idle for less than limit - margin       use it
    stale   idle for less than the limit            the key is good, but may die on the way
    dead    idle for the limit or longer            the server has forgotten it

And five words tell what is known of it; every event leads to exactly one of them::

    none ──opened──► live ──refused──► refused ──opened──► live
                      │  ◄──opened──┐
    resumed ─opened─► live          │
    any ───logged out──► logged_out ┘ (by an explicit handshake only)

A *refused* key keeps its value: the service answers 507 both for a dead customer session and for
a dead API session under it, so without a password the key deserves one more try on a new API
session. From state, age and what is held, `decide` gives the one thing to do.
"""

from typing import Literal, assert_never

from attrs import define, field

from boxapis.options import SessionTiming
from boxapis.secret import Secret

__all__ = ["Age", "Session", "SessionAction", "State", "age_of", "decide"]

Age = Literal["fresh", "stale", "dead"]
State = Literal["none", "resumed", "live", "refused", "logged_out"]
SessionAction = Literal["use", "confirm", "login", "give_up"]
"""Use the key as it is; hand it in again to confirm it; log in with the password; tell the user."""


@define(eq=False)
class Session:
    """One key, as one handshake gave it. Only the time of its last use ever changes.

    Attributes:
        key: The session key.
        last_used: When the last request with a proper answer was started, on the client's clock.
        base: The API session that a customer session stands on; None for an API session.
        customer_id: Of a customer session.
    """

    key: Secret
    last_used: float
    base: "Session | None" = field(default=None, repr=False)
    customer_id: int | None = None

    def touch(self, started: float) -> None:
        """Notes that a request started at ``started`` was answered: this one and its base live."""
        session: Session | None = self
        while session is not None:
            if started > session.last_used:  # noqa: PLR1730 - each call comes by; max() takes thrice
                session.last_used = started
            session = session.base


def age_of(session: Session, now: float, timing: SessionTiming) -> Age:
    """How old a session is, in the three words."""
    idle = now - session.last_used
    if idle < timing.stale_after:
        return "fresh"
    return "stale" if idle < timing.idle_limit else "dead"


def decide(state: State, age: Age, *, has_password: bool) -> SessionAction:
    """The one thing to do with a session before a command may use it."""
    match state:
        case "live" if age == "fresh":
            return "use"
        case "live" if age == "stale":
            return "confirm"
        case "resumed":
            return "confirm"
        case "live" | "refused":
            return "login" if has_password else "confirm"
        case "none":
            return "login" if has_password else "give_up"
        case "logged_out":
            return "give_up"
        case _:
            assert_never(state)
