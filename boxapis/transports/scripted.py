"""ScriptedTransport: answers from a list or a function, for tests without any network."""

import asyncio
import inspect
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import orjson

from boxapis._http.failures import client_closed, lost
from boxapis._http.messages import Request, Response
from boxapis.errors import BoxAPIError, ConfigurationError

__all__ = ["Answer", "ScriptedTransport"]

Answer = Response | Mapping[str, Any] | BoxAPIError
Script = Iterable[Answer] | Callable[[Request], Answer | Awaitable[Answer]]


class ScriptedTransport:
    """A transport that answers from a script and remembers what it was asked.

    Args:
        script: Answers in order, each for one request; or a function, plain or async, from
            request to answer. An answer is a `Response`; a mapping, sent as JSON with HTTP status
            200; or an exception of this library, which is raised.

    Attributes:
        requests: Every request in order. Their ``arguments`` are readable, their reprs are not.
    """

    def __init__(self, script: Script = ()) -> None:
        self._answer = script if callable(script) else _from_list(script)
        self.requests: list[Request] = []
        self._waiting: set[asyncio.Future[Answer]] = set()
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether the client has closed it."""
        return self._closed

    async def send(self, request: Request, *, deadline: float) -> Response:  # noqa: ARG002 - of the protocol
        """Gives the next answer.

        Raises:
            ConfigurationError: when the list is used up.
            ClientClosedError: after `aclose`.
        """
        self.requests.append(request)
        if self._closed:
            raise client_closed(request.operation)
        answer = self._answer(request)
        if inspect.isawaitable(answer):
            answer = await self._awaited(answer, request)
        if isinstance(answer, BoxAPIError):
            raise answer
        if isinstance(answer, Response):
            return answer
        return Response(200, (("content-type", "application/json"),), orjson.dumps(dict(answer)))

    async def _awaited(self, answer: Awaitable[Answer], request: Request) -> Answer:
        """The answer of an async function, unless the transport is closed before it comes."""
        task = asyncio.ensure_future(answer)
        self._waiting.add(task)
        try:
            await asyncio.wait((task,))
        finally:
            self._waiting.discard(task)
            _end(task)
        return lost(request, "read") if task.cancelled() else task.result()

    async def aclose(self) -> None:
        """Ends what is under way."""
        self._closed = True
        for task in tuple(self._waiting):
            _end(task)


def _end(task: asyncio.Future[Answer]) -> None:
    if not task.get_loop().is_closed():
        task.cancel()


def _from_list(script: Iterable[Answer]) -> Callable[[Request], Answer]:
    answers = deque(script)

    def next_answer(request: Request) -> Answer:
        if not answers:
            message = f"the script has no answer left for {request.operation}"
            return ConfigurationError(message)
        return answers.popleft()

    return next_answer
