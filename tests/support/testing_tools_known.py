"""The testing tools of the README's table, each behind the interface of `Tool`."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import respx

from boxapis import ConnectError, RequestTimeoutError
from boxapis.transports import HttpxTransport, Request, ScriptedTransport, Transport
from tests.support.testing_tools import Step, Tool
from tests.support.testing_tools_served import Sandbox, Vcrpy

__all__ = ["COLUMNS", "TOOLS"]


def next_step(steps: list[Step]) -> httpx.Response:
    """Takes the next step of a script; there is nothing behind its end."""
    step = steps.pop(0) if steps else None
    if isinstance(step, Exception):
        raise step
    return httpx.Response(404) if step is None else httpx.Response(200, json=step)


class Respx(Tool):
    """respx in its default mode."""

    @asynccontextmanager
    async def using(self, *script: Step) -> AsyncIterator[None]:
        steps = list(script)
        with respx.mock(assert_all_called=False) as self.router:
            if steps:
                self.router.route().mock(side_effect=lambda _: next_step(steps))
            yield

    def transport(self) -> Transport:
        return HttpxTransport()

    @property
    def seen(self) -> Any:
        return self.router.calls

    def query_and_header(self) -> tuple[Any, Any]:
        sent = self.seen[-1].request
        return sent.url.params["search"], sent.headers["authorization"]


class PytestHttpx(Tool):
    """The fixture of pytest-httpx."""

    @asynccontextmanager
    async def using(self, *script: Step) -> AsyncIterator[None]:
        steps = list(script)
        self.mock: Any = self.fixtures.getfixturevalue("httpx_mock")
        self.mock.reset()
        if steps:
            self.mock.add_callback(lambda _: next_step(steps), is_reusable=True, is_optional=True)
        yield

    def transport(self) -> Transport:
        return HttpxTransport()

    @property
    def seen(self) -> Any:
        return self.mock.get_requests()

    def query_and_header(self) -> tuple[Any, Any]:
        sent = self.seen[-1]
        return sent.url.params["search"], sent.headers["authorization"]


class Mock(Tool):
    """httpx's own mock."""

    @asynccontextmanager
    async def using(self, *script: Step) -> AsyncIterator[None]:
        self.steps = list(script)
        self.requests: list[httpx.Request] = []
        yield

    def transport(self) -> Transport:
        def handler(request: httpx.Request) -> httpx.Response:
            self.requests.append(request)
            return next_step(self.steps)

        return HttpxTransport(httpx.MockTransport(handler))

    @property
    def seen(self) -> Any:
        return self.requests

    def query_and_header(self) -> tuple[Any, Any]:
        return self.seen[-1].url.params["search"], self.seen[-1].headers["authorization"]


class ASGI(Tool):
    """httpx's transport to an application."""

    @asynccontextmanager
    async def using(self, *script: Step) -> AsyncIterator[None]:
        self.steps = list(script)
        self.scopes: list[Any] = []
        yield

    def transport(self) -> Transport:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            self.scopes.append(scope)
            response = next_step(self.steps)
            start = {"type": "http.response.start", "status": response.status_code, "headers": []}
            await send(start)
            await send({"type": "http.response.body", "body": response.content})

        return HttpxTransport(httpx.ASGITransport(app))

    @property
    def seen(self) -> Any:
        return self.scopes

    def query_and_header(self) -> tuple[Any, Any]:
        scope = self.seen[-1]
        query = scope["query_string"].decode().removeprefix("search=")
        return query, dict(scope["headers"])[b"authorization"].decode()


class Scripted(Tool):
    """`ScriptedTransport`."""

    @asynccontextmanager
    async def using(self, *script: Step) -> AsyncIterator[None]:
        self.steps = list(script)
        self.requests: list[Request] = []
        yield

    def transport(self) -> Transport:
        def respond(request: Request) -> Any:
            self.requests.append(request)
            try:
                return next_step(self.steps).json()
            except httpx.ConnectError:
                return ConnectError("refused", phase="connect")
            except httpx.ReadTimeout:
                return RequestTimeoutError("timed out", phase="read", sent=True)

        return ScriptedTransport(respond)

    @property
    def seen(self) -> Any:
        return self.requests

    def query_and_header(self) -> tuple[Any, Any]:
        return self.seen[-1].arguments["search"], self.seen[-1].header("authorization")


TOOLS: dict[str, type[Tool]] = {
    "respx": Respx,
    "pytest-httpx": PytestHttpx,
    "`httpx.MockTransport`": Mock,
    "`httpx.ASGITransport`": ASGI,
    "vcrpy": Vcrpy,
    "`ScriptedTransport`": Scripted,
    "sandbox, its fixtures": Sandbox,
}
"""The tools by the first cell of their row."""

COLUMNS: dict[str, Callable[[Tool], Awaitable[str]]] = {
    "own answers": lambda tool: tool.answers(),
    "counted": lambda tool: tool.counts(),
    "refused": lambda tool: tool.refuses(),
    "time-out": lambda tool: tool.times_out(),
    "sent values": lambda tool: tool.sees(),
    "replay": lambda tool: tool.replays(),
    "shows secrets in": lambda tool: tool.shows(),
    "default": lambda tool: tool.sees_default(),
}
"""The uses by the head of their column."""
