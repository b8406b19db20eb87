"""Sessions shared by real processes, which are killed or stopped in the middle of a handshake."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from boxapis.sandbox import BoxTrackerRules, BoxTrackerService, RecordedCommand, Sandbox
from tests.support.command_line import surroundings
from tests.support.doubles import CUSTOMER, LOG_OUT, PORTAL
from tests.support.paths import ROOT

pytestmark = pytest.mark.servers

SCRIPT = ROOT / "tests" / "support" / "fleet_worker.py"

Process = subprocess.Popen[str]


class Fleet:
    """Processes with one file, and a sandbox that counts."""

    def __init__(self, sandbox: Sandbox, path: Path, stack: ExitStack) -> None:
        self.sandbox, self.path, self._stack = sandbox, path, stack

    def start(self) -> Process:
        """Starts a process."""
        process = subprocess.Popen(
            [sys.executable, "-W", "error", str(SCRIPT), str(self.path)],
            cwd=ROOT,
            env=surroundings(**self.sandbox.environment, PYTHONPATH=str(ROOT)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        self._stack.callback(end, process)
        return process

    @property
    def counts(self) -> tuple[int, int]:
        """The numbers of portal and of customer handshakes so far."""
        counts = self.sandbox.boxtracker.counts
        return counts[PORTAL], counts[CUSTOMER]


def end(process: Process) -> None:
    """Ends a process, whatever it does."""
    process.kill()
    process.communicate()


def ask(process: Process, calls: int) -> None:
    """Lets a process make calls."""
    assert process.stdin is not None
    process.stdin.write(f"{calls}\n")
    process.stdin.flush()


def answer(process: Process) -> str:
    """What a process says of its calls."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.fixture
def rules() -> BoxTrackerRules:
    """The service as it is documented."""
    return BoxTrackerRules()


@pytest.fixture
def fleet(rules: BoxTrackerRules, tmp_path: Path) -> Iterator[Fleet]:
    """A fleet without processes."""
    with Sandbox(boxtracker=BoxTrackerService(rules=rules)) as sandbox, ExitStack() as stack:
        yield Fleet(sandbox, tmp_path / "store.db", stack)


def test_cold_expired_and_joined(fleet: Fleet) -> None:
    """Four processes of 100 tasks: one handshake of each kind, and one more after an expiry."""
    processes = [fleet.start() for _ in range(4)]
    for handshakes in (1, 2):
        for process in processes:
            ask(process, 100)
        assert [answer(process) for process in processes] == ["100"] * 4
        assert fleet.counts == (handshakes, handshakes)
        fleet.sandbox.boxtracker.expire_sessions()


@pytest.mark.parametrize("rules", [BoxTrackerRules(earlier_keys="dropped")], ids=["dropped"])
def test_earlier_keys_are_dropped(fleet: Fleet) -> None:
    """F232: processes of one user do not end each other's sessions, and no call fails."""
    processes = [fleet.start() for _ in range(4)]
    for _ in range(5):
        for process in processes:
            ask(process, 50)
        assert [answer(process) for process in processes] == ["50"] * 4
        fleet.sandbox.boxtracker.expire_sessions()
    assert fleet.counts == (5, 5)


@pytest.mark.parametrize("operation", [PORTAL, CUSTOMER])
def test_holder_is_killed(fleet: Fleet, operation: str) -> None:
    """F227: the holder is killed in the middle of a handshake: one more, and no call fails."""
    service = fleet.sandbox.boxtracker
    holder, heirs = fleet.start(), [fleet.start() for _ in range(2)]
    service.fault("stall", operation=operation)
    begun = arrival(service, operation)
    ask(holder, 1)
    assert begun.wait(30)
    for heir in heirs:
        ask(heir, 10)
    holder.kill()
    assert [answer(heir) for heir in heirs] == ["10"] * 2
    assert fleet.counts == ((2, 1) if operation == PORTAL else (1, 2))


def arrival(service: BoxTrackerService, operation: str) -> threading.Event:
    """Set when the next request of this operation has been carried out."""
    event = threading.Event()

    def on_request(record: RecordedCommand) -> None:
        if record.command == operation:
            event.set()

    service.on_request = on_request
    return event


def stop(process: Process) -> None:
    """Stops a process, and waits until it has stopped."""
    process.send_signal(signal.SIGSTOP)
    os.waitpid(process.pid, os.WUNTRACED)


def test_stopped_holder_of_the_api_session(fleet: Fleet) -> None:
    """F228: the holder is stopped beyond its lease, and wakes with an answer: it is refused."""
    late, heir = fleet.start(), fleet.start()
    held(fleet, late, 1)
    ask(heir, 5)
    assert answer(heir) == "5"
    assert fleet.counts == (2, 1)
    late.send_signal(signal.SIGCONT)
    assert answer(late) == "1"
    assert fleet.counts == (2, 1)


@pytest.mark.parametrize("rules", [BoxTrackerRules(confirm_returns="new")], ids=["new keys"])
def test_stopped_holder_of_a_customer(fleet: Fleet) -> None:
    """F228: so is a customer's session; it is logged out, and the newer one is used by both."""
    service = fleet.sandbox.boxtracker
    late, heir = fleet.start(), fleet.start()
    for process in (late, heir):
        ask(process, 1)
        assert answer(process) == "1"
    held(fleet, late, 0)
    ask(heir, 0)
    assert answer(heir) == "0"
    assert fleet.counts == (1, 3)
    ended = arrival(service, LOG_OUT)
    late.send_signal(signal.SIGCONT)
    assert answer(late) == "0"
    assert ended.wait(30)
    for process in (late, heir):
        ask(process, 5)
        assert answer(process) == "5"
    assert (fleet.counts, service.counts[LOG_OUT]) == ((1, 3), 1)


def held(fleet: Fleet, process: Process, calls: int) -> None:
    """Stops a process whose handshake is answered while it stands still."""
    service = fleet.sandbox.boxtracker
    service.hold_responses(until=1000)
    ask(process, calls)
    service.wait_in_flight(1)
    stop(process)
    service.release_responses()
