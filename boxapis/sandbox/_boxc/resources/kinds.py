"""The kinds of records that several files of this folder read: shipments, labels, overpacks."""

from collections.abc import Mapping
from typing import Any, Final

from boxapis.sandbox._boxc import data
from boxapis.sandbox._boxc.records import Kind, Record
from boxapis.sandbox._boxc.refusals import refused
from boxapis.sandbox._boxc.request import RequestContext
from boxapis.sandbox._boxc.resources import filters

LABELS: Final = Kind(
    path="/labels",
    key="label",
    keys="labels",
    missing=1205,
    start={
        "cancelled": False,
        "contents": [],
        "delivery_date": None,
        "events": [],
        "is_master": True,
        "overpack_id": None,
        "processed_date": None,
        "processed_weight": None,
        "status": "Pending",
    },
    seeds=(data.label(),),
    has_pdf=True,
)
OVERPACKS: Final = Kind(
    path="/overpacks",
    key="overpack",
    keys="overpacks",
    missing=1250,
    unset=frozenset({"manifest_id"}),
    start={"contains_dg": False, "total_shipments": 0},
    unlisted=frozenset({"shipments"}),
    has_pdf=True,
)
SHIPMENTS: Final = Kind(
    path="/shipments",
    key="shipment",
    keys="shipments",
    missing=1210,
    required=("line_items", "service", "entry_point", "consignor", "to", "weight"),
    required_on_update=("line_items", "service", "entry_point", "consignor", "to", "weight"),
    unset=frozenset({"errors", "label"}),
    start={"claim_url": None, "events": [], "images": {"pod": [], "scans": []}, "labels": []},
    unlisted=frozenset({"labels"}),
    list_only=frozenset({"label"}),
    hidden=frozenset({"packages"}),
    filters={
        **filters.CREATED,
        "labeled": filters.yes_or_no("labeled", lambda one: _of_labels(one, "id")),
        "order_number": filters.is_equal("order_number"),
        "overpack_id": filters.is_any(lambda one, value: value in _of_labels(one, "overpack_id")),
        "packed": filters.yes_or_no("packed", lambda one: _of_labels(one, "overpack_id")),
        "processed": filters.yes_or_no("processed", lambda one: _of_labels(one, "processed_date")),
        "tracking_number": filters.is_any(
            lambda one, value: value in _of_labels(one, "tracking_number")
        ),
    },
    has_pdf=True,
)


def live_labels(shipment: Mapping[str, Any]) -> list[Record]:
    """The labels of a shipment that are not cancelled."""
    return [label for label in shipment["labels"] if not label["cancelled"]]


def find_label(context: RequestContext, name: object, status: int = 404) -> Record:
    """A label by its ID or its tracking number; raises Refusal with 1205."""
    labels = context.records.all(LABELS, context.user_id)
    for label in labels:
        if str(name) in (str(label["id"]), label["tracking_number"]):
            return label
    raise refused(LABELS.missing, status)


def assign(context: RequestContext, label: Record, overpack_id: int | None) -> None:
    """Put a label into an overpack, or take it out of it; the shipment shows it, too."""
    label["overpack_id"] = overpack_id
    shipment = context.records.find(SHIPMENTS, context.user_id, id=label["shipment_id"])
    if shipment is not None:
        shipment["overpack_id"] = overpack_id


def _of_labels(shipment: Mapping[str, Any], name: str) -> set[str]:
    return {str(label[name]) for label in live_labels(shipment) if label[name] is not None}
