"""`BoxTracker`: the client for Box Tracker, which makes its customers."""

import ssl
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Literal, Self, Unpack

from boxapis._core.awaitable import named, returns_coroutine, takes_options
from boxapis._core.client import Client, checked_option
from boxapis._http.messages import Transport, parse_base_url
from boxapis._http.proxies import ProxyOption, sealed_proxy
from boxapis._sansio.boxtracker.arguments import seal_arguments
from boxapis._sansio.boxtracker.catalogue import WebCommand
from boxapis._sansio.boxtracker.commands import Body, Endpoint
from boxapis._sansio.text import exact_text
from boxapis._version import __version__
from boxapis.boxtracker._account import Account, checked_login
from boxapis.boxtracker._api_session import ApiSession
from boxapis.boxtracker._call import Caller, run
from boxapis.boxtracker._customer import Customer
from boxapis.boxtracker._customer_session import CustomerSession
from boxapis.boxtracker._from_settings import (
    BASE_URL,
    BoxTrackerOptions,
    open_boxtracker,
    seal_options,
)
from boxapis.boxtracker._keepalive import KeepAlive
from boxapis.boxtracker._raw import RawCommands
from boxapis.boxtracker._resources import TrackerResources
from boxapis.boxtracker._sharing import opened_sharing
from boxapis.boxtracker._warnings import warn_of_unknown_names
from boxapis.errors import ConfigurationError
from boxapis.options import (
    Allow,
    CallOptions,
    Limits,
    Retries,
    SessionTiming,
    Sharing,
    Timeouts,
)
from boxapis.secret import Secret, required, seal
from boxapis.transports._default import open_dispatcher

if TYPE_CHECKING:
    from boxapis._core.store import Store
    from boxapis._core.trace import Trace
    from boxapis.boxtracker.handshakes import Handshakes

__all__ = ["BoxTracker"]

_HEADERS = (
    ("Accept", "*/*"),
    ("Accept-Encoding", "identity"),
    ("Cache-Control", "no-store"),  # a GET could be cached, with the password in its URL
    ("User-Agent", f"boxapis/{__version__}"),
)


class _HandshakesOf:
    """The attribute ``handshakes``: of the class it is the class, as `create_autospec` needs it."""

    def __get__(self, client: "BoxTracker | None", owner: object = None) -> Any:
        from boxapis.boxtracker.handshakes import Handshakes  # noqa: PLC0415 - used by few

        return Handshakes if client is None else Handshakes(client._api, client._web)  # noqa: SLF001 - so


def _handshakes() -> Any:
    return _HandshakesOf()


class BoxTracker(TrackerResources, Client):
    """A client for one API user of Box Tracker. Use it as an async context manager.

    Args:
        username: The API user's name, issued by the vendor.
        password: The API user's password.
        base_url: The one address of all commands.
        transport: Sends the requests; `boxapis.transports.DirectTransport` by default.
        method: ``"GET"`` as documented, or ``"POST"`` as the vendor's own clients do: a form body
            keeps the secrets out of the logs of servers and proxies.
        timing: How sessions age.
        keep_alive: Whether to keep idle customer sessions alive that are held without a password.
        timeouts: Seconds for each part of a request.
        retries: How failed requests are repeated, where that can do no harm.
        limits: Maximum numbers of connections and of bytes in a response.
        proxy: A proxy URL; None for the environment's (``HTTPS_PROXY``); False for none.
        ssl_context: TLS settings of the default transport.
        trace: Called with a `CallTrace` when a call is over. Handshakes and log-outs are calls of
            their own, because many calls may wait for one.
        allow: What calls may do: ``"reads"``: the commands that are known to change nothing;
            ``"tests"``: also orders of the web API, which get the mode TEST; ``"everything"``, the
            default. All else is a `ConfigurationError`, and nothing is sent. Handshakes and
            log-outs are always allowed.
        store: Where processes share sessions: those with the same user names and passwords. None
            for this process alone. It is not closed with the client.
        sharing: Times of what is shared.

    Attributes:
        handshakes: The three handshakes as single actions.

    Raises:
        ConfigurationError: when an option is wrong. Nothing is sent before the first call.
    """

    __slots__ = ("_account", "_api", "_keep_alive", "_sharing", "_web")

    handshakes: "Handshakes" = _handshakes()

    def __init__(
        self,
        username: str | Secret,
        password: str | Secret,
        *,
        base_url: str | Secret = BASE_URL,
        transport: Transport | None = None,
        method: Literal["GET", "POST"] = "GET",
        timing: SessionTiming | None = None,
        keep_alive: bool = False,
        timeouts: Timeouts | None = None,
        retries: Retries | None = None,
        limits: Limits | None = None,
        proxy: ProxyOption = None,
        ssl_context: ssl.SSLContext | None = None,
        trace: "Trace | None" = None,
        allow: Allow = "everything",
        store: "Store | None" = None,
        sharing: Sharing | None = None,
    ) -> None:
        super().__init__()
        secret, url = seal(password), seal(base_url)
        proxy = sealed_proxy(proxy)
        del password, base_url  # no frame of ours shows them from here on
        verb = exact_text(method)
        if verb not in ("GET", "POST"):
            message = 'method must be "GET" or "POST"'
            raise ConfigurationError(message)
        self._options = CallOptions(trace=trace, allow=allow)
        origin, path = parse_base_url(url)
        self._host = origin.authority
        timing = checked_option(timing, SessionTiming, "timing") or SessionTiming()
        dispatcher = self._dispatcher = open_dispatcher(
            "boxtracker",
            transport,
            timeouts=checked_option(timeouts, Timeouts, "timeouts") or Timeouts(),
            retries=retries,
            limits=limits,
            proxy=proxy,
            ssl_context=ssl_context,
            trace=trace,
            clock=self._clock,
            grace=timing.logout_timeout,
            store=store,
        )
        account = self._account = Account(
            required(seal(username), "username").reveal(),
            required(secret, "password"),
            Endpoint(origin, path or "/", verb, _HEADERS),
            dispatcher,
            timing,
        )
        self._sharing = opened_sharing(account, checked_option(sharing, Sharing, "sharing"))
        self._api = ApiSession(account, web=False)
        self._web = ApiSession(account, web=True)
        if self._sharing is not None:
            for api in (self._api, self._web):
                api.share = self._sharing.share("api", api.command)
        self._keep_alive = KeepAlive(dispatcher, timing) if keep_alive else None

    @classmethod
    @takes_options(__init__, BoxTrackerOptions.__annotations__)
    def from_env(cls, **options: Unpack[BoxTrackerOptions]) -> Self:
        """Makes a client from ``BOXTRACKER_USERNAME`` and ``BOXTRACKER_PASSWORD``.

        ``BOXTRACKER_BASE_URL`` and ``BOXAPIS_STORE`` are used when they are set and ``base_url``
        or ``store`` is not given, and ``BOXAPIS_ALLOW`` where it allows less than the option
        ``allow``. A store made from ``BOXAPIS_STORE`` is closed with the client. Profiles are never
        read.

        Args:
            options: Those of `BoxTracker`: base_url, transport, method, timing, keep_alive,
                timeouts, retries, limits, proxy, ssl_context, trace, allow, store, sharing.

        Raises:
            ConfigurationError: naming the variable that is missing.
        """
        return cls._open(None, options)

    @classmethod
    @takes_options(__init__, BoxTrackerOptions.__annotations__)
    def from_profile(cls, profile: str, **options: Unpack[BoxTrackerOptions]) -> Self:
        """Makes a client from a profile of the command line; the environment is not read.

        The exception is ``BOXAPIS_ALLOW``, which may narrow what the profile allows.

        Args:
            profile: Name of the profile. Its variables are those of `from_env`, and its password
                is a reference, such as ``keyring:boxapis/live``.
            options: Options of the client; ``base_url`` and ``store`` override the profile's.

        Raises:
            ConfigurationError: there is no such profile, a variable is missing or wrong, or a
                reference points to nothing. ``prompt:`` works on the command line only.
        """
        return cls._open(profile, options)

    @classmethod
    def _open(cls, profile: str | None, options: BoxTrackerOptions) -> Self:
        from boxapis._settings.settings import load_settings  # noqa: PLC0415 - used by few

        seal_options(options)
        return open_boxtracker(cls, load_settings(profile), options)

    def customer(
        self,
        username: str | Secret,
        password: str | Secret | None = None,
        *,
        session_key: str | Secret | None = None,
    ) -> Customer:
        """Returns one customer of the hauler, with a session of its own. Sends nothing.

        Args:
            username: The customer's user name.
            password: The customer's password; may be absent when a key is given.
            session_key: The key of an earlier handshake, to resume its session.

        Raises:
            ConfigurationError: when both are absent, or one is empty.
        """
        password, session_key = seal(password), seal(session_key)
        if password is None and session_key is None:
            message = "give the customer's password, a session key, or both"
            raise ConfigurationError(message)
        credentials = checked_login(username, password, session_key)
        session = CustomerSession(self._account, self._api, *credentials)
        if self._sharing is not None and password is not None:
            session.share = self._sharing.share("customer", session.username, password)
        return Customer(session, self._keep_alive, self._options)

    @property
    def limits(self) -> Limits:
        """The maximum numbers of connections and of bytes in a response."""
        return self._account.dispatcher.limits

    @returns_coroutine
    def command(self, name: WebCommand | str, /, **arguments: Any) -> Coroutine[Any, Any, Body]:
        """Runs a command of the web API, for instance ``cmdBoxTWebAPIPricing``.

        User name and session key are added; the session is opened and renewed as needed.

        Args:
            name: The command. For a name that no source has, `UnknownCommandWarning` warns.
            arguments: ``str``, `Secret`, ``int``, ``float``, ``Decimal``, ``bool`` (1 or 0),
                ``date`` (``2024-01-05``), or None, which is left out. For a name that no source
                has, `UnknownArgumentWarning` warns.

        Returns:
            The whole body of the response, as decoded from JSON.

        Raises:
            ConfigurationError: a reserved argument, a value of another type, or a command that has
                a method of its own or belongs to `Customer`. Nothing was sent.
            OutcomeUnknownError: a changing command was sent and no response settled it.
            BoxAPIError: see `boxapis.errors`.
        """
        sealed = seal_arguments(name, arguments)
        del arguments  # a warning may be made an error
        warn_of_unknown_names(sealed)
        return named(run(self._web, sealed, self._options), "BoxTracker.command")

    @property
    def raw(self) -> RawCommands:
        """The same commands, each returning a `RawResponse`: status, headers and bytes, too.

        ``tracker.raw.ordering`` is there, too.
        """
        return RawCommands(self._caller, TrackerResources)

    @property
    def _caller(self) -> Caller:
        return Caller(self._web, self._options)
