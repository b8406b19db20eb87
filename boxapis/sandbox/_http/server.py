"""The HTTP server, in a thread and an event loop of its own."""

import os
import socket
import threading
from typing import Final

import uvicorn
from attrs import define, field
from starlette.applications import Starlette

from boxapis.sandbox._http.connections import ConnectionProtocol
from boxapis.sandbox._http.loopback import is_loopback

_BACKLOG: Final = 2048
_KEEP_ALIVE_SECONDS: Final = 75
_SHUTDOWN_SECONDS: Final = 1


@define(eq=False)
class ServerThread:
    """An HTTP server that runs from `start()` to `stop()`."""

    _server: uvicorn.Server = field(repr=False)
    _socket: socket.socket = field(repr=False)
    _thread: threading.Thread = field(repr=False)

    @classmethod
    def start(cls, app: Starlette, host: str, port: int) -> "ServerThread":
        """Listen on a loopback address and serve.

        Raises:
            ValueError: `host` is not a loopback address.
            OSError: the port cannot be opened.
        """
        listener = _listener(host, port)
        server = _Server(_config(app))
        thread = threading.Thread(
            target=server.run, args=([listener],), name="boxapis-sandbox", daemon=True
        )
        thread.start()
        return cls(server, listener, thread)

    @property
    def port(self) -> int:
        """The TCP port."""
        port: int = self._socket.getsockname()[1]
        return port

    def stop(self) -> None:
        """Answer the requests in flight, close every connection, end the thread."""
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


class _Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for connection in list(self.server_state.connections):
            # An incomplete request would only delay the shutdown.
            if getattr(getattr(connection, "cycle", None), "more_body", False):
                connection.transport.close()
        await super().shutdown(sockets)


def check_loopback(host: str) -> None:
    """Raise ValueError unless `host` is a loopback address or ``localhost``."""
    if not is_loopback(host):
        raise ValueError(f"the sandbox listens on loopback addresses only, not on {host!r}")


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=ConnectionProtocol,
        loop="none",  # with any other, older uvicorns set the policy of the whole process
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )


def _listener(host: str, port: int) -> socket.socket:
    check_loopback(host)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY on accepted connections only if the protocol is given here.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        # Clients may connect before the thread runs; they wait in the backlog.
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        message = f"the sandbox cannot listen on {host} port {port}: {error.strerror}"
        raise OSError(error.errno, message) from None
    return listener
