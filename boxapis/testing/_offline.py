"""Refuses connections to other machines, whichever of the library's transports would make them."""

from functools import wraps
from typing import Any

import pytest

from boxapis._http.messages import Request, Response, is_loopback
from boxapis.errors import ConfigurationError
from boxapis.transports._httpx_messages import Progress
from boxapis.transports.direct import Network

__all__ = ["refuse_other_machines"]


def refuse_other_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes each connection to another machine a `ConfigurationError`, before any look-up.

    A mock that takes the request before httpx connects goes on as it was.
    """
    send, note = Network.send, Progress.__call__

    @wraps(send)
    async def checked_send(self: Network, request: Request, **options: Any) -> Response:
        _check(request.origin.host)
        return await send(self, request, **options)

    @wraps(note)
    async def checked_note(self: Progress, name: str, information: dict[str, Any]) -> None:
        if name.endswith("connect_tcp.started"):
            _check(information["host"])
        await note(self, name, information)

    monkeypatch.setattr(Network, "send", checked_send)
    monkeypatch.setattr(Progress, "__call__", checked_note)


def _check(host: str) -> None:
    if not is_loopback(host):
        message = f"the fixture boxapis_offline allows no connection to {host}"
        next_step = "use the sandbox, a ScriptedTransport, or a mock that sees this transport"
        raise ConfigurationError(message, next_step=next_step)
