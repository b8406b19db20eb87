"""Plan of a run: its scenarios, rounds and durations, and the columns of the tables."""

from typing import Final

from attrs import evolve, frozen

from benchmarks import roster, wire
from benchmarks.scenarios import BARE_SOCKETS, QUICK_LEVELS, SCENARIOS, Scenario

__all__ = [
    "BARE_SOCKETS",
    "COLUMNS",
    "FULL",
    "IMPORTS",
    "QUICK",
    "Column",
    "Plan",
    "Scenario",
    "select",
]


@frozen
class Column:
    """A column of the tables, and how its numbers are formatted.

    Attributes:
        title: Heading.
        number_format: Format of numbers of 100 or more.
        small_format: Format of smaller numbers.
        scale: Factor applied before formatting.
    """

    title: str
    number_format: str = "{:,.0f}"
    small_format: str = "{:,.0f}"
    scale: float = 1.0

    def render(self, value: float) -> str:
        """Formats a number."""
        scaled = value * self.scale
        return (self.number_format if scaled >= _SMALL else self.small_format).format(scaled)


_SMALL: Final = 100


COLUMNS: Final = {
    "rate": Column("calls/s", small_format="{:.1f}"),
    "cpu_us": Column("CPU µs per call", small_format="{:.1f}"),
    "busy": Column("client busy %", scale=100),
    "origin_busy": Column("origin busy %", scale=100),
    "origin_us": Column("origin's CPU µs per call", small_format="{:.1f}"),
    "requests_per_call": Column("requests per call", small_format="{:.2f}"),
    "seconds": Column("seconds", small_format="{:.3f}"),
    "calls": Column("answered"),
    "errors": Column("failed"),
    "handshakes": Column("handshakes"),
    "commands": Column("commands"),
    "bytes": Column("bytes each"),
    "waiting": Column("held"),
    "alive": Column("sessions"),
    "answers_429": Column("429s"),
    "simulated_seconds": Column("simulated s", small_format="{:.1f}"),
    "share": Column("share of the rate %", "{:.1f}", "{:.1f}", 100),
    "wall_ms": Column("ms", "{:.1f}", "{:.1f}"),
    "cpu_ms": Column("CPU ms", "{:.1f}", "{:.1f}"),
    "modules": Column("modules"),
    **{f"pause_{name}": Column(f"{name}, ms", "{:.1f}", "{:.1f}") for name in wire.REFUSALS},
}


@frozen(kw_only=True)
class Plan:
    """Plan of a run.

    Attributes:
        scenarios: Scenarios in order; the imports come last.
        rounds: Rounds of each contender at each level.
        max_tries: Attempts of a round; if the last one has an idle client, its figures are marked.
        seconds: Seconds of measuring in a round.
        warm: Seconds of warming up before it.
        imports: Rounds of the imports; 0 for none.
        contenders: Names of the contenders.
    """

    scenarios: tuple[Scenario, ...]
    rounds: int
    max_tries: int
    seconds: float
    warm: float
    imports: int
    contenders: tuple[str, ...] = tuple(entry.name for entry in roster.ROSTER)


IMPORTS: Final = "imports"

FULL: Final = Plan(
    scenarios=SCENARIOS,
    rounds=5,
    max_tries=4,
    seconds=1.0,
    warm=0.4,
    imports=11,
)
QUICK: Final = Plan(
    scenarios=tuple(evolve(s, levels=QUICK_LEVELS.get(s.name, s.levels)) for s in SCENARIOS),
    rounds=1,
    max_tries=2,
    seconds=0.25,
    warm=0.1,
    imports=3,
)


def select(plan: Plan, names: set[str]) -> Plan:
    """Returns the plan reduced to some scenarios and contenders.

    Args:
        plan: The full plan.
        names: Names of scenarios and contenders; a kind without names is kept completely.

    Raises:
        ValueError: a name is unknown.
    """
    scenarios = {scenario.name for scenario in plan.scenarios} | {IMPORTS}
    known = scenarios | set(plan.contenders)
    if names - known:
        message = f"{', '.join(sorted(names - known))}: choose from {', '.join(sorted(known))}"
        raise ValueError(message)
    wanted = names & scenarios or scenarios
    return evolve(
        plan,
        scenarios=tuple(scenario for scenario in plan.scenarios if scenario.name in wanted),
        imports=plan.imports if IMPORTS in wanted else 0,
        contenders=tuple(n for n in plan.contenders if n in names) or plan.contenders,
    )
