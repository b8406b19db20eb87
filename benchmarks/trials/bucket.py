"""Trial of BoxC's rate limit at its real rate, by workers that share one user."""

import time

from benchmarks.trials.fleet import running_fleet
from benchmarks.trials.report import Report, Setup
from boxapis.sandbox import RateLimit

__all__ = ["bucket"]

_ALONE = 15  # calls of each worker without a store, which would take too long with more
_STARTS_IN = 0.5  # seconds, in which all workers get their job


def bucket(setup: Setup) -> Report:
    """Counts refusals, and the share of the allowed rate that was used."""
    columns = ("answered", "failed", "429s", "seconds", "% of the rate", "% spread of the ends")
    report = Report(f"{setup.processes} processes", columns)
    for store in setup.stores:
        tasks = setup.tasks if store != "none" else min(setup.tasks, _ALONE)
        with running_fleet(store) as fleet:
            workers = fleet.start(setup.processes)
            fleet.open(workers)
            at_once = time.monotonic() + _STARTS_IN
            calls = fleet.load(workers, call="boxc", tasks=tasks, start=at_once)
            state = fleet.sandbox()
        limit = RateLimit()
        seconds = state.boxc_times[-1] - state.boxc_times[0]
        share = calls.answered / (limit.size + limit.leak * seconds)
        spread = 1 - min(calls.seconds) / max(calls.seconds)
        refused = state.boxc.get("429", 0)
        name = f"{store}, {tasks} calls each"
        figures = (calls.answered, calls.failed, refused, seconds, 100 * share, 100 * spread)
        report.add(name, *figures)
        if store != "none":
            report.check_failed(name, calls)
            report.check(f"{name}: 429s", refused, 0)
    return report
