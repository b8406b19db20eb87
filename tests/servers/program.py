"""`Program`: a server's processes, ended by their own process group, and free ports."""

import contextlib
import os
import signal
import socket
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.paths import ROOT

__all__ = ["Program", "free_port"]

_TRIES = 1500  # of 0.02 seconds each, until a server answers
_PAUSE = 0.02  # seconds in which the process may end instead
_PATIENCE = 10.0  # seconds for a graceful end


def free_port() -> int:
    """A port of loopback that is free now."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
        return port


class Program:
    """A server in a session of its own, so that its group holds its processes and no other.

    Args:
        command: The program and its arguments.
        port: Where it listens on loopback.
        log: Where its output goes.
        variables: Environment variables beside the path.
        context: TLS settings of a client, if it speaks TLS.
        is_ready: Whether it can be used; by default, whether it answers a request of HTTP.
        folder: The folder in which it runs.
        user: The user as whom it runs; None for the one of the tests.
    """

    def __init__(
        self,
        command: list[str],
        port: int,
        log: Path,
        *,
        variables: dict[str, str] | None = None,
        context: ssl.SSLContext | None = None,
        is_ready: Callable[[], bool] | None = None,
        folder: Path = ROOT,
        user: str | None = None,
    ) -> None:
        self.port = port
        self._command = command
        self._log = log
        # No variable of the tests: coverage would measure the servers, too.
        self._variables = {"PATH": os.environ["PATH"], "HOME": str(log.parent), **(variables or {})}
        self._context = context
        self._is_ready = is_ready or self._answers
        self._folder = folder
        # Of that user's groups, too: none of the tests' own may remain.
        self._identity: dict[str, Any] = (
            {"user": user, "group": user, "extra_groups": []} if user else {}
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it, and waits until it is ready."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=self._variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._identity,
            )
        try:
            self._wait(self._process)
        except BaseException:
            self.kill()
            raise

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        for _ in range(_TRIES):
            if self._is_ready():
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_PAUSE)
                break
        message = f"{self._command[0]} is not ready:\n{self._log.read_text('utf-8', 'replace')}"
        raise AssertionError(message)

    def _answers(self) -> bool:
        address = ("127.0.0.1", self.port)
        request = b"GET /v1/shops/ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        try:
            with socket.create_connection(address, 5) as plain, self._secured(plain) as connection:
                connection.sendall(request)
                return connection.recv(1) != b""
        except OSError:
            return False

    def _secured(self, plain: socket.socket) -> socket.socket:
        if self._context is None:
            return plain
        return self._context.wrap_socket(plain, server_hostname="127.0.0.1")

    def signal(self, number: int) -> None:
        """Sends a signal to its first process."""
        if self._process is not None:
            os.kill(self._process.pid, number)

    def signal_all(self, number: int) -> None:
        """Sends a signal to all its processes."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def children(self) -> list[int]:
        """The processes that its first process has started, in whatever group."""
        if self._process is None:
            return []
        process = self._process.pid
        path = Path(f"/proc/{process}/task/{process}/children")
        return [int(child) for child in path.read_text("utf-8").split()]

    def stop(self) -> None:
        """Ends it as a service manager does; what is left after a while is killed."""
        if self._process is not None:
            self.signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_PATIENCE)
        self.kill()

    def kill(self) -> None:
        """Ends all its processes at once."""
        if self._process is not None:
            self.signal_all(signal.SIGKILL)
            self._process.wait()
            self._process = None
