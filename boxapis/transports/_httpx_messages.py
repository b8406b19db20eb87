"""Converts requests, responses and proxies to httpx and back, and follows the progress of one.

Promises: no ``str`` or ``repr`` of a URL shows its query.
"""

import contextlib
import io
import socket
import ssl
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import httpx

from boxapis._http.failures import check_stays_local
from boxapis._http.messages import Origin, Request, Response, Watch, header_text
from boxapis._http.proxies import Proxy
from boxapis._sansio.content_codings import TooLarge, decompress
from boxapis._sansio.operation import REQUEST_TIMEOUT
from boxapis.errors import Phase
from boxapis.options import Limits, Timeouts

__all__ = ["Progress", "end_connection", "from_httpx", "has_surplus", "httpx_proxy", "to_httpx"]


class Progress:
    """How far a request has come, as reported by httpx's ``trace`` extension.

    Args:
        origin: Where the request goes. One over ``http`` is stopped before its first byte if its
            connection leads to another machine.
        watch: Gets the progress, too; or None.

    Attributes:
        phase: The phase that the request has reached.
        sent: Whether any byte of it may have left this machine, as when it was handed over to a
            transport that may not report its progress.
        was_used: Whether it went over a connection that had been used before.
        reused: Whether it did, and no response has begun.
        has_failed_to_write: Whether the connection ended while it was written, after which httpcore
            reads a response nevertheless.
        abandoned: Whether its caller has gone, and was told what `sent` said then. A request that
            was not sent by then is stopped before its first byte.
    """

    _PHASES: Mapping[str, Phase] = {
        "connect_tcp": "connect",
        "connect_unix_socket": "connect",
        "start_tls": "tls",
        "send_request_headers": "write",
        "send_request_body": "write",
        "receive_response_headers": "read",
        "receive_response_body": "read",
    }

    def __init__(self, origin: Origin, watch: Watch | None) -> None:
        self.phase: Phase = "connect"
        self.sent = False
        self.abandoned = self.has_failed_to_write = False
        self._origin = origin
        self._address: str | None = None  # that a connection was made to; "" if it was lost since
        self._watch = watch
        self._is_new = self._is_answered = False

    @property
    def was_used(self) -> bool:
        return self.phase in ("write", "read") and not self._is_new

    @property
    def reused(self) -> bool:
        return self.was_used and not self._is_answered

    async def __call__(self, name: str, information: dict[str, Any]) -> None:
        event, _, stage = name.rpartition(".")
        if name.endswith("connect_tcp.complete"):
            self._address = _peer_address(information["return_value"])
        if stage != "started":
            information.clear()  # httpcore would log it: response headers, an error's text
        phase = self._PHASES.get(event.rpartition(".")[2])
        if phase is None or stage != "started":
            self._is_answered |= name.endswith("receive_response_headers.complete")
            self.has_failed_to_write |= self.phase == "write" and stage == "failed"
            return
        request = information.get("request")
        if getattr(request, "method", b"") == b"CONNECT":
            phase = "proxy"
        if phase == "write":  # at any other event httpcore's own cleanup would break
            self._check_write()
        self.phase = phase
        if phase in ("write", "read"):
            self.sent = True
        self._is_new |= phase in ("connect", "tls", "proxy")
        if self._watch is not None:
            self._report(self._watch, phase)

    def _check_write(self) -> None:
        """Stops the request, if it must not be sent."""
        if self.abandoned and not self.sent:
            raise AbandonedError
        if self._address:
            check_stays_local(self._origin, self._address)
        elif self._address is not None and self._origin.scheme == "http":
            raise httpx.ConnectError(message="")

    def _report(self, watch: Watch, phase: Phase) -> None:
        match phase:
            case "write":
                watch.sending(reused=self.reused)
            case "read":
                watch.waiting()
            case _:
                watch.connecting()


def _peer_address(connected: Any) -> str:
    """Returns the address that a connection leads to, or nothing if it was lost already."""
    with contextlib.suppress(Exception):  # uvloop knows no address then
        return str(connected.get_extra_info("server_addr")[0])
    return ""


class AbandonedError(Exception):
    """Stops a request whose caller has gone before its first byte is sent."""


class HiddenURL(httpx.URL):
    """A URL whose text leaves out the query, which is sent, and by which it is compared."""

    def __eq__(self, other: object) -> bool:
        return httpx.URL(self) == other

    def __hash__(self) -> int:
        return hash(httpx.URL(self))

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc.decode('ascii')}{self.path}"

    def __repr__(self) -> str:
        return f"URL({str(self)!r})"


def to_httpx(request: Request, timeouts: Timeouts, progress: Progress) -> httpx.Request:
    """Returns a request as one of httpx.

    This function is a leaf, so that no frame that can be seen later holds the URL.
    """
    url = f"{request.origin.scheme}://{request.origin.authority}"
    read = timeouts.read_changing if request.changing else timeouts.read
    limits = {"connect": timeouts.connect, "read": read, "write": timeouts.write}
    converted = httpx.Request(
        request.method,
        url,
        headers=list(request.headers),
        content=request.body,
        extensions={"timeout": {**limits, "pool": timeouts.connect}, "trace": progress},
    )
    converted.url = HiddenURL(url + request.target)
    return converted


async def from_httpx(response: httpx.Response, limits: Limits, *, was_used: bool) -> Response:
    """Reads a response of httpx, without closing it.

    Args:
        response: The response, whose body was not read.
        limits: Maximum sizes of the body, both compressed and decompressed.
        was_used: Whether its connection had carried a request before.

    Raises:
        UnreadableBody: the body is too large, or its content coding cannot be undone.
    """
    max_size = limits.max_body_bytes(response.headers.get("content-type"))
    body = io.BytesIO()  # no local variable shows what has come while more is awaited
    parts = aiter(response.stream)  # type: ignore[arg-type]  # an async transport's
    with contextlib.suppress(StopAsyncIteration):
        while body.tell() <= max_size:
            body.write(await anext(parts))
        raise TooLarge(max_size)
    headers = tuple((header_text(key), header_text(value)) for key, value in response.headers.raw)
    return Response(
        response.status_code,
        headers,
        decompress(body.getvalue(), response.headers.get("content-encoding"), max_size),
        end_connection=end_connection(response),
        idle_timeout=was_used and response.status_code == REQUEST_TIMEOUT,
    )


def end_connection(response: httpx.Response) -> Callable[[], None] | None:
    """Returns what ends a response's connection; it holds the connection, but no response.

    None over HTTP/2, whose streams are told apart by number, and where a transport has no
    connection, or does not tell of it.
    """
    stream = response.extensions.get("network_stream")
    has_numbers = response.extensions.get("http_version") == b"HTTP/2"
    return None if stream is None or has_numbers else partial(_shut_down, stream)


def _shut_down(stream: Any) -> None:
    """Ends a connection at once; httpcore looks at the socket before a reuse, and drops it."""
    with contextlib.suppress(Exception):  # a foreign transport may call anything a stream
        known = stream.get_extra_info("socket")
        # uvloop's sockets have no shutdown().
        with socket.fromfd(known.fileno(), known.family, known.type) as copy:
            copy.shutdown(socket.SHUT_RDWR)


def has_surplus(response: httpx.Response) -> bool:
    """Whether bytes came behind a response, which would answer the next request.

    They wait where it ended: in h11, in TLS as a further record, of the proxy's TLS, too, or in
    anyio, if httpcore has read 64 KiB without them. None of these has public access to them.
    """
    parser: Any = response.stream
    for name in ("_httpcore_stream", "_stream", "_connection", "_h11_state"):
        parser = getattr(parser, name, None)
    if parser is not None and parser.trailing_data[0]:
        return True
    layer: Any = getattr(response.extensions.get("network_stream"), "_stream", None)
    while layer is not None:
        received = getattr(getattr(layer, "_protocol", None), "read_queue", ())
        if received or _has_record(getattr(layer, "_ssl_object", None)):
            return True
        layer = getattr(layer, "transport_stream", None)
    return False


def _has_record(tls: object) -> bool:
    """Whether TLS has a further record, or its end; the byte that is read is lost to all."""
    if not isinstance(tls, ssl.SSLObject):
        return False
    try:
        tls.read(1)
    except ssl.SSLWantReadError:
        return False
    except ssl.SSLError:
        pass
    return True


def httpx_proxy(
    proxy: Proxy | None, context_for: Callable[[Origin], ssl.SSLContext]
) -> httpx.Proxy | None:
    """Returns a proxy as one of httpx, with the TLS context for it if it is an ``https`` proxy."""
    if proxy is None:
        return None
    url = f"{proxy.address.scheme}://{proxy.address.host_and_port}"
    context = context_for(proxy.address) if proxy.address.scheme == "https" else None
    if proxy.credentials is None:
        return httpx.Proxy(url, ssl_context=context)
    user, password = proxy.credentials  # whose plain text no local variable holds
    return httpx.Proxy(url, ssl_context=context, auth=(user.reveal(), password.reveal()))
