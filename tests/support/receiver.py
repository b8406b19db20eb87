"""A receiver of webhook deliveries on this machine."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["Receiver", "receiving"]


@contextmanager
def receiving() -> Iterator["Receiver"]:
    """Runs a receiver in a thread of its own."""
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class Receiver(ThreadingHTTPServer):
    """A receiver of deliveries; it answers with the statuses given, and after them by `forward`.

    Attributes:
        statuses: Statuses of the next answers.
        deliveries: Target, headers and body of each delivery.
        forward: Hands headers and body of each delivery on; returns a status.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses: list[int] = []
        self.deliveries: list[tuple[str, dict[str, str], bytes]] = []
        self.forward: Callable[[dict[str, str], bytes], int] = lambda headers, body: 200

    @property
    def address(self) -> str:
        """The address of a webhook."""
        return f"http://127.0.0.1:{self.server_port}/hook?a=1"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        """Keep a delivery."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = dict(self.headers.items())
        self.server.deliveries.append((self.path, headers, body))
        status = self.server.forward(headers, body)
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in the base class
        """Log nothing."""
