"""The BoxC operations: path, scope and effect of each."""

from collections.abc import Callable
from typing import Final

from attrs import frozen

from boxapis.sandbox._boxc import data
from boxapis.sandbox._boxc.bodies import changed_credential, new_credential
from boxapis.sandbox._boxc.credentials import StoredCredential, timestamp
from boxapis.sandbox._boxc.pages import parse_page_query
from boxapis.sandbox._boxc.refusals import carrier_changed, credential_not_found, label_not_found
from boxapis.sandbox._boxc.request import BoxCRequest, RequestContext
from boxapis.sandbox._boxc.shipments import new_shipment
from boxapis.sandbox._boxc.token_endpoint import TOKEN_OPERATION
from boxapis.sandbox._response import SandboxResponse, json_response

_ID_DIGITS: Final = 18


@frozen
class Operation:
    """A method and a path, ``{id}`` standing for one segment, and the scope it requires."""

    method: str
    template: str
    scope: str
    handle: Callable[[RequestContext], SandboxResponse]

    @property
    def name(self) -> str:
        """Method and path template, as in ``GET /credentials/{id}``."""
        return f"{self.method} {self.template}"

    def identifier(self, method: str, path: str) -> str | None:
        """The segment in the place of ``{id}``, empty without ``{id}``; None for no match."""
        prefix, marker, suffix = self.template.partition("{id}")
        if method != self.method or not (path.startswith(prefix) and path.endswith(suffix)):
            return None
        middle = path[len(prefix) :]
        return middle if bool(middle) == bool(marker) and "/" not in middle else None


def list_credentials(context: RequestContext) -> SandboxResponse:
    """Respond with one page of the user's credentials."""
    rules = context.rules
    query = parse_page_query(context.request.query, rules)
    found, next_page = context.credentials.page(
        context.user_id, query, deleted_too=rules.soft_delete_visible
    )
    shown = [credential.as_json(rules) for credential in found]
    return json_response(200, {"credentials": shown, "next_page": next_page})


def get_credential(context: RequestContext) -> SandboxResponse:
    """Respond with one credential."""
    credential = _credential(context, deleted_too=context.rules.soft_delete_visible)
    return _credential_response(200, credential, context)


def create_credential(context: RequestContext) -> SandboxResponse:
    """Store a credential."""
    carrier, params = new_credential(context.request.body)
    now = context.clock.utc()
    credential = context.credentials.create(context.user_id, carrier, params, now)
    return _credential_response(201, credential, context)


def update_credential(context: RequestContext) -> SandboxResponse:
    """Replace all params of a credential."""
    credential = _credential(context)
    with_carrier = context.rules.update_needs_carrier
    carrier, params = changed_credential(context.request.body, with_carrier=with_carrier)
    if carrier not in {None, credential.carrier}:
        raise carrier_changed()
    credential.params, credential.updated = params, timestamp(context.clock.utc())
    return _credential_response(200, credential, context)


def delete_credential(context: RequestContext) -> SandboxResponse:
    """Delete a credential; the response is 200 without a body."""
    _credential(context).deleted = timestamp(context.clock.utc())
    return SandboxResponse(200)


def list_entry_points(_context: RequestContext) -> SandboxResponse:
    """Respond with every entry point."""
    return json_response(200, {"entry_points": data.entry_points()})


def list_warehouses(_context: RequestContext) -> SandboxResponse:
    """Respond with every warehouse."""
    return json_response(200, {"warehouses": data.warehouses()})


def get_user(context: RequestContext) -> SandboxResponse:
    """Respond with the token's user."""
    return json_response(200, {"user": data.user(context.user_id)})


def create_shipment(context: RequestContext) -> SandboxResponse:
    """Store a shipment, without a label."""
    sent = new_shipment(context.request.body, context.user_id, context.credentials)
    return json_response(201, {"shipment": context.shipments.create(sent, context.clock.utc())})


def get_label(context: RequestContext) -> SandboxResponse:
    """Respond with the sample label, by its ID or tracking number, as JSON or as PDF."""
    if context.identifier not in {data.LABEL_ID, data.TRACKING_NUMBER}:
        raise label_not_found()
    as_pdf = "application/pdf" in context.request.headers.get("accept", "")
    if as_pdf or context.request.query.get("type") == "PDF":
        return SandboxResponse(200, data.label_pdf(), "application/pdf")
    return json_response(200, {"label": data.label()})


OPERATIONS: Final = (
    Operation("GET", "/credentials", "read_credentials", list_credentials),
    Operation("POST", "/credentials", "write_credentials", create_credential),
    Operation("GET", "/credentials/{id}", "read_credentials", get_credential),
    Operation("PUT", "/credentials/{id}", "write_credentials", update_credential),
    Operation("DELETE", "/credentials/{id}", "write_credentials", delete_credential),
    Operation("GET", "/entry-points", "", list_entry_points),
    Operation("GET", "/warehouses", "", list_warehouses),
    Operation("GET", "/users/me", "openid profile email", get_user),
    Operation("GET", "/labels/{id}", "read_shipments", get_label),
    Operation("POST", "/shipments", "write_shipments", create_shipment),
)

OPERATION_NAMES: Final = frozenset({TOKEN_OPERATION, *(one.name for one in OPERATIONS)})
"""Names of the supported operations, the token request included."""


def find_operation(request: BoxCRequest) -> tuple[Operation, str] | None:
    """The operation of a request and the segment in the place of its ``{id}``, or None."""
    for operation in OPERATIONS:
        if (identifier := operation.identifier(request.method, request.api_path)) is not None:
            return operation, identifier
    return None


def operation_name(request: BoxCRequest) -> str:
    """Method and path template of a request; ``GET unknown`` for an unsupported path."""
    if f"{request.method} {request.path}" == TOKEN_OPERATION:
        return TOKEN_OPERATION
    found = find_operation(request)
    return found[0].name if found else f"{request.method} unknown"


def _credential(context: RequestContext, *, deleted_too: bool = False) -> StoredCredential:
    text = context.identifier
    if not (text.isascii() and text.isdigit() and len(text) <= _ID_DIGITS):
        raise credential_not_found()
    return context.credentials.get_own(context.user_id, int(text), deleted_too=deleted_too)


def _credential_response(
    status: int, credential: StoredCredential, context: RequestContext
) -> SandboxResponse:
    return json_response(status, {"credential": credential.as_json(context.rules)})
