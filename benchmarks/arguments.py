"""The command line of ``python -m benchmarks``."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from attrs import evolve, frozen

from benchmarks.plan import FULL, QUICK, Plan, chosen

__all__ = ["Options", "parsed"]


@frozen(kw_only=True)
class Options:
    """What to do.

    Attributes:
        plan: What to measure.
        json: Where the run's lines go.
        chart: Where the SVG goes.
        read: A file of lines to show instead of measuring.
    """

    plan: Plan
    json: Path | None
    chart: Path | None
    read: Path | None


def parsed(arguments: Sequence[str] | None = None) -> Options:
    """The options of a command line; ends the program with a message when they are wrong."""
    parser = _parser()
    given = parser.parse_args(arguments)
    names = {name.strip() for text in given.only for name in text.split(",") if name.strip()}
    plan = QUICK if given.quick else FULL
    if given.rounds is not None:
        if given.rounds < 1:
            parser.error("--rounds must be 1 or more")
        plan = evolve(plan, rounds=given.rounds)
    try:
        plan = chosen(plan, names)
    except ValueError as error:
        parser.error(f"--only: {error}")
    return Options(plan=plan, json=given.json, chart=given.chart, read=given.read)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measures boxapis beside its peers."
    )
    parser.add_argument("--quick", action="store_true", help="everything once, in two minutes")
    parser.add_argument("--rounds", type=int, metavar="N", help="of each measurement")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="NAMES",
        help="scenarios and contenders, by name, with commas between",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the JSON lines")
    parser.add_argument("--chart", type=Path, metavar="FILE", help="write the SVG")
    parser.add_argument(
        "--read", type=Path, metavar="FILE", help="show an earlier run instead of measuring"
    )
    return parser
