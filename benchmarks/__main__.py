"""``python -m benchmarks``: measures, prints tables, writes the JSON lines and the chart."""

import sys
from pathlib import Path

from benchmarks import arguments, records, runner
from benchmarks.chart import chart
from benchmarks.figures import Figures
from benchmarks.goals import goals_table
from benchmarks.plan import Plan
from benchmarks.processes import benchmark_processes
from benchmarks.records import Record, Run
from benchmarks.tables import report


def main() -> None:
    """Runs the benchmark as the command line says, or shows an earlier run."""
    options = arguments.parse_options()
    run = _read(options.read) if options.read else _measure(options.plan, options.json)
    for text in report(run):
        print(text, end="\n\n")
    goals = goals_table(Figures(run.records))
    if goals:
        print(f"### Goals\n\n{goals}")
    if options.chart:
        options.chart.write_text(chart(Figures(run.records)), encoding="utf-8")


def _read(path: Path) -> Run:
    return records.read(path.read_text(encoding="utf-8").splitlines())


def _measure(plan: Plan, path: Path | None) -> Run:
    with benchmark_processes() as processes:
        run = Run(environment=runner.environment(processes, plan), records=[])
        for record in runner.run_plan(plan, processes):
            run.records.append(record)
            _print_progress(record)
            if path:  # after each record, so that an interrupted run keeps what it has measured
                records.write(path, run)
    return run


def _print_progress(record: Record) -> None:
    """Prints one line of progress to stderr."""
    rate = record.values.get("rate")
    number = f"{rate:10.1f}/s" if rate is not None else " " * 12
    state = record.note or ("" if record.kept else "discarded")
    print(
        f"{record.scenario:12} {record.tasks:6} {record.contender:27} {record.round:3} "
        f"{number} {state}",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
