"""Processes of a run: the origin and one client for each contender, controlled over pipes."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from benchmarks.machine import pick_cores
from benchmarks.nginx import Nginx

__all__ = ["Child", "ProcessGroup", "benchmark_processes"]

_RESPONSE_TIMEOUT: Final = 180.0
_EXIT_TIMEOUT: Final = 10.0
_DROPPED_SUFFIXES: Final = ("_proxy", "_ca_bundle")


class Child:
    """A child process that answers each JSON line with one."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.{module}", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment_without_proxies(),
        )
        self._rest = b""

    def request(self, question: dict[str, Any]) -> dict[str, Any]:
        """Sends a message and returns the response."""
        self.send(question)
        return self.receive()

    def send(self, value: dict[str, Any]) -> None:
        """Sends a message."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(value).encode() + b"\n")
        self._process.stdin.flush()

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    def receive(self, seconds: float = _RESPONSE_TIMEOUT) -> dict[str, Any]:
        """Returns the next message.

        Args:
            seconds: Longest wait for a part of it; three minutes by default.

        Raises:
            TimeoutError: none came in that time.
            EOFError: the process has ended.
        """
        assert self._process.stdout is not None
        number = self._process.stdout.fileno()
        while b"\n" not in self._rest:
            if not select.select([number], [], [], seconds)[0]:
                raise TimeoutError("a process of the benchmark did not respond")
            data = os.read(number, 65536)
            if not data:
                raise EOFError("a process of the benchmark has ended")
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        message: dict[str, Any] = json.loads(line)
        return message

    def close(self) -> None:
        """Closes its stdin, which ends it, and waits; kills it after ten seconds."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):  # a process that was killed reads no more
            self._process.stdin.close()
        try:
            self._process.wait(_EXIT_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def _environment_without_proxies() -> dict[str, str]:
    """Returns the environment without proxies and CA files, which would affect contenders."""
    return {k: v for k, v in os.environ.items() if not k.lower().endswith(_DROPPED_SUFFIXES)}


class ProcessGroup:
    """The origin and the client processes, each started when it is first needed."""

    def __init__(self) -> None:
        self.client_core, self.origin_core = pick_cores()
        self._origin = Child("origin", self.origin_core)
        self.ready = self._origin.receive()
        self._clients: dict[str, Child] = {}
        self._nginx: Nginx | None = None

    def measure(
        self, contender: str, *, tls: bool = False, nginx: bool = False, **job: Any
    ) -> dict[str, Any]:
        """Runs a job in the process of a contender and passes on its commands to the origin."""
        client = self._clients.get(contender)
        if client is None:
            client = self._clients[contender] = Child("worker", self.client_core)
        server = {
            "url": self._nginx_url() if nginx else self.ready["tls_url" if tls else "url"],
            "ca_file": self.ready["ca_file"] if tls or nginx else None,
            "origin_pid": self.ready["pid"],
        }
        try:
            response = client.request({"contender": contender, **server, **job})
            while "origin_command" in response:
                response = client.request(self.control_origin(response["origin_command"]))
        except (TimeoutError, EOFError) as error:
            self._clients.pop(contender).close()
            return {"failed": str(error)}
        return response

    def _nginx_url(self) -> str:
        """Returns the URL of nginx in front of the origin; starts it when it is first needed."""
        if self._nginx is None:
            self._nginx = Nginx(self.ready["url"], self.ready["certificate"], self.origin_core)
        return self._nginx.url

    def control_origin(self, command: dict[str, Any]) -> dict[str, Any]:
        """Sends a command to the origin and returns its state."""
        return self._origin.request(command)

    def close(self) -> None:
        """Ends every process."""
        if self._nginx is not None:
            self._nginx.close()
        for child in (*self._clients.values(), self._origin):
            child.close()


@contextmanager
def benchmark_processes() -> Iterator[ProcessGroup]:
    """Gives the processes of one run and ends them afterwards."""
    group = ProcessGroup()
    try:
        yield group
    finally:
        group.close()
