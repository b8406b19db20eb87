"""A customer or a client of Box Tracker with a script of responses, and what it sent."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any
from urllib.parse import parse_qsl

from boxapis import BoxTracker, Customer, Retries
from boxapis.transports import ScriptedTransport
from tests.support.doubles import closed_later

__all__ = ["refused", "scripted_customer", "scripted_tracker", "sent", "sent_by_tracker"]

_HANDSHAKES = (
    {"status": 200, "sessionKey": "api-key"},
    {"status": 200, "sessionKey": "customer-key", "customerID": 13913},
)
_SESSION = {
    *("username_api", "session_key_api", "username_customer", "session_key_customer"),
    "customer_id",
}
_WEB_SESSION = {"username", "key"}


def scripted_customer(*answers: Any) -> tuple[Customer, ScriptedTransport]:
    """A customer without retries, and its script; for tests with the fixture ``closing``.

    The handshakes are answered first, and an answer that is a dict is a success.
    """
    tracker, transport = _tracker(_HANDSHAKES, answers)
    return tracker.customer("jane", "jane-password"), transport


def scripted_tracker(*answers: Any) -> tuple[BoxTracker, ScriptedTransport]:
    """A client whose web API session is opened first, and its script; else like a customer."""
    return _tracker(({"status": 200, "key": "web-key"},), answers)


def _tracker(
    handshakes: Sequence[Any], answers: Sequence[Any]
) -> tuple[BoxTracker, ScriptedTransport]:
    successes = [
        {"status": 200, **answer} if isinstance(answer, dict) else answer for answer in answers
    ]
    transport = ScriptedTransport([*handshakes, *successes])
    tracker = BoxTracker("api", "api-password", retries=Retries.none(), transport=transport)
    return closed_later(tracker), transport


def sent(transport: ScriptedTransport) -> Sequence[tuple[str, dict[str, str]]]:
    """The command and the arguments of each request but the handshakes, without the session's."""
    return [_parts(request.target, _SESSION) for request in transport.requests[2:]]


def sent_by_tracker(transport: ScriptedTransport) -> Sequence[tuple[str, dict[str, str]]]:
    """The same of a client's commands."""
    return [_parts(request.target, _WEB_SESSION) for request in transport.requests[1:]]


def _parts(target: str, session: AbstractSet[str]) -> tuple[str, dict[str, str]]:
    arguments = dict(parse_qsl(target.partition("?")[2], keep_blank_values=True))
    command = arguments.pop("command")
    return command, {name: arguments[name] for name in arguments if name not in session}


def refused(status: int, **fields: Any) -> dict[str, Any]:
    """A refusal of the service with a status."""
    return {"status": status, "errorString": "ERROR: No", **fields}
