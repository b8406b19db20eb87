"""Scenarios of the benchmark: what is called, with how many tasks, and the columns to show."""

from typing import Any, Final

from attrs import field, frozen

from benchmarks import roster, wire
from benchmarks.measures import overhead, startup

__all__ = ["BARE_SOCKETS", "QUICK_LEVELS", "SCENARIOS", "Scenario"]


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
        rows: Names of what is measured instead of contenders; empty if contenders are.
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
    rows: tuple[str, ...] = ()
    must_be_busy: bool = True

    def admits(self, contender: roster.RosterEntry) -> bool:
        """Whether a contender takes part."""
        if contender.only and self.name not in contender.only:
            return False
        if self.only:
            return contender.name in self.only
        return (contender.sessions or not self.sessions) and (contender.boxc or not self.boxc)


BARE_SOCKETS: Final = "bare sockets"
"""Name in the tables where the origin is measured without a client."""

_RATES = ("rate", "cpu_us", "origin_busy")
_ROW = ("rate", "cpu_us", "busy", "origin_busy", "requests_per_call", "errors")
_COUNTED = ("seconds", "rate", "cpu_us", "handshakes", "commands", "calls", "errors")
_TASKS: Final = (1, 10, 50, 200, 500, 1000)

SCENARIOS: Final = (
    Scenario(
        name="origin",
        title="The origin alone: bare sockets that repeat one prepared request",
        measure="capacity",
        levels=_TASKS,
        columns=("rate", "cpu_us", "origin_us", "origin_busy"),
        rows=(BARE_SOCKETS,),
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
        name="nginx",
        title="A warm customer command behind nginx with TLS; nginx shares the origin's core",
        measure="throughput",
        levels=(50,),
        columns=("cpu_us", "rate", "busy", "requests_per_call", "errors"),
        job={"nginx": True},
        must_be_busy=False,
    ),
    Scenario(
        name="overhead",
        title="Above the transport: warm calls over one that answers at once",
        measure="overhead",
        levels=(1,),
        columns=("cpu_us", "rate", "errors"),
        rows=tuple(overhead.CALLS),
    ),
    Scenario(
        name="boxc-get",
        title="BoxC: one credential, by number of tasks",
        measure="throughput",
        levels=(1, 10, 50, 200),
        columns=(*_RATES, "requests_per_call"),
        job={"call": "boxc_get"},
        boxc=True,
    ),
    Scenario(
        name="boxc-request",
        title="BoxC: one credential as decoded JSON, with `boxc.request`",
        measure="throughput",
        levels=(50,),
        columns=_ROW,
        job={"call": "boxc_request"},
        only=(roster.OURS, "boxapis on httpx", "pyreqwest", "wreq", "aiohttp", "httpx"),
    ),
    Scenario(
        name="boxc-create",
        title="BoxC: a changing call, which stores a credential",
        measure="throughput",
        levels=(1, 50),
        columns=(*_RATES, "requests_per_call"),
        job={"call": "boxc_create"},
        boxc=True,
        must_be_busy=False,
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
    Scenario(
        name="start",
        title="The command line, from the start of the process to its end",
        measure="startup",
        levels=(1,),
        columns=("wall_ms", "cpu_ms", "errors"),
        rows=tuple(startup.COMMANDS),
        must_be_busy=False,
    ),
)
QUICK_LEVELS: Final = {
    "origin": (1, 50, 200),
    "warm": (1, 50, 200),
    "uvloop": (1, 50),
    "boxc-get": (1, 50),
    "boxc-create": (50,),
    "cold": (200,),
    "expiry": (200,),
    "in-flight": (200,),
    "idle": (5_000,),
}
