"""The session machine's notes about one customer's session, and about one call."""

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
    """The status of an answer; 0 for an error of the network."""
    return 0 if isinstance(answer, BoxAPIError) else int(answer["status"])


def kind_of(answer: Answer) -> str:
    """The outcome that an answer means for a read: "answer", or the name of an error."""
    return type(answer).__name__ if isinstance(answer, BoxAPIError) else KINDS[status_of(answer)]


@define(eq=False)
class Holder:
    """The model's state of one customer's session.

    Attributes:
        name: The customer's user name.
        number: The customer's id.
        has_password: Whether the session can be opened without a key.
        key: The session's key.
        base: The key of the API session below it.
        used: The start of the last request that was properly answered.
        state: "none", "given" by the user, "live", "refused" or "out", which is logged out.
        generation: The number of handshakes that have opened it.
        cool_down_until: The end of the cool-down after a failed handshake.
        failure: The error of that handshake, by class name.
        asked: Whether the user asked for the next handshake himself.
        handshake: The handshake under way.
        chain: The refused handshakes before it, in the same renewal.
        late_keys: Keys that arrived after the session was ended, and must be logged out.
        leaving: The keys that the user has logged out.
        refused_on: The API session on which the log-out was refused.
        idled: Whether it has been idle long enough to be kept alive, since it was opened.
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
    cool_down_until: float = 0.0
    failure: str = ""
    asked: bool = False
    handshake: Wire | None = None
    chain: list[Wire] = field(factory=list)
    late_keys: set[str] = field(factory=set)
    leaving: set[str] = field(factory=set)
    refused_on: str = ""
    idled: bool = False
    sure: bool = True


@define(eq=False)
class Call:
    """One call of the user's, and the outcomes it may have.

    Attributes:
        number: A number of its own, sent with the command.
        holder: The customer who makes it.
        name: The command; empty for a handshake.
        until: The deadline; None for no deadline.
        verdicts: The answers to its own requests.
        allowed: The errors it may end in without an answer.
        cancelled: Whether the test has cancelled its caller.
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
        """Whether its deadline has passed."""
        return self.until is not None and moment >= self.until
