"""The command line of ``python -m benchmarks``."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from attrs import evolve, frozen

from benchmarks.plan import FULL, QUICK, Plan, select

__all__ = ["Options", "parse_options"]


@frozen(kw_only=True)
class Options:
    """Options of the command line.

    Attributes:
        plan: The plan to run.
        json: File for the JSON lines, or None.
        chart: File for the SVG, or None.
        read: File of an earlier run to show instead of measuring, or None.
    """

    plan: Plan
    json: Path | None
    chart: Path | None
    read: Path | None


def parse_options(arguments: Sequence[str] | None = None) -> Options:
    """Parses a command line; exits with a message if it is wrong."""
    parser = _parser()
    given = parser.parse_args(arguments)
    names = {name.strip() for text in given.only for name in text.split(",") if name.strip()}
    plan = QUICK if given.quick else FULL
    if given.rounds is not None:
        if given.rounds < 1:
            parser.error("--rounds must be 1 or more")
        plan = evolve(plan, rounds=given.rounds)
    try:
        plan = select(plan, names)
    except ValueError as error:
        parser.error(f"--only: {error}")
    return Options(plan=plan, json=given.json, chart=given.chart, read=given.read)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measures boxapis and other HTTP clients."
    )
    parser.add_argument(
        "--quick", action="store_true", help="run every scenario once, in a few minutes"
    )
    parser.add_argument("--rounds", type=int, metavar="N", help="rounds of each measurement")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="NAMES",
        help="names of scenarios and contenders, separated by commas",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the JSON lines")
    parser.add_argument("--chart", type=Path, metavar="FILE", help="write the SVG")
    parser.add_argument(
        "--read", type=Path, metavar="FILE", help="show an earlier run instead of measuring"
    )
    return parser
