"""BoxC returns, and their reshipments, whose fee the user approves or declines."""

from functools import partial
from typing import Any, Final

from boxapis.sandbox._boxc.bodies import check_list, unwrap
from boxapis.sandbox._boxc.records import Kind, Record
from boxapis.sandbox._boxc.refusals import invalid, malformed, missing, refused
from boxapis.sandbox._boxc.request import Operation, RequestContext
from boxapis.sandbox._boxc.resources import filters
from boxapis.sandbox._boxc.resources.table import (
    delete_record,
    operations,
    own_record,
    record_response,
)
from boxapis.sandbox._response import SandboxResponse

_SCOPE: Final = "returns"
_VERIFY_FEE: Final = 2.0
_RESHIP_FEE: Final = 14.37
_MESSAGE_LENGTH: Final = 200
_RESHIPPABLE: Final = ("Processed", "Verifying", "Verified")

RETURNS: Final = Kind(
    path="/returns",
    key="return",
    keys="returns",
    missing=1120,
    start={"messages": [], "reshipment_id": None, "status": "Processed", "verify_fee": 0},
    seeds=({"id": 13489}, {"id": 13490, "tracking_number": "9261299997140101431921"}),
    unlisted=frozenset({"images"}),
    counted=frozenset({"messages"}),
    hidden=frozenset({"status_before"}),
    filters={
        "status": filters.is_equal("status"),
        "tracking_number": filters.is_equal("tracking_number"),
    },
)
RESHIPMENTS: Final = Kind(
    path="/reshipments",
    key="reshipment",
    keys="reshipments",
    missing=1140,
    required=("contents", "value", "to", "returns"),
    counted=frozenset({"returns"}),
    start={"reship_fee": 0, "status": "Pending", "tracking_number": None},
)


def verify_return(context: RequestContext) -> SandboxResponse:
    """Ask for the verification of a return, which costs a fee."""
    record = own_record(RETURNS, context)
    sent = unwrap(context.request.body, RETURNS.key, "status")
    if sent["status"] != "Verify":
        raise invalid("/return/status: The data should match one of: Verify")
    if record["status"] != "Processed":
        raise refused(1121)
    record |= {"status": "Verifying", "verify_fee": _VERIFY_FEE}
    return record_response(200, RETURNS, record)


def discard_return(context: RequestContext) -> SandboxResponse:
    """Discard a return that is not being reshipped."""
    if own_record(RETURNS, context)["reshipment_id"] is not None:
        raise refused(1122)
    return delete_record(RETURNS, context)


def add_message(context: RequestContext) -> SandboxResponse:
    """Add a message to a return."""
    record = own_record(RETURNS, context)
    sent = unwrap(context.request.body, "message")
    if "body" not in sent:
        raise missing("body", path="/return")
    if not isinstance(sent["body"], str) or len(sent["body"]) > _MESSAGE_LENGTH:
        raise invalid("/message/body: Maximum string length is 200")
    number = record["id"] * 100 + len(record["messages"])
    own = {"author": "user", "created": context.now, "id": number}
    record["messages"].append({"body": sent["body"], **own})
    return record_response(201, RETURNS, record)


def create_reshipment(context: RequestContext) -> SandboxResponse:
    """Reship one or more returns; the fee of one is estimated at once, of several when ready."""
    sent = unwrap(context.request.body, RESHIPMENTS.key, *RESHIPMENTS.required)
    check_list(sent["returns"], "/reshipment/returns")
    if not isinstance(sent["to"], dict):
        raise malformed()
    returns = [_to_be_reshipped(number, context) for number in sent["returns"]]
    if len({one["id"] for one in returns}) < len(returns):
        raise refused(1143)
    kept = RESHIPMENTS.taken(sent)
    record = context.records.create(RESHIPMENTS, context.user_id, kept, context.now)
    if len(returns) > 1:
        fee = {"estimated_reship_fee": record["estimated_reship_fee"]}
        record["estimated_reship_fee"] = 0
        context.when_ready(partial(record.update, fee))
    for one in returns:
        one |= {"reshipment_id": record["id"], "status_before": one["status"]}
        one["status"] = "Reshipping"
    return record_response(201, RESHIPMENTS, record)


def decide_reshipment(context: RequestContext) -> SandboxResponse:
    """Approve or decline the fee of a reshipment, once."""
    record = own_record(RESHIPMENTS, context)
    sent = unwrap(context.request.body, RESHIPMENTS.key, "status")
    if sent["status"] not in ("Approved", "Declined"):
        raise invalid("/reshipment/status: The data should match one of: Declined, Approved")
    if record["status"] != "Pending" or not record["estimated_reship_fee"]:
        raise refused(1141)
    record["status"] = sent["status"]
    if sent["status"] == "Approved":
        record["reship_fee"] = _RESHIP_FEE
    else:
        _free_returns(record, context)
    return record_response(200, RESHIPMENTS, record)


def delete_reshipment(context: RequestContext) -> SandboxResponse:
    """Delete a reshipment that is not approved; its returns are free again."""
    record = own_record(RESHIPMENTS, context)
    if record["status"] == "Approved":
        raise refused(1142)
    _free_returns(record, context)
    return delete_record(RESHIPMENTS, context)


OPERATIONS: Final = (
    *operations(RETURNS, _SCOPE, _SCOPE, "lg"),
    Operation("PUT", "/returns/{id}", _SCOPE, verify_return),
    Operation("DELETE", "/returns/{id}", _SCOPE, discard_return),
    Operation("POST", "/returns/{id}/messages", _SCOPE, add_message),
    *operations(RESHIPMENTS, _SCOPE, _SCOPE, "lg"),
    Operation("POST", "/reshipments", _SCOPE, create_reshipment),
    Operation("PUT", "/reshipments/{id}", _SCOPE, decide_reshipment),
    Operation("DELETE", "/reshipments/{id}", _SCOPE, delete_reshipment),
)


def _to_be_reshipped(number: Any, context: RequestContext) -> Record:
    record = context.records.find(RETURNS, context.user_id, id=number)
    if record is None or record["status"] not in _RESHIPPABLE:
        raise refused(1143)
    return record


def _free_returns(reshipment: Record, context: RequestContext) -> None:
    for one in context.records.all(RETURNS, context.user_id):
        if one["reshipment_id"] == reshipment["id"]:
            one |= {"reshipment_id": None, "status": one["status_before"]}
