"""`Customer`: one customer of the hauler, and the session that belongs to this object."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Self

from boxapis._core.awaitable import named, returns_coroutine
from boxapis._core.client import Viewable
from boxapis._sansio.boxtracker.arguments import seal_arguments
from boxapis._sansio.boxtracker.catalogue import PortalCommand
from boxapis._sansio.boxtracker.commands import Body
from boxapis.boxtracker._call import Caller, run
from boxapis.boxtracker._customer_session import CustomerSession
from boxapis.boxtracker._keepalive import KeepAlive
from boxapis.boxtracker._raw import RawCommands
from boxapis.boxtracker._resources import CustomerResources
from boxapis.boxtracker._warnings import warn_of_unknown_names
from boxapis.options import CallOptions
from boxapis.secret import Secret

if TYPE_CHECKING:
    from boxapis.boxtracker.handshakes import CustomerHandshake

__all__ = ["Customer"]


class Customer(CustomerResources, Viewable):
    """One customer and its session. Made by `BoxTracker.customer`.

    Without a store two objects with the same user name share nothing. With one, those with the same
    user name *and* password share the session, in whatever process; one that is held by a key
    without password is shared with none.
    """

    __slots__ = ("__weakref__", "_keep_alive", "_options", "_session")

    def __init__(
        self, session: CustomerSession, keep_alive: KeepAlive | None, options: CallOptions
    ) -> None:
        self._session = session
        self._keep_alive = keep_alive
        self._options = options

    @property
    def customer_id(self) -> int | None:
        """The customer's number in Box Tracker; None before the first handshake."""
        session = self._session.current
        return None if session is None else session.customer_id

    @property
    def session_key(self) -> Secret | None:
        """The session key held now, to store and resume later; None when there is none."""
        session = self._session.current
        return None if session is None else session.key

    def _view(self, options: CallOptions) -> Self:
        return type(self)(self._session, self._keep_alive, options)

    async def handshake(self) -> "CustomerHandshake":
        """Logs in, or confirms the session. Commands do so themselves when it is needed.

        Ends the cool-down after a failed handshake, and opens the session again after `logout`.
        With a store it joins the handshake that another process is making; the value then has no
        ``extra``.

        Raises:
            AuthenticationError: the customer's user name or password is wrong.
            SessionExpiredError: the key has expired and no password is held.
            BoxAPIError: see `boxapis.errors`.
        """
        from boxapis.boxtracker.handshakes import customer_value  # noqa: PLC0415 - used by few

        value = customer_value(await self._session.renew())
        self._watch()
        return value

    @returns_coroutine
    def command(self, name: PortalCommand | str, /, **arguments: Any) -> Coroutine[Any, Any, Body]:
        """Runs a command of the portal, for instance ``cmdBoxTPortalJobsiteList``.

        User names, session keys and, where it belongs, ``customer_id`` are added; the session is
        opened and renewed as needed.

        Args:
            name: The command. For a name that no source has, `UnknownCommandWarning` warns.
            arguments: ``str``, `Secret`, ``int``, ``float``, ``Decimal``, ``bool`` (1 or 0),
                ``date`` (``Jan 05, 2024``), or None, which is left out. For a name that no source
                has, `UnknownArgumentWarning` warns.

        Returns:
            The whole body of the response, as decoded from JSON.

        Raises:
            ConfigurationError: a reserved argument, a value of another type, or a command that has
                a method of its own or belongs to `BoxTracker`. Nothing was sent.
            ClientClosedError: the client is closed, or the customer has logged out.
            SessionExpiredError: the session has expired and could not be renewed.
            OutcomeUnknownError: a changing command was sent and no response settled it.
            BoxAPIError: see `boxapis.errors`.
        """
        sealed = seal_arguments(name, arguments)
        del arguments  # a warning may be made an error
        warn_of_unknown_names(sealed)
        call = run(self._session, sealed, self._options)
        call = call if self._keep_alive is None else self._watched(call)
        return named(call, "Customer.command")

    async def _watched(self, call: Coroutine[Any, Any, Body]) -> Body:
        self._watch()
        return await call

    @property
    def raw(self) -> RawCommands:
        """The same calls, each returning a `RawResponse`: status, headers and bytes, too.

        The resources are there, too: what ``customer.profile.get()`` returns is ``decoded`` of
        what ``customer.raw.profile.get()`` returns.
        """
        return RawCommands(self._caller, CustomerResources)

    @property
    def _caller(self) -> Caller:
        watch = None if self._keep_alive is None else self._watch
        return Caller(self._session, self._options, watch)

    async def logout(self) -> None:
        """Ends the session, here and on the server; commands raise until the next `handshake`.

        With a store it ends the session that all processes share, also if this object has not used
        it yet; those that hold the password log in anew when they need to. While the store cannot
        be reached, it ends the session that this object has used.

        Raises:
            BoxAPIError: when the server could not be reached or refused; the session is dropped
                here all the same.
        """
        error = await self._session.log_out()
        if error is not None:
            raise error

    def _watch(self) -> None:
        if self._keep_alive is not None:
            self._keep_alive.watch(self._session)

    def __repr__(self) -> str:
        account = self._session.account
        host, load = account.endpoint.origin.authority, account.dispatcher.load
        return f"<Customer {self._session.state} at {host}, whose client is {load}>"
