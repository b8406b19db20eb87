"""The benchmark: its origin, contenders, measures, tables and options. No time is asserted."""

import asyncio
import json
import re
import sys
from types import SimpleNamespace
from typing import Any, cast
from xml.etree import ElementTree as ET

import pytest

from benchmarks import (
    arguments,
    frames,
    plan,
    processes,
    records,
    roster,
    runner,
    tables,
    wire,
    worker,
)
from benchmarks.chart import chart
from benchmarks.figures import Figures
from benchmarks.goals import goals_table
from benchmarks.processes import ProcessGroup
from benchmarks.records import Record, Run
from benchmarks.responses import OriginResponses
from tests.support.paths import ROOT

pytestmark = pytest.mark.servers

CALLS = 4
PRESENT = [entry.name for entry in roster.present()]
ON_UVLOOP = [
    entry.name
    for scenario in plan.FULL.scenarios
    for entry in roster.present()
    if scenario.name == "uvloop" and scenario.admits(entry)
]


def request_line(fields: dict[str, Any]) -> bytes:
    """Returns a command as the origin receives it."""
    query = "&".join(f"{name}={value}" for name, value in fields.items())
    return f"GET {wire.CONTROLLER}?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def body(response: bytes) -> Any:
    """Returns the JSON of a response, after checking its Content-Length."""
    head, _, content = response.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(content)}".encode() in head
    return json.loads(content)


def record(contender: str, tasks: int, rate: float, **more: Any) -> Record:
    """Returns a record of a warm round."""
    values = {"rate": rate, "cpu_us": 1e6 / rate, "requests_per_call": 1.0}
    return Record(scenario="warm", contender=contender, tasks=tasks, values=values, **more)


ENVIRONMENT = {
    "python": "3",
    "system": "Linux",
    "machine": "m",
    "cores": 2,
    "pinned": True,
    "origin_loop": "asyncio",
    "tls": False,
    "rounds": 3,
    "seconds": 1.0,
    "versions": {"boxapis": "1"},
    "absent": {"aiohttp": ["aiohttp"]},
}


def test_origin_counts_each_command() -> None:
    """Requests are counted by the name of their command."""
    responses = OriginResponses()
    command = request_line(wire.customer_command(wire.api_key(1), wire.customer_key(1)))
    responses.respond(request_line(wire.portal_handshake()))
    for _ in range(3):
        responses.respond(command)
    assert responses.counts == {wire.PORTAL_HANDSHAKE: 1, wire.COMMAND: 3}
    responses.reset()
    assert responses.counts == {}


def test_response_to_the_customer_command() -> None:
    """It is 85 bytes of JSON, and is accepted as right."""
    command = request_line(wire.customer_command(wire.api_key(1), wire.customer_key(1)))
    response = OriginResponses().respond(command)
    assert len(response.partition(b"\r\n\r\n")[2]) == 85
    assert wire.is_expected(body(response))


def test_keys_expire() -> None:
    """From the second command on both old keys are refused, and new ones can be obtained."""
    responses = OriginResponses()
    old = request_line(wire.customer_command(wire.api_key(1), wire.customer_key(1)))
    responses.expire_after(2)
    statuses = [body(responses.respond(old))["status"] for _ in range(3)]
    assert statuses == [200, 507, 507]
    handshake = wire.customer_handshake(wire.api_key(1))
    assert body(responses.respond(request_line(handshake)))["status"] == 507
    key = body(responses.respond(request_line(wire.portal_handshake())))["sessionKey"]
    customer = body(responses.respond(request_line(wire.customer_handshake(key))))["sessionKey"]
    assert wire.is_expected(
        body(responses.respond(request_line(wire.customer_command(key, customer))))
    )


def test_pages_have_an_end() -> None:
    """The pages together have all items, and the last one has no next page."""
    responses, query, found = OriginResponses(), "limit=100", 0
    for _ in range(wire.ITEMS // wire.PAGE):
        page = body(responses.respond(f"GET {wire.CREDENTIALS}?{query} HTTP/1.1\r\n\r\n".encode()))
        found += len(page["credentials"])
        query = f"page_token={page['next_page']}"
    assert (found, page["next_page"]) == (wire.ITEMS, None)


@pytest.mark.parametrize("name", PRESENT)
def test_contender_gets_right_responses(group: ProcessGroup, name: str) -> None:
    """Each installed contender has all calls answered, and all its requests are counted."""
    numbers = group.measure(name, measure="stampede", tasks=2, calls_per_task=CALLS)
    handshakes = {"vendor's way": 2 * 2 * CALLS}.get(
        name, 2 if roster.find_entry(name).sessions else 0
    )
    assert "failed" not in numbers, numbers
    assert (numbers["calls"], numbers["errors"]) == (2 * CALLS, 0)
    assert (numbers["commands"], numbers["handshakes"]) == (2 * CALLS, handshakes)


@pytest.mark.parametrize("name", [entry.name for entry in roster.present() if entry.boxc])
def test_contender_supports_boxc(group: ProcessGroup, name: str) -> None:
    """It reads the whole list in one request per page."""
    numbers = group.measure(name, measure="throughput", call="boxc_list", seconds=0.0)
    assert "failed" not in numbers, numbers
    assert (numbers["calls"], numbers["requests_per_call"]) == (1, wire.ITEMS / wire.PAGE)


@pytest.mark.parametrize("name", PRESENT)
def test_contender_supports_tls(group: ProcessGroup, name: str) -> None:
    """It trusts the origin's certificate through the CA file that it is given."""
    numbers = group.measure(name, tls=True, measure="throughput", tasks=2, seconds=0.0)
    assert (numbers.get("calls"), numbers.get("errors")) == (2, 0), numbers


def test_queries_are_equally_long(group: ProcessGroup) -> None:
    """The library and a plain client send request lines of the same length."""
    lengths = set()
    for name in (roster.OURS, "streams"):
        group.measure(name, measure="stampede", tasks=1)
        lengths.add(group.control_origin({"action": "read"})["lengths"][wire.COMMAND])
    assert len(lengths) == 1


def test_one_expiry_costs_two_handshakes(group: ProcessGroup) -> None:
    """If the keys expire during twenty calls, all are answered after two handshakes."""
    numbers = group.measure(
        roster.OURS, measure="stampede", tasks=10, calls_per_task=2, expire=True
    )
    assert (numbers["calls"], numbers["errors"], numbers["handshakes"]) == (20, 0, 2)


def test_calls_in_flight_are_held(group: ProcessGroup) -> None:
    """The origin holds all calls while memory is measured, and answers them afterwards."""
    numbers = group.measure("streams", measure="in_flight", tasks=5)
    assert (numbers["waiting"], numbers["errors"]) == (5, 0)
    assert numbers["bytes"] > 0


def test_idle_sessions_are_alive(group: ProcessGroup) -> None:
    """All sessions are alive when their memory is measured."""
    numbers = group.measure(roster.OURS, measure="idle", tasks=20)
    assert numbers["alive"] == 20


def test_bucket_takes_no_time(group: ProcessGroup) -> None:
    """The calls that fit into the bucket are answered at once, in simulated time."""
    numbers = group.measure(roster.OURS, measure="bucket", tasks=10)
    assert (numbers["calls"], numbers["answers_429"]) == (10, 0)


@pytest.mark.parametrize("name", ON_UVLOOP)
def test_contender_runs_on_uvloop(group: ProcessGroup, name: str) -> None:
    """The contenders of the scenario have their calls answered on uvloop."""
    numbers = group.measure(name, loop="uvloop", measure="stampede", tasks=2)
    assert (numbers.get("calls"), numbers.get("errors")) == (2, 0), numbers


def test_the_loop_is_the_named_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job runs on a new loop of the library that it names."""
    loops: list[str] = []

    async def note(job: Any) -> dict[str, Any]:
        loops.append(type(asyncio.get_running_loop()).__module__.partition(".")[0])
        return {}

    monkeypatch.setitem(worker._ASYNC_MEASURES, "throughput", note)
    for loop in ("asyncio", "uvloop"):
        worker.run({"contender": "x", "measure": "throughput", "loop": loop}, lambda command: {})
    assert loops == ["asyncio", "uvloop"]


@pytest.mark.parametrize("name", ["boxapis", "boxapis on httpx"])
def test_each_long_refusal_is_refused(group: ProcessGroup, name: str) -> None:
    """A pause is measured for each long refusal, of which all are refused."""
    numbers = group.measure(name, measure="pauses")
    assert set(numbers) == {f"pause_{each}" for each in wire.REFUSALS}, numbers
    assert min(numbers.values()) > 0


def test_bare_sockets_are_counted(group: ProcessGroup) -> None:
    """The capacity of the origin is measured, and every connection gets responses."""
    numbers = group.measure(plan.BARE_SOCKETS, measure="capacity", tasks=3, seconds=0.05)
    assert numbers["calls"] >= 3


def test_a_failing_contender_is_reported(group: ProcessGroup) -> None:
    """A failure is returned as a result, and the process goes on with the next job."""
    assert group.measure(roster.OURS, measure="throughput", call="nothing")["failed"]
    assert group.measure(roster.OURS, measure="stampede", tasks=1)["calls"] == 1


def test_missing_libraries_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A contender without its library is reported as absent."""
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    monkeypatch.setattr(roster, "version", lambda name: "1")
    absent = roster.absent()
    assert absent["aiohttp"] == ["aiohttp"]
    assert "vendor's way" in absent
    assert "aiohttp" not in [entry.name for entry in roster.present()]
    assert "Absent: aiohttp (aiohttp not installed)." in tables.run_description(ENVIRONMENT)
    assert "everything over TLS" in tables.run_description(ENVIRONMENT)
    assert "everything on uvloop" in tables.run_description(ENVIRONMENT)


def test_without_uvloop_its_scenario_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where uvloop is not installed, the other scenarios are measured."""
    monkeypatch.setitem(sys.modules, "uvloop", None)
    started = SimpleNamespace(measure=lambda name, **job: {"busy": 1.0}, ready={"tls_url": None})
    chosen = plan.select(plan.QUICK, {"warm", "uvloop", "boxapis"})
    measured: Any = runner.run_plan(chosen, cast("ProcessGroup", started))
    assert {record.scenario for record in measured} == {"warm"}


def test_rounds_of_idle_clients_are_repeated() -> None:
    """A round with a client less than 90 % busy is discarded and repeated, up to ``max_tries``."""
    scenario = next(s for s in plan.QUICK.scenarios if s.name == "warm")
    shares = iter([0.5, 0.95, 0.1, 0.1, 0.1])

    def measure(name: str, **job: Any) -> dict[str, Any]:
        return {"busy": next(shares), "rate": 1.0}

    def kept() -> list[bool]:
        rounds = runner._round(plan.QUICK, scenario, 50, "x", 1, measure)
        return [record.kept for record in rounds]

    assert kept() == [False, True]
    assert kept() == [False] * plan.QUICK.max_tries


def test_records_round_trip() -> None:
    """A run written as JSON lines and read again is the same run."""
    run = Run(
        environment=ENVIRONMENT,
        records=[record("boxapis", 1, 10.0), record("x", 1, 5.0, note="no")],
    )
    assert records.read(records.lines(run)) == run


def test_figures_take_the_median_of_kept_rounds() -> None:
    """Discarded rounds count only if there is no other."""
    figures = Figures(
        [
            *(record("boxapis", 1, rate, round=n) for n, rate in enumerate((10.0, 30.0, 20.0), 1)),
            record("boxapis", 1, 1.0, kept=False),
            record("other", 1, 7.0, kept=False),
        ]
    )
    figure, other = (figures.figure("warm", name, 1, "rate") for name in ("boxapis", "other"))
    assert figure is not None
    assert other is not None
    assert (figure.median, figure.minimum, figure.maximum, figure.valid) == (20.0, 10.0, 30.0, True)
    assert (other.median, other.valid) == (7.0, False)


def test_table() -> None:
    """Names are aligned left, numbers right, and columns are as wide as their widest cell."""
    assert tables.table(["name", "n"], [["a", "10"], ["long", "5"]]).splitlines() == [
        "| name |  n |",
        "|------|---:|",
        "| a    | 10 |",
        "| long |  5 |",
    ]


def test_report_shows_medians_and_ranges() -> None:
    """The median is shown with the range; a figure of discarded rounds is marked."""
    rounds = [record("boxapis", 50, rate, round=n) for n, rate in enumerate((900.0, 1100, 1000), 1)]
    idle = record("httpx", 50, 200.0, kept=False)
    text = "\n".join(tables.report(Run(environment=ENVIRONMENT, records=[*rounds, idle])))
    assert "**1,000 (900 to 1,100)**" in text
    assert "~200" in text
    assert "1 rounds discarded" in text


def test_a_goal_needs_most_rounds() -> None:
    """A goal is reached if the medians and most of the rounds reach it."""
    ours = [record("boxapis", 1, rate, round=n) for n, rate in enumerate((60.0, 60.0, 10.0), 1)]
    peer = [record("httpx", 1, 10.0, round=n) for n in (1, 2, 3)]
    row = next(
        line for line in goals_table(Figures([*ours, *peer])).splitlines() if "httpx, 1" in line
    )
    assert [cell.strip() for cell in row.strip("|").split("|")][1:] == [
        "at least 5",
        "6",
        "2 of 3",
        "yes",
    ]
    assert goals_table(Figures([])) == ""


def test_a_goal_needs_valid_rounds() -> None:
    """With a reference whose rounds were all discarded the result is unknown."""
    rows = [record("boxapis", 1, 60.0), record("httpx", 1, 10.0, kept=False)]
    line = next(line for line in goals_table(Figures(rows)).splitlines() if "httpx, 1" in line)
    assert [cell.strip() for cell in line.strip("|").split("|")][2:] == ["~6", "1 of 1", "unknown"]


def test_chart_has_a_line_for_each_contender() -> None:
    """The SVG is well-formed, with a line and a name for each contender."""
    rows = [record("boxapis", n, 1000.0 * n) for n in (1, 50)]
    rows += [record("httpx", n, 100.0) for n in (1, 50)]
    tree = ET.fromstring(chart(Figures(rows)))  # noqa: S314 - trusted
    names = [node.text for node in tree.iter() if node.tag.endswith("text")]
    lines = [node for node in tree.iter() if node.tag.endswith("polyline")]
    assert len(lines) == 2
    assert {"boxapis", "httpx", "1", "50"} <= set(names)


def test_chart_needs_two_levels() -> None:
    """A chart of one level is refused."""
    with pytest.raises(ValueError, match="two levels"):
        chart(Figures([record("boxapis", 1, 1.0)]))


def test_frames_of_a_call(capsys: pytest.CaptureFixture[str]) -> None:
    """``python -m benchmarks.frames`` prints frames and files of both calls, and the files."""
    frames.main()
    printed = capsys.readouterr().out
    for name in ("customer.command", "credentials.get"):
        counted = re.search(rf"^{name}: (\d+) frames, (\d+) files$", printed, re.MULTILINE)
        assert counted is not None
        assert min(map(int, counted.groups())) > 0
    assert " boxapis/_core/call.py" in printed


def test_a_resumed_frame_counts_once() -> None:
    """A coroutine that is suspended several times counts as one frame."""

    async def suspended() -> None:
        for _ in range(3):
            await asyncio.sleep(0)

    async def frames_entered() -> int:
        with frames.FrameCounter(ROOT / "tests") as counter:
            await suspended()
        return counter.frames.total()

    assert asyncio.run(frames_entered()) == 1


def test_quick_has_every_scenario() -> None:
    """``--quick`` has the scenarios of the full run, with fewer levels and rounds."""
    quick, full = arguments.parse_options(["--quick"]).plan, arguments.parse_options([]).plan
    assert [scenario.name for scenario in quick.scenarios] == [
        scenario.name for scenario in full.scenarios
    ]
    assert (quick.rounds, full.rounds) == (1, 5)
    assert full.scenarios[1].levels == (1, 10, 50, 200, 500, 1000)


def test_only_and_rounds() -> None:
    """``--only`` takes scenarios and contenders, ``--rounds`` the number of rounds."""
    numbers = arguments.parse_options(
        ["--only", "warm,aiohttp", "--only", "boxapis", "--rounds", "7"]
    ).plan
    assert [scenario.name for scenario in numbers.scenarios] == ["warm"]
    assert (numbers.contenders, numbers.rounds, numbers.imports) == (("boxapis", "aiohttp"), 7, 0)


@pytest.mark.parametrize("wrong", [["--only", "unknown"], ["--rounds", "0"]])
def test_wrong_options(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong option ends the program with a message that names it."""
    with pytest.raises(SystemExit):
        arguments.parse_options(wrong)
    assert wrong[0] in capsys.readouterr().err


def test_runner_takes_turns() -> None:
    """Every round has every contender once and starts with another one."""
    scenario = next(s for s in plan.QUICK.scenarios if s.name == "expiry")
    run = plan.select(plan.QUICK, {"boxapis", "boxapis on httpx"})
    order: list[str] = []

    def measure(name: str, **job: Any) -> dict[str, Any]:
        order.append(name)
        return {"busy": 1.0}

    twice = plan.Plan(
        scenarios=(scenario,),
        rounds=2,
        max_tries=1,
        seconds=0,
        warm=0,
        imports=0,
        contenders=run.contenders,
    )
    list(runner._level(twice, scenario, 1, measure))
    assert order == ["boxapis", "boxapis on httpx", "boxapis on httpx", "boxapis"]


def test_a_process_that_ends_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that ends without a response raises an error instead of waiting."""
    monkeypatch.chdir(ROOT)
    child = processes.Child("wire")  # prints nothing and ends
    with pytest.raises(EOFError):
        child.receive()
    child.close()


async def test_streams_reuse_connections(group: ProcessGroup) -> None:
    """The minimal client keeps its connections and closes all of them."""
    contender = roster.create_contender("streams")
    await contender.setup(group.ready["url"], 2)
    answers = await asyncio.gather(contender.call(), contender.call())
    await contender.close()
    assert all(wire.is_expected(response) for response in answers)
