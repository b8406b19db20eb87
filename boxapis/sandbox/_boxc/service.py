"""The BoxC stand-in: handles requests, and gives tests control over its data and responses."""

import uuid
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from attrs import evolve

from boxapis.sandbox._boxc.authorization import OAuthClient
from boxapis.sandbox._boxc.bucket import RateLimit
from boxapis.sandbox._boxc.controls import BoxCControls
from boxapis.sandbox._boxc.faults import BoxCFault, boxc_faults
from boxapis.sandbox._boxc.operations import OPERATION_NAMES, operation_name
from boxapis.sandbox._boxc.refusals import Refusal
from boxapis.sandbox._boxc.request import BoxCRequest
from boxapis.sandbox._boxc.rules import BoxCRules
from boxapis.sandbox._boxc.state import BoxCState
from boxapis.sandbox._boxc.tokens import ALL_SCOPES
from boxapis.sandbox._clock import SandboxClock
from boxapis.sandbox._records import RecordedRequest, mask_arguments, mask_body
from boxapis.sandbox._response import SandboxResponse, json_or_none
from boxapis.sandbox._service import ANY_OPERATION

_USER_ID: Final = 12006
_CLIENT: Final = OAuthClient("sandbox-client", "sandbox-client-secret+/=", ALL_SCOPES)
_NO_FIELDS: Final[Mapping[str, str]] = MappingProxyType({})


class BoxCService(BoxCControls):
    """A BoxC in memory, with its authorization server, at which the user consents at once.

    All 83 operations are played, with scopes, pages, required fields, PDFs, the documented error
    codes, and a rate limit for each user. Shipments and labels, overpacks and manifests, orders,
    returns and reshipments depend on each other as documented; of other records what is sent is
    kept. What the service would calculate is the example of its description. Types are checked at
    the first level of a record; any carrier and any parameter name is accepted. Webhooks are
    delivered, signed, to loopback addresses only. Other paths get a 404 with a small JSON object,
    whose form is the sandbox's own, as is the form of the authorization server's errors. What the
    documentation leaves open is a setting in `rules`.

    Args:
        rules: Settings; `BoxCRules()` by default.
        rate_limit: Rate limit of every user; 30 requests, and 2 more a second, by default.
        client: The registered OAuth client; by default one with every scope.
        user_id: Owner of the client and of `ready_token`; 12006 by default.
        clock: Clock of the rate limit and of times in responses; by default a running one.

    Attributes:
        ready_token: A token with every scope, which stays valid across `reset()`.
    """

    _operations = OPERATION_NAMES

    def __init__(
        self,
        *,
        rules: BoxCRules | None = None,
        rate_limit: RateLimit | None = None,
        client: OAuthClient | None = None,
        user_id: int = _USER_ID,
        clock: SandboxClock | None = None,
    ) -> None:
        self.client = client or _CLIENT
        self.user_id = user_id
        self._initial_settings = (rules or BoxCRules(), rate_limit or RateLimit())
        super().__init__(clock)
        self.ready_token = self.issue_token()

    def __repr__(self) -> str:
        return f"BoxCService(user_id={self.user_id}, credentials={len(self.credentials)})"

    @property
    def rate_limit(self) -> RateLimit:
        """Rate limit of every user; assign another to change it at once."""
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
    ) -> SandboxResponse:
        """Handle one request to ``/v1/...`` or ``/auth/v1/...``.

        Args:
            method: HTTP method.
            path: Path without the query, percent-encoded as it is sent.
            query: Query parameters.
            headers: Headers with names in lower case.
            body: The body.
            connection: The caller's port, for the record.
            reused: Whether the connection has carried a request before.
        """
        request = BoxCRequest(method, path, query, headers, body)
        name = operation_name(request)
        with self._lock:
            response = self._respond(request, name, reused=reused)
            self._record(name, self._recorded(request, name, response, connection))
            return response

    def respond_next(
        self,
        status: int,
        code: int,
        message: str = "A scripted response of the sandbox.",
        times: int = 1,
        errors: Sequence[str] = (),
        *,
        operation: str = ANY_OPERATION,
        headers: Mapping[str, str] = _NO_FIELDS,
    ) -> None:
        """Refuse the next requests with a status of your choice; they are not carried out.

        Such a response does not count towards the rate limit.

        Args:
            status: HTTP status.
            code: Error code in the body.
            message: Message in the body.
            times: Number of requests.
            errors: List of errors in the body; the message alone when it is empty.
            operation: Method and path template, as in ``POST /credentials`` or
                ``POST /auth/v1/token``; by default any request to the API, which the
                authorization server is not part of.
            headers: Further headers of the response.
        """
        with self._lock:
            refusal = Refusal(status, code, message, errors, headers)
            self._scripted.add(operation, refusal, times)

    def fault(self, name: BoxCFault, *, times: int = 1, operation: str | None = None) -> None:
        """Inject a fault into the next requests.

        - ``refuse_token``: HTTP 401 with code 1005; the token stays valid.
        - ``revoke_tokens``: every token is revoked just before the request is handled.
        - ``insufficient_funds``: HTTP 402 with code 1080.
        - ``server_error``: HTTP 500 with code 1001.
        - ``bad_gateway``: HTTP 502 with an HTML page.
        - ``html_page``: HTTP 200 with an HTML page.
        - ``rate_limited``: HTTP 429 with code 1015.
        - ``wrong_user``: carried out, but the response shows another user's data.
        - ``duplicate_response``: carried out, and the response is written twice in one segment, so
          that the next request on the connection finds a response that is not its own.
        - ``lost_response``: carried out, and the connection is reset before the response.
        - ``truncated_response``: carried out, and the connection is closed in the middle of the
          response.
        - ``stall``: carried out, and never answered; the connection stays open.
        - ``reset_on_reuse``: the next request on a reused connection resets it before anything is
          carried out.

        Args:
            name: One of the names above.
            times: Number of requests it strikes, at least 1.
            operation: Method and path template, as in ``POST /credentials`` or
                ``POST /auth/v1/token``; by default any request to the API, which the
                authorization server is not part of.

        Raises:
            ValueError: an unknown name or operation, or `times` below 1.
        """
        self._inject_named(boxc_faults(self.revoke_tokens), name, operation, times)

    def reset(self) -> None:
        """Restore the initial settings and data; only `ready_token` stays valid."""
        with self._lock:
            super().reset()
            self._state.tokens.add(self.ready_token, self._grant(ALL_SCOPES, None))

    def _new_state(self) -> BoxCState:
        return BoxCState(*self._initial_settings, self.client, self.user_id, self.clock)

    def _respond(self, request: BoxCRequest, name: str, *, reused: bool) -> SandboxResponse:
        names = (name, ANY_OPERATION) if request.api_path else (name,)
        fault = self._next_fault(*names, reused=reused)
        if fault.response is not None:
            response = fault.response
        elif scripted := self._scripted.pop(*names):
            response = scripted.response()
        else:
            response = self._state.respond(request, misattributed=fault.misattributed)
        headers = {
            "X-Request-Id": uuid.uuid4().hex,
            **self._state.rate_headers(request, response.status),
            **response.headers,
        }
        return evolve(response, headers=headers, wire_fault=fault.wire_fault)

    def _recorded(
        self, request: BoxCRequest, name: str, response: SandboxResponse, connection: int
    ) -> RecordedRequest:
        sent = json_or_none(request.body)
        return RecordedRequest(
            request.method,
            name,
            request.path,
            mask_arguments(request.query),
            None if sent is None else mask_body(sent),
            response.status,
            _error_code(response),
            self.clock.now(),
            connection,
        )


def _error_code(response: SandboxResponse) -> int | None:
    match json_or_none(response.body):
        case {"code": int(code)}:
            return code
        case _:
            return None
