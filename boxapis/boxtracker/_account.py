"""What every session and every call of one Box Tracker client has in common."""

from attrs import Factory, field, frozen

from boxapis._core.clock import Clock
from boxapis._core.dispatcher import Exchange
from boxapis._sansio.boxtracker.arguments import customer_block, web_block
from boxapis._sansio.boxtracker.commands import Endpoint
from boxapis._sansio.boxtracker.session import Session
from boxapis.options import SessionTiming
from boxapis.secret import Secret

__all__ = ["Account"]

_BLOCKS_KEPT = 256


@frozen(eq=False)
class Account:
    """The API user of a client and the means to call.

    Attributes:
        username: Of the API user.
        password: Of the API user.
        endpoint: Where commands go.
        exchange: The way they go.
        timing: How sessions age.
        clock: Time and chance.
        stale_after: Idle seconds from which on a session is renewed; read by every call.
    """

    username: str = field(repr=False)
    password: Secret
    endpoint: Endpoint = field(repr=False)
    exchange: Exchange = field(repr=False)
    timing: SessionTiming = field(repr=False)
    clock: Clock = field(repr=False)
    stale_after: float = field(
        default=Factory(lambda self: self.timing.stale_after, takes_self=True), init=False
    )
    # Encoded session arguments of the sessions in use; idle ones fall out when it is full.
    _blocks: dict[Session, str] = field(factory=dict, repr=False, init=False)

    def web_block(self, session: Session) -> str:
        """The session arguments of a web API command, encoded once per session."""
        block = self._blocks.get(session)
        return block or self._keep(session, web_block(self.username, session.key))

    def customer_block(self, session: Session, username: str) -> str:
        """The session arguments of a portal command, encoded once per session."""
        block = self._blocks.get(session)
        if block is not None:
            return block
        if session.base is None:
            message = "a customer session stands on an API session"
            raise ValueError(message)
        base = session.base.key
        return self._keep(session, customer_block(self.username, base, username, session.key))

    def _keep(self, session: Session, block: str) -> str:
        if len(self._blocks) >= _BLOCKS_KEPT:
            self._blocks.clear()
        self._blocks[session] = block
        return block

    def forget(self, session: Session) -> None:
        """Drops what is kept of a session that is over."""
        self._blocks.pop(session, None)
