"""What the BoxC stand-in knows, and how it answers: token, rate limit, scope, operation."""

from typing import Final

from attrs import define, field

from boxapis.sandbox._answer import Answer, json_answer
from boxapis.sandbox._boxc.bucket import Bucket, RateLimit
from boxapis.sandbox._boxc.credentials import CredentialStore
from boxapis.sandbox._boxc.operations import Errand, Operation
from boxapis.sandbox._boxc.other_user import strayed
from boxapis.sandbox._boxc.refusals import Fault, missing_scope, too_many_requests
from boxapis.sandbox._boxc.request import BoxCRequest
from boxapis.sandbox._boxc.rules import BoxCRules
from boxapis.sandbox._boxc.shipments import ShipmentStore
from boxapis.sandbox._boxc.token_endpoint import (
    TOKEN_PATH,
    OAuthClient,
    refused_grant,
    token_answer,
    unknown_client,
)
from boxapis.sandbox._boxc.tokens import Grant, TokenBook
from boxapis.sandbox._clock import SandboxClock

_FIRST_ERROR_STATUS: Final = 400


@define(eq=False)
class BoxCState:
    """Settings, tokens, credentials, shipments and buckets; `user_id` owns the client."""

    rules: BoxCRules
    rate_limit: RateLimit
    client: OAuthClient
    user_id: int
    clock: SandboxClock
    tokens: TokenBook = field(init=False, factory=TokenBook)
    store: CredentialStore = field(init=False, factory=CredentialStore)
    shipments: ShipmentStore = field(init=False, factory=ShipmentStore)
    _buckets: dict[int, Bucket] = field(init=False, factory=dict, repr=False)

    def answer(self, request: BoxCRequest, *, for_another: bool = False) -> Answer:
        """Answer by the service's own rules; with `for_another` show somebody else's data."""
        if request.path == TOKEN_PATH:
            return self._token_answer(request)
        try:
            return self._api_answer(request, for_another=for_another)
        except Fault as fault:
            return fault.envelope.answer()

    def issue_token(self, grant: Grant) -> str:
        """Issue a token now."""
        return self.tokens.issue(grant, self.clock.utc())

    def fill_bucket(self, user_id: int, places: int) -> None:
        """Take places in a user's bucket."""
        self._bucket(user_id).fill(self.rate_limit, self.clock.now(), places)

    def rate_headers(self, request: BoxCRequest, status: int) -> dict[str, str]:
        """Size and level of the bucket of the token's user; of the owner for a bad token."""
        wanted = status < _FIRST_ERROR_STATUS or self.rules.rate_headers_on_errors
        if not (request.is_api and wanted):
            return {}
        bucket = self._bucket(self.tokens.user_of(request.authorization) or self.user_id)
        used = bucket.used(self.rate_limit, self.clock.now())
        return {"X-Rate-Limit": str(self.rate_limit.size), "X-Rate-Requests": str(used)}

    def _token_answer(self, request: BoxCRequest) -> Answer:
        if request.method != "POST":
            return _not_played()
        if not self.client.is_named_by(request.authorization):
            return unknown_client()
        if refused := refused_grant(request.headers, request.body):
            return refused
        grant = Grant(self.user_id, self.client.client_id, self.client.scopes)
        return token_answer(self.issue_token(grant))

    def _api_answer(self, request: BoxCRequest, *, for_another: bool) -> Answer:
        grant = self.tokens.holder(request.authorization)
        self._take_place(grant)
        found = request.operation()
        if found is None:
            return _not_played()
        operation, identifier = found
        self._check_scope(grant, operation)
        errand = self._errand(request, grant, identifier)
        answer = operation.act(errand)
        return strayed(answer, errand) if for_another else answer

    def _take_place(self, grant: Grant) -> None:
        bucket, now = self._bucket(grant.user_id), self.clock.now()
        if bucket.take(self.rate_limit, now):
            return
        wait = str(bucket.wait(self.rate_limit, now))
        raise too_many_requests({"Retry-After": wait} if self.rules.retry_after else {})

    def _check_scope(self, grant: Grant, operation: Operation) -> None:
        if not grant.scopes.issuperset(operation.scope.split()):
            raise missing_scope(operation.scope, named=self.rules.scope_named)

    def _errand(self, request: BoxCRequest, grant: Grant, identifier: str) -> Errand:
        return Errand(
            grant.user_id,
            identifier,
            request.query,
            request.headers,
            request.body,
            self.rules,
            self.store,
            self.shipments,
            self.clock,
        )

    def _bucket(self, user_id: int) -> Bucket:
        return self._buckets.setdefault(user_id, Bucket())


def _not_played() -> Answer:
    return json_answer(404, {"error": "The sandbox does not play this path."})
