"""Both services behind one address, started and stopped together."""

import threading
from types import TracebackType
from typing import Self

from starlette.applications import Starlette

from boxapis.sandbox._boxc.service import BoxCService
from boxapis.sandbox._boxtracker.service import BoxTrackerService
from boxapis.sandbox._clock import SandboxClock
from boxapis.sandbox._http.apps import BOXTRACKER_PATH, web_app
from boxapis.sandbox._http.server import ServerThread, check_loopback

_WAIT_SECONDS = 0.5


class Sandbox:
    """A local stand-in for Box Tracker and BoxC, reached over real HTTP.

    It serves from a thread of its own between `start()` and `stop()`, or inside a ``with``
    block. It listens on loopback addresses only and is controlled in process only; every
    control may be used from any thread. Port 0 means any free port. State outlives a stop; only
    `reset()` brings the start back. Services that are given read the sandbox's clock from then
    on.

    Raises ValueError for a host that is not a loopback address.
    """

    def __init__(
        self,
        port: int = 0,
        host: str = "127.0.0.1",
        boxtracker: BoxTrackerService | None = None,
        boxc: BoxCService | None = None,
        clock: SandboxClock | None = None,
    ) -> None:
        """Nothing is opened yet."""
        check_loopback(host)
        self.clock = clock or SandboxClock()
        self.boxtracker = boxtracker or BoxTrackerService()
        self.boxc = boxc or BoxCService()
        self.boxtracker.use_clock(self.clock)
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
        """The base of the token endpoint; raises RuntimeError when the sandbox is not running."""
        if self._server is None:
            message = "the sandbox is not running"
            raise RuntimeError(message)
        host = self._address[0]
        return f"http://{f'[{host}]' if ':' in host else host}:{self._server.port}"

    @property
    def boxtracker_url(self) -> str:
        """The one address of Box Tracker; raises RuntimeError when not running."""
        return f"{self.accounts_url}{BOXTRACKER_PATH}"

    @property
    def boxc_url(self) -> str:
        """The base of the BoxC API; raises RuntimeError when not running."""
        return f"{self.accounts_url}/v1"

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables with addresses and credentials; raises as the addresses do."""
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

        Raises OSError when the port cannot be had and RuntimeError when already running.
        """
        if self._server is not None:
            message = "the sandbox is already running"
            raise RuntimeError(message)
        self._stopped.clear()
        self._server = ServerThread.start(self.app, *self._address)

    def stop(self) -> None:
        """Close every connection and end the thread; nothing happens when not running."""
        server, self._server = self._server, None
        if server is None:
            return
        self.boxtracker.release_answers()
        self.boxc.release_answers()
        server.stop()
        self._stopped.set()

    def wait(self) -> None:
        """Block while it runs: until another thread calls `stop()`, or the user interrupts."""
        try:
            while not self._stopped.wait(_WAIT_SECONDS):
                pass
        except KeyboardInterrupt:
            return

    def reset(self) -> None:
        """Bring clock and services back to the start; the port stays open."""
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
