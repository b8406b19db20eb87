"""BoxC webhooks: their addresses and keys, and test events."""

from typing import Any, Final
from urllib.parse import urlsplit

from boxapis.sandbox._boxc.bodies import unwrap
from boxapis.sandbox._boxc.deliveries import NOT_LOOPBACK, WEBHOOKS, loopback_address
from boxapis.sandbox._boxc.refusals import invalid, malformed, refused
from boxapis.sandbox._boxc.request import Operation, RequestContext
from boxapis.sandbox._boxc.resources.table import (
    change,
    operations,
    own_record,
    record_response,
)
from boxapis.sandbox._response import SandboxResponse, json_or_none, json_response

_READ: Final = "read_webhooks"
_WRITE: Final = "write_webhooks"
_ADDRESS_LENGTH: Final = 128
_KEY_LENGTHS: Final = (16, 40)
_TOPICS: Final = {
    "fulfillments_complete": "fulfillment",
    "fulfillments_update": "fulfillment",
    "manifests_complete": "manifest",
    "orders_status": "order",
    "shipments_label": "shipment",
    "shipments_status": "shipment",
}
"""The key around the payload of each topic."""


def create_webhook(context: RequestContext) -> SandboxResponse:
    """Subscribe an address to a topic."""
    sent = unwrap(context.request.body, WEBHOOKS.key, *WEBHOOKS.required)
    if sent["topic"] not in tuple(_TOPICS):
        raise invalid(f"/webhook/topic: The data should match one of: {', '.join(_TOPICS)}")
    _check(sent, context)
    _check_free(sent["address"], context)
    record = context.records.create(
        WEBHOOKS, context.user_id, WEBHOOKS.taken(sent), context.now, key=sent["key"]
    )
    return record_response(201, WEBHOOKS, record)


def update_webhook(context: RequestContext) -> SandboxResponse:
    """Change address and key of a webhook, which is active from then on."""
    record = own_record(WEBHOOKS, context)
    sent = unwrap(context.request.body, WEBHOOKS.key)
    _check(sent, context)
    if sent.get("address", record["address"]) != record["address"]:
        _check_free(sent["address"], context)
    kept = {name: sent[name] for name in ("address",) if name in sent}
    change(WEBHOOKS, record, kept, context)
    record |= {"active": True, "failures": 0, "key": sent.get("key", record["key"])}
    return record_response(200, WEBHOOKS, record)


def queue_event(context: RequestContext) -> SandboxResponse:
    """Deliver a payload of the webhook's topic, unchanged; the response is 201 without a body."""
    record = own_record(WEBHOOKS, context)
    payload = json_or_none(context.request.body)
    if not isinstance(payload, dict) or not isinstance(payload.get(_TOPICS[record["topic"]]), dict):
        raise refused(1405)
    if loopback_address(record["address"]) is None:
        return json_response(400, {"error": NOT_LOOPBACK})
    attempts = context.rules.webhook_attempts
    context.deliveries.deliver(context.user_id, record, payload, attempts=attempts)
    return SandboxResponse(201)


OPERATIONS: Final = (
    *operations(WEBHOOKS, _READ, _WRITE, "lgd"),
    Operation("POST", "/webhooks", _WRITE, create_webhook),
    Operation("PUT", "/webhooks/{id}", _WRITE, update_webhook),
    Operation("POST", "/webhooks/{id}/queue", _WRITE, queue_event),
)


def _check(sent: dict[str, Any], context: RequestContext) -> None:
    """Raise Refusal with 1000 for an address or key that the service does not accept."""
    if "address" in sent:
        _check_address(sent["address"], context)
    if "key" not in sent:
        return
    key, (least, most) = sent["key"], _KEY_LENGTHS
    if not isinstance(key, str):
        raise malformed()
    if len(key) < least:
        raise invalid(f"/webhook/key: Minimum string length is {least}, found {len(key)}")
    if len(key) > most:
        raise invalid(f"/webhook/key: Maximum string length is {most}, found {len(key)}")


def _check_free(address: str, context: RequestContext) -> None:
    """Raise Refusal with 1401 for an address that a webhook of any topic has."""
    if context.records.find(WEBHOOKS, context.user_id, address=address) is not None:
        raise refused(1401)


def _check_address(address: object, context: RequestContext) -> None:
    problem = "/webhook/address: Address is not valid"
    if not isinstance(address, str) or len(address) > _ADDRESS_LENGTH:
        raise invalid(problem)
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise invalid(problem) from None
    if parts.scheme not in ("http", "https") or not host or parts.path in ("", "/"):
        raise invalid(problem)
    is_local = "localhost" in host or loopback_address(f"http://{parts.netloc}/") is not None
    if is_local and context.rules.refuse_local_webhooks:
        raise invalid(problem)
