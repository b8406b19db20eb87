"""Faults that can be injected into BoxC, by name, and responses with another user's data."""

from collections.abc import Callable
from typing import Any, Literal

from attrs import evolve

from boxapis.sandbox._boxc.data import user
from boxapis.sandbox._boxc.operations import KINDS
from boxapis.sandbox._boxc.records import Kind, Record
from boxapis.sandbox._boxc.refusals import (
    insufficient_funds,
    invalid_access_token,
    server_error,
    too_many_requests,
)
from boxapis.sandbox._boxc.request import RequestContext
from boxapis.sandbox._faults import Fault, common_faults
from boxapis.sandbox._response import SandboxResponse, json_or_none, json_response

BoxCFault = Literal[
    "bad_gateway",
    "duplicate_response",
    "html_page",
    "insufficient_funds",
    "lost_response",
    "rate_limited",
    "refuse_token",
    "reset_on_reuse",
    "revoke_tokens",
    "server_error",
    "stall",
    "truncated_response",
    "wrong_user",
]
"""Names of the faults that `BoxCService.fault` describes and injects."""


def boxc_faults(revoke_tokens: Callable[[], None]) -> dict[str, Fault]:
    """Every fault of BoxC by its name; `revoke_tokens` revokes all tokens of the service."""
    return common_faults() | {
        "insufficient_funds": Fault(response=insufficient_funds().response()),
        "rate_limited": Fault(response=too_many_requests({}).response()),
        "refuse_token": Fault(response=invalid_access_token().response()),
        "revoke_tokens": Fault(before=revoke_tokens),
        "server_error": Fault(response=server_error().response()),
        "wrong_user": Fault(misattributed=True),
    }


def misattribute(response: SandboxResponse, context: RequestContext) -> SandboxResponse:
    """The response with another user's data; unchanged where it shows no user's data."""
    content = _foreign(json_or_none(response.body), context)
    if content is None:
        return response
    return evolve(response, body=json_response(response.status, content).body)


def _foreign(content: Any, context: RequestContext) -> dict[str, object] | None:
    other = context.credentials.get_foreign(context.user_id, context.clock.utc())
    match content:
        case {"credential": _}:
            return {"credential": other.as_json(context.rules)}
        case {"credentials": _}:
            return {"credentials": [other.as_json(context.rules)], "next_page": None}
        case {"user": _}:
            return {"user": user(other.user_id)}
        case dict():
            return _foreign_record(content, context)
        case _:
            return None


def _foreign_record(content: dict[str, Any], context: RequestContext) -> dict[str, object] | None:
    for kind in KINDS.values():
        is_own = context.request.api_path.startswith(kind.path)
        if is_own and isinstance(record := content.get(kind.key), dict) and "id" in record:
            return {kind.key: _of_another_user(kind, record, context)}
        if is_own and isinstance(records := content.get(kind.keys), list) and records:
            return {**content, kind.keys: [_of_another_user(kind, records[0], context)]}
    return None


def _of_another_user(kind: Kind, record: Record, context: RequestContext) -> Record:
    """The newest record of another user, or a made-up one where there is none."""
    own = context.records.all(kind, context.user_id)
    others = [one for one in context.records.of_all_users(kind) if one not in own]
    if others:
        return kind.shown(others[-1])
    number = record["id"]
    return {**record, "id": number - 1 if isinstance(number, int) else f"{number}-other"}
