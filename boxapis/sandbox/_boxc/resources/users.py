"""The user of a BoxC token."""

from typing import Final

from boxapis.sandbox._boxc.bodies import unwrap
from boxapis.sandbox._boxc.data import user
from boxapis.sandbox._boxc.records import Kind, Record
from boxapis.sandbox._boxc.refusals import missing
from boxapis.sandbox._boxc.request import Operation, RequestContext
from boxapis.sandbox._response import SandboxResponse, json_response

_USERS: Final = Kind(path="/users", key="user", keys="users", missing=1001, is_named=True)
_SCOPE: Final = "openid profile email"
_REQUIRED: Final = ("company_name", "street1", "city", "country")


def get_user(context: RequestContext) -> SandboxResponse:
    """Respond with the token's user."""
    return json_response(200, {"user": _user(context)})


def update_user(context: RequestContext) -> SandboxResponse:
    """Replace the user's address."""
    sent = unwrap(context.request.body, "user")
    match sent.get("address"):
        case dict() as address:
            if absent := [name for name in _REQUIRED if name not in address]:
                raise missing(*absent, path="/user/address")
            _user(context)["address"] = address
        case None:
            pass
        case _:
            raise missing(*_REQUIRED, path="/user/address")
    return json_response(200, {"user": _user(context)})


OPERATIONS: Final = (
    Operation("GET", "/users/me", _SCOPE, get_user),
    Operation("PUT", "/users/me", _SCOPE, update_user),
)


def _user(context: RequestContext) -> Record:
    number = context.user_id
    found = context.records.find(_USERS, number, id=number)
    return found or context.records.create(_USERS, number, user(number), context.now)
