"""`ScriptedTransport`: responses from a list or a function, for tests without any network."""

import asyncio
import inspect
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import orjson

from boxapis._http.failures import client_closed, connection_lost
from boxapis._http.messages import Request, Response
from boxapis.errors import BoxAPIError, ConfigurationError

__all__ = ["ScriptedResponse", "ScriptedTransport"]

ScriptedResponse = Response | Mapping[str, Any] | BoxAPIError
"""A response of a script: as it is, as a mapping that becomes JSON, or as an error to raise."""

Script = (
    Iterable[ScriptedResponse] | Callable[[Request], ScriptedResponse | Awaitable[ScriptedResponse]]
)


class ScriptedTransport:
    """A transport that takes its responses from a script and records the requests.

    Args:
        script: The responses in order, one for each request; or a function, plain or async, that
            gets the request and returns its response. A response is a `Response`; a mapping, which
            becomes JSON with HTTP status 200; or an error of this library, which is raised. The
            default is no response at all.

    Attributes:
        requests: The requests in order. Their ``arguments`` are readable, their reprs are not.
    """

    def __init__(self, script: Script = ()) -> None:
        self._respond = script if callable(script) else _from_list(script)
        self.requests: list[Request] = []
        self._waiting: set[asyncio.Future[ScriptedResponse]] = set()
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether it was closed, by a client for instance."""
        return self._closed

    def __repr__(self) -> str:
        load = f"{len(self.requests)} received, {len(self._waiting)} waiting"
        return f"<{type(self).__name__} {'closed, ' if self._closed else ''}{load}>"

    async def send(self, request: Request, *, deadline: float) -> Response:  # noqa: ARG002 - of the protocol
        """Returns or raises the next response; the deadline is ignored.

        Raises:
            BoxAPIError: the script says so.
            ConfigurationError: the list has no more responses.
            ClientClosedError: the transport is closed.
        """
        self.requests.append(request)
        if self._closed:
            raise client_closed(request.operation)
        response = self._respond(request)
        if inspect.isawaitable(response):
            response = await self._wait_for(response, request)
        if isinstance(response, BoxAPIError):
            raise response
        if isinstance(response, Response):
            return response
        body = orjson.dumps(dict(response))
        return Response(200, (("content-type", "application/json"),), body)

    async def _wait_for(
        self, response: Awaitable[ScriptedResponse], request: Request
    ) -> ScriptedResponse:
        """Returns the response of an async function, or an error once the transport is closed."""
        task = asyncio.ensure_future(response)
        self._waiting.add(task)
        try:
            await asyncio.wait((task,))
        finally:
            self._waiting.discard(task)
            _cancel(task)
        return connection_lost(request, "read") if task.cancelled() else task.result()

    async def aclose(self) -> None:
        """Closes it; functions that still run are cancelled."""
        self._closed = True
        for task in tuple(self._waiting):
            _cancel(task)


def _cancel(task: asyncio.Future[ScriptedResponse]) -> None:
    if not task.get_loop().is_closed():
        task.cancel()


def _from_list(script: Iterable[ScriptedResponse]) -> Callable[[Request], ScriptedResponse]:
    responses = deque(script)

    def respond(request: Request) -> ScriptedResponse:
        if not responses:
            message = f"the script has no response left for {request.operation}"
            return ConfigurationError(message)
        return responses.popleft()

    return respond
