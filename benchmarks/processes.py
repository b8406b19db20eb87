"""The processes of a run: one origin, one client for each contender, spoken to over pipes."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from benchmarks.machine import cores

__all__ = ["Child", "Field", "field_of_play"]

_PATIENCE: Final = 180.0
_GOODBYE: Final = 10.0
_LEFT_OUT: Final = ("_proxy", "_ca_bundle")


class Child:
    """A process of ours that answers one JSON line with another."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.{module}", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_plain_environment(),
        )
        self._rest = b""

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Says a line and waits for the next one."""
        self.say(question)
        return self.hear()

    def say(self, value: dict[str, Any]) -> None:
        """Says a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(value).encode() + b"\n")
        self._process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        """The next line.

        Raises:
            TimeoutError: when none comes for three minutes.
            EOFError: when the process has ended.
        """
        assert self._process.stdout is not None
        number = self._process.stdout.fileno()
        while b"\n" not in self._rest:
            if not select.select([number], [], [], _PATIENCE)[0]:
                message = "a process of the benchmark gave no answer"
                raise TimeoutError(message)
            data = os.read(number, 65536)
            if not data:
                message = "a process of the benchmark has ended"
                raise EOFError(message)
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        heard: dict[str, Any] = json.loads(line)
        return heard

    def close(self) -> None:
        """Closes its input, which ends it, and waits; one that does not end is killed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(_GOODBYE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def _plain_environment() -> dict[str, str]:
    """The environment without proxies and roots that would come before what the contenders say."""
    return {
        name: value for name, value in os.environ.items() if not name.lower().endswith(_LEFT_OUT)
    }


class Field:
    """The origin and the clients started so far."""

    def __init__(self) -> None:
        self.client_core, self.origin_core = cores()
        self._origin = Child("origin", self.origin_core)
        self.ready = self._origin.hear()
        self._clients: dict[str, Child] = {}

    def measure(self, contender: str, *, tls: bool = False, **job: Any) -> dict[str, Any]:
        """One job of one contender; orders to the origin go through here."""
        client = self._clients.get(contender)
        if client is None:
            client = self._clients[contender] = Child("worker", self.client_core)
        place = {
            "url": self.ready["tls_url" if tls else "url"],
            "authority": self.ready["authority"] if tls else None,
            "origin": self.ready["pid"],
        }
        try:
            answer = client.ask({"contender": contender, **place, **job})
            while "order" in answer:
                answer = client.ask(self.steer(answer["order"]))
        except (TimeoutError, EOFError) as error:
            self._clients.pop(contender).close()
            return {"failed": str(error)}
        return answer

    def steer(self, order: dict[str, Any]) -> dict[str, Any]:
        """An order for the origin, and what it says."""
        return self._origin.ask(order)

    def close(self) -> None:
        """Ends every process."""
        for child in (*self._clients.values(), self._origin):
            child.close()


@contextmanager
def field_of_play() -> Iterator[Field]:
    """The processes of one run, ended afterwards."""
    field = Field()
    try:
        yield field
    finally:
        field.close()
