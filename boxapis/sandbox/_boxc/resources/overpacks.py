"""BoxC overpacks, which hold the parcels of several shipments, and manifests, which lock them."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from boxapis.sandbox._boxc.bodies import check_list, unwrap
from boxapis.sandbox._boxc.records import Kind, Record
from boxapis.sandbox._boxc.refusals import Refusal, malformed, missing, refused
from boxapis.sandbox._boxc.request import Operation, RequestContext
from boxapis.sandbox._boxc.resources import filters
from boxapis.sandbox._boxc.resources.kinds import (
    LABELS,
    OVERPACKS,
    SHIPMENTS,
    assign,
    find_label,
    live_labels,
)
from boxapis.sandbox._boxc.resources.table import (
    delete_record,
    get_record,
    operations,
    own_record,
    record_response,
)
from boxapis.sandbox._response import SandboxResponse, json_or_none

_READ: Final = "read_shipments"
_WRITE: Final = "write_shipments"
_ROUTE: Final = ("entry_point", "service", "terms")
_MIXED: Final[Mapping[str, str]] = {
    "entry_point": "Shipment entry point doesn't match the overpack",
    "service": "Shipment and overpack must use the same service",
    "terms": "Can't mix shipments with different terms",
}
_MANIFEST_EVENT: Final = (
    "created",
    "entry_point",
    "id",
    "mawb_id",
    "overpacks",
    "total_shipments",
    "warehouse_no",
)
_SIZES: Final = ("weight", "height", "length", "width")

MANIFESTS: Final = Kind(
    path="/manifests",
    key="manifest",
    keys="manifests",
    missing=1275,
    required=("overpacks",),
    unlisted=frozenset({"overpacks", "overpack_details"}),
    list_only=frozenset({"total_overpacks"}),
    filters={"entry_point": filters.is_equal("entry_point")},
    has_pdf=True,
)


def create_overpack(context: RequestContext) -> SandboxResponse:
    """Create an overpack; parcels that cannot go into it are shown with an error."""
    sent = unwrap(context.request.body, OVERPACKS.key, "shipments")
    check_list(sent["shipments"], "/overpack/shipments", most=1_000_000)
    overpack = context.records.create(
        OVERPACKS, context.user_id, _sizes(sent), context.now, locked=False
    )
    return _with_parcels(201, overpack, sent["shipments"], context)


def update_overpack(context: RequestContext) -> SandboxResponse:
    """Add parcels to an overpack; the body has no wrapper, but one is accepted."""
    overpack = own_record(OVERPACKS, context)
    document = json_or_none(context.request.body)
    if not isinstance(document, dict):
        raise malformed()
    sent = document.get(OVERPACKS.key, document)
    if not isinstance(sent, dict) or "shipments" not in sent:
        raise missing("shipments", path="/overpack")
    check_list(sent["shipments"], "/overpack/shipments", most=1_000_000)
    if overpack["locked"]:
        raise refused(1251)
    overpack |= _sizes(sent)
    return _with_parcels(200, overpack, sent["shipments"], context)


def delete_overpack(context: RequestContext) -> SandboxResponse:
    """Delete an overpack that is not locked; its parcels are free again."""
    overpack = own_record(OVERPACKS, context)
    if overpack["locked"]:
        raise refused(1251)
    for parcel in overpack["shipments"]:
        label = context.records.find(LABELS, context.user_id, id=parcel["label_id"])
        if label is not None:
            assign(context, label, None)
    return delete_record(OVERPACKS, context)


def create_manifest(context: RequestContext) -> SandboxResponse:
    """Create a manifest of overpacks, and lock them."""
    sent = unwrap(context.request.body, MANIFESTS.key, *MANIFESTS.required)
    check_list(sent["overpacks"], "/manifest/overpacks")
    overpacks = [_to_be_manifested(context, number) for number in sent["overpacks"]]
    if len({one["entry_point"] for one in overpacks}) > 1:
        raise refused(1271)
    manifest = context.records.create(
        MANIFESTS,
        context.user_id,
        {name: sent[name] for name in ("carrier", "tracking_number") if name in sent},
        context.now,
        entry_point=overpacks[0]["entry_point"],
        overpacks=overpacks,
        overpack_details=overpacks,
        total_overpacks=len(overpacks),
        total_shipments=None,
    )
    later = {name: manifest[name] for name in ("mawb_id", "warehouse_no")}
    manifest |= dict.fromkeys(later)
    for overpack in overpacks:
        overpack |= {"locked": True, "manifest_id": manifest["id"]}
    manifest["overpacks"] = manifest["overpack_details"] = overpacks
    later["total_shipments"] = sum(one["total_shipments"] for one in overpacks)
    context.when_ready(partial(_complete, context, manifest, later))
    return record_response(201, MANIFESTS, manifest)


def get_manifest(context: RequestContext) -> SandboxResponse:
    """Respond with one manifest, as JSON or, once it is complete, as PDF."""
    manifest = own_record(MANIFESTS, context)
    if context.request.wants_pdf and manifest["total_shipments"] is None:
        raise refused(MANIFESTS.missing, 404)
    return get_record(MANIFESTS, context)


OPERATIONS: Final = (
    *operations(OVERPACKS, _READ, _WRITE, "lg"),
    Operation("POST", "/overpacks", _WRITE, create_overpack),
    Operation("PUT", "/overpacks/{id}", _WRITE, update_overpack),
    Operation("DELETE", "/overpacks/{id}", _WRITE, delete_overpack),
    *operations(MANIFESTS, _READ, _WRITE, "l"),
    Operation("GET", "/manifests/{id}", _READ, get_manifest),
    Operation("POST", "/manifests", _WRITE, create_manifest),
)


def _complete(context: RequestContext, manifest: Record, later: Record) -> None:
    manifest |= later
    event: Record = {name: manifest[name] for name in _MANIFEST_EVENT if name in manifest}
    event |= {"exit_point": manifest["overpacks"][0]["exit_point"], "forms": []}
    context.publish("manifests_complete", {"manifest": event})


def _sizes(sent: Mapping[str, Any]) -> Record:
    return {name: sent[name] for name in _SIZES if name in sent}


def _with_parcels(
    status: int, overpack: Record, sent: list[Any], context: RequestContext
) -> SandboxResponse:
    """Put parcels into an overpack; responds with all it has and with those it refused."""
    refusals = []
    for parcel in sent:
        try:
            _put_in(overpack, parcel, context)
        except _ParcelError as error:
            refusals.append({**parcel, "error": str(error)})
    overpack["total_shipments"] = len(overpack["shipments"])
    shown = {**overpack, "shipments": [*overpack["shipments"], *refusals]}
    return record_response(status, OVERPACKS, shown)


class _ParcelError(Exception):
    """The reason why a parcel cannot go into an overpack, as the response shows it."""


def _put_in(overpack: Record, parcel: object, context: RequestContext) -> None:
    if not isinstance(parcel, dict):
        raise malformed()
    label = _label_of(parcel, context)
    shipment = context.records.find(SHIPMENTS, context.user_id, id=label["shipment_id"])
    if shipment is None:
        raise _ParcelError("Shipment not found")
    if label["overpack_id"] is not None:
        raise _ParcelError(f"Shipment is already in overpack {label['overpack_id']}")
    if not overpack["shipments"]:
        route = {name: shipment.get(name) for name in _ROUTE}
        overpack |= {**route, "carrier": label["carrier"], "exit_point": label["exit_point"]}
    for name, message in _MIXED.items():
        if overpack[name] != shipment.get(name):
            raise _ParcelError(message)
    overpack["shipments"].append(
        {
            "id": shipment["id"],
            "label_id": label["id"],
            "tracking_number": label["tracking_number"],
        }
    )
    assign(context, label, overpack["id"])


def _label_of(parcel: Mapping[str, Any], context: RequestContext) -> Record:
    """The label of a parcel, by the first of shipment ID, label ID and tracking number."""
    try:
        if "id" in parcel:
            labels = live_labels(context.records.get(SHIPMENTS, context.user_id, parcel["id"]))
            if not labels:
                raise _ParcelError("Shipment has no labels")
            return labels[0]
        label = find_label(context, parcel.get("label_id", parcel.get("tracking_number")))
    except Refusal as refusal:
        raise _ParcelError(str(refusal.body["message"])) from None
    if label["cancelled"]:
        raise _ParcelError("Label was previously cancelled")
    return label


def _to_be_manifested(context: RequestContext, number: object) -> Record:
    overpack = context.records.find(OVERPACKS, context.user_id, id=number)
    if overpack is None:
        raise refused(1250, 400)
    if not overpack["shipments"]:
        raise refused(1270, 400, number)
    if overpack["locked"]:
        raise refused(1272, 400, number)
    if not all(overpack.get(name) for name in _SIZES):
        raise refused(1273, 400, number)
    return overpack
