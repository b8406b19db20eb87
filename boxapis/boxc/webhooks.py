"""The resource Webhooks: events that BoxC posts (https://docs.boxc.com/#tag/Webhooks).

`verify` promises: what it returns was signed with a key, byte for byte, and the header with the
topic, which is not signed, does not decide the topic of a known payload. However often the same
bytes come for an account, they have one digest.
"""

from collections.abc import Coroutine, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Unpack, cast

from attrs import field, frozen

from boxapis._core.awaitable import named, returns_coroutine
from boxapis._http.failures import unwrapped
from boxapis._http.messages import Response
from boxapis._sansio import shapes
from boxapis._sansio.bodies import read_json
from boxapis._sansio.boxc import signatures
from boxapis._sansio.value import Value
from boxapis.boxc._resource import Listing, PageOptions, Resource, given, prepare
from boxapis.errors import AuthenticationError, BoxAPIError, ConfigurationError
from boxapis.options import Limits
from boxapis.secret import Secret, required, seal

if TYPE_CHECKING:
    from boxapis.boxc.webhook_events import WebhookEvent

__all__ = ["Delivery", "Topic", "Webhook", "Webhooks", "sign", "verify"]

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

    The header with the account is not signed: check it against the accounts that are yours, and
    decide whose data it is by the payload.

    Attributes:
        topic: The topic of the payload, which is signed; where that is of no known topic, the
            header ``X-BoxC-Topic``, which is not.
        account: The id of the user concerned, from the header ``X-BoxC-Account``.
        payload: The decoded JSON object; its one key is the topic's, for instance ``"shipment"``.
        digest: SHA-256 of topic, account and body, 64 hexadecimal digits. It is the same whenever
            the same bytes are delivered, so a unique column of digests makes retries harmless. Two
            events with the same bytes cannot be told apart: the second one counts as a retry. The
            same bytes under another account have another digest, and anyone who has a delivery can
            send it so: hence the check above.
    """

    topic: Topic
    account: str
    payload: Mapping[str, Any] = field(repr=shapes.names_only)
    digest: str

    @cached_property
    def event(self) -> "WebhookEvent | None":
        """The value of the payload, see `boxapis.boxc.webhook_events`; None for other topics.

        Raises:
            InvalidResponseError: the payload is not as documented; `payload` has it all the same.
        """
        # Imported here, because it brings the values of orders and manifests along.
        from boxapis.boxc import webhook_events  # noqa: PLC0415

        topic = _topic_of(self.payload)
        if topic is None:
            return None
        key, _, name = _TOPICS[topic]
        cls: Any = getattr(webhook_events, name)
        read: Any = shapes.read(cls, self.payload[key], path=f"$.{key}", operation="webhook")
        event: WebhookEvent = unwrapped(read)
        return event


_TOPICS: Mapping[str, tuple[str, str, str]] = {
    "fulfillments_complete": ("fulfillment", "line_items", "FulfillmentEvent"),
    "fulfillments_update": ("fulfillment", "id", "FulfillmentEvent"),
    "manifests_complete": ("manifest", "id", "ManifestEvent"),
    "orders_status": ("order", "id", "OrderEvent"),
    "shipments_label": ("shipment", "data", "LabelEvent"),
    "shipments_status": ("shipment", "event", "ShipmentEvent"),
}
"""The payload's key of each topic, a field that only it has below that key, and its class.

The second topic of fulfillments has every field of the first one but ``line_items``.
"""


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
        return named(self._create(address, topic, sealed), "Webhooks.create")

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
        return named(self._update(id, address, sealed), "Webhooks.update")

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


def sign(body: bytes, key: str | Secret) -> str:
    """Returns the signature of a body, 44 characters, for the header ``X-BoxC-Hmac-SHA256``.

    For tests of a receiver; `boxapis.testing.delivery` makes a whole delivery.

    Raises:
        ConfigurationError: the body is not bytes, or the key is empty or no text.
    """
    sealed = seal(key)
    del key
    return signatures.sign(_exact(body), required(sealed, "key"))


def verify(
    body: bytes, headers: Mapping[str, str], key: str | Secret | Sequence[str | Secret]
) -> Delivery:
    """Returns the event of a delivery, after checking that it is signed with the key.

    Answer any 2xx within 4 seconds, or the service delivers it again, up to three times within an
    hour. `Delivery.digest` identifies a retry; the service sends no time or number of a delivery.

    Args:
        body: The bytes of the request's body as they were received: the service signs these, and
            JSON that is decoded and encoded again differs. Limit their number in your server; a
            label is among them, a third larger than its file.
        headers: The headers of the request, their names in any case.
        key: The key that the webhook was created or updated with, or several of which one fits:
            after an update keep the old key for an hour, for deliveries that are retried. Each is
            compared, in constant time, whether or not another one fits.

    Raises:
        AuthenticationError: it is not signed, or not with this key, or the header with the topic,
            which is not signed, contradicts the payload.
        ConfigurationError: the body is not bytes, the headers are no mapping, or a key is empty or
            no text, or there is none.
        InvalidResponseError: it is signed, and no JSON object.
    """
    sealed = _seal_each(key)
    del key
    keys = [required(one, "key") for one in sealed]
    _exact(body)
    if not isinstance(headers, Mapping):
        raise ConfigurationError("headers must be a mapping of names to text: request.headers")
    values = {name.lower(): value for name, value in headers.items() if isinstance(value, str)}
    signature, topic, account = (
        values.get(f"x-boxc-{name}", "") for name in ("hmac-sha256", "topic", "account")
    )
    if not any([signatures.is_signed(body, signature, one) for one in keys]):  # noqa: C419 - each
        raise _refused("the delivery is not signed with this key")
    response, limits = Response(200, (), body), Limits(max_json_bytes=len(body) or 1)
    payload: Any = read_json(response, operation="webhook", changing=False, limits=limits)
    if not isinstance(payload, dict) and not isinstance(payload, BoxAPIError):
        payload = shapes.misshapen("$", "expected an object", operation="webhook", changing=False)
    payload = unwrapped(payload)
    if topic in _TOPICS and _TOPICS[topic][0] not in payload:
        raise _refused("the header X-BoxC-Topic, which is not signed, contradicts the payload")
    topic = _topic_of(payload) or topic
    digest = signatures.digest(topic, account, body)
    return Delivery(topic=topic, account=account, payload=payload, digest=digest)


def _seal_each(key: object) -> list[Secret | None]:
    """Seals one key or several; what is neither becomes one that is missing."""
    if key is None or issubclass(type(key), (str, Secret)):
        return [seal(key)]
    try:
        return [seal(one) for one in cast("Iterable[object]", key)] or [None]
    except Exception:  # noqa: BLE001 - whatever a value does, its error would show this frame
        return [None]


def _exact(body: bytes) -> bytes:
    if not isinstance(body, bytes):
        raise ConfigurationError("the body of a delivery must be the bytes that were received")
    return body


def _topic_of(payload: Mapping[str, Any]) -> str | None:
    """Returns the known topic whose key and field a payload has."""
    for topic, (key, mark, _) in _TOPICS.items():
        fields = payload.get(key)
        if isinstance(fields, dict) and mark in fields:
            return topic
    return None


def _refused(problem: str) -> AuthenticationError:
    step = "answer with an error, and do not act on it"
    message = f"webhook: {problem}."
    return AuthenticationError(message, service="boxc", operation="webhook", next_step=step)
