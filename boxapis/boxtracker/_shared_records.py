"""Records of sessions and of failed handshakes, as they are sealed into a store and read again.

A record holds a session's key, the customer's id and the fence of the API session it stands on. Of
the response to the handshake nothing else is kept, least of all names and addresses.
"""

from attrs import frozen

from boxapis._sansio.boxtracker.session import AdoptedSession, Session
from boxapis.boxtracker._sealing import Sealing
from boxapis.errors import (
    APIError,
    AuthenticationError,
    BoxAPIError,
    PermissionDeniedError,
    ServerError,
    type_name,
)
from boxapis.secret import Secret

__all__ = ["Record", "read_failure", "read_session", "sealed_failure", "sealed_session"]

_FAILURES: dict[str, type[APIError]] = {
    "AuthenticationError": AuthenticationError,
    "PermissionDeniedError": PermissionDeniedError,
}
"""Errors that are the same in every process; each other one becomes a `ServerError`."""


@frozen
class Record:
    """A session that another process opened.

    Attributes:
        key: The session key.
        customer_id: The customer's id in a customer session.
        base: The fence of the API session under a customer session; 0 for an API session.
        fence: The fence of the session itself.
        last_used: When it was last used, on the client's clock.
    """

    key: Secret
    customer_id: int | None
    base: int
    fence: int
    last_used: float

    def session(self, base: Session | None) -> Session:
        """Returns it as a session of this process."""
        return AdoptedSession(self.key, self.last_used, base, self.customer_id, self.fence)


def sealed_session(sealing: Sealing, slot: str, session: Session) -> bytes:
    """Returns the record of a session."""
    base = 0 if session.base is None else session.base.fence
    return sealing.seal(
        slot, {"key": session.key, "customer_id": session.customer_id, "base": base}
    )


def read_session(
    sealing: Sealing, slot: str, record: bytes, fence: int, last_used: float
) -> Record | None:
    """Returns what a record says; None if it does not open, or has the form of a later version."""
    values = sealing.open(slot, record)
    if values is None:
        return None
    return Record(values["key"], values["customer_id"], values["base"], fence, last_used)


def sealed_failure(sealing: Sealing, slot: str, error: BoxAPIError) -> bytes:
    """Returns the record of a handshake that failed."""
    values = {
        "class": type_name(error),
        "message": error.args[0],
        "operation": error.operation,
        "status": getattr(error, "status", 0),
        "code": getattr(error, "code", None),
        "text": getattr(error, "message", ""),
        "next_step": error.next_step,
    }
    return sealing.seal(_failure_place(slot), values)


def read_failure(sealing: Sealing, slot: str, failure: bytes) -> APIError | None:
    """Returns the error of a handshake that failed in another process; None as `read_session`.

    A class that is not the same everywhere becomes `ServerError`: no class is looked up by the name
    in a record.
    """
    values = sealing.open(_failure_place(slot), failure)
    if values is None:
        return None
    kind = _FAILURES.get(values["class"], ServerError)
    return kind(
        values["message"],
        service="boxtracker",
        status=values["status"],
        code=values["code"],
        text=values["text"],
        operation=values["operation"],
        next_step=values["next_step"],
    )


def _failure_place(slot: str) -> str:
    """A place of its own, so that a failure does not open as a session of the same slot."""
    return f"{slot}/failure"
