"""Runs a plan: contenders in turn, round after round; repeats rounds with an idle client."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from benchmarks import imports, machine, nginx, roster
from benchmarks.plan import Plan, Scenario
from benchmarks.processes import ProcessGroup
from benchmarks.records import Record

__all__ = ["MIN_BUSY", "environment", "run_plan"]

MIN_BUSY: Final = 0.9
"""Share of a round that the client must use its core for the round to count."""

Measure = Callable[..., dict[str, Any]]


def environment(processes: ProcessGroup, plan: Plan) -> dict[str, Any]:
    """Returns the environment of a run, its first line in the file."""
    return {
        **machine.environment(),
        "pinned": bool(processes.client_core),
        "origin_loop": processes.ready["loop"],
        "tls": processes.ready["tls_url"] is not None,
        "nginx": nginx.is_installed(),
        "rounds": plan.rounds,
        "seconds": plan.seconds,
        "versions": roster.versions(),
        "absent": roster.absent(),
    }


def run_plan(plan: Plan, processes: ProcessGroup) -> Iterator[Record]:
    """Yields every record of a plan as it is measured."""
    for scenario in plan.scenarios:
        if _can_run(scenario, has_tls=processes.ready["tls_url"] is not None):
            for level in scenario.levels:
                yield from _level(plan, scenario, level, processes.measure)
    if plan.imports:
        yield from imports.measure_imports(plan.imports, plan.contenders, processes.client_core)


def _can_run(scenario: Scenario, *, has_tls: bool) -> bool:
    """Whether everything that a scenario needs is installed."""
    job = scenario.job
    if (job.get("tls") or job.get("nginx")) and not has_tls:
        return False
    if job.get("nginx") and not nginx.is_installed():
        return False
    return roster.is_installed(job.get("loop", "asyncio"))


def _level(plan: Plan, scenario: Scenario, level: int, measure: Measure) -> Iterator[Record]:
    """Yields all rounds at one level; each round starts with another contender."""
    names = _names(plan, scenario)
    for number in range(1, (scenario.rounds or plan.rounds) + 1):
        for name in names[number - 1 :] + names[: number - 1]:
            yield from _round(plan, scenario, level, name, number, measure)


def _names(plan: Plan, scenario: Scenario) -> list[str]:
    if scenario.rows:
        return list(scenario.rows)
    present = [entry for entry in roster.present() if entry.name in plan.contenders]
    return [entry.name for entry in present if scenario.admits(entry)]


def _round(
    plan: Plan, scenario: Scenario, level: int, name: str, number: int, measure: Measure
) -> Iterator[Record]:
    """Yields the discarded attempts of a round and then the one that counts."""
    job = {"seconds": plan.seconds, "warm": plan.warm, **scenario.job}
    for _ in range(plan.max_tries):
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
    """Whether the client was busy enough; a single task need not be, as it waits for the origin."""
    return not scenario.must_be_busy or level == 1 or values.get("busy", 1.0) >= MIN_BUSY
