"""A small service as ASGI and WSGI application, which writes down each request it carries out.

The ledger is a file, named in the environment, so that the counts outlive every process. The answer
repeats the nonce of its request. A nonce that begins with ``cut`` is answered by half, and one that
begins with ``held`` never.
"""

import asyncio
import json
import os
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

__all__ = ["LEDGER", "asgi", "wsgi"]

LEDGER = "BOXAPIS_TEST_LEDGER"
_FILLER = "x" * 20_000  # so that an answer takes several packets
_READY = "ready"

_ledger = os.open(os.environ[LEDGER], os.O_WRONLY | os.O_APPEND) if LEDGER in os.environ else -1


class _CutError(Exception):
    """The rest of the answer is not sent."""


def _carry_out(method: str, path: str, body: bytes) -> tuple[bytes, str]:
    """Writes a request into the ledger; returns the answer and the nonce."""
    nonce = json.loads(body)["nonce"] if method == "POST" else path.rpartition("/")[2]
    if nonce != _READY:
        os.write(_ledger, f"{method} {nonce}\n".encode())
    return json.dumps({"nonce": nonce, "worker": os.getpid(), "filler": _FILLER}).encode(), nonce


def _headers(answer: bytes) -> list[tuple[str, str]]:
    """The headers of an answer; the bucket for BoxC's rate limit is as large as can be."""
    return [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(answer))),
        ("X-Rate-Limit", "10000"),
        ("X-Rate-Requests", "1"),
    ]


async def asgi(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Answers one request."""
    if scope["type"] != "http":
        return
    body, is_complete = b"", False
    while not is_complete:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message.get("body", b"")
        is_complete = not message.get("more_body", False)
    answer, nonce = _carry_out(scope["method"], scope["path"], body)
    if nonce.startswith("held"):
        await asyncio.Event().wait()
    headers = [(name.lower().encode(), value.encode()) for name, value in _headers(answer)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    half = len(answer) // 2
    await send({"type": "http.response.body", "body": answer[:half], "more_body": True})
    if nonce.startswith("cut"):
        raise _CutError
    await send({"type": "http.response.body", "body": answer[half:]})


def wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answers one request."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length)
    answer, nonce = _carry_out(environ["REQUEST_METHOD"], environ["PATH_INFO"], body)
    if nonce.startswith("held"):
        threading.Event().wait()
    start_response("200 OK", _headers(answer))
    return _pieces(answer, is_cut=nonce.startswith("cut"))


def _pieces(answer: bytes, *, is_cut: bool) -> Iterator[bytes]:
    half = len(answer) // 2
    yield answer[:half]
    if is_cut:
        raise _CutError
    yield answer[half:]
