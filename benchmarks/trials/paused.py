"""Trial of a store that does nothing for a while, as a stopped server or a locked file does."""

import time

from benchmarks.processes import Child
from benchmarks.trials.fleet import Fleet, Load, running_fleet
from benchmarks.trials.report import Report, Setup

__all__ = ["paused"]

_BEFORE = 3.0  # seconds of load until the pause
_AFTER = 8.0  # the same after it: by then each process has come back to the store
_BUCKET_TASKS = 2


def paused(setup: Setup) -> Report:
    """Counts calls and handshakes while the store is paused, and for some seconds afterwards."""
    columns = ("answered", "failed", "handshakes", "429s", "slowest call, s", "warnings")
    report = Report(f"{setup.processes} processes, paused for {setup.seconds:g} s", columns)
    for call, tasks in (("boxtracker", setup.tasks), ("boxc", _BUCKET_TASKS)):
        with running_fleet(setup.store) as fleet:
            workers = fleet.start(setup.processes)
            fleet.open(workers, sharing={"note_every": 1.0}, rate_share=1 / setup.processes)
            fleet.load(workers[:1], tasks=1)
            before = fleet.sandbox()
            load = {"call": call, "tasks": tasks, "seconds": _BEFORE + setup.seconds + _AFTER}
            fleet.send(workers, job="load", pause=0.1, **load)
            calls = _pause(fleet, workers, setup.seconds)
            state = fleet.sandbox()
        refused = state.boxc.get("429", 0)
        handshakes = len(state.handshakes) - len(before.handshakes)
        figures = (handshakes, refused, calls.slowest, calls.warnings)
        report.add(call, calls.answered, calls.failed, *figures)
        if setup.is_shared:
            report.check_failed(call, calls)
            report.check(f"{call}: handshakes", handshakes, 0)
            # Each process says once that the store cannot be used, and once that it can again.
            report.check(f"{call}: warnings", calls.warnings, 2 * setup.processes)
    return report


def _pause(fleet: Fleet, workers: list[Child], seconds: float) -> Load:
    """Pauses the store for some seconds while the workers call."""
    time.sleep(_BEFORE)
    fleet.store.pause()
    try:
        time.sleep(seconds)
    finally:
        fleet.store.resume()
    return fleet.receive(workers)
