"""Controls of the BoxC stand-in: its data, tokens, rate limits and deliveries."""

from abc import ABC
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import cast

from boxapis.sandbox._boxc.authorization import OAuthClient
from boxapis.sandbox._boxc.credentials import timestamp
from boxapis.sandbox._boxc.deliveries import RecordedDelivery
from boxapis.sandbox._boxc.operations import KINDS
from boxapis.sandbox._boxc.refusals import Refusal
from boxapis.sandbox._boxc.resources.kinds import SHIPMENTS
from boxapis.sandbox._boxc.state import BoxCState
from boxapis.sandbox._boxc.tokens import ALL_SCOPES, Grant, split_scopes
from boxapis.sandbox._records import RecordedRequest
from boxapis.sandbox._service import Service


class BoxCControls(Service[BoxCState, RecordedRequest, Refusal], ABC):
    """What tests read and change of a BoxC without a request."""

    client: OAuthClient
    user_id: int

    @property
    def credentials(self) -> list[dict[str, object]]:
        """Every credential ever created, as responses show it: without secret values."""
        with self._lock:
            return [one.as_json(self._state.rules) for one in self._state.credentials.all()]

    @property
    def shipments(self) -> list[dict[str, object]]:
        """Every user's shipments, as responses show them."""
        with self._lock:
            found = self._state.records.of_all_users(SHIPMENTS)
            return deepcopy([SHIPMENTS.shown(one) for one in found])

    @property
    def deliveries(self) -> list[RecordedDelivery]:
        """Every delivery to a webhook that is done, whether or not it was accepted."""
        return self.wait_deliveries(0)

    def wait_deliveries(self, count: int, seconds: float = 10.0) -> list[RecordedDelivery]:
        """Block the calling thread until `count` deliveries are done; returns all of them.

        Raises:
            TimeoutError: it took longer than `seconds`.
        """
        return self._state.deliveries.wait(count, seconds)

    def stored_params(self, credential_id: int) -> dict[str, str]:
        """The secret values that were stored for a credential, deleted or not.

        Raises:
            LookupError: no credential ever had this ID.
        """
        with self._lock:
            try:
                return dict(self._state.credentials.get(credential_id).params)
            except Refusal:
                raise LookupError(f"no credential has the ID {credential_id}") from None

    def issue_token(self, scopes: Iterable[str] = ALL_SCOPES, *, user_id: int | None = None) -> str:
        """Issue a token.

        Args:
            scopes: Scopes of the token, each text one or several separated by spaces.
            user_id: The token's user; the owner of the client by default.
        """
        with self._lock:
            return self._state.issue_token(self._grant(scopes, user_id))

    def revoke_token(self, token: str) -> None:
        """Revoke a token: 403 with code 1008 from now on."""
        with self._lock:
            self._state.tokens.revoke(token)

    def revoke_tokens(self) -> None:
        """Revoke every token issued so far."""
        with self._lock:
            self._state.tokens.revoke_all()

    def fill_bucket(self, requests: int, *, user_id: int | None = None) -> None:
        """Count further requests towards a user's rate limit, as if other applications sent them.

        Args:
            requests: Number of requests.
            user_id: The user; the owner of the client by default.
        """
        with self._lock:
            self._state.fill_bucket(self._user_id(user_id), requests)

    def add_credential(
        self, carrier: str, params: Mapping[str, str], *, user_id: int | None = None
    ) -> int:
        """Store a credential without a request; returns its ID."""
        owner, now = self._user_id(user_id), self.clock.utc()
        with self._lock:
            return self._state.credentials.create(owner, carrier, dict(params), now).id

    def add_record(
        self, path: str, fields: Mapping[str, object], *, user_id: int | None = None
    ) -> int | str:
        """Store a record without a request, and so in a state that no request leads to.

        Fields that are not given are those of the description's example. Each user has one invoice
        and two returns from the start, since no request creates them.

        Args:
            path: The path of the list, for instance ``/returns`` or ``/orders``.
            fields: Fields of the record as responses show them.
            user_id: The record's user; the owner of the client by default.

        Returns:
            The ID of the record.

        Raises:
            ValueError: there are no records with this path.
        """
        if path not in KINDS:
            raise ValueError(f"the sandbox has no {path!r}; it has: {', '.join(sorted(KINDS))}")
        kind, owner, now = KINDS[path], self._user_id(user_id), timestamp(self.clock.utc())
        with self._lock:
            record = self._state.records.create(kind, owner, kind.example(fields), now)
            return cast("int | str", record["id"])

    def publish(
        self, topic: str, payload: Mapping[str, object], *, user_id: int | None = None
    ) -> None:
        """Deliver an event to the user's active webhooks of its topic, signed, in the background.

        Args:
            topic: The topic, for instance ``orders_status``.
            payload: The payload with the key around it, for instance ``{"order": {...}}``.
            user_id: The user; the owner of the client by default.
        """
        with self._lock:
            attempts = self._state.rules.webhook_attempts
            owner = self._user_id(user_id)
            self._state.deliveries.publish(owner, topic, payload, attempts=attempts)

    def _user_id(self, user_id: int | None) -> int:
        return self.user_id if user_id is None else user_id

    def _grant(self, scopes: Iterable[str], user_id: int | None) -> Grant:
        return Grant(self._user_id(user_id), self.client.client_id, split_scopes(scopes))
