"""The state and age of a five-minute session, and the action it needs before use.

Theory of operation. The server ends a session that was idle for five minutes, and every request
that carries its key restarts the five minutes. The client cannot see the server's clock, so it is
careful on both sides: idle time is counted from the *start* of the last request that got a proper
response, and a session is renewed one margin early. It has one of three ages::

    fresh   idle for less than limit - margin       the key can be used
    stale   idle for less than the limit            the key is valid, but may expire on the way
    dead    idle for the limit or longer            the server has dropped it

It has one of five states, and every event leads to exactly one of them::

    none ──opened──► live ──refused──► refused ──opened──► live
                      │  ◄──opened──┐
    resumed ─opened─► live          │
    any ───logged out──► logged_out ┘ (by an explicit handshake only)

A *refused* key is kept: the service answers 507 both for a dead customer session and for a dead API
session under it, so without a password the key is tried once more on a new API session. State,
age and whether there is a password determine the action: `decide_action`.
"""

from math import inf
from typing import ClassVar, Literal, assert_never

from attrs import define, field

from boxapis.options import SessionTiming
from boxapis.secret import Secret

__all__ = ["AdoptedSession", "Age", "Session", "SessionAction", "State", "age_of", "decide_action"]

Age = Literal["fresh", "stale", "dead"]
State = Literal["none", "resumed", "live", "refused", "logged_out"]
SessionAction = Literal["use", "confirm", "login", "give_up"]
"""Use the key as it is; confirm it in a handshake; log in with the password; raise an error."""


@define(eq=False, weakref_slot=False)
class Session:
    """The session that one handshake opened; only its times and its fence ever change.

    Attributes:
        key: The session key.
        last_used: The start of the last request that got a proper response, on the client's clock.
        base: The API session under a customer session; None for an API session.
        customer_id: The customer's id in a customer session; None if unknown.
        fence: The number under which a store has it; 0 while it is this process's alone.
        note_at: From when on a use is noted in a store, on the client's clock.
        is_adopted: Whether it is an `AdoptedSession`.
    """

    key: Secret
    last_used: float
    base: "Session | None" = field(default=None, repr=False)
    customer_id: int | None = None
    fence: int = 0
    note_at: float = inf

    is_adopted: ClassVar[bool] = False

    def touch(self, started: float) -> None:
        """Notes the response to a request started at ``started``: session and base are alive."""
        session: Session | None = self
        while session is not None:
            if started > session.last_used:  # noqa: PLR1730 - on every call; max() takes three times as long
                session.last_used = started
            session = session.base


class AdoptedSession(Session):
    """A session read from a store: another process opened it, or may have."""

    __slots__ = ()
    is_adopted = True


def age_of(session: Session, now: float, timing: SessionTiming) -> Age:
    """Returns the age of a session at a time on the client's clock."""
    idle = now - session.last_used
    if idle < timing.stale_after:
        return "fresh"
    return "stale" if idle < timing.idle_limit else "dead"


def decide_action(state: State, age: Age, *, has_password: bool) -> SessionAction:
    """Returns the action that a session needs before a command may use it."""
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
