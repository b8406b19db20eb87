"""Trials of shared sessions: a cold start, wrong passwords, and services that drop earlier keys."""

import time

from benchmarks.trials.fleet import CUSTOMER, PORTAL, Fleet, running_fleet
from benchmarks.trials.report import HANDSHAKES, Report, Setup

__all__ = ["cold", "dropped", "wrong_password"]

_JOINERS = 2
_MARGIN = 0.3  # of the idle limit
_NEIGHBOURS_SECONDS = 10.0


def cold(setup: Setup) -> Report:
    """Counts the handshakes of a cold start, of joiners and of an expiry.

    ``seconds`` is the idle limit of the sessions; 0 leaves it at 300 and lets none expire by
    itself.
    """
    report = Report(f"{setup.processes} processes by {setup.tasks} tasks", HANDSHAKES)
    limit = setup.seconds or 300.0
    margin = _MARGIN * limit
    timing = {"idle_limit": limit, "margin": margin}

    def add(fleet: Fleet, name: str, number: int, expected: int) -> None:
        before = fleet.sandbox()
        load = fleet.load(workers[:number], tasks=setup.tasks)
        must = (expected, expected) if setup.is_shared else None
        report.add_handshakes(name, load, fleet.sandbox(), must, since=before.now)

    with running_fleet(setup.store, session_seconds=limit) as fleet:
        workers = fleet.start(setup.processes + _JOINERS)
        fleet.open(workers, timing=timing, sharing={"note_every": margin / 4})
        add(fleet, "cold", setup.processes, 1)
        workers.reverse()
        add(fleet, f"{_JOINERS} joiners", _JOINERS, 0)
        if setup.seconds:
            time.sleep(limit)
            add(fleet, "after the idle limit", len(workers), 1)
        fleet.sandbox("expire")
        add(fleet, "expired by the service", len(workers), 1)
    return report


def wrong_password(setup: Setup) -> Report:
    """Counts refused logins with a wrong password, of all workers and of one beside others."""
    columns = ("answered", "failed", "granted logins", "refused logins")
    report = Report(f"{setup.processes} processes", columns)
    load = {"tasks": setup.tasks, "pause": 0.5}
    with running_fleet(setup.store) as fleet:
        workers = fleet.start(setup.processes)
        fleet.open(workers, change={"BOXTRACKER_PASSWORD": "wrong"})
        calls = fleet.load(workers, seconds=setup.seconds, **load)
        state = fleet.sandbox()
        refused = state.count(PORTAL, refused=True)
        name = f"wrong API password for {setup.seconds:g} s"
        report.add(name, calls.answered, calls.failed, state.count(PORTAL), refused)
        if setup.is_shared:  # one at the start, and one at the end of each minute
            report.check_most(f"{name}: refused logins", refused, 1 + int(setup.seconds / 60))
    with running_fleet(setup.store) as fleet:
        others = fleet.start(setup.processes - 1)
        wrong = fleet.start(1)
        fleet.open(others)
        fleet.open(wrong, change={"BOXTRACKER_CUSTOMER_PASSWORD": "wrong"})
        job = {"job": "load", "seconds": min(setup.seconds, _NEIGHBOURS_SECONDS), **load}
        fleet.send([*others, *wrong], **job)
        calls, failures = fleet.receive(others), fleet.receive(wrong)
        state = fleet.sandbox()
        granted, refused = state.count(CUSTOMER), state.count(CUSTOMER, refused=True)
        report.add(
            "one with a wrong customer password", failures.answered, failures.failed, 0, refused
        )
        report.add("those beside it", calls.answered, calls.failed, granted, 0)
        report.check_failed("those beside it", calls)
        if setup.is_shared:
            report.check("those beside it: logins", granted, 1)
            report.check("one with a wrong customer password: refused logins", refused, 1)
    return report


def dropped(setup: Setup) -> Report:
    """Counts calls and handshakes where a login drops the earlier key of its user."""
    report = Report(f"{setup.processes} processes for {setup.seconds:g} s", HANDSHAKES)
    job = {"tasks": setup.tasks, "seconds": setup.seconds, "pause": 0.01}
    for store in setup.stores:
        is_shared = store != "none"
        with running_fleet(store, earlier_keys="dropped") as fleet:
            workers = fleet.start(setup.processes)
            fleet.open(workers)
            calls = fleet.load(workers, **job)
            report.add_handshakes(store, calls, fleet.sandbox(), (1, 1) if is_shared else None)
            if is_shared:
                before = fleet.sandbox()
                fleet.send(workers, job="load", **job)
                time.sleep(setup.seconds / 2)
                fleet.sandbox("expire")
                calls = fleet.receive(workers)
                name = f"{store}, all keys expire"
                report.add_handshakes(name, calls, fleet.sandbox(), (1, 1), since=before.now)
    return report
