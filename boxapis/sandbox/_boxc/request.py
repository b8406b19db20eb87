"""A BoxC request, and the context that an operation handles it in."""

from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

from boxapis.sandbox._boxc.credentials import CredentialStore
from boxapis.sandbox._boxc.rules import BoxCRules
from boxapis.sandbox._boxc.shipments import ShipmentStore
from boxapis.sandbox._clock import SandboxClock

_BASE: Final = "/v1"


@frozen
class BoxCRequest:
    """Method, path, query, headers with lower-case names, and body."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def authorization(self) -> str:
        """The ``Authorization`` header; empty when there is none."""
        return self.headers.get("authorization", "")

    @property
    def api_path(self) -> str:
        """The path below the API's base; empty for any other path."""
        return self.path.removeprefix(_BASE) if self.path.startswith(f"{_BASE}/") else ""


@frozen
class RequestContext:
    """An authorized request, and all that an operation may read or change.

    Attributes:
        request: The request.
        identifier: The path segment in the place of ``{id}``; empty where there is none.
        user_id: The user of the request's token.
        rules: The service's settings.
        credentials: Every user's credentials.
        shipments: Every user's shipments.
        clock: The service's clock.
    """

    request: BoxCRequest
    identifier: str
    user_id: int
    rules: BoxCRules
    credentials: CredentialStore
    shipments: ShipmentStore
    clock: SandboxClock
