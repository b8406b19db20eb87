"""`Account`: the API user of a client; `OpenedSession`: what a handshake of his opened."""

from attrs import Factory, field, frozen

from boxapis._core.dispatcher import Dispatcher
from boxapis._sansio.boxtracker.arguments import customer_session_arguments, web_session_arguments
from boxapis._sansio.boxtracker.commands import Body, Endpoint
from boxapis._sansio.boxtracker.session import Session
from boxapis.options import SessionTiming
from boxapis.secret import Secret, required, seal

__all__ = ["Account", "OpenedSession", "checked_login"]

_MAX_ENCODED = 256


@frozen(eq=False)
class Account:
    """The API user of a client and the means to send commands.

    Attributes:
        username: The API user's name.
        password: The API user's password.
        endpoint: Address, method and headers of every command.
        dispatcher: The state shared by all calls of the client.
        timing: How sessions age.
        stale_after: Idle seconds after which a session is renewed; read by every call.
    """

    username: str = field(repr=False)
    password: Secret
    endpoint: Endpoint = field(repr=False)
    dispatcher: Dispatcher = field(repr=False)
    timing: SessionTiming = field(repr=False)
    stale_after: float = field(
        default=Factory(lambda self: self.timing.stale_after, takes_self=True), init=False
    )
    # Encoded once for each session in use; emptied when full, so idle sessions hold nothing here.
    _encoded: dict[Session, str] = field(factory=dict, repr=False, init=False)

    def web_arguments(self, session: Session) -> str:
        """Returns the encoded session arguments of a web API command."""
        encoded = self._encoded.get(session)
        return encoded or self._keep(session, web_session_arguments(self.username, session.key))

    def customer_arguments(self, session: Session, username: str) -> str:
        """Returns the encoded session arguments of a portal command."""
        encoded = self._encoded.get(session)
        if encoded is not None:
            return encoded
        if session.base is None:
            message = "a customer session stands on an API session"
            raise ValueError(message)
        base = session.base.key
        arguments = customer_session_arguments(self.username, base, username, session.key)
        return self._keep(session, arguments)

    def _keep(self, session: Session, encoded: str) -> str:
        if len(self._encoded) >= _MAX_ENCODED:
            self._encoded.clear()
        self._encoded[session] = encoded
        return encoded

    def forget(self, session: Session) -> None:
        """Drops the encoded arguments of a session that is over."""
        self._encoded.pop(session, None)


@frozen(eq=False)
class OpenedSession:
    """A session that a handshake opened, and the body of the response it came in."""

    session: Session
    body: Body = field(repr=False)


def checked_login(
    username: str | Secret, password: Secret | None, session_key: Secret | None
) -> tuple[str, Secret | None, Secret | None]:
    """Returns the three, checked to be text that can be sent.

    Raises:
        ConfigurationError: when one is empty or not text.
    """
    return (
        required(seal(username), "the customer's user name").reveal(),
        password and required(password, "the customer's password"),
        session_key and required(session_key, "session_key"),
    )
