"""Converts exceptions of httpx into errors of this library, without the URL and the cause."""

import socket
import ssl
from collections.abc import Iterator

import httpx

from boxapis._http.failures import (
    HOST_NOT_FOUND,
    OffMachineError,
    connection_lost,
    failed_locally,
    invalid_response,
    no_connection,
    no_thread,
    off_machine,
    proxy_refused,
    timed_out,
    tls_failed,
)
from boxapis._http.messages import Request
from boxapis.errors import BoxAPIError, Phase, TransportError

__all__ = ["LOST_BY_HTTPX", "UNAUTHORIZED_BY_PROXY", "mapped"]

LOST_BY_HTTPX = ("disconnected", "peer closed connection")
"""Words of httpx by which a lost connection is told apart from a response that is not HTTP."""

UNAUTHORIZED_BY_PROXY = ("407", "401")
"""How httpx begins the text of an exception when the proxy refuses the user and password; the
second is what tinyproxy gives for a wrong one."""


def mapped(  # noqa: C901, PLR0912 - one case for each exception of httpx
    error: Exception,
    request: Request,
    phase: Phase,
    *,
    sent: bool,
    reused: bool = False,
    status: int = 0,
) -> BoxAPIError:
    """Returns an exception of httpx as an error of this library.

    Args:
        error: What httpx raised.
        request: The request.
        phase: How far it had come.
        sent: Whether any byte of it may have left this machine. No exception says that none has: a
            given transport may have repeated the request by itself.
        reused: Whether the connection had been used before, and no response had begun.
        status: HTTP status of the response; 0 if its headers have not come.
    """
    match error:
        case OffMachineError():
            return off_machine(request, sent=sent)
        case httpx.ConnectTimeout():
            return timed_out(request, phase if phase == "tls" else "connect", sent=sent)
        case httpx.PoolTimeout():
            return timed_out(request, "queue", sent=sent)
        case httpx.WriteTimeout():
            return timed_out(request, "proxy" if phase == "proxy" else "write", sent=sent)
        case httpx.ReadTimeout():
            in_proxy = phase == "proxy"
            return timed_out(request, "proxy" if in_proxy else "read", sent=sent or not in_proxy)
        case httpx.ProxyError():
            unauthorized = str(error).startswith(UNAUTHORIZED_BY_PROXY)
            return proxy_refused(request, unauthorized=unauthorized, sent=sent)
        case httpx.ConnectError():
            return _connect_failure(error, request, phase, sent=sent)
        case httpx.RemoteProtocolError() if not any(word in str(error) for word in LOST_BY_HTTPX):
            problem = "the response is not HTTP"
            return invalid_response(request, problem, retryable=True, status=status)
        case httpx.NetworkError() | httpx.RemoteProtocolError() if phase == "proxy":
            return no_connection(request, "proxy", "the proxy closed the connection", sent=sent)
        case httpx.NetworkError() | httpx.RemoteProtocolError():
            is_write = isinstance(error, httpx.WriteError)
            return connection_lost(request, "write" if is_write else "read", reused=reused)
        case RuntimeError() if phase == "connect" and not sent:  # by the look-up of the host name
            return no_thread(request)
        case httpx.InvalidURL() | httpx.LocalProtocolError() | httpx.UnsupportedProtocol():
            return failed_locally(request, "httpx cannot send this request", sent=sent)
        case _:
            problem = f"the transport failed with {type(error).__name__}"
            return failed_locally(request, problem, sent=sent)


def _connect_failure(
    error: httpx.ConnectError, request: Request, phase: Phase, *, sent: bool
) -> TransportError:
    causes = list(_causes(error))
    in_tls = [cause for cause in causes if isinstance(cause, ssl.SSLError)]
    certificate = [cause for cause in in_tls if isinstance(cause, ssl.SSLCertVerificationError)]
    if in_tls:
        return tls_failed(request, (certificate or in_tls)[0], sent=sent)
    look_ups = [cause for cause in causes if isinstance(cause, socket.gaierror)]
    if look_ups:
        is_passing = look_ups[0].errno == socket.EAI_AGAIN
        problem = "the host name look-up failed temporarily" if is_passing else HOST_NOT_FOUND
        return no_connection(request, "dns", problem, sent=sent)
    return no_connection(request, phase, "no connection could be made", sent=sent)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yields the error and its causes once: respx makes two errors the causes of each other."""
    passed: set[int] = set()
    while error is not None and id(error) not in passed:
        yield error
        passed.add(id(error))
        error = error.__cause__ or error.__context__
