"""The sandbox as a process of a trial: ``python -m benchmarks.trials.sandbox``.

It reads one command per JSON line from stdin and answers each with what it has counted so far. It
exits when stdin is closed.
"""

import json
import sys
import threading
from collections import Counter
from typing import Any

from attrs import define, evolve, field

from boxapis.sandbox import RecordedCommand, RecordedRequest, Sandbox

__all__ = ["TrialSandbox", "main"]

_OK = 200
_HELD_WITHIN = 60.0


@define(eq=False)
class TrialSandbox:
    """A sandbox, and what it has counted.

    Attributes:
        sandbox: The sandbox.
        statuses: Number of Box Tracker's requests by command and status.
        handshakes: Time, command and status of each handshake.
        boxc: Number of BoxC's requests by status.
        boxc_times: Times of BoxC's first and last answered request.
        held: Command whose next response is to be held; empty for none.
        is_held: Set once it is held.
    """

    sandbox: Sandbox
    statuses: Counter[str] = field(factory=Counter)
    handshakes: list[tuple[float, str, int]] = field(factory=list)
    boxc: Counter[int] = field(factory=Counter)
    boxc_times: list[float] = field(factory=list)
    held: str = ""
    is_held: threading.Event = field(factory=threading.Event)

    def __attrs_post_init__(self) -> None:
        self.sandbox.boxtracker.on_request = self._note_command
        self.sandbox.boxc.on_request = self._note_request

    def _note_command(self, record: RecordedCommand) -> None:
        self.statuses[f"{record.command} {record.status}"] += 1
        if record.command.endswith("HandShake"):
            self.handshakes.append((record.time, record.command, record.status))
        if record.command == self.held:
            self.held = ""
            self.sandbox.boxtracker.hold_responses(sys.maxsize)
            self.is_held.set()

    def _note_request(self, record: RecordedRequest) -> None:
        self.boxc[record.status] += 1
        if record.status == _OK:
            self.boxc_times[1:] = [record.time]

    def state(self) -> dict[str, Any]:
        """Returns the time and the counts."""
        return {
            "now": self.sandbox.clock.now(),
            "statuses": self.statuses,
            "handshakes": self.handshakes,
            "boxc": self.boxc,
            "boxc_times": self.boxc_times,
        }

    def execute(self, action: str, **values: Any) -> dict[str, Any]:
        """Carries out a command and returns the state."""
        service = self.sandbox.boxtracker
        match action:
            case "rules":
                service.rules = evolve(service.rules, **values)
            case "expire":
                service.expire_sessions()
            case "hold":  # the next response of a command, which is carried out
                self.held = values["command"]
                self.is_held.clear()
            case "wait":  # until that response is held
                self.is_held.wait(_HELD_WITHIN)
            case "release":
                service.release_responses()
        return self.state()


def main() -> None:
    """Serves until stdin is closed."""
    with Sandbox() as sandbox:
        served = TrialSandbox(sandbox)
        credential = sandbox.boxc.add_credential("DHLeC", {"ekp": "1"})
        _print_json({"environment": sandbox.environment, "credential": credential})
        for line in sys.stdin:
            _print_json(served.execute(**json.loads(line)))


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    main()
