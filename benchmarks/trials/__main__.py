"""``python -m benchmarks.trials NAME``: runs trials and prints a table of each.

No time is judged. It exits with status 1 when a count that must hold does not.
"""

import sys

from benchmarks.trials.arguments import parse_trials

__all__ = ["main"]


def main() -> int:
    """Runs the trials of the command line; returns the exit status."""
    status = 0
    for name, trial in parse_trials().items():
        report = trial.run(trial.setup)
        print(f"{name}, store {trial.setup.store}\n\n{report}\n", flush=True)
        if report.broken:
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
