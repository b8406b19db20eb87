"""The command line of ``python -m benchmarks.trials``, and the trials with their usual sizes."""

import argparse
from collections.abc import Callable, Sequence
from typing import Final

from attrs import evolve, frozen

from benchmarks.trials.bucket import bucket
from benchmarks.trials.holder import holder
from benchmarks.trials.paused import paused
from benchmarks.trials.report import Report, Setup
from benchmarks.trials.rotation import rotation
from benchmarks.trials.sessions import cold, dropped, wrong_password
from benchmarks.trials.stores import KINDS
from benchmarks.trials.warm import warm

__all__ = ["TRIALS", "Trial", "parse_trials"]


@frozen
class Trial:
    """A trial and what it runs with."""

    run: Callable[[Setup], Report]
    setup: Setup


TRIALS: Final = {
    "cold": Trial(cold, Setup("sqlite", processes=8, tasks=200, seconds=10)),
    "holder": Trial(holder, Setup("sqlite", processes=4, tasks=5, seconds=0)),
    "wrong-password": Trial(wrong_password, Setup("sqlite", processes=8, tasks=1, seconds=65)),
    "dropped": Trial(dropped, Setup("sqlite", processes=4, tasks=2, seconds=4)),
    "bucket": Trial(bucket, Setup("sqlite", processes=8, tasks=63, seconds=0)),
    "paused": Trial(paused, Setup("sqlite", processes=8, tasks=10, seconds=30)),
    "rotation": Trial(rotation, Setup("sqlite", processes=3, tasks=2000, seconds=0)),
    "warm": Trial(warm, Setup("sqlite", processes=1, tasks=50, seconds=20)),
}


def parse_trials(arguments: Sequence[str] | None = None) -> dict[str, Trial]:
    """Parses a command line; exits with a message if it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.trials",
        description="Counts what several processes on one store send, in real time.",
    )
    parser.add_argument("names", nargs="+", choices=list(TRIALS), metavar="NAME",
                        help=f"one or more of {', '.join(TRIALS)}")  # fmt: skip
    parser.add_argument("--store", choices=KINDS, default="sqlite", help="by default sqlite")
    parser.add_argument("--processes", type=int, metavar="N", help="number of workers")
    parser.add_argument("--tasks", type=int, metavar="N", help="tasks of each worker")
    parser.add_argument("--seconds", type=float, metavar="S", help="see the trial's docstring")
    given = vars(parser.parse_args(arguments))
    names = given.pop("names")
    changes = {name: value for name, value in given.items() if value is not None}
    if (
        min(changes.get("processes", 1), changes.get("tasks", 1)) < 1
        or changes.get("seconds", 0) < 0
    ):
        parser.error("--processes and --tasks must be 1 or more, --seconds 0 or more")
    return {
        name: evolve(TRIALS[name], setup=evolve(TRIALS[name].setup, **changes)) for name in names
    }
