"""Makes what shares a client's sessions, where it has a store; nothing is imported without one."""

from typing import TYPE_CHECKING

from boxapis.boxtracker._account import Account
from boxapis.errors import ConfigurationError
from boxapis.options import SessionTiming, Sharing

if TYPE_CHECKING:
    from boxapis.boxtracker._shared_session import SharedSessions

__all__ = ["opened_sharing"]

_LEAST = 0.001


def opened_sharing(account: Account, sharing: Sharing | None) -> "SharedSessions | None":
    """Returns what shares the sessions of an account; None without a store.

    Raises:
        ConfigurationError: uses are noted too seldom for the margin of the sessions, or a package
            is missing.
    """
    store, timing = account.dispatcher.store, account.timing
    if sharing is not None and sharing.note_every > timing.margin / 2:
        message = "note_every must be at most half of margin, when a session is stale"
        raise ConfigurationError(message)
    if store is None:
        return None
    from boxapis.boxtracker._sealing import Sealing  # noqa: PLC0415 - not without a store
    from boxapis.boxtracker._shared_session import SharedSessions  # noqa: PLC0415
    from boxapis.boxtracker._shared_slots import SharedSlots  # noqa: PLC0415

    endpoint = account.endpoint
    address = f"{endpoint.origin.scheme}://{endpoint.origin.host_and_port}{endpoint.path}"
    salt = f"{address}\0{account.username}"
    sealing = Sealing(account.password, salt, store.pepper)
    sharing = sharing or _default(timing)
    return SharedSessions(SharedSlots(account.dispatcher, store, sealing, timing, sharing))


def _default(timing: SessionTiming) -> Sharing:
    return Sharing(note_every=max(_LEAST, min(Sharing().note_every, timing.margin / 2)))
