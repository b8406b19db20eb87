"""BoxC labels: created for a shipment, printed, cancelled, and taken out of overpacks."""

import base64
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from boxapis.sandbox._boxc.bodies import check_list, unwrap
from boxapis.sandbox._boxc.data import pdf
from boxapis.sandbox._boxc.records import Record
from boxapis.sandbox._boxc.refusals import (
    Refusal,
    label_failed,
    malformed,
    missing,
    refused,
    unknown_credential,
)
from boxapis.sandbox._boxc.request import Operation, RequestContext
from boxapis.sandbox._boxc.resources.kinds import (
    LABELS,
    OVERPACKS,
    SHIPMENTS,
    assign,
    find_label,
    live_labels,
)
from boxapis.sandbox._boxc.resources.table import pdf_response, record_response
from boxapis.sandbox._response import SandboxResponse, json_or_none

_SIZES: Final = ("weight", "height", "length", "width")


def get_label(context: RequestContext) -> SandboxResponse:
    """Respond with one label by its ID or tracking number, as JSON or as PDF."""
    label = find_label(context, context.identifier)
    if not context.request.wants_pdf:
        return record_response(200, LABELS, label)
    if not label["is_ready"]:
        raise refused(1207)
    return pdf_response()


def create_label(context: RequestContext) -> SandboxResponse:
    """Create a label for a shipment that has none, or only cancelled ones."""
    sent = unwrap(context.request.body, LABELS.key, "shipment_id")
    shipment = context.records.get(SHIPMENTS, context.user_id, sent["shipment_id"])
    if live_labels(shipment):
        raise refused(1201)
    if context.rules.labels_fail:
        raise label_failed()
    labels = label_shipment(context, shipment, sent)
    return record_response(201, LABELS, labels[0])


def change_label(context: RequestContext) -> SandboxResponse:
    """Cancel a label, or take it out of its overpack."""
    label = find_label(context, context.identifier)
    sent = unwrap(context.request.body, LABELS.key)
    if "overpack_id" in sent and sent["overpack_id"] is None:
        _take_out(label, context)
    if sent.get("cancelled") is True:
        _cancel(label, context)
    return record_response(200, LABELS, label)


def cancel_label(context: RequestContext) -> SandboxResponse:
    """Cancel a label by the deprecated operation; the response is 200 without a body."""
    _cancel(find_label(context, context.identifier), context)
    return SandboxResponse(200)


def bulk_labels(context: RequestContext) -> SandboxResponse:
    """Respond with one PDF of several labels."""
    document = json_or_none(context.request.body)
    if not isinstance(document, dict):
        raise malformed()
    if "labels" not in document:
        raise missing("labels", path="/")
    check_list(document["labels"], "/labels")
    for name in document["labels"]:
        if not find_label(context, name, 400)["is_ready"]:
            raise refused(LABELS.missing)
    return pdf_response()


def label_shipment(
    context: RequestContext, shipment: Record, sizes: Mapping[str, Any]
) -> list[Record]:
    """Create a label for each package of a shipment, or the one label of a single package.

    Raises:
        Refusal: code 1450, because the shipment's credential has been deleted.
    """
    check_credential(context, shipment["credentials_id"])
    packages = shipment.get("packages") or [sizes]
    labels = [_new_label(context, shipment, package) for package in packages]
    for label in labels[1:]:
        label["is_master"] = False
    shipment["labels"] += labels
    shipment |= {"label": labels[0], "events": labels[0]["events"]}
    for label in labels:
        label["is_ready"] = False
        context.when_ready(partial(_make_ready, context, label))
    return labels


def check_credential(context: RequestContext, number: int | None) -> None:
    """Raise Refusal with 1450 unless the user has the credential, or none is needed."""
    if number is None:
        return
    try:
        context.credentials.get_own(context.user_id, number)
    except Refusal:
        raise unknown_credential() from None


OPERATIONS: Final = (
    Operation("GET", "/labels/{id}", "read_shipments", get_label),
    Operation("POST", "/labels", "write_shipments", create_label),
    Operation("PATCH", "/labels/{id}", "write_shipments", change_label),
    Operation("PUT", "/labels/{id}/cancel", "write_shipments", cancel_label),
    Operation("POST", "/labels/bulk", "write_shipments", bulk_labels),
)


def _new_label(context: RequestContext, shipment: Record, sizes: Mapping[str, Any]) -> Record:
    measures: Record = {name: shipment[name] for name in _SIZES if name in shipment}
    measures |= {name: sizes[name] for name in _SIZES if name in sizes}
    contents = {"contents": sizes["contents"]} if sizes.get("contents") else {}
    label = context.records.create(
        LABELS,
        context.user_id,
        {**measures, **contents},
        context.now,
        shipment_id=shipment["id"],
        service=shipment["service"],
        carrier=shipment["carrier"] or "USPS",
    )
    label["tracking_number"] = f"SANDBOX{label['id']:012d}"
    return label


def _make_ready(context: RequestContext, label: Record) -> None:
    label["is_ready"] = True
    content = base64.b64encode(pdf()).decode()
    event = {
        "carrier": label["carrier"],
        "content_type": "application/pdf",
        "data": content,
        "id": label["shipment_id"],
        "tracking_number": label["tracking_number"],
    }
    context.publish("shipments_label", {"shipment": event})


def _cancel(label: Record, context: RequestContext) -> None:
    if label["cancelled"]:
        raise refused(1204)
    if label["processed"]:
        raise refused(1206)
    if label["overpack_id"] is not None:
        _take_out(label, context)
    label |= {"cancelled": True, "status": "Cancelled"}


def _take_out(label: Record, context: RequestContext) -> None:
    number = label["overpack_id"]
    if number is None:
        return
    overpack = context.records.get(OVERPACKS, context.user_id, number)
    if overpack["locked"]:
        raise refused(1251)
    kept = [parcel for parcel in overpack["shipments"] if parcel["label_id"] != label["id"]]
    overpack |= {"shipments": kept, "total_shipments": len(kept)}
    assign(context, label, None)
