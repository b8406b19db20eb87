"""The door to BoxC: `BoxC`."""

import os
import ssl
from collections.abc import Coroutine, Mapping
from typing import Any, Self, TypedDict, Unpack

from boxapis._core.client import Client, address, from_environment, option
from boxapis._core.clock import Clock
from boxapis._core.dispatcher import Exchange
from boxapis._core.rate_limiter import Limiter, OnWait
from boxapis._core.trace import Trace
from boxapis._http.messages import Transport, Unpicklable, parse_base_url
from boxapis._http.proxies import ProxyOption, sealed_proxy
from boxapis._http.raw_answer import RawAnswer
from boxapis._sansio.boxc import rest
from boxapis._sansio.boxc.token import basic, is_token
from boxapis._version import __version__
from boxapis.boxc._call import Caller
from boxapis.boxc._tokens import ClientCredentials, GivenToken
from boxapis.boxc.credentials import Credentials
from boxapis.errors import ConfigurationError
from boxapis.options import CallOptions, Limits, Retries, Timeouts
from boxapis.secret import Secret, required, seal
from boxapis.transports._default import choose_transport

__all__ = ["ACCOUNTS_URL", "BASE_URL", "BoxC", "BoxCOptions", "RawRequests"]

BASE_URL = "https://api.boxc.com/v1"
ACCOUNTS_URL = "https://accounts.boxc.com"

_TIMEOUTS = Timeouts(read=30.0)  # labels and estimates wait for carriers
_HEADERS = (("Accept-Encoding", "identity"), ("User-Agent", f"boxapis/{__version__}"))


class BoxCOptions(TypedDict, total=False):
    """The keyword options of `BoxC`, for functions that pass them on."""

    base_url: str | Secret
    accounts_url: str | Secret
    transport: Transport | None
    timeouts: Timeouts
    retries: Retries
    limits: Limits
    proxy: ProxyOption
    ssl_context: ssl.SSLContext | None
    rate_share: float
    on_wait: OnWait | None
    trace: Trace | None


class BoxC(Client):
    """A client for one user of BoxC. Use it as an async context manager.

    Args:
        token: An access token, taken as it is; or else
        client_id: Of an OAuth client, and
        client_secret: its secret: a token is then fetched when it is first needed.
        base_url: Of the API.
        accounts_url: Of the service that gives tokens.
        transport: What carries the requests; `boxapis.transports.DirectTransport` by default.
        timeouts: Seconds for each part of a request.
        retries: How often a failed request is made again, where that can do no harm.
        limits: Of connections and bodies.
        proxy: A URL; None for that of the environment; False for none.
        ssl_context: For TLS.
        rate_share: The part of the user's rate limit that is this client's, above 0 and up to 1,
            where several processes share one user.
        on_wait: Called with the seconds that a call is going to wait for the rate limit.
        trace: Called with a `CallTrace` when a call is over. A token fetched is a call of its own,
            because many calls may wait for one.

    Attributes:
        credentials: The resource Credentials.

    Raises:
        ConfigurationError: when an option is wrong. Nothing is sent before the first call.
    """

    __slots__ = ("_caller", "credentials")

    def __init__(
        self,
        token: str | Secret | None = None,
        *,
        client_id: str | Secret | None = None,
        client_secret: str | Secret | None = None,
        base_url: str | Secret = BASE_URL,
        accounts_url: str | Secret = ACCOUNTS_URL,
        transport: Transport | None = None,
        timeouts: Timeouts | None = None,
        retries: Retries | None = None,
        limits: Limits | None = None,
        proxy: ProxyOption = None,
        ssl_context: ssl.SSLContext | None = None,
        rate_share: float = 1.0,
        on_wait: OnWait | None = None,
        trace: Trace | None = None,
        _clock: Clock | None = None,
    ) -> None:
        super().__init__()
        token, client_id, client_secret = seal(token), seal(client_id), seal(client_secret)
        url, accounts_at = seal(base_url), seal(accounts_url)
        proxy = sealed_proxy(proxy)
        del base_url, accounts_url  # no frame of ours shows them from here on
        _check(token, client_id, client_secret)
        self._options = CallOptions(trace=trace)
        origin, path = parse_base_url(url)
        accounts, accounts_path = parse_base_url(accounts_at)
        clock = _clock or Clock()
        limits = option(limits, Limits, "limits") or Limits()
        timeouts = option(timeouts, Timeouts, "timeouts") or _TIMEOUTS
        carrier = choose_transport(
            transport,
            timeouts=timeouts,
            limits=limits,
            proxy=proxy,
            ssl_context=ssl_context,
            clock=clock,
        )
        limiter = Limiter(clock, rate_share=rate_share, on_wait=on_wait)
        exchange = self._exchange = Exchange(
            carrier,
            clock=clock,
            limits=limits,
            timeouts=timeouts,
            retries=option(retries, Retries, "retries") or Retries(),
            service="boxc",
            limiter=limiter,
            trace=trace,
        )
        tokens = (
            GivenToken(token)
            if token is not None
            else ClientCredentials(
                basic(client_id or Secret(""), client_secret or Secret("")),
                accounts,
                accounts_path,
                _HEADERS,
                exchange,
            )
        )
        parts = (exchange, limiter, tokens, origin, path, _HEADERS)
        self._use(Caller(*parts, self._options))

    @classmethod
    def from_env(cls, **options: Unpack[BoxCOptions]) -> Self:
        """A client with ``BOXC_TOKEN``, or ``BOXC_CLIENT_ID`` and ``BOXC_CLIENT_SECRET``.

        ``BOXC_BASE_URL`` and ``BOXC_ACCOUNTS_URL`` are used when they are set and the options
        are not given.

        Raises:
            ConfigurationError: naming the variable that is missing.
        """
        options["proxy"] = sealed_proxy(options.get("proxy"))
        options["base_url"] = address(options.get("base_url"), "BOXC_BASE_URL", BASE_URL)
        accounts_url = address(options.get("accounts_url"), "BOXC_ACCOUNTS_URL", ACCOUNTS_URL)
        options["accounts_url"] = accounts_url
        names = ("BOXC_CLIENT_ID", "BOXC_CLIENT_SECRET")
        token = seal(os.environ.get("BOXC_TOKEN") or None)
        if token is not None:
            return cls(token, **options)
        if not any(os.environ.get(name) for name in names):
            message = f"set the environment variable BOXC_TOKEN, or {' and '.join(names)}"
            raise ConfigurationError(message)
        client_id, client_secret = from_environment(*names)
        return cls(client_id=client_id, client_secret=client_secret, **options)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        accept: str = rest.JSON,
    ) -> Coroutine[Any, Any, Any]:
        """Any operation of the API, with the client's token.

        Args:
            method: ``"GET"``, ``"POST"``, ``"PUT"``, ``"PATCH"`` or ``"DELETE"``. A POST or PATCH
                is taken to change something that must not be done twice.
            path: Below the base URL, for instance ``"/entry-points"``.
            params: Of the query: ``str``, ``int``, ``bool`` (true or false), ``date`` and their
                like; None is left out. Arrays are written as BoxC does:
                ``{"packages[0][length]": 10}``.
            json: The body; a `Secret` anywhere in it is sent in full.
            accept: The media type asked for, ``"application/pdf"`` for instance.

        Returns:
            Decoded JSON; bytes of a PDF; None for an empty body.

        Raises:
            ConfigurationError: an argument cannot be sent. Nothing was sent.
            OutcomeUnknownError: a changing operation was sent and no answer settled it.
            BoxAPIError: see `boxapis.errors`.
        """
        draft = rest.draft(method, path, params=params, json=json, accept=accept)
        return self._caller.call(draft)

    @property
    def limits(self) -> Limits:
        """How much this client takes at a time."""
        return self._caller.exchange.limits

    def expected_wait(self, calls: int = 1) -> float:
        """How long the rate limit will keep further calls waiting, as things stand.

        Args:
            calls: How many; all of them are made now, and nobody else comes between.

        Returns:
            Seconds until the last one may go; 0 when none has to wait. Tracking, which has a limit
            of its own, does not count.
        """
        if not isinstance(calls, int) or calls < 1:
            message = "calls must be a whole number, 1 or more"
            raise ConfigurationError(message)
        return self._caller.expected_wait(calls)

    @property
    def raw(self) -> "RawRequests":
        """The same requests, each answered with a `RawAnswer`: status, headers and bytes, too."""
        return RawRequests(self._caller.raw())

    def with_options(
        self,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        trace: Trace | None = None,
    ) -> Self:
        """A view of this client: the same connections, token and rate limit, other options.

        There is nothing to close on it.

        Args:
            timeout: Seconds for each request.
            deadline: Seconds for everything that belongs to a call. One that the rate limit's
                line cannot meet is refused at once.
            trace: Called with a `CallTrace` when a call is over, in place of the client's.
        """
        options = CallOptions(timeout=timeout, deadline=deadline, trace=trace)
        view = self._view(options)
        view._use(self._caller.with_options(options))  # noqa: SLF001 - of this very class
        return view

    def _use(self, caller: Caller) -> None:
        self._caller = caller
        self.credentials = Credentials(caller)


class RawRequests(Unpicklable):
    """Requests whose answers come with status, headers and bytes. Made by `BoxC.raw`."""

    __slots__ = ("_caller",)

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        accept: str = rest.JSON,
    ) -> Coroutine[Any, Any, RawAnswer]:
        """Any operation of the API, as `BoxC.request` makes it.

        Args:
            method: As there.
            path: As there.
            params: As there.
            json: As there.
            accept: As there.

        Raises:
            BoxAPIError: as there, also for every HTTP status that is no success.
        """
        draft = rest.draft(method, path, params=params, json=json, accept=accept)
        return self._caller.call(draft)


def _check(token: Secret | None, client_id: Secret | None, client_secret: Secret | None) -> None:
    if (token is None) == (client_id is None and client_secret is None):
        message = "give a token, or client_id and client_secret"
        raise ConfigurationError(message)
    if token is not None:
        if not is_token(required(token, "token").reveal()):
            message = "token must be ASCII without blanks and line breaks; it is not shown"
            raise ConfigurationError(message)
        return
    required(client_secret, "client_secret")
    if ":" in required(client_id, "client_id").reveal():
        message = "client_id must not contain a colon: HTTP Basic cannot carry it"
        raise ConfigurationError(message)
