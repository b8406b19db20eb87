"""The web application: bytes of HTTP in and out, nothing decided here."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Final
from urllib.parse import parse_qsl

from attrs import frozen
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from boxapis.sandbox._answer import Answer
from boxapis.sandbox._boxc.service import BoxCService
from boxapis.sandbox._boxc.token_endpoint import TOKEN_PATH
from boxapis.sandbox._boxtracker.service import BoxTrackerService
from boxapis.sandbox._http.connections import wire_of
from boxapis.sandbox._traffic import Traffic

BOXTRACKER_PATH: Final = "/controller.html"

_FORM: Final = "application/x-www-form-urlencoded"


def web_app(boxtracker: BoxTrackerService, boxc: BoxCService) -> Starlette:
    """An ASGI application with both services."""
    hauling = _Endpoint(boxtracker.traffic, _BoxTrackerCall(boxtracker))
    shipping = _Endpoint(boxc.traffic, _BoxCCall(boxc))
    app = Starlette(
        routes=[
            Route(BOXTRACKER_PATH, hauling, methods=["GET", "POST"]),
            Route(TOKEN_PATH, shipping),
            Route("/v1/{path:path}", shipping),
        ]
    )
    app.router.redirect_slashes = False
    return app


@frozen
class _Endpoint:
    traffic: Traffic
    call: Callable[[Request, dict[str, str], bytes], Answer]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        with self.traffic.request():
            try:
                answer = self.call(request, _taken_query(scope), await request.body())
            except ClientDisconnect:
                return
            await self.traffic.passage()
        with _spoiling(scope, answer):
            await _response(answer)(scope, receive, send)


@frozen
class _BoxTrackerCall:
    service: BoxTrackerService

    def __call__(self, request: Request, query: dict[str, str], body: bytes) -> Answer:
        address, port, reused = _caller(request)
        return self.service.handle(
            request.method,
            query | _form(request, body),
            address=address,
            connection=port,
            reused=reused,
        )


@frozen
class _BoxCCall:
    service: BoxCService

    def __call__(self, request: Request, query: dict[str, str], body: bytes) -> Answer:
        _, port, reused = _caller(request)
        return self.service.handle(
            request.method,
            request.url.path,
            query=query,
            headers=dict(request.headers),
            body=body,
            connection=port,
            reused=reused,
        )


def _taken_query(scope: Scope) -> dict[str, str]:
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    # Keys and passwords stand in it: nobody who logs this request later may see them.
    scope["query_string"] = b""
    return query


def _form(request: Request, body: bytes) -> dict[str, str]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return {}
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _caller(request: Request) -> tuple[str, int, bool]:
    """Address and port, and whether a request came over that connection before."""
    wire = wire_of(request.scope)
    reused = wire is not None and wire.use()
    client = request.client
    return ("", 0, reused) if client is None else (client.host, client.port, reused)


def _spoiling(scope: Scope, answer: Answer) -> AbstractContextManager[None]:
    wire = wire_of(scope)
    if wire is None or answer.mishap is None:
        return nullcontext()
    return wire.spoiling(answer.mishap)


def _response(answer: Answer) -> Response:
    headers = dict(answer.headers)
    if answer.content_type:
        headers["Content-Type"] = answer.content_type
    return Response(answer.body, answer.status, headers)
