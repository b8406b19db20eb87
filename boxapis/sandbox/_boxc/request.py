"""A BoxC request, the context that an operation handles it in, and the operation."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import unquote

from attrs import field, frozen

from boxapis.sandbox._boxc.credentials import CredentialStore, timestamp
from boxapis.sandbox._boxc.deliveries import Deliveries
from boxapis.sandbox._boxc.records import RecordStore
from boxapis.sandbox._boxc.rules import BoxCRules
from boxapis.sandbox._clock import SandboxClock
from boxapis.sandbox._response import SandboxResponse

_BASE: Final = "/v1"


@frozen
class BoxCRequest:
    """Method, path as it was sent, query, headers with lower-case names, and body."""

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

    @property
    def wants_pdf(self) -> bool:
        """Whether the request asks for a PDF, by ``Accept`` or by the older ``type=PDF``."""
        return (
            "application/pdf" in self.headers.get("accept", "") or self.query.get("type") == "PDF"
        )


@frozen
class RequestContext:
    """An authorized request, and all that an operation may read or change.

    Attributes:
        request: The request.
        identifiers: The path segments in the places of ``{id}`` and its like, in order.
        user_id: The user of the request's token.
        rules: The service's settings.
        credentials: Every user's credentials.
        records: Every user's records of all other kinds.
        deliveries: Deliveries to webhooks.
        clock: The service's clock.
    """

    request: BoxCRequest
    identifiers: tuple[str, ...]
    user_id: int
    rules: BoxCRules
    credentials: CredentialStore
    records: RecordStore
    deliveries: Deliveries
    clock: SandboxClock

    @property
    def identifier(self) -> str:
        """The first of `identifiers`; empty where there is none."""
        return self.identifiers[0] if self.identifiers else ""

    @property
    def now(self) -> str:
        """The time as the service writes it."""
        return timestamp(self.clock.utc())

    def when_ready(self, action: Callable[[], None]) -> None:
        """Do what finishes a new record, once it is due by `BoxCRules.ready_after`."""
        if self.rules.ready_after:
            self.records.finish_at(self.clock.now() + self.rules.ready_after, action)
        else:
            action()

    def publish(self, topic: str, payload: Mapping[str, Any]) -> None:
        """Deliver an event to the user's webhooks of its topic."""
        attempts = self.rules.webhook_attempts
        self.deliveries.publish(self.user_id, topic, payload, attempts=attempts)


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

    def identifiers(self, path: str) -> tuple[str, ...] | None:
        """The segments in the places of ``{id}`` and its like, decoded; None for another path.

        The path is split as it was sent: a ``%2F`` belongs to its segment.
        """
        parts, sent = self.template.split("/"), path.split("/")
        if len(parts) != len(sent):
            return None
        pairs = list(zip(parts, map(unquote, sent), strict=True))
        if not all(one and (part.startswith("{") or part == one) for part, one in pairs[1:]):
            return None
        return tuple(one for part, one in pairs if part.startswith("{"))
