"""The resource Webhooks: events that BoxC posts (https://docs.boxc.com/#tag/Webhooks)."""

from collections.abc import Coroutine, Mapping
from datetime import datetime
from typing import Any, Literal, Unpack

from attrs import field, frozen

from boxapis._core.awaitable import returns_coroutine
from boxapis._http.failures import unwrapped
from boxapis._http.messages import Response
from boxapis._sansio import shapes
from boxapis._sansio.bodies import read_json
from boxapis._sansio.boxc.signatures import is_signed
from boxapis._sansio.value import Value
from boxapis.boxc._resource import Listing, PageOptions, Resource, given, prepare
from boxapis.errors import AuthenticationError, BoxAPIError, ConfigurationError
from boxapis.secret import Secret, required, seal

__all__ = ["Delivery", "Topic", "Webhook", "Webhooks", "verify"]

Topic = Literal[
    "fulfillments_complete", "fulfillments_update", "manifests_complete", "orders_status",
    "shipments_label", "shipments_status",
] | str  # fmt: skip
"""A topic of webhooks: one of the known words, or a newer one."""


@frozen(kw_only=True, repr=False, eq=False)
class Webhook(Value):
    """An address to which BoxC posts the events of one topic. Its key never comes back.

    Attributes:
        topic: The topic; fixed at creation.
        active: False after 1,000 failures in a row, until the webhook is updated.
    """

    id: int
    address: str | None = None
    topic: Topic | None = None
    active: bool | None = None
    created: datetime | None = None
    updated: datetime | None = None


@frozen(kw_only=True)
class Delivery:
    """An event that was posted to a webhook; its payload is signed with the webhook's key.

    The headers are not signed: decide by the payload, since topic and account may be another's.

    Attributes:
        topic: The topic, from the header ``X-BoxC-Topic``.
        account: The id of the user concerned, from the header ``X-BoxC-Account``.
        payload: The decoded JSON object; its one key is the topic's, for instance ``"shipment"``.
    """

    topic: Topic
    account: str
    payload: Mapping[str, Any] = field(repr=shapes.names_only)


class Webhooks(Resource):
    """Webhooks of the token's OAuth client, as ``boxc.webhooks``; other clients do not see them.

    For an ``id`` that is not there, or of another client, methods raise `NotFoundError` (1400).
    """

    __slots__ = ()

    def list(self, **pages: Unpack[PageOptions]) -> Listing[Webhook]:
        """Lists all webhooks, page after page; ``limit`` may be below 50.

        Kind: read. Scope: ``read_webhooks``.
        """
        return self._list(Webhook, "webhooks", "GET /webhooks", **pages)

    async def get(self, id: int) -> Webhook:
        """Returns one webhook. Kind: read. Scope: ``read_webhooks``."""
        return await self._read(Webhook, "webhook", prepare("GET /webhooks/{id}", id))

    @returns_coroutine
    def create(self, address: str, topic: Topic, key: str | Secret) -> Coroutine[Any, Any, Webhook]:
        """Makes BoxC post the events of a topic. Kind: changing. Scope: ``write_webhooks``.

        A user may have several webhooks of one topic if their addresses differ.

        Args:
            address: The URL to post to, at most 128 characters: ``http`` or ``https``, a host name
                other than ``localhost``, and a path.
            key: The key of your choice that deliveries are signed with, 16 to 40 characters. It
                never comes back.

        Raises:
            ConfigurationError: the key is empty, or no text. Nothing was sent.
            ConflictError: there is a webhook with this address (1401).
            OutcomeUnknownError: it was sent and no response settled it: list the webhooks.
        """
        sealed = seal(key)
        del key
        return self._create(address, topic, sealed)

    @returns_coroutine
    def update(
        self, id: int, *, address: str | None = None, key: str | Secret | None = None
    ) -> Coroutine[Any, Any, Webhook]:
        """Changes address or key, and makes the webhook active again.

        Kind: idempotent. Scope: ``write_webhooks``. Arguments are as for `create`; None leaves one
        as it is.

        Raises:
            ConfigurationError: the key is empty, or no text. Nothing was sent.
        """
        sealed = seal(key)
        del key
        return self._update(id, address, sealed)

    async def delete(self, id: int) -> None:
        """Deletes a webhook. Kind: idempotent. Scope: ``write_webhooks``."""
        return await self._do(prepare("DELETE /webhooks/{id}", id))

    async def queue(self, id: int, payload: Mapping[str, Any]) -> None:
        """Makes BoxC deliver a payload of the webhook's topic, unchanged, to test the address.

        Kind: changing. Scope: ``write_webhooks``.

        Raises:
            ServerError: the event cannot be queued (1405).
        """
        return await self._do(prepare("POST /webhooks/{id}/queue", id, json=payload))

    async def _create(self, address: str, topic: str, key: Secret | None) -> Webhook:
        body = {"webhook": {"address": address, "topic": topic, "key": required(key, "key")}}
        return await self._read(Webhook, "webhook", prepare("POST /webhooks", json=body))

    async def _update(self, id: int, address: str | None, key: Secret | None) -> Webhook:
        sealed = None if key is None else required(key, "key")
        body = {"webhook": given(address=address, key=sealed)}
        return await self._read(Webhook, "webhook", prepare("PUT /webhooks/{id}", id, json=body))


def verify(body: bytes, headers: Mapping[str, str], key: str | Secret) -> Delivery:
    """Returns the event of a delivery, after checking that it is signed with the key.

    Answer any 2xx within 4 seconds, or the service delivers it again, up to three times. Nothing
    tells a second delivery from the first: do only what may be done twice.

    Args:
        body: The bytes of the request's body as they were received: the service signs these, and
            JSON that is decoded and encoded again differs.
        headers: The headers of the request, their names in any case.
        key: The key that the webhook was created or updated with.

    Raises:
        AuthenticationError: it is not signed, or not with this key.
        ConfigurationError: the body is not bytes, or the key is empty or no text.
        InvalidResponseError: it is signed, and no JSON object.
    """
    sealed = seal(key)
    del key
    sealed = required(sealed, "key")
    if not isinstance(body, bytes):
        raise ConfigurationError("the body of a delivery must be the bytes that were received")
    values = {name.lower(): value for name, value in headers.items() if isinstance(value, str)}
    if not is_signed(body, values.get("x-boxc-hmac-sha256", ""), sealed):
        message = "webhook: the delivery is not signed with this key."
        step = "answer with an error, and do not act on it"
        raise AuthenticationError(message, service="boxc", operation="webhook", next_step=step)
    payload: Any = read_json(Response(200, (), body), operation="webhook", changing=False)
    if not isinstance(payload, dict) and not isinstance(payload, BoxAPIError):
        payload = shapes.misshapen("$", "expected an object", operation="webhook", changing=False)
    topic, account = (values.get(f"x-boxc-{name}", "") for name in ("topic", "account"))
    return Delivery(topic=topic, account=account, payload=unwrapped(payload))
