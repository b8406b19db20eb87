"""Runs a plan: contenders in turn, round after round; a round with an idle client is repeated."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from benchmarks import imports, machine, roster
from benchmarks.plan import NOBODY, Plan, Scenario
from benchmarks.processes import Field
from benchmarks.records import Record

__all__ = ["BUSY", "about", "records"]

BUSY: Final = 0.9
"""The share of a round that the client must be at work for the round to count."""

Measure = Callable[..., dict[str, Any]]


def about(field: Field, plan: Plan) -> dict[str, Any]:
    """What the first line of a run says."""
    return {
        **machine.about(),
        "pinned": bool(field.client_core),
        "origin_loop": field.ready["loop"],
        "tls": field.ready["tls_url"] is not None,
        "rounds": plan.rounds,
        "seconds": plan.seconds,
        "versions": roster.versions(),
        "absent": roster.absent(),
    }


def records(plan: Plan, field: Field) -> Iterator[Record]:
    """Every record of a plan, as it comes."""
    for scenario in plan.scenarios:
        if scenario.job.get("tls") and field.ready["tls_url"] is None:
            continue
        for level in scenario.levels:
            yield from _level(plan, scenario, level, field.measure)
    if plan.imports:
        yield from imports.measured(plan.imports, plan.contenders, field.client_core)


def _level(plan: Plan, scenario: Scenario, level: int, measure: Measure) -> Iterator[Record]:
    """All rounds at one level; who begins changes with each."""
    names = _names(plan, scenario)
    for number in range(1, (scenario.rounds or plan.rounds) + 1):
        for name in names[number - 1 :] + names[: number - 1]:
            yield from _round(plan, scenario, level, name, number, measure)


def _names(plan: Plan, scenario: Scenario) -> list[str]:
    if scenario.alone == NOBODY:
        return [NOBODY]
    present = [entry for entry in roster.present() if entry.name in plan.contenders]
    return [entry.name for entry in present if scenario.admits(entry)]


def _round(
    plan: Plan, scenario: Scenario, level: int, name: str, number: int, measure: Measure
) -> Iterator[Record]:
    """One round that counts, and before it those that were thrown away."""
    job = {"seconds": plan.seconds, "warm": plan.warm, **scenario.job}
    for _ in range(plan.tries):
        values = measure(name, measure=scenario.measure, tasks=level, **job)
        note = str(values.pop("failed", ""))
        busy = _is_busy(scenario, level, values)
        yield Record(
            scenario=scenario.name,
            contender=name,
            tasks=level,
            round=number,
            kept=busy and not note,
            values=values,
            note=note,
        )
        if busy or note:
            return


def _is_busy(scenario: Scenario, level: int, values: dict[str, Any]) -> bool:
    """One task alone waits for the origin between its calls, so nothing is asked of it."""
    return not scenario.must_be_busy or level == 1 or values.get("busy", 1.0) >= BUSY
