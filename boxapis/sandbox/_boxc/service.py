"""The BoxC stand-in: tokens, credentials and a few reads, watched and steered from outside."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from attrs import evolve

from boxapis.sandbox._answer import Answer, json_or_none
from boxapis.sandbox._boxc.bucket import RateLimit
from boxapis.sandbox._boxc.faults import BoxCFault, boxc_troubles
from boxapis.sandbox._boxc.refusals import Envelope, Fault
from boxapis.sandbox._boxc.request import NAMES, BoxCRequest
from boxapis.sandbox._boxc.rules import BoxCRules
from boxapis.sandbox._boxc.state import BoxCState
from boxapis.sandbox._boxc.token_endpoint import OAuthClient
from boxapis.sandbox._boxc.tokens import ALL_SCOPES, Grant, scope_set
from boxapis.sandbox._clock import SandboxClock
from boxapis.sandbox._faults import checked
from boxapis.sandbox._prepared import ANY_OPERATION
from boxapis.sandbox._records import RecordedCall, masked_body
from boxapis.sandbox._service import Service

_USER_ID: Final = 12006
_CLIENT: Final = OAuthClient("sandbox-client", "sandbox-client-secret+/=", ALL_SCOPES)
_NO_FIELDS: Final[Mapping[str, str]] = MappingProxyType({})


class BoxCService(Service[RecordedCall, Envelope]):
    """A BoxC in memory, together with the token endpoint of its accounts host.

    Played: the client-credentials grant, bearer tokens with scopes, the five operations on
    credentials, the lists of entry points and warehouses, ``/users/me``, one sample label, new
    shipments, the rate limit of each user. Any carrier and any parameter name is accepted; of a
    shipment only the required fields and ``credentials_id`` are looked at. Paths that are not
    played answer 404 with a small JSON object, whose form is the sandbox's own, as is the form
    of the token endpoint's errors. What the documents leave open is a setting in `rules`.
    """

    def __init__(
        self,
        *,
        rules: BoxCRules | None = None,
        rate_limit: RateLimit | None = None,
        client: OAuthClient | None = None,
        user_id: int = _USER_ID,
        clock: SandboxClock | None = None,
    ) -> None:
        """`user_id` is the owner of `client` and of the ready-made token."""
        super().__init__(clock)
        self.client = client or _CLIENT
        self.user_id = user_id
        self._first_settings = (rules or BoxCRules(), rate_limit or RateLimit())
        self._state = self._first_state()
        self.ready_token = self.issue_token()

    def __repr__(self) -> str:
        return f"BoxCService(user_id={self.user_id}, credentials={len(self.credentials)})"

    @property
    def rate_limit(self) -> RateLimit:
        """Size and leak of every user's bucket; assign another to change it at once."""
        return self._state.rate_limit

    @rate_limit.setter
    def rate_limit(self, rate_limit: RateLimit) -> None:
        with self._lock:
            self._state.rate_limit = rate_limit

    @property
    def rules(self) -> BoxCRules:
        """The settings; assign others to change them at once."""
        return self._state.rules

    @rules.setter
    def rules(self, rules: BoxCRules) -> None:
        with self._lock:
            self._state.rules = rules

    @property
    def credentials(self) -> list[dict[str, object]]:
        """Every credential ever made, as the service shows it: without secret values."""
        with self._lock:
            stored = self._state.store.everything()
            return [credential.shown(self.rules) for credential in stored]

    @property
    def shipments(self) -> list[dict[str, object]]:
        """Every shipment ever made, as the service shows it."""
        with self._lock:
            return self._state.shipments.everything()

    def stored_params(self, credential_id: int) -> dict[str, str]:
        """The secret values that arrived for a credential, deleted or not.

        Raises LookupError when there never was such a credential.
        """
        with self._lock:
            try:
                return dict(self._state.store.stored(credential_id).params)
            except Fault:
                message = f"no credential {credential_id}"
                raise LookupError(message) from None

    def handle(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] = _NO_FIELDS,
        headers: Mapping[str, str] = _NO_FIELDS,
        body: bytes = b"",
        connection: int = 0,
        reused: bool = False,
    ) -> Answer:
        """Carry out one request to ``/v1/...`` or ``/auth/v1/token``.

        Names in `headers` are in lower case. `connection` is the caller's port; `reused` tells
        whether a request came over that connection before.
        """
        request = BoxCRequest(method, path, query, headers, body)
        with self._lock:
            answer = self._answer(request, reused=reused)
            self._remember(request.name(), self._record(request, answer, connection))
            return answer

    def use_clock(self, clock: SandboxClock) -> None:
        """Read the time from another clock from now on."""
        super().use_clock(clock)
        self._state.clock = clock

    def answer_next(
        self,
        status: int,
        code: int,
        message: str = "The sandbox was told to answer so.",
        times: int = 1,
        errors: Sequence[str] = (),
        *,
        operation: str = ANY_OPERATION,
        headers: Mapping[str, str] = _NO_FIELDS,
    ) -> None:
        """Answer the next `times` requests with an error, before anything is done.

        `operation` is a method and a path template, as in ``POST /credentials`` or
        ``POST /auth/v1/token``; without it every request to the API is meant, but not the token
        endpoint. `headers` are added to the answer. Such an answer takes no place in the bucket.
        """
        with self._lock:
            self._script.lay(operation, Envelope(status, code, message, errors, headers), times)

    def fault(self, name: BoxCFault, *, times: int = 1, operation: str | None = None) -> None:
        """Let something go wrong with the next `times` requests.

        `operation` is a method and a path template, as in ``POST /credentials`` or
        ``POST /auth/v1/token``; without it every request to the API counts, but not the token
        endpoint. The names:

        - ``refuse_token``: HTTP status 401 with code 1005; the token stays good.
        - ``revoke_tokens``: the authorization of every token is taken back, and then the request is
          looked at.
        - ``no_funds``: HTTP status 402 with code 1080.
        - ``server_error``: HTTP status 500 with code 1001.
        - ``bad_gateway``: HTTP status 502 with a page.
        - ``html_page``: HTTP status 200 with a page.
        - ``rate_limit_storm``: HTTP status 429 with code 1015.
        - ``wrong_user``: carried out, but answered with another user's data.
        - ``answer_twice``: carried out, and answered two times over.
        - ``lost_answer``: carried out, and the connection is reset before the answer.
        - ``half_body``: carried out, and the connection is closed in the middle of the answer.
        - ``stall``: carried out, and never answered, over a connection that stays open.
        - ``reset_on_reuse``: the connection is reset before anything is carried out; only requests
          count that come over a connection which has been used before.

        Raises ValueError for an unknown name or operation, and for fewer than one time.
        """
        wanted = checked(operation, NAMES, ANY_OPERATION)
        self._lay_fault(boxc_troubles(self.revoke_all), name, wanted, times)

    def issue_token(self, scopes: Iterable[str] = ALL_SCOPES, *, user_id: int | None = None) -> str:
        """Issue a token with these scopes, for the owner of the client or another user."""
        with self._lock:
            return self._state.issue_token(self._grant(scopes, user_id))

    def revoke(self, token: str) -> None:
        """Take a token's authorization back: 403 with code 1008 from now on."""
        with self._lock:
            self._state.tokens.revoke(token)

    def revoke_all(self) -> None:
        """Take back the authorization of every token issued so far."""
        with self._lock:
            self._state.tokens.revoke_all()

    def fill_bucket(self, places: int, *, user_id: int | None = None) -> None:
        """Let other applications of the user take `places` in the bucket."""
        with self._lock:
            self._state.fill_bucket(self.user_id if user_id is None else user_id, places)

    def add_credential(
        self, carrier: str, params: Mapping[str, str], *, user_id: int | None = None
    ) -> int:
        """Store a credential without a request; returns its ID."""
        holder = self.user_id if user_id is None else user_id
        with self._lock:
            return self._state.store.create(holder, carrier, dict(params), self.clock.utc()).id

    def reset(self) -> None:
        """Go back to the start: settings, tokens, credentials, buckets, records.

        The ready-made token stays good.
        """
        with self._lock:
            self._state = self._first_state()
            self._state.tokens.accept(self.ready_token, self._grant(ALL_SCOPES, None))
            self._forget_requests()

    def _first_state(self) -> BoxCState:
        return BoxCState(*self._first_settings, self.client, self.user_id, self.clock)

    def _grant(self, scopes: Iterable[str], user_id: int | None) -> Grant:
        holder = self.user_id if user_id is None else user_id
        return Grant(holder, self.client.client_id, scope_set(scopes))

    def _answer(self, request: BoxCRequest, *, reused: bool) -> Answer:
        names = (request.name(), *((ANY_OPERATION,) if request.is_api else ()))
        trouble = self._befalling(*names, reused=reused)
        answer = trouble.instead or self._usual_answer(request, names, another=trouble.another)
        headers = {
            "X-Request-Id": uuid.uuid4().hex,
            **self._state.rate_headers(request, answer.status),
            **answer.headers,
        }
        return evolve(answer, headers=headers, mishap=trouble.mishap)

    def _usual_answer(
        self, request: BoxCRequest, names: tuple[str, ...], *, another: bool
    ) -> Answer:
        if forced := self._script.take(*names):
            return forced.answer()
        return self._state.answer(request, for_another=another)

    def _record(self, request: BoxCRequest, answer: Answer, connection: int) -> RecordedCall:
        sent = json_or_none(request.body)
        return RecordedCall(
            request.method,
            request.name(),
            request.path,
            dict(request.query),
            None if sent is None else masked_body(sent),
            answer.status,
            _error_code(answer),
            self.clock.now(),
            connection,
        )


def _error_code(answer: Answer) -> int | None:
    match json_or_none(answer.body):
        case {"code": int(code)}:
            return code
        case _:
            return None
