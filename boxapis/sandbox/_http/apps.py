"""The ASGI application: translates HTTP into calls of the two services and back."""

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Final
from urllib.parse import parse_qsl

from attrs import frozen
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from boxapis.sandbox._boxc.authorization import PATHS, is_form
from boxapis.sandbox._boxc.service import BoxCService
from boxapis.sandbox._boxtracker.service import BoxTrackerService
from boxapis.sandbox._http.connections import connection_of
from boxapis.sandbox._http.loopback import LoopbackOnly
from boxapis.sandbox._response import SandboxResponse
from boxapis.sandbox._traffic import Traffic

BOXTRACKER_PATH: Final = "/controller.html"


def web_app(boxtracker: BoxTrackerService, boxc: BoxCService) -> Starlette:
    """Build an ASGI application with both services."""
    boxtracker_endpoint = _Endpoint(boxtracker.traffic, partial(_handle_boxtracker, boxtracker))
    boxc_endpoint = _Endpoint(boxc.traffic, partial(_handle_boxc, boxc))
    app = Starlette(
        routes=[
            Route(BOXTRACKER_PATH, boxtracker_endpoint, methods=["GET", "POST"]),
            *(Route(path, boxc_endpoint) for path in PATHS),
            Route("/v1/{path:path}", boxc_endpoint),
        ],
        middleware=[Middleware(LoopbackOnly)],
    )
    app.router.redirect_slashes = False
    return app


@frozen
class _Incoming:
    request: Request
    query: dict[str, str]
    body: bytes
    reused: bool

    @property
    def address(self) -> tuple[str, int]:
        return self.request.client or ("", 0)

    def form(self) -> dict[str, str]:
        if not is_form(self.request.headers):
            return {}
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@frozen
class _Endpoint:
    traffic: Traffic
    handle: Callable[[_Incoming], SandboxResponse]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        connection = connection_of(scope)
        with self.traffic.request():
            query = _pop_query(scope)
            try:
                body = await request.body()
            except ClientDisconnect:
                return
            reused = connection is not None and connection.mark_used()
            response = self.handle(_Incoming(request, query, body, reused))
            await self.traffic.wait_for_release()
        fault = response.wire_fault
        with nullcontext() if connection is None or fault is None else connection.faulty(fault):
            await _http_response(response)(scope, receive, send)


def _handle_boxtracker(service: BoxTrackerService, incoming: _Incoming) -> SandboxResponse:
    host, port = incoming.address
    return service.handle(
        incoming.request.method,
        incoming.query | incoming.form(),
        address=host,
        connection=port,
        reused=incoming.reused,
    )


def _handle_boxc(service: BoxCService, incoming: _Incoming) -> SandboxResponse:
    return service.handle(
        incoming.request.method,
        incoming.request.scope["raw_path"].decode("latin-1"),
        query=incoming.query,
        headers=dict(incoming.request.headers),
        body=incoming.body,
        connection=incoming.address[1],
        reused=incoming.reused,
    )


def _pop_query(scope: Scope) -> dict[str, str]:
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    # It holds keys and passwords: no log of this request may show them.
    scope["query_string"] = b""
    return query


def _http_response(response: SandboxResponse) -> Response:
    headers = dict(response.headers)
    if response.content_type:
        headers["Content-Type"] = response.content_type
    return Response(response.body, response.status, headers)
