"""BoxC operations on credentials."""

from typing import Final

from boxapis.sandbox._boxc.bodies import changed_credential, new_credential
from boxapis.sandbox._boxc.credentials import StoredCredential
from boxapis.sandbox._boxc.pages import parse_page_query
from boxapis.sandbox._boxc.refusals import carrier_changed, credential_not_found
from boxapis.sandbox._boxc.request import Operation, RequestContext
from boxapis.sandbox._response import SandboxResponse, json_response

_ID_DIGITS: Final = 18
_SORTS: Final = ("id", "carrier")


def list_credentials(context: RequestContext) -> SandboxResponse:
    """Respond with one page of the user's credentials."""
    rules = context.rules
    query = parse_page_query(context.request.query, rules, sorts=_SORTS)
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
    credential.params, credential.updated = params, context.now
    return _credential_response(200, credential, context)


def delete_credential(context: RequestContext) -> SandboxResponse:
    """Delete a credential; the response is 200 without a body."""
    _credential(context).deleted = context.now
    return SandboxResponse(200)


OPERATIONS: Final = (
    Operation("GET", "/credentials", "read_credentials", list_credentials),
    Operation("POST", "/credentials", "write_credentials", create_credential),
    Operation("GET", "/credentials/{id}", "read_credentials", get_credential),
    Operation("PUT", "/credentials/{id}", "write_credentials", update_credential),
    Operation("DELETE", "/credentials/{id}", "write_credentials", delete_credential),
)


def _credential(context: RequestContext, *, deleted_too: bool = False) -> StoredCredential:
    text = context.identifier
    if not (text.isascii() and text.isdigit() and len(text) <= _ID_DIGITS):
        raise credential_not_found()
    return context.credentials.get_own(context.user_id, int(text), deleted_too=deleted_too)


def _credential_response(
    status: int, credential: StoredCredential, context: RequestContext
) -> SandboxResponse:
    return json_response(status, {"credential": credential.as_json(context.rules)})
