"""The sandbox: both services on one port, started and stopped together."""

import threading
from types import TracebackType
from typing import Self

from starlette.applications import Starlette

from boxapis.sandbox._boxc.service import BoxCService
from boxapis.sandbox._boxtracker.dialect import DialectName
from boxapis.sandbox._boxtracker.service import BoxTrackerService
from boxapis.sandbox._clock import SandboxClock
from boxapis.sandbox._http.apps import BOXTRACKER_PATH, web_app
from boxapis.sandbox._http.server import ServerThread, check_loopback

_POLL_SECONDS = 0.5


class Sandbox:
    """A local stand-in for Box Tracker and BoxC, reached over real HTTP.

    It serves from a thread of its own between `start()` and `stop()`, or inside a ``with`` block.
    It listens on loopback addresses only, and its controls exist only in this process; all of them
    may be used from any thread. Its data survive `stop()`; only `reset()` restores the start.

    Args:
        port: TCP port; 0, the default, is any free port.
        host: A loopback address or ``localhost``; 127.0.0.1 by default.
        boxtracker: The Box Tracker to serve; a new one by default. It then reads the sandbox's
            clock.
        boxc: The BoxC to serve; a new one by default. It then reads the sandbox's clock.
        clock: The clock of both services; by default one that follows real time.
        dialect: The form of Box Tracker's responses: ``"documented"``, ``"observed"`` (as the
            vendor's own clients read them) or ``"both"``; by default that of `boxtracker`, which
            is ``"both"`` unless its rules say otherwise.

    Raises:
        ValueError: `host` is not a loopback address, or there is no such `dialect`.
    """

    def __init__(
        self,
        port: int = 0,
        host: str = "127.0.0.1",
        boxtracker: BoxTrackerService | None = None,
        boxc: BoxCService | None = None,
        clock: SandboxClock | None = None,
        dialect: DialectName | None = None,
    ) -> None:
        check_loopback(host)
        self.clock = clock or SandboxClock()
        self.boxtracker = boxtracker or BoxTrackerService()
        self.boxc = boxc or BoxCService()
        self.boxtracker.use_clock(self.clock)
        if dialect is not None:
            self.boxtracker.use_dialect(dialect)
        self.boxc.use_clock(self.clock)
        self.app: Starlette = web_app(self.boxtracker, self.boxc)
        self._address = (host, port)
        self._server: ServerThread | None = None
        self._stopped = threading.Event()
        self._stopped.set()

    def __repr__(self) -> str:
        return f"Sandbox(address={self._address}, running={self._server is not None})"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def accounts_url(self) -> str:
        """Base URL of the token endpoint; raises RuntimeError when the sandbox is not running."""
        if self._server is None:
            raise RuntimeError("the sandbox is not running: call start() first")
        host = self._address[0]
        return f"http://{f'[{host}]' if ':' in host else host}:{self._server.port}"

    @property
    def boxtracker_url(self) -> str:
        """URL of Box Tracker; raises RuntimeError when the sandbox is not running."""
        return f"{self.accounts_url}{BOXTRACKER_PATH}"

    @property
    def boxc_url(self) -> str:
        """Base URL of the BoxC API; raises RuntimeError when the sandbox is not running."""
        return f"{self.accounts_url}/v1"

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables for clients of this sandbox: URLs, user names and secrets.

        Raises:
            RuntimeError: the sandbox is not running.
        """
        username, password = next(iter(self.boxtracker.users.items()))
        customer = self.boxtracker.customers[0]
        return {
            "BOXTRACKER_USERNAME": username,
            "BOXTRACKER_PASSWORD": password,
            "BOXTRACKER_CUSTOMER_USERNAME": customer.username,
            "BOXTRACKER_CUSTOMER_PASSWORD": customer.password,
            "BOXTRACKER_BASE_URL": self.boxtracker_url,
            **self._boxc_environment(),
        }

    def start(self) -> None:
        """Open the port and serve.

        Raises:
            OSError: the port cannot be opened.
            RuntimeError: the sandbox is already running.
        """
        if self._server is not None:
            raise RuntimeError("the sandbox is already running: call stop() first")
        self._stopped.clear()
        self._server = ServerThread.start(self.app, *self._address)

    def stop(self) -> None:
        """Close every connection and end the thread; does nothing when not running."""
        server, self._server = self._server, None
        if server is None:
            return
        self.boxtracker.release_responses()
        self.boxc.release_responses()
        server.stop()
        self._stopped.set()

    def wait(self) -> None:
        """Block until another thread calls `stop()`, or until Ctrl-C."""
        try:
            while not self._stopped.wait(_POLL_SECONDS):
                pass
        except KeyboardInterrupt:
            return

    def reset(self) -> None:
        """Reset the clock and both services to their start; the port stays open."""
        self.clock.reset()
        self.boxtracker.reset()
        self.boxc.reset()

    def _boxc_environment(self) -> dict[str, str]:
        return {
            "BOXC_CLIENT_ID": self.boxc.client.client_id,
            "BOXC_CLIENT_SECRET": self.boxc.client.secret,
            "BOXC_TOKEN": self.boxc.ready_token,
            "BOXC_BASE_URL": self.boxc_url,
            "BOXC_ACCOUNTS_URL": self.accounts_url,
        }
