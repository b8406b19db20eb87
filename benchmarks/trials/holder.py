"""Trial of the process that makes a handshake for all: killed, or stopped beyond its lease."""

import os
import signal
import time

from benchmarks.trials.fleet import CUSTOMER, PORTAL, running_fleet
from benchmarks.trials.report import HANDSHAKES, Report, Setup

__all__ = ["holder"]

_WAITING = 1.0  # seconds until the other workers wait for the holder


def holder(setup: Setup) -> Report:
    """Stops or kills the holder while its handshake is carried out and not answered yet.

    The sandbox drops earlier keys. So if the late landing of a holder that was stopped were
    accepted, the worker that joins last would get a dead key, and there were a handshake more.
    """
    columns = (*HANDSHAKES, "seconds to the next", "refused keys", "log-outs")
    report = Report(f"{setup.processes} processes by {setup.tasks} tasks", columns)
    for command, level in ((PORTAL, "portal"), (CUSTOMER, "customer")):
        for name in ("SIGKILL", "SIGSTOP"):
            _add(report, setup, command, f"{name} in a {level} handshake", signal.Signals[name])
    return report


def _add(report: Report, setup: Setup, command: str, name: str, number: signal.Signals) -> None:
    with running_fleet(setup.store, earlier_keys="dropped") as fleet:
        (first,), (joiner,) = fleet.start(1), fleet.start(1)
        others = fleet.start(setup.processes - 1)
        fleet.open([first, joiner, *others])
        job = {"job": "load", "tasks": setup.tasks}
        fleet.sandbox("hold", command=command)
        fleet.send([first], **job)
        fleet.sandbox("wait")
        fleet.send(others, **job)
        time.sleep(_WAITING)
        before = fleet.sandbox()
        os.kill(first.pid, number)
        fleet.sandbox("release")
        calls = fleet.receive(others)
        if number is signal.SIGSTOP:
            os.kill(first.pid, signal.SIGCONT)
            calls += fleet.receive([first])
        calls += fleet.load([joiner], tasks=setup.tasks)
        state = fleet.sandbox()
    expected = (2, 1) if command == PORTAL else (1, 2)
    after = [when for when, kind, _ in state.handshakes if kind == command and when > before.now]
    seconds = after[0] - before.now if after else float("nan")
    report.add_handshakes(
        name,
        calls,
        state,
        expected if setup.is_shared else None,
        seconds,
        state.refused_keys,
        state.log_outs,
    )
