"""`BoxC`: the client for BoxC."""

import ssl
from collections.abc import Coroutine, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Self, Unpack

from boxapis._core.awaitable import named, returns_coroutine, takes_options
from boxapis._core.client import Client, checked_option
from boxapis._core.rate_limiter import OnWait
from boxapis._http.messages import Transport, parse_base_url
from boxapis._http.proxies import ProxyOption, sealed_proxy
from boxapis._sansio.boxc import rest
from boxapis._sansio.boxc.oauth import Accounts
from boxapis._sansio.boxc.token import basic_authorization
from boxapis._sansio.text import exact_int
from boxapis._version import __version__
from boxapis.boxc._call import Caller
from boxapis.boxc._from_settings import ACCOUNTS_URL, BASE_URL, BoxCOptions, open_boxc, seal_options
from boxapis.boxc._rate_limits import RateLimiters, checked_bucket
from boxapis.boxc._raw import RawRequests, warn_if_deprecated
from boxapis.boxc._resources import Resources
from boxapis.boxc._tokens import ClientCredentials, TokenSource, given_token
from boxapis.errors import ConfigurationError
from boxapis.options import Allow, CallOptions, Limits, Retries, Timeouts
from boxapis.secret import Secret, required, seal
from boxapis.transports._default import open_dispatcher

if TYPE_CHECKING:
    from boxapis._core.store import Store
    from boxapis._core.trace import Trace

__all__ = ["BoxC"]

_TIMEOUTS = Timeouts(read=30.0)  # labels and estimates wait for carriers
_HEADERS = (("Accept-Encoding", "identity"), ("User-Agent", f"boxapis/{__version__}"))


class BoxC(Client, Resources):
    """A client for one user of BoxC. Use it as an async context manager.

    Give a token, or client ID and secret. The resources are attributes, such as
    ``boxc.credentials``; `request` reaches every other operation.

    Args:
        token: An access token, used as it is.
        client_id: The ID of an OAuth client; a token is obtained when it is first needed.
        client_secret: The secret of the OAuth client.
        base_url: Address of the API.
        accounts_url: Address of the service that issues tokens.
        transport: Sends the requests; `boxapis.transports.DirectTransport` by default.
        timeouts: Seconds for each part of a request.
        retries: How failed requests are repeated, where that can do no harm.
        limits: Maximum numbers of connections and of bytes in a response.
        proxy: A proxy URL; None for the environment's (``HTTPS_PROXY``); False for none.
        ssl_context: TLS settings of the default transport.
        rate_share: This client's share of the user's rate limit, above 0 and up to 1, where
            several processes share one user. With a store, the most it takes of the rate while the
            store cannot be reached: 1 divided by the number of processes meets the fewest 429.
        on_wait: Called with the seconds that a call is going to wait for the rate limit.
        trace: Called with a `CallTrace` when a call is over. A request for a token is a call of its
            own, because many calls may wait for one.
        allow: What calls may do: ``"reads"``: the operations that are known to change nothing and
            to cost nothing; ``"tests"``: also new shipments, which get ``test: true``;
            ``"everything"``, the default. All else is a `ConfigurationError`, and nothing is sent.
            Requests for tokens are always allowed.
        store: A `boxapis.stores.SQLiteStore` or `RedisStore` in which all processes of a user share
            one rate limit. Each gets one place in turn; within a process the background waits
            behind the foreground, among processes it does not. The client does not close it.
        bucket: The ID of the user whose rate limit this client's calls share, for a token that does
            not name its user in ``sub``. Without both, the token, or the OAuth client, stands for a
            user of its own.

    Raises:
        ConfigurationError: when an option is wrong. Nothing is sent before the first call.
    """

    __slots__ = ("_caller",)

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
        trace: "Trace | None" = None,
        allow: Allow = "everything",
        store: "Store | None" = None,
        bucket: str | None = None,
    ) -> None:
        super().__init__()
        token, client_id, client_secret = seal(token), seal(client_id), seal(client_secret)
        api_url, token_url = seal(base_url), seal(accounts_url)
        proxy = sealed_proxy(proxy)
        del base_url, accounts_url  # no frame of ours shows them from here on
        _check(token, client_id, client_secret)
        self._options = CallOptions(trace=trace, allow=allow)
        origin, path = parse_base_url(api_url)
        self._host = origin.authority
        accounts, accounts_path = parse_base_url(token_url)
        clock = self._clock
        dispatcher = self._dispatcher = open_dispatcher(
            "boxc",
            transport,
            timeouts=checked_option(timeouts, Timeouts, "timeouts") or _TIMEOUTS,
            retries=retries,
            limits=limits,
            proxy=proxy,
            ssl_context=ssl_context,
            trace=trace,
            clock=clock,
            store=store,
        )
        limiters = RateLimiters(
            clock, rate_share=rate_share, on_wait=on_wait, store=dispatcher.store
        )
        user = checked_bucket(bucket)
        limiter = None if user is None else limiters.of_user(user, token)
        tokens: TokenSource
        if token is not None:
            tokens, limiter = given_token(token), limiter or limiters.of(token)
        else:
            pair = client_id or Secret(""), client_secret or Secret("")
            authorization = basic_authorization(*pair)
            at = Accounts(pair[0], authorization, accounts, accounts_path, _HEADERS)
            tokens = ClientCredentials(at, dispatcher)
            if limiter is None:
                limiter = limiters.make(identify=tokens.ensure)
                tokens.on_token = partial(limiters.adopt, limiter, pair[0])
        target = origin, path, _HEADERS
        self._caller = Caller(dispatcher, limiters, limiter, tokens, *target, self._options)

    @classmethod
    @takes_options(__init__, BoxCOptions.__annotations__)
    def from_env(cls, **options: Unpack[BoxCOptions]) -> Self:
        """Makes a client from ``BOXC_TOKEN``, or ``BOXC_CLIENT_ID`` and ``BOXC_CLIENT_SECRET``.

        ``BOXC_BASE_URL``, ``BOXC_ACCOUNTS_URL`` and ``BOXAPIS_STORE`` are used when they are set
        and the options are not given, and ``BOXAPIS_ALLOW`` where it allows less than the option
        ``allow``. A store made from ``BOXAPIS_STORE`` is closed with the client. Profiles are never
        read.

        Args:
            options: Those of `BoxC`: base_url, accounts_url, transport, timeouts, retries, limits,
                proxy, ssl_context, rate_share, on_wait, trace, allow, store, bucket.

        Raises:
            ConfigurationError: naming the variable that is missing.
        """
        return cls._open(None, options)

    @classmethod
    @takes_options(__init__, BoxCOptions.__annotations__)
    def from_profile(cls, profile: str, **options: Unpack[BoxCOptions]) -> Self:
        """Makes a client from a profile of the command line; the environment is not read.

        The exception is ``BOXAPIS_ALLOW``, which may narrow what the profile allows.

        Args:
            profile: Name of the profile. Its variables are those of `from_env`, and its secrets
                are references, such as ``keyring:boxapis/live``.
            options: Options of the client; addresses and ``store`` override the profile's.

        Raises:
            ConfigurationError: there is no such profile, a variable is missing or wrong, or a
                reference points to nothing. ``prompt:`` works on the command line only.
        """
        return cls._open(profile, options)

    @classmethod
    def _open(cls, profile: str | None, options: BoxCOptions) -> Self:
        from boxapis._settings.settings import load_settings  # noqa: PLC0415 - used by few

        seal_options(options)
        return open_boxc(cls, load_settings(profile), options)

    @returns_coroutine
    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        accept: str = rest.JSON,
    ) -> Coroutine[Any, Any, Any]:
        """Calls any operation of the API, with the client's token and under its rate limit.

        Args:
            method: ``"GET"``, ``"POST"``, ``"PUT"``, ``"PATCH"`` or ``"DELETE"``. A POST or PATCH
                counts as changing something that must not be done twice.
            path: The path below the base URL, for instance ``"/entry-points"``.
            params: The query: values are ``str``, ``int``, ``bool`` (true or false), ``date`` and
                the like; None is left out. Arrays are written as BoxC does:
                ``{"packages[0][length]": 10}``.
            json: The body; a `Secret` anywhere in it is sent in full.
            accept: The media type to ask for, for instance ``"application/pdf"``.

        Returns:
            Decoded JSON; bytes of a PDF or of another file that was asked for; None for an empty
            body.

        Warns:
            DeprecationWarning: BoxC has deprecated the operation: ``PUT /labels/{id}/cancel``.

        Raises:
            ConfigurationError: an argument cannot be sent. Nothing was sent.
            InvalidResponseError: no JSON came, or no PDF where one was asked for.
            OutcomeUnknownError: a changing operation was sent and no response settled it.
            BoxAPIError: see `boxapis.errors`.
        """
        warn_if_deprecated(method, path)
        prepared = rest.prepare(method, path, params=params, json=json, accept=accept)
        return named(self._caller.call(prepared), "BoxC.request")

    @property
    def limits(self) -> Limits:
        """The maximum numbers of connections and of bytes in a response."""
        return self._caller.dispatcher.limits

    def expected_wait(self, calls: int = 1) -> float:
        """Returns how long the rate limit will keep further calls waiting, as things stand.

        Args:
            calls: Number of calls, 1 or more, all made now and with no others between them.

        Returns:
            Seconds until the last of them may start; 0 when none has to wait. Tracking has a limit
            of its own and is not counted. With a store it is what this process has seen of the
            bucket, so other processes may make it longer.

        Raises:
            ConfigurationError: ``calls`` is not a whole number, 1 or more.
        """
        number = exact_int(calls)
        if number is None or number < 1:
            raise ConfigurationError("calls must be a whole number, 1 or more")
        return self._caller.expected_wait(number)

    def _note_earlier_calls(self, ages: Iterable[float]) -> None:
        """Counts calls of an earlier process, see `Bucket.note_earlier`; for `boxapis.batch`."""
        self._caller.limiter.api.gate.note_earlier(self._caller.dispatcher.now(), ages)

    @property
    def raw(self) -> RawRequests:
        """The same calls, each returning a `RawResponse`: status, headers and bytes, too.

        The resources are there, too: what ``boxc.credentials.get(7)`` returns is ``decoded`` of
        what ``boxc.raw.credentials.get(7)`` returns.
        """
        return RawRequests(self._caller.raw())

    def user(self, token: str | Secret) -> Self:
        """Returns a view for another user of BoxC: the same connections and options, another token.

        There is nothing to close on a view. The rate limit is the user's own: views of one user
        share it, so *rate_share* and *on_wait* apply to each user. Which user that is, is read from
        the token's ``sub``, or else the token stands for a user of its own; the client itself takes
        part, but with client ID and secret only from its first token on. The signature of the token
        is not checked here, and ``sub`` names the rate limit and nothing else: whose data a call
        reaches is decided by BoxC.

        Args:
            token: An access token of the user, such as ``boxc.oauth.exchange`` returns.

        Raises:
            ConfigurationError: the token is empty, or has other characters than visible ASCII.
        """
        sealed = seal(token)
        del token  # no frame of ours shows it from here on
        caller = self._caller.for_user(sealed)
        view = self._view(self._options)
        view._caller = caller  # noqa: SLF001 - of the same class
        return view

    def _use(self, options: CallOptions) -> None:
        super()._use(options)
        self._caller = self._caller.with_options(options)


def _check(token: Secret | None, client_id: Secret | None, client_secret: Secret | None) -> None:
    if (token is None) == (client_id is None and client_secret is None):
        raise ConfigurationError("give a token, or client_id and client_secret")
    if token is not None:
        given_token(token)
        return
    required(client_secret, "client_secret")
    if ":" in required(client_id, "client_id").reveal():
        raise ConfigurationError("client_id must not contain a colon: HTTP Basic cannot carry it")
