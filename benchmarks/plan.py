"""Plan of a run: scenarios, numbers of tasks, durations, and the columns of the tables."""

from typing import Any, Final

from attrs import evolve, field, frozen

from benchmarks import roster, wire

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
class Scenario:
    """One scenario.

    Attributes:
        name: Name in records, and for ``--only``.
        title: Heading of its table.
        measure: Name of the measure that the client process runs.
        levels: Numbers of tasks, each measured on its own.
        columns: Columns of its table; with several levels each column becomes a table.
        job: Further fields of the `Job`.
        rounds: Number of rounds, if it differs from the plan's, because counts do not vary.
        sessions: Whether only contenders take part that open sessions themselves.
        boxc: Whether only contenders take part that support BoxC.
        only: Names of the only contenders that take part; empty if all may.
        must_be_busy: Whether a round with an idle client is discarded.
    """

    name: str
    title: str
    measure: str
    levels: tuple[int, ...]
    columns: tuple[str, ...]
    job: dict[str, Any] = field(factory=dict)
    rounds: int | None = None
    sessions: bool = False
    boxc: bool = False
    only: tuple[str, ...] = ()
    must_be_busy: bool = True

    def admits(self, contender: roster.RosterEntry) -> bool:
        """Whether a contender takes part."""
        if self.only:
            return contender.name in self.only
        return (contender.sessions or not self.sessions) and (contender.boxc or not self.boxc)


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
BARE_SOCKETS: Final = "bare sockets"
"""Name in the tables where the origin is measured without a client."""

_RATES = ("rate", "cpu_us", "origin_busy")
_ROW = ("rate", "cpu_us", "busy", "origin_busy", "requests_per_call", "errors")
_COUNTED = ("seconds", "rate", "cpu_us", "handshakes", "commands", "calls", "errors")
_TASKS: Final = (1, 10, 50, 200, 500, 1000)

_SCENARIOS: Final = (
    Scenario(
        name="origin",
        title="The origin alone: bare sockets that repeat one prepared request",
        measure="capacity",
        levels=_TASKS,
        columns=("rate", "cpu_us", "origin_us", "origin_busy"),
        only=(BARE_SOCKETS,),
        must_be_busy=False,
    ),
    Scenario(
        name="warm",
        title="A warm customer command, by number of tasks",
        measure="throughput",
        levels=_TASKS,
        columns=(*_RATES, "requests_per_call"),
    ),
    Scenario(
        name="uvloop",
        title="The same on uvloop instead of asyncio's own event loop",
        measure="throughput",
        levels=(1, 50, 500),
        columns=(*_RATES, "requests_per_call"),
        job={"loop": "uvloop"},
        only=(roster.OURS, "pyreqwest", "wreq", "aiohttp"),
    ),
    Scenario(
        name="tls",
        title="A warm customer command over TLS",
        measure="throughput",
        levels=(50,),
        columns=_ROW,
        job={"tls": True},
    ),
    Scenario(
        name="cold",
        title="Cold start: all tasks at once on a client that has sent nothing yet",
        measure="stampede",
        levels=(1000,),
        columns=_COUNTED,
        must_be_busy=False,
    ),
    Scenario(
        name="expiry",
        title="Keys expire during the run: two calls per task, all at once",
        measure="stampede",
        levels=(1000,),
        columns=_COUNTED,
        job={"calls_per_task": 2, "expire": True},
        sessions=True,
        must_be_busy=False,
    ),
    Scenario(
        name="boxc-get",
        title="BoxC: one credential",
        measure="throughput",
        levels=(50,),
        columns=_ROW,
        job={"call": "boxc_get"},
        boxc=True,
    ),
    Scenario(
        name="boxc-list",
        title="BoxC: a list of 10,000 credentials, page after page",
        measure="throughput",
        levels=(1,),
        columns=_ROW,
        job={"call": "boxc_list"},
        boxc=True,
        must_be_busy=False,
    ),
    Scenario(
        name="bucket",
        title="BoxC's bucket: 500 calls at once, in simulated time",
        measure="bucket",
        levels=(500,),
        columns=("calls", "errors", "answers_429", "simulated_seconds", "share"),
        rounds=1,
        only=(roster.OURS,),
        must_be_busy=False,
    ),
    Scenario(
        name="pauses",
        title="The longest pause of the event loop while one long refusal is worked on",
        measure="pauses",
        levels=(1,),
        columns=tuple(f"pause_{name}" for name in wire.REFUSALS),
        only=(roster.OURS, "boxapis on httpx"),
        must_be_busy=False,
    ),
    Scenario(
        name="in-flight",
        title="Memory of a call in flight",
        measure="in_flight",
        levels=(1000,),
        columns=("bytes", "waiting", "errors"),
        rounds=1,
        must_be_busy=False,
    ),
    Scenario(
        name="idle",
        title="Memory of an idle customer session",
        measure="idle",
        levels=(100_000,),
        columns=("bytes", "alive", "seconds"),
        rounds=1,
        only=(roster.OURS,),
        must_be_busy=False,
    ),
)
_QUICK_LEVELS: Final = {
    "origin": (1, 50, 200),
    "warm": (1, 50, 200),
    "uvloop": (1, 50),
    "cold": (200,),
    "expiry": (200,),
    "in-flight": (200,),
    "idle": (5_000,),
}


FULL: Final = Plan(
    scenarios=_SCENARIOS,
    rounds=5,
    max_tries=4,
    seconds=1.0,
    warm=0.4,
    imports=11,
)
QUICK: Final = Plan(
    scenarios=tuple(evolve(s, levels=_QUICK_LEVELS.get(s.name, s.levels)) for s in _SCENARIOS),
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
