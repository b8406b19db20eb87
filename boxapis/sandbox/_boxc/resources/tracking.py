"""BoxC tracking: the events of a shipment by its tracking number, and new ones."""

from typing import Final

from boxapis.sandbox._boxc.bodies import unwrap_list
from boxapis.sandbox._boxc.records import Kind, Record
from boxapis.sandbox._boxc.refusals import invalid, refused
from boxapis.sandbox._boxc.request import Operation, RequestContext
from boxapis.sandbox._boxc.resources.kinds import LABELS, SHIPMENTS
from boxapis.sandbox._response import SandboxResponse, json_response

_TRACK: Final = Kind(path="/track", key="track", keys="tracks", missing=1210)
_REQUIRED: Final = ("time", "code", "city", "country", "tracking_number")
_CODES: Final = {
    100: "SHIPMENT LABEL CREATED",
    101: "ARRIVED FACILITY",
    102: "ARRIVED DESTINATION FACILITY",
    103: "ARRIVED SORT FACILITY",
    104: "ARRIVED POST OFFICE",
    105: "SHIPMENT ACCEPTANCE",
    106: "HELD AT FACILITY",
    109: "NOT RECEIVED",
    110: "RECEIVED",
    111: "DEPARTED FACILITY",
    112: "DEPARTED ORIGIN FACILITY",
    113: "DEPARTED SORT FACILITY",
    114: "DEPARTED POST OFFICE",
    120: "SORTING/PROCESSING COMPLETE",
    121: "PROCESSING EXCEPTION",
    130: "CUSTOMS PROCESSING",
    131: "CUSTOMS PROCESSING COMPLETE",
    132: "CUSTOMS ON HOLD",
    133: "CUSTOMS RELEASE",
    134: "CUSTOMS DELAY",
    135: "PROHIBITED ITEM/DANGEROUS GOODS",
    136: "TAX/DUTY PAYMENT REQUIRED",
    140: "UNKNOWN CONSIGNEE ID",
    150: "EN ROUTE",
    155: "DELAYED",
}
_SENT: Final = (
    "city",
    "code",
    "country",
    "latitude",
    "longitude",
    "postal_code",
    "province",
    "time",
)


def get_track(context: RequestContext) -> SandboxResponse:
    """Respond with the events of any user's tracking number."""
    own = context.records.all(LABELS, context.user_id)
    for label in (*own, *context.records.of_all_users(LABELS)):
        if label["tracking_number"] == context.identifier:
            return json_response(200, {_TRACK.key: _track(label, context)})
    raise refused(_TRACK.missing, 404)


def add_events(context: RequestContext) -> SandboxResponse:
    """Add events to shipments, all or none; the response is 201 without a body."""
    events = unwrap_list(context.request.body, "events", *_REQUIRED)
    labels = [_label(event["tracking_number"], context) for event in events]
    for event in events:
        if not (type(event["code"]) is int and event["code"] in _CODES):
            raise invalid("/events/code: The data should match one of the codes of events")
    for event, label in zip(events, labels, strict=True):
        kept = {name: event[name] for name in _SENT if name in event}
        kept |= {"carrier": label["carrier"], "description": _CODES[event["code"]]}
        label["events"].insert(0, kept)
        label["status"] = "En Route"
        _publish(label, kept, context)
    return SandboxResponse(201)


OPERATIONS: Final = (
    Operation("GET", "/track/{trackingNumber}", "", get_track),
    Operation("POST", "/track", "write_shipments", add_events),
)


def _label(number: object, context: RequestContext) -> Record:
    label = context.records.find(LABELS, context.user_id, tracking_number=number)
    if label is None:
        raise refused(1211, 400, number)
    return label


def _track(label: Record, context: RequestContext) -> Record:
    shipment = context.records.find(SHIPMENTS, context.user_id, id=label["shipment_id"]) or {}
    to = shipment.get("to") or {}
    destination = {name: to[name] for name in ("city", "province", "country") if to.get(name)}
    destination |= {"port": shipment["exit_point"]} if shipment.get("exit_point") else {}
    return _TRACK.new(
        {
            **({"entry_point": shipment["entry_point"]} if shipment else {}),
            "carrier": label["carrier"],
            "created": f"{label['created'].replace(' ', 'T')}+00:00",
            "destination": destination,
            "events": label["events"],
            "has_images": False,
            "images": {"pod": [], "scans": []},
            "order_number": shipment.get("order_number"),
            "service": label["service"],
            "shipment_id": label["shipment_id"],
            "status": label["status"],
            "tracking_number": label["tracking_number"],
        }
    )


def _publish(label: Record, event: Record, context: RequestContext) -> None:
    """Deliver the event to the webhooks of the topic ``shipments_status``."""
    shipment = context.records.find(SHIPMENTS, context.user_id, id=label["shipment_id"]) or {}
    payload = {
        "chargeable_weight": label["chargeable_weight"],
        "comments": shipment.get("comments") or [],
        "entry_point": shipment.get("entry_point"),
        "event": {"longitude": None, "latitude": None, **event},
        "exit_point": label["exit_point"],
        "gross_weight": label.get("weight"),
        "id": label["shipment_id"],
        "images": {"pod": [], "scans": []},
        "order_number": shipment.get("order_number"),
        "service": label["service"],
        "status": label["status"],
        "tracking_number": label["tracking_number"],
        "volumetric_weight": shipment.get("volumetric_weight"),
    }
    context.publish("shipments_status", {"shipment": payload})
