"""``python -m benchmarks``: measures, prints the tables, writes the lines and the chart."""

import sys
from pathlib import Path

from benchmarks import arguments, records, runner
from benchmarks.chart import chart
from benchmarks.figures import Figures
from benchmarks.goals import verdicts
from benchmarks.plan import Plan
from benchmarks.processes import field_of_play
from benchmarks.records import Record, Run
from benchmarks.tables import report


def main() -> None:
    """Does what the command line says."""
    options = arguments.parsed()
    run = _read(options.read) if options.read else _measured(options.plan, options.json)
    for text in report(run):
        print(text, end="\n\n")
    reached = verdicts(Figures(run.records))
    if reached:
        print(f"### What was to be reached\n\n{reached}")
    if options.chart:
        options.chart.write_text(chart(Figures(run.records)), encoding="utf-8")


def _read(path: Path) -> Run:
    return records.read(path.read_text(encoding="utf-8").splitlines())


def _measured(plan: Plan, path: Path | None) -> Run:
    with field_of_play() as field:
        run = Run(about=runner.about(field, plan), records=[])
        for record in runner.records(plan, field):
            run.records.append(record)
            _tell(record)
            if path:  # after each, so that a run that is broken off has not been for nothing
                records.write(path, run)
    return run


def _tell(record: Record) -> None:
    """One line of progress, on the standard error."""
    rate = record.values.get("rate")
    number = f"{rate:10.1f}/s" if rate is not None else " " * 12
    state = record.note or ("" if record.kept else "thrown away")
    print(
        f"{record.scenario:10} {record.tasks:6} {record.contender:27} {record.round:3} "
        f"{number} {state}",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
