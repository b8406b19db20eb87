"""The data of the BoxC stand-in, and its responses: token, rate limit, scope, operation."""

from typing import Final

from attrs import Factory, define, field

from boxapis.sandbox._boxc.authorization import PATHS, AuthorizationServer, OAuthClient
from boxapis.sandbox._boxc.bucket import LeakyBucket, RateLimit
from boxapis.sandbox._boxc.credentials import CredentialStore
from boxapis.sandbox._boxc.deliveries import Deliveries
from boxapis.sandbox._boxc.faults import misattribute
from boxapis.sandbox._boxc.operations import find_operation
from boxapis.sandbox._boxc.records import RecordStore
from boxapis.sandbox._boxc.refusals import Refusal, missing_scope, too_many_requests
from boxapis.sandbox._boxc.request import BoxCRequest, Operation, RequestContext
from boxapis.sandbox._boxc.rules import BoxCRules
from boxapis.sandbox._boxc.tokens import Grant, TokenStore
from boxapis.sandbox._clock import SandboxClock
from boxapis.sandbox._response import SandboxResponse, json_response

_FIRST_ERROR_STATUS: Final = 400


@define(eq=False)
class BoxCState:
    """Settings, tokens, credentials, records and rate limits; `user_id` owns the client."""

    rules: BoxCRules
    rate_limit: RateLimit
    client: OAuthClient
    user_id: int
    clock: SandboxClock
    tokens: TokenStore = field(init=False, factory=TokenStore)
    authorization: AuthorizationServer = field(
        init=False,
        default=Factory(
            lambda self: AuthorizationServer(self.client, self.user_id, self.tokens),
            takes_self=True,
        ),
    )
    credentials: CredentialStore = field(init=False, factory=CredentialStore)
    records: RecordStore = field(init=False, factory=RecordStore)
    deliveries: Deliveries = field(
        init=False, default=Factory(lambda self: Deliveries(self.records), takes_self=True)
    )
    _buckets: dict[int, LeakyBucket] = field(init=False, factory=dict, repr=False)

    def respond(self, request: BoxCRequest, *, misattributed: bool = False) -> SandboxResponse:
        """Respond by the service's rules; with `misattributed` show another user's data."""
        if request.path in PATHS:
            return self.authorization.respond(request, self.clock.utc()) or _unsupported()
        try:
            return self._api_response(request, misattributed=misattributed)
        except Refusal as refusal:
            return refusal.response()

    def issue_token(self, grant: Grant) -> str:
        """Issue a token now."""
        return self.tokens.issue(grant, self.clock.utc())

    def fill_bucket(self, user_id: int, requests: int) -> None:
        """Add requests to a user's bucket."""
        self._bucket(user_id).fill(self.rate_limit, self.clock.now(), requests)

    def rate_headers(self, request: BoxCRequest, status: int) -> dict[str, str]:
        """Capacity and level of the bucket of the token's user; the owner's for a bad token."""
        shown = status < _FIRST_ERROR_STATUS or self.rules.rate_headers_on_errors
        if not (request.api_path and shown):
            return {}
        bucket = self._bucket(self.tokens.user_id(request.authorization) or self.user_id)
        level = bucket.level(self.rate_limit, self.clock.now())
        return {"X-Rate-Limit": str(self.rate_limit.size), "X-Rate-Requests": str(level)}

    def _api_response(self, request: BoxCRequest, *, misattributed: bool) -> SandboxResponse:
        grant = self.tokens.authorize(request.authorization)
        self._check_rate_limit(grant)
        found = find_operation(request)
        if found is None:
            return _unsupported()
        operation, identifiers = found
        self.records.finish_due(self.clock.now())
        self._check_scope(grant, operation)
        context = RequestContext(
            request,
            identifiers,
            grant.user_id,
            self.rules,
            self.credentials,
            self.records,
            self.deliveries,
            self.clock,
        )
        response = operation.handle(context)
        return misattribute(response, context) if misattributed else response

    def _check_rate_limit(self, grant: Grant) -> None:
        bucket, now = self._bucket(grant.user_id), self.clock.now()
        if bucket.add(self.rate_limit, now):
            return
        seconds = str(bucket.retry_after(self.rate_limit, now))
        raise too_many_requests({"Retry-After": seconds} if self.rules.retry_after else {})

    def _check_scope(self, grant: Grant, operation: Operation) -> None:
        if not grant.scopes.issuperset(operation.scope.split()):
            raise missing_scope(operation.scope, named=self.rules.scope_named)

    def _bucket(self, user_id: int) -> LeakyBucket:
        return self._buckets.setdefault(user_id, LeakyBucket())


def _unsupported() -> SandboxResponse:
    return json_response(404, {"error": "The sandbox does not support this path."})
