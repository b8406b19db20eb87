"""The plan of a run: which scenarios, at how many tasks, how long, and which columns they fill."""

from typing import Any, Final

from attrs import evolve, field, frozen

from benchmarks import roster

__all__ = ["COLUMNS", "FULL", "IMPORTS", "NOBODY", "QUICK", "Column", "Plan", "Scenario", "chosen"]


@frozen
class Column:
    """One number of a record, and how it is shown: small numbers with a decimal."""

    title: str
    form: str = "{:,.0f}"
    small: str = "{:,.0f}"
    scale: float = 1.0

    def shown(self, value: float) -> str:
        """The number as text."""
        scaled = value * self.scale
        return (self.form if scaled >= _SMALL else self.small).format(scaled)


_SMALL: Final = 100


COLUMNS: Final = {
    "rate": Column("calls/s", small="{:.1f}"),
    "cpu_us": Column("CPU µs per call", small="{:.1f}"),
    "busy": Column("client busy %", scale=100),
    "origin_busy": Column("origin busy %", scale=100),
    "origin_us": Column("origin's CPU µs per call", small="{:.1f}"),
    "requests_per_call": Column("requests per call", small="{:.2f}"),
    "seconds": Column("seconds", small="{:.3f}"),
    "calls": Column("answered"),
    "errors": Column("failed"),
    "handshakes": Column("handshakes"),
    "commands": Column("commands"),
    "bytes": Column("bytes each"),
    "waiting": Column("held"),
    "alive": Column("sessions"),
    "answers_429": Column("429s"),
    "simulated_seconds": Column("simulated s", small="{:.1f}"),
    "share": Column("share of the rate %", "{:.1f}", "{:.1f}", 100),
    "wall_ms": Column("ms", "{:.1f}", "{:.1f}"),
    "cpu_ms": Column("CPU ms", "{:.1f}", "{:.1f}"),
    "modules": Column("modules"),
}


@frozen(kw_only=True)
class Scenario:
    """One thing that is measured.

    Attributes:
        name: In every line, and for ``--only``.
        title: Over its table.
        measure: What the client process does.
        levels: How many tasks, each a measurement of its own.
        columns: What its table shows; with several levels each becomes a table.
        job: What else the client process must know.
        rounds: How many, where it is not as the plan says: counts do not vary.
        sessions: Only contenders that shake hands by themselves.
        boxc: Only contenders that can speak to BoxC.
        alone: Who is measured, where it is one alone and nobody else has such a thing.
        must_be_busy: Whether a round with an idle client is thrown away.
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
    alone: str = ""
    must_be_busy: bool = True

    def admits(self, contender: roster.Entry) -> bool:
        """Whether a contender takes part."""
        if self.alone:
            return contender.name == self.alone
        return (contender.sessions or not self.sessions) and (contender.boxc or not self.boxc)


@frozen(kw_only=True)
class Plan:
    """A whole run.

    Attributes:
        scenarios: In order; the imports come last, by themselves.
        rounds: Of each contender at each level.
        tries: How often a round is begun before an idle client is put up with.
        seconds: Of measuring.
        warm: Seconds of warming up.
        imports: Rounds of the imports; 0 for none.
        contenders: Their names.
    """

    scenarios: tuple[Scenario, ...]
    rounds: int
    tries: int
    seconds: float
    warm: float
    imports: int
    contenders: tuple[str, ...] = tuple(entry.name for entry in roster.ROSTER)


IMPORTS: Final = "imports"
NOBODY: Final = "bare sockets"
"""The name in the tables where no contender is measured, but the origin."""

_RATES = ("rate", "cpu_us", "origin_busy")
_ROW = ("rate", "cpu_us", "busy", "origin_busy", "requests_per_call", "errors")
_COUNTED = ("seconds", "rate", "cpu_us", "handshakes", "commands", "calls", "errors")


def _scenarios(
    levels: tuple[int, ...], herd: int, sessions: int, in_flight: int
) -> tuple[Scenario, ...]:
    return (
        Scenario(
            name="origin",
            title="The origin alone: bare sockets and one request made beforehand",
            measure="capacity",
            levels=levels,
            columns=("rate", "cpu_us", "origin_us", "origin_busy"),
            alone=NOBODY,
            must_be_busy=False,
        ),
        Scenario(
            name="warm",
            title="A warm customer command, by tasks at once",
            measure="throughput",
            levels=levels,
            columns=(*_RATES, "requests_per_call"),
        ),
        Scenario(
            name="tls",
            title="The same over TLS",
            measure="throughput",
            levels=(50,),
            columns=_ROW,
            job={"tls": True},
        ),
        Scenario(
            name="cold",
            title="Cold stampede: all at once on a client that has sent nothing yet",
            measure="stampede",
            levels=(herd,),
            columns=_COUNTED,
            must_be_busy=False,
        ),
        Scenario(
            name="expiry",
            title="The keys die in the middle: two calls each, all at once",
            measure="stampede",
            levels=(herd,),
            columns=_COUNTED,
            job={"each": 2, "expire": True},
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
            alone=roster.OURS,
            must_be_busy=False,
        ),
        Scenario(
            name="in-flight",
            title="Memory of a call in flight",
            measure="in_flight",
            levels=(in_flight,),
            columns=("bytes", "waiting", "errors"),
            rounds=1,
            must_be_busy=False,
        ),
        Scenario(
            name="idle",
            title="Memory of an idle customer session",
            measure="idle",
            levels=(sessions,),
            columns=("bytes", "alive", "seconds"),
            rounds=1,
            alone=roster.OURS,
            must_be_busy=False,
        ),
    )


FULL: Final = Plan(
    scenarios=_scenarios((1, 10, 50, 200, 500, 1000), 1000, 100_000, 1000),
    rounds=5,
    tries=4,
    seconds=1.0,
    warm=0.4,
    imports=11,
)
QUICK: Final = Plan(
    scenarios=_scenarios((1, 50, 200), 200, 5_000, 200),
    rounds=1,
    tries=2,
    seconds=0.25,
    warm=0.1,
    imports=3,
)


def chosen(plan: Plan, names: set[str]) -> Plan:
    """The plan with some of its scenarios and contenders only.

    Args:
        plan: The whole.
        names: Of scenarios and contenders alike; where one kind is not named, all of it stays.

    Raises:
        ValueError: when a name is neither.
    """
    scenarios = {scenario.name for scenario in plan.scenarios} | {IMPORTS}
    known = scenarios | set(plan.contenders)
    if names - known:
        message = f"{', '.join(sorted(names - known))}: choose from {', '.join(sorted(known))}"
        raise ValueError(message)
    wanted = names & scenarios or scenarios
    return evolve(
        plan,
        scenarios=tuple(each for each in plan.scenarios if each.name in wanted),
        imports=plan.imports if IMPORTS in wanted else 0,
        contenders=tuple(n for n in plan.contenders if n in names) or plan.contenders,
    )
