"""`Handshakes`: the three commands that open a session, and their values.

Manual: portal-handshake.html, handshake.html and customer-handshake.html under
https://www.dumpster.software/api/.
"""

from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

from attrs import field, frozen

from boxapis._core.awaitable import named, returns_coroutine
from boxapis._http.failures import unwrapped
from boxapis._sansio import kinds, shapes
from boxapis._sansio.boxtracker.catalogue import COMMANDS, CUSTOMER_HANDSHAKE
from boxapis._sansio.boxtracker.commands import Handshake
from boxapis._sansio.boxtracker.nested_json import expand
from boxapis._sansio.boxtracker.session import Session
from boxapis.boxtracker._account import OpenedSession, checked_login
from boxapis.boxtracker._api_session import ApiSession
from boxapis.boxtracker._customer_session import CustomerSession
from boxapis.errors import BoxAPIError, ConfigurationError
from boxapis.secret import Secret, seal

__all__ = ["CustomerHandshake", "Handshakes", "PortalHandshake", "WebApiHandshake"]

T = TypeVar("T")

_NOT_EXTRA = ("status", "errorString", "sessionKey", "key")


@frozen(kw_only=True)
class PortalHandshake:
    """The response to ``cmdBoxTPortalHandShake``.

    Attributes:
        session_key: The API session key; expires after five idle minutes.
        extra: Fields that no source lists; values under sensitive names are `Secret`.
    """

    session_key: Secret
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)


@frozen(kw_only=True)
class WebApiHandshake:
    """The response to ``cmdBoxTWebAPIHandShake``.

    Attributes:
        session_key: The web API session key; expires after five idle minutes.
        txn_classes: Selectors for taxes, to be used as ``txnClass``; empty when there are none.
        extra: Fields that no source lists; values under sensitive names are `Secret`.
    """

    session_key: Secret
    txn_classes: tuple[kinds.Cell, ...] = field(default=(), metadata=shapes.wire_name("txnClasses"))
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)


@frozen(kw_only=True)
class CustomerHandshake:
    """The response to ``cmdBoxTPortalCustomerHandShake``.

    Attributes:
        session_key: The customer's session key; expires after five idle minutes.
        customer_id: The hauler's customer in Box Tracker; goes into ``customer_id``.
        extra: Fields that no source lists; values under sensitive names are `Secret`.
    """

    session_key: Secret
    customer_id: int = field(metadata=shapes.wire_name("customerID"))
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)


class Handshakes:
    """Handshakes as single actions, as ``tracker.handshakes``.

    Commands do not need them: they open sessions themselves.
    """

    def __init__(self, portal: ApiSession, web: ApiSession) -> None:
        self._portal = portal
        self._web = web

    async def portal(self) -> PortalHandshake:
        """Opens an API session of the portal with one request.

        Raises:
            AuthenticationError: the API user or password is wrong.
            PermissionDeniedError: status 509, the IP address is not the registered one.
            BoxAPIError: see `boxapis.errors`.
        """
        opened = await self._portal.new_handshake()
        return unwrapped(_value(PortalHandshake, opened, self._portal.command))

    async def web_api(self) -> WebApiHandshake:
        """Opens a session of the web API with one request.

        Raises:
            AuthenticationError: the user or password is wrong.
            BoxAPIError: see `boxapis.errors`.
        """
        opened = await self._web.new_handshake(self._web_api_problem)
        return unwrapped(_value(WebApiHandshake, opened, self._web.command))

    def _web_api_problem(self, handshake: Handshake) -> BoxAPIError | None:
        opened = OpenedSession(Session(handshake.key, 0.0), handshake.body)
        value = _value(WebApiHandshake, opened, self._web.command)
        return value if isinstance(value, BoxAPIError) else None

    @returns_coroutine
    def customer(
        self,
        username: str | Secret,
        password: str | Secret | None = None,
        *,
        session_key: str | Secret | None = None,
    ) -> Coroutine[Any, Any, CustomerHandshake]:
        """Opens or confirms a customer session; opens the API session under it if needed.

        The client does not keep the session. To run commands, use ``tracker.customer(...)``.

        Args:
            username: The customer's user name.
            password: The customer's password; give this or the key, not both.
            session_key: The key of an earlier handshake, to confirm it.

        Raises:
            ConfigurationError: both or neither of password and key, or an empty user name.
            AuthenticationError: the customer's user name or password is wrong.
            SessionExpiredError: the key has expired.
            BoxAPIError: see `boxapis.errors`.
        """
        call = self._customer(username, seal(password), seal(session_key))
        return named(call, "Handshakes.customer")

    async def _customer(
        self, username: str | Secret, password: Secret | None, session_key: Secret | None
    ) -> CustomerHandshake:
        if (password is None) == (session_key is None):
            message = "give the customer's password or a session key, not both and not neither"
            raise ConfigurationError(message)
        session = CustomerSession(
            self._portal.account, self._portal, *checked_login(username, password, session_key)
        )
        return customer_value(await session.renew())


def customer_value(opened: OpenedSession | BoxAPIError) -> CustomerHandshake:
    """Returns the public value of a customer handshake, or raises its error."""
    if isinstance(opened, BoxAPIError):
        raise opened
    known = {"customerID": opened.session.customer_id}
    return unwrapped(_value(CustomerHandshake, opened, CUSTOMER_HANDSHAKE, known))


def _value(
    cls: type[T],
    opened: OpenedSession | BoxAPIError,
    name: str,
    known: Mapping[str, object] | None = None,
) -> T | BoxAPIError:
    if isinstance(opened, BoxAPIError):
        return opened
    fields = {key: value for key, value in opened.body.items() if key not in _NOT_EXTRA}
    if COMMANDS[name].family == "web":
        fields = expand(fields, cls)
    fields |= {"session_key": opened.session.key, **(known or {})}
    return shapes.read(cls, fields, path="$", operation=name)
