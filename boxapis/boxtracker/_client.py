"""The door to Box Tracker: `BoxTracker`, which makes its customers."""

import ssl
from collections.abc import Coroutine
from typing import Any, Literal, Self, TypedDict, Unpack

from boxapis._core.client import Client, address, from_environment, option
from boxapis._core.clock import Clock
from boxapis._core.dispatcher import Exchange
from boxapis._core.trace import Trace
from boxapis._http.messages import Transport, parse_base_url
from boxapis._http.proxies import ProxyOption, sealed_proxy
from boxapis._sansio.boxtracker.arguments import seal_arguments
from boxapis._sansio.boxtracker.commands import Body, Endpoint
from boxapis._version import __version__
from boxapis.boxtracker._account import Account
from boxapis.boxtracker._api_session import ApiSessions
from boxapis.boxtracker._call import run
from boxapis.boxtracker._customer import Customer
from boxapis.boxtracker._customer_session import CustomerSessions
from boxapis.boxtracker._keepalive import KeepAlive
from boxapis.boxtracker._raw import RawCommands
from boxapis.boxtracker.handshakes import Handshakes, checked
from boxapis.errors import ConfigurationError
from boxapis.options import CallOptions, Limits, Retries, SessionTiming, Timeouts
from boxapis.secret import Secret, required, seal
from boxapis.transports._default import choose_transport

__all__ = ["BASE_URL", "BoxTracker", "BoxTrackerOptions"]

BASE_URL = "https://www.dumpster.software/controller.html"

_HEADERS = (
    ("Accept", "*/*"),
    ("Accept-Encoding", "identity"),
    ("Cache-Control", "no-store"),  # a GET could be cached, with the password in its URL
    ("User-Agent", f"boxapis/{__version__}"),
)


class BoxTrackerOptions(TypedDict, total=False):
    """The keyword options of `BoxTracker`, for functions that pass them on."""

    base_url: str | Secret
    transport: Transport | None
    method: Literal["GET", "POST"]
    timing: SessionTiming
    keep_alive: bool
    timeouts: Timeouts
    retries: Retries
    limits: Limits
    proxy: ProxyOption
    ssl_context: ssl.SSLContext | None
    trace: Trace | None


class BoxTracker(Client):
    """A client for one API user of Box Tracker. Use it as an async context manager.

    Args:
        username: Of the API user, issued by the vendor.
        password: Of the API user.
        base_url: The one address of all commands.
        transport: What carries the requests; `boxapis.transports.DirectTransport` by default.
        method: ``"GET"`` as documented, or ``"POST"``, as the vendor's own clients do it: a form
            body keeps the secrets out of the logs of servers and proxies.
        timing: How sessions age.
        keep_alive: Whether to keep idle customer sessions alive that are held without a password.
        timeouts: Seconds for each part of a request.
        retries: How often a failed request is made again, where that can do no harm.
        limits: Of connections and bodies.
        proxy: A URL; None for that of the environment; False for none.
        ssl_context: For TLS.
        trace: Called with a `CallTrace` when a call is over. Handshakes and log-outs are calls of
            their own, because many calls may wait for one.

    Attributes:
        handshakes: The three handshakes as single actions.

    Raises:
        ConfigurationError: when an option is wrong. Nothing is sent before the first call.
    """

    __slots__ = ("_account", "_api", "_keep_alive", "_web", "handshakes")

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
        trace: Trace | None = None,
        _clock: Clock | None = None,
    ) -> None:
        super().__init__()
        secret, url = seal(password), seal(base_url)
        proxy = sealed_proxy(proxy)
        del password, base_url  # no frame of ours shows them from here on
        if method not in ("GET", "POST"):
            message = 'method must be "GET" or "POST"'
            raise ConfigurationError(message)
        self._options = CallOptions(trace=trace)
        origin, path = parse_base_url(url)
        clock = _clock or Clock()
        timing = option(timing, SessionTiming, "timing") or SessionTiming()
        timeouts = option(timeouts, Timeouts, "timeouts") or Timeouts()
        limits = option(limits, Limits, "limits") or Limits()
        carrier = choose_transport(
            transport,
            timeouts=timeouts,
            limits=limits,
            proxy=proxy,
            ssl_context=ssl_context,
            clock=clock,
        )
        self._account = Account(
            required(seal(username), "username").reveal(),
            required(secret, "password"),
            Endpoint(origin, path or "/", method, _HEADERS),
            Exchange(
                carrier,
                clock=clock,
                limits=limits,
                timeouts=timeouts,
                retries=option(retries, Retries, "retries") or Retries(),
                service="boxtracker",
                trace=trace,
                grace=timing.farewell,
            ),
            timing,
            clock,
        )
        self._api = ApiSessions(self._account, web=False)
        self._web = ApiSessions(self._account, web=True)
        exchange = self._exchange = self._account.exchange
        self._keep_alive = KeepAlive(exchange, timing, clock) if keep_alive else None
        self.handshakes = Handshakes(self._api, self._web)

    @classmethod
    def from_env(cls, **options: Unpack[BoxTrackerOptions]) -> Self:
        """A client with ``BOXTRACKER_USERNAME`` and ``BOXTRACKER_PASSWORD``.

        ``BOXTRACKER_BASE_URL`` is used when it is set and ``base_url`` is not given.

        Raises:
            ConfigurationError: naming the variable that is missing.
        """
        options["proxy"] = sealed_proxy(options.get("proxy"))
        options["base_url"] = address(options.get("base_url"), "BOXTRACKER_BASE_URL", BASE_URL)
        username, password = from_environment("BOXTRACKER_USERNAME", "BOXTRACKER_PASSWORD")
        return cls(username, password, **options)

    def customer(
        self,
        username: str | Secret,
        password: str | Secret | None = None,
        *,
        session_key: str | Secret | None = None,
    ) -> Customer:
        """One customer of the hauler, with a session of its own. Sends nothing.

        Args:
            username: The customer's.
            password: The customer's; may be absent when a key is given.
            session_key: Of an earlier handshake, to go on with it.

        Raises:
            ConfigurationError: when both are absent, or one is empty.
        """
        password, session_key = seal(password), seal(session_key)
        if password is None and session_key is None:
            message = "give the customer's password, a session key, or both"
            raise ConfigurationError(message)
        held = checked(username, password, session_key)
        sessions = CustomerSessions(self._account, self._api, *held)
        return Customer(sessions, self._keep_alive, self._options)

    @property
    def limits(self) -> Limits:
        """How much this client takes at a time."""
        return self._account.exchange.limits

    def command(self, name: str, /, **arguments: Any) -> Coroutine[Any, Any, Body]:
        """Runs a command of the web API, for instance ``cmdBoxTWebAPIPricing``.

        User name and session key are put in; the session is opened and renewed as needed.

        Args:
            name: The command.
            arguments: ``str``, `Secret`, ``int``, ``float``, ``Decimal``, ``bool`` (1 or 0),
                ``date`` (``2024-01-05``), or None, which is left out.

        Returns:
            The whole answer, as decoded from JSON.

        Raises:
            ConfigurationError: a reserved argument, another type, or a command that belongs
                elsewhere. Nothing was sent.
            OutcomeUnknownError: a changing command was sent and no answer settled it.
            BoxAPIError: see `boxapis.errors`.
        """
        return run(self._web, seal_arguments(name, arguments), self._options)

    @property
    def raw(self) -> RawCommands:
        """The same commands, each answered with a `RawAnswer`: status, headers and bytes, too."""
        return RawCommands(self._web, self._options)

    def with_options(
        self,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        trace: Trace | None = None,
    ) -> Self:
        """A view of this client: the same connections and sessions, other options for calls.

        There is nothing to close on it. Handshakes keep the client's own options, because many
        wait for one.

        Args:
            timeout: Seconds for each request.
            deadline: Seconds for everything that belongs to a call, waiting included.
            trace: Called with a `CallTrace` when a call is over, in place of the client's.
        """
        return self._view(CallOptions(timeout=timeout, deadline=deadline, trace=trace))
