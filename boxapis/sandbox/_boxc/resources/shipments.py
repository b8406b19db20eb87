"""BoxC shipments: created with or without a label, changed while they have none, processed."""

from typing import Any, Final

from boxapis.sandbox._boxc.bodies import unwrap
from boxapis.sandbox._boxc.records import Record
from boxapis.sandbox._boxc.refusals import invalid_credentials_id, malformed, refused
from boxapis.sandbox._boxc.request import Operation, RequestContext
from boxapis.sandbox._boxc.resources.kinds import SHIPMENTS, live_labels
from boxapis.sandbox._boxc.resources.labels import check_credential, label_shipment
from boxapis.sandbox._boxc.resources.table import (
    change,
    delete_record,
    operations,
    own_record,
    record_response,
)
from boxapis.sandbox._response import SandboxResponse, json_response

_READ: Final = "read_shipments"
_WRITE: Final = "write_shipments"
_LABEL_FAILED: Final = {
    "code": 1203,
    "http_status": 500,
    "message": "Label could not be created.",
    "status": "error",
}


def create_shipment(context: RequestContext) -> SandboxResponse:
    """Store a shipment, with a label if it is asked for.

    When the label fails, the shipment is there all the same, and the response shows the error.
    """
    sent = _checked(context, SHIPMENTS.required)
    kept = {**SHIPMENTS.taken(sent), "packages": sent.get("packages")}
    shipment = context.records.create(SHIPMENTS, context.user_id, kept, context.now)
    return _labelled_response(201, shipment, sent, context)


def update_shipment(context: RequestContext) -> SandboxResponse:
    """Change a shipment that has no label, or only cancelled ones."""
    shipment = own_record(SHIPMENTS, context)
    sent = _checked(context, SHIPMENTS.required_on_update)
    if live_labels(shipment):
        raise refused(1201)
    change(SHIPMENTS, shipment, sent, context)
    if "packages" in sent:
        shipment["packages"] = sent["packages"]
    return _labelled_response(200, shipment, sent, context)


def delete_shipment(context: RequestContext) -> SandboxResponse:
    """Delete a shipment that has no label, or only cancelled ones."""
    labels = live_labels(own_record(SHIPMENTS, context))
    if any(label["overpack_id"] is not None for label in labels):
        raise refused(1218)
    if labels:
        raise refused(1212)
    return delete_record(SHIPMENTS, context)


def process_shipment(context: RequestContext) -> SandboxResponse:
    """Report the final weight and size of a shipment; the sandbox lets any client do so."""
    shipment = own_record(SHIPMENTS, context)
    sent = unwrap(context.request.body, SHIPMENTS.key, "weight")
    labels = live_labels(shipment)
    if not labels:
        raise refused(1202)
    if len(labels) > 1:
        raise refused(1230)
    (label,) = labels
    for name in ("weight", "height", "length", "width", "irregular"):
        if name in sent:
            shipment[name] = sent[name]
    time = sent.get("datetime") or context.now
    label |= {"processed": True, "processed_date": time, "processed_weight": sent["weight"]}
    label["status"] = "Processed"
    shipment["updated"] = context.now
    return json_response(200, {SHIPMENTS.key: {"status": label["status"]}})


OPERATIONS: Final = (
    *operations(SHIPMENTS, _READ, _WRITE, "lg"),
    Operation("POST", "/shipments", _WRITE, create_shipment),
    Operation("PUT", "/shipments/{id}", _WRITE, update_shipment),
    Operation("DELETE", "/shipments/{id}", _WRITE, delete_shipment),
    Operation("PUT", "/shipments/{id}/process", _WRITE, process_shipment),
)


def _checked(context: RequestContext, required: tuple[str, ...]) -> dict[str, Any]:
    """What was sent; raises Refusal with 1000 or 1450."""
    sent = unwrap(context.request.body, SHIPMENTS.key, *required)
    number = sent.get("credentials_id")
    if isinstance(number, bool) or not isinstance(number, int | None):
        raise invalid_credentials_id()
    check_credential(context, number)
    packages = sent.get("packages") or []
    if not (isinstance(packages, list) and all(isinstance(one, dict) for one in packages)):
        raise malformed()
    return sent


def _labelled_response(
    status: int, shipment: Record, sent: dict[str, Any], context: RequestContext
) -> SandboxResponse:
    if sent.get("create_label") is not True:
        return record_response(status, SHIPMENTS, shipment)
    if context.rules.labels_fail:
        return record_response(status, SHIPMENTS, {**shipment, "errors": _LABEL_FAILED})
    labels = label_shipment(context, shipment, {})
    if number := sent.get("tracking_number"):
        labels[0]["tracking_number"] = number
    return record_response(status, SHIPMENTS, shipment)
