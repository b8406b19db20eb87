"""What the session machine's book notes of one customer's session, and of one call."""

from attrs import define, field

from boxapis import BoxAPIError
from tests.support.session_service import Answer, Wire

__all__ = [
    "CREDENTIALS",
    "DEAD",
    "FRESH",
    "REFUSED",
    "SOONEST_KEPT",
    "TRUSTED",
    "UPDATE_FAILED",
    "Call",
    "Holder",
    "kind_of",
    "status_of",
]

FRESH, DEAD = 240.0, 300.0
SOONEST_KEPT = 105.0
TRUSTED = 1.0
REFUSED = (507, 508, 600)
UPDATE_FAILED = 700
CREDENTIALS = ("AuthenticationError", "PermissionDeniedError")
KINDS = {
    200: "answer",
    301: "NotFoundError",
    305: "AuthenticationError",
    500: "AuthenticationError",
    507: "SessionExpiredError",
    508: "SessionExpiredError",
    509: "PermissionDeniedError",
    600: "SessionExpiredError",
    700: "SessionExpiredError",
    900: "ServerError",
}


def status_of(answer: Answer) -> int:
    """The status of an answer; 0 where none came."""
    return 0 if isinstance(answer, BoxAPIError) else int(answer["status"])


def kind_of(answer: Answer) -> str:
    """What a reading caller must be told."""
    return type(answer).__name__ if isinstance(answer, BoxAPIError) else KINDS[status_of(answer)]


@define(eq=False)
class Holder:
    """What is known of one customer's session.

    Attributes:
        name: The customer's.
        number: The customer's.
        has_password: Whether it can be opened without a key.
        key: Of the session.
        base: The key of the API session it stands on.
        used: The start of the last request that was properly answered.
        state: "none", "given" by the user, "live", "refused" or "out", which is logged out.
        generation: How many handshakes have opened it.
        quiet_until: The end of the quiet time after a failure.
        failure: What failed.
        asked: Whether the user asked for a handshake himself.
        flying: The handshake under way.
        chain: Those before it that were refused, in the same renewal.
        farewells: Keys that arrived too late and must be logged out.
        leaving: The keys that the user has logged out.
        refused_on: The API session on which that was refused.
        idled: Whether it has lain idle so long, since it was opened, that it was to be kept alive.
        sure: False when too much happened at once to know what a renewal does next.
    """

    name: str
    number: int
    has_password: bool
    key: str | None = None
    base: str = ""
    used: float = 0.0
    state: str = "none"
    generation: int = 0
    quiet_until: float = 0.0
    failure: str = ""
    asked: bool = False
    flying: Wire | None = None
    chain: list[Wire] = field(factory=list)
    farewells: set[str] = field(factory=set)
    leaving: set[str] = field(factory=set)
    refused_on: str = ""
    idled: bool = False
    sure: bool = True


@define(eq=False)
class Call:
    """One call of the user's, and what it may come to.

    Attributes:
        number: By which it is told from all others.
        holder: Whose it is.
        name: The command; empty for a handshake.
        until: Its deadline.
        verdicts: The answers its own requests had.
        allowed: The errors it may end in without one.
        cancelled: Whether the test took its caller away.
    """

    number: int
    holder: Holder
    name: str
    until: float | None = None
    verdicts: list[Answer] = field(factory=list)
    sent: int = 0
    allowed: set[str] = field(factory=set)
    cancelled: bool = False

    def is_late(self, moment: float) -> bool:
        """Whether it should be over."""
        return self.until is not None and moment >= self.until
