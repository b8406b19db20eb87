"""The benchmark counts right, gets right answers, shows what it is fed. No time is asserted."""

import asyncio
import json
import sys
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from benchmarks import arguments, plan, processes, records, roster, runner, tables, wire
from benchmarks.answers import Answers
from benchmarks.chart import chart
from benchmarks.figures import Figures
from benchmarks.goals import verdicts
from benchmarks.processes import Field, field_of_play
from benchmarks.records import Record, Run
from tests.support.paths import ROOT

pytestmark = pytest.mark.servers

CALLS = 4
PRESENT = [entry.name for entry in roster.present()]


@pytest.fixture(scope="module")
def processes_of_all() -> Iterator[Field]:
    """The origin and the clients, as processes, away from the proxies of the environment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        with field_of_play() as started:
            yield started


@pytest.fixture
def field(processes_of_all: Field) -> Field:
    """The processes, whose origin gives out its first keys whatever test came before."""
    processes_of_all.steer({"do": "reset"})
    return processes_of_all


def request_line(fields: dict[str, Any]) -> bytes:
    """A command as the origin sees it."""
    query = "&".join(f"{name}={value}" for name, value in fields.items())
    return f"GET {wire.CONTROLLER}?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def body(answer: bytes) -> Any:
    """The JSON of an answer, whose length must be as it says."""
    head, _, content = answer.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(content)}".encode() in head
    return json.loads(content)


def record(contender: str, tasks: int, rate: float, **more: Any) -> Record:
    """One warm round."""
    values = {"rate": rate, "cpu_us": 1e6 / rate, "requests_per_call": 1.0}
    return Record(scenario="warm", contender=contender, tasks=tasks, values=values, **more)


ABOUT = {
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
    """One for each request, under the name of its command."""
    answers = Answers()
    command = request_line(wire.customer_command(wire.api_key(1), wire.customer_key(1)))
    answers.answer(request_line(wire.portal_handshake()))
    for _ in range(3):
        answers.answer(command)
    assert answers.counts == {wire.PORTAL_HANDSHAKE: 1, wire.COMMAND: 3}
    answers.reset()
    assert answers.counts == {}


def test_answer_is_small_and_right() -> None:
    """85 bytes of JSON, which count as right."""
    command = request_line(wire.customer_command(wire.api_key(1), wire.customer_key(1)))
    answer = Answers().answer(command)
    assert len(answer.partition(b"\r\n\r\n")[2]) == 85
    assert wire.is_right(body(answer))


def test_keys_die_in_the_middle() -> None:
    """With the second command both old keys are refused, and new ones are to be had."""
    answers = Answers()
    old = request_line(wire.customer_command(wire.api_key(1), wire.customer_key(1)))
    answers.expire_after(2)
    statuses = [body(answers.answer(old))["status"] for _ in range(3)]
    assert statuses == [200, 507, 507]
    shake = wire.customer_handshake(wire.api_key(1))
    assert body(answers.answer(request_line(shake)))["status"] == 507
    key = body(answers.answer(request_line(wire.portal_handshake())))["sessionKey"]
    customer = body(answers.answer(request_line(wire.customer_handshake(key))))["sessionKey"]
    assert wire.is_right(body(answers.answer(request_line(wire.customer_command(key, customer)))))


def test_pages_lead_to_the_end() -> None:
    """The list has exactly so many items, and the last page leads nowhere."""
    answers, query, found = Answers(), "limit=100", 0
    for _ in range(wire.ITEMS // wire.PAGE):
        page = body(answers.answer(f"GET {wire.CREDENTIALS}?{query} HTTP/1.1\r\n\r\n".encode()))
        found += len(page["credentials"])
        query = f"page_token={page['next_page']}"
    assert (found, page["next_page"]) == (wire.ITEMS, None)


@pytest.mark.parametrize("name", PRESENT)
def test_contender_gets_right_answers(field: Field, name: str) -> None:
    """Each contender that is installed: every call answered, every request counted."""
    got = field.measure(name, measure="stampede", tasks=2, each=CALLS)
    handshakes = {"vendor's way": 2 * 2 * CALLS}.get(name, 2 if roster.entry(name).sessions else 0)
    assert "failed" not in got, got
    assert (got["calls"], got["errors"]) == (2 * CALLS, 0)
    assert (got["commands"], got["handshakes"]) == (2 * CALLS, handshakes)


@pytest.mark.parametrize("name", [entry.name for entry in roster.present() if entry.boxc])
def test_contender_speaks_to_boxc(field: Field, name: str) -> None:
    """A list of the right length in as many requests as it has pages."""
    got = field.measure(name, measure="throughput", call="boxc_list", seconds=0.0)
    assert "failed" not in got, got
    assert (got["calls"], got["requests_per_call"]) == (1, wire.ITEMS / wire.PAGE)


@pytest.mark.parametrize("name", PRESENT)
def test_contender_speaks_tls(field: Field, name: str) -> None:
    """The certificate made at start is trusted, and by nobody else's leave."""
    got = field.measure(name, tls=True, measure="throughput", tasks=2, seconds=0.0)
    assert (got.get("calls"), got.get("errors")) == (2, 0), got


def test_queries_are_equally_long(field: Field) -> None:
    """The library and a plain client send the same request line, byte for byte as long."""
    lengths = set()
    for name in (roster.OURS, "streams"):
        field.measure(name, measure="stampede", tasks=1)
        lengths.add(field.steer({"do": "read"})["lengths"][wire.COMMAND])
    assert len(lengths) == 1


def test_one_expiry_costs_two_handshakes(field: Field) -> None:
    """Keys that die in the middle of twenty calls: all answered, two handshakes."""
    got = field.measure(roster.OURS, measure="stampede", tasks=10, each=2, expire=True)
    assert (got["calls"], got["errors"], got["handshakes"]) == (20, 0, 2)


def test_calls_in_flight_are_held(field: Field) -> None:
    """The origin holds all of them while memory is counted, and answers them afterwards."""
    got = field.measure("streams", measure="in_flight", tasks=5)
    assert (got["waiting"], got["errors"]) == (5, 0)
    assert got["bytes"] > 0


def test_idle_sessions_live(field: Field) -> None:
    """As many sessions as were asked for are alive when they are weighed."""
    got = field.measure(roster.OURS, measure="idle", tasks=20)
    assert got["alive"] == 20


def test_bucket_takes_no_time(field: Field) -> None:
    """The calls within the burst are answered by the real bucket, in simulated time."""
    got = field.measure(roster.OURS, measure="bucket", tasks=10)
    assert (got["calls"], got["answers_429"]) == (10, 0)


def test_bare_sockets_are_counted(field: Field) -> None:
    """What the origin alone can do is counted, and every connection was answered."""
    got = field.measure(plan.NOBODY, measure="capacity", tasks=3, seconds=0.05)
    assert got["calls"] >= 3


def test_a_contender_that_breaks_is_told(field: Field) -> None:
    """A failure is an answer, and the next job finds the process alive."""
    assert field.measure(roster.OURS, measure="throughput", call="nothing")["failed"]
    assert field.measure(roster.OURS, measure="stampede", tasks=1)["calls"] == 1


def test_missing_libraries_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A contender without its library is absent by name, and the report says so."""
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    monkeypatch.setattr(roster, "version", lambda name: "1")
    gone = roster.absent()
    assert gone["aiohttp"] == ["aiohttp"]
    assert "vendor's way" in gone
    assert "aiohttp" not in [entry.name for entry in roster.present()]
    assert "Absent: aiohttp (aiohttp not installed)." in tables.preface(ABOUT)
    assert "everything over TLS" in tables.preface(ABOUT)


def test_idle_clients_begin_again() -> None:
    """A round with the client less than 90 % busy is thrown away, and only so often."""
    scenario = next(each for each in plan.QUICK.scenarios if each.name == "warm")
    shares = iter([0.5, 0.95, 0.1, 0.1, 0.1])

    def measure(name: str, **job: Any) -> dict[str, Any]:
        return {"busy": next(shares), "rate": 1.0}

    def kept() -> list[bool]:
        rounds = runner._round(plan.QUICK, scenario, 50, "x", 1, measure)
        return [each.kept for each in rounds]

    assert kept() == [False, True]
    assert kept() == [False] * plan.QUICK.tries


def test_lines_come_back() -> None:
    """A run written as JSON lines and read again is the same run."""
    run = Run(about=ABOUT, records=[record("boxapis", 1, 10.0), record("x", 1, 5.0, note="no")])
    assert records.read(records.lines(run)) == run


def test_figures_take_the_median_of_kept_rounds() -> None:
    """Thrown-away rounds count only when there is no other."""
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
    assert (figure.median, figure.least, figure.most, figure.sound) == (20.0, 10.0, 30.0, True)
    assert (other.median, other.sound) == (7.0, False)


def test_table_is_what_it_is_fed() -> None:
    """Names to the left, numbers to the right, every column as wide as its widest cell."""
    assert tables.table(["who", "n"], [["a", "10"], ["long", "5"]]).splitlines() == [
        "| who  |  n |",
        "|------|---:|",
        "| a    | 10 |",
        "| long |  5 |",
    ]


def test_report_shows_medians_and_spread() -> None:
    """The median with least and most; a figure of thrown-away rounds is marked."""
    rounds = [record("boxapis", 50, rate, round=n) for n, rate in enumerate((900.0, 1100, 1000), 1)]
    idle = record("httpx", 50, 200.0, kept=False)
    text = "\n".join(tables.report(Run(about=ABOUT, records=[*rounds, idle])))
    assert "**1,000 (900 to 1,100)**" in text
    assert "~200" in text
    assert "1 rounds thrown away" in text


def test_verdict_counts_the_rounds() -> None:
    """A ratio is reached by the medians and by most of the rounds."""
    ours = [record("boxapis", 1, rate, round=n) for n, rate in enumerate((60.0, 60.0, 10.0), 1)]
    peer = [record("httpx", 1, 10.0, round=n) for n in (1, 2, 3)]
    row = next(
        line for line in verdicts(Figures([*ours, *peer])).splitlines() if "httpx, 1" in line
    )
    assert [cell.strip() for cell in row.strip("|").split("|")][1:] == [
        "at least 5",
        "6",
        "2 of 3",
        "yes",
    ]
    assert verdicts(Figures([])) == ""


def test_verdict_knows_nothing_of_thrown_away_rounds() -> None:
    """A peer whose rounds were all thrown away has not been beaten."""
    rows = [record("boxapis", 1, 60.0), record("httpx", 1, 10.0, kept=False)]
    line = next(line for line in verdicts(Figures(rows)).splitlines() if "httpx, 1" in line)
    assert [cell.strip() for cell in line.strip("|").split("|")][2:] == ["~6", "1 of 1", "unknown"]


def test_chart_draws_a_line_for_each() -> None:
    """One line and one name for each contender, well-formed, in the order of the rates."""
    rows = [record("boxapis", n, 1000.0 * n) for n in (1, 50)]
    rows += [record("httpx", n, 100.0) for n in (1, 50)]
    tree = ET.fromstring(chart(Figures(rows)))  # noqa: S314 - made one line above
    names = [node.text for node in tree.iter() if node.tag.endswith("text")]
    lines = [node for node in tree.iter() if node.tag.endswith("polyline")]
    assert len(lines) == 2
    assert {"boxapis", "httpx", "1", "50"} <= set(names)


def test_chart_needs_two_levels() -> None:
    """One level makes no line."""
    with pytest.raises(ValueError, match="two levels"):
        chart(Figures([record("boxapis", 1, 1.0)]))


def test_quick_touches_every_scenario() -> None:
    """``--quick`` has the same scenarios as the full run, at fewer levels."""
    quick, full = arguments.parsed(["--quick"]).plan, arguments.parsed([]).plan
    assert [each.name for each in quick.scenarios] == [each.name for each in full.scenarios]
    assert (quick.rounds, full.rounds) == (1, 5)
    assert full.scenarios[1].levels == (1, 10, 50, 200, 500, 1000)


def test_only_and_rounds() -> None:
    """``--only`` takes scenarios and contenders together; ``--rounds`` how often."""
    got = arguments.parsed(["--only", "warm,aiohttp", "--only", "boxapis", "--rounds", "7"]).plan
    assert [each.name for each in got.scenarios] == ["warm"]
    assert (got.contenders, got.rounds, got.imports) == (("boxapis", "aiohttp"), 7, 0)


@pytest.mark.parametrize("wrong", [["--only", "nobody"], ["--rounds", "0"]])
def test_wrong_options(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What makes no sense ends with a sentence."""
    with pytest.raises(SystemExit):
        arguments.parsed(wrong)
    assert wrong[0] in capsys.readouterr().err


def test_runner_takes_turns() -> None:
    """Every round has every contender once, and another one begins."""
    scenario = next(each for each in plan.QUICK.scenarios if each.name == "expiry")
    run = plan.chosen(plan.QUICK, {"boxapis", "boxapis on httpx"})
    order: list[str] = []

    def measure(name: str, **job: Any) -> dict[str, Any]:
        order.append(name)
        return {"busy": 1.0}

    twice = plan.Plan(
        scenarios=(scenario,),
        rounds=2,
        tries=1,
        seconds=0,
        warm=0,
        imports=0,
        contenders=run.contenders,
    )
    list(runner._level(twice, scenario, 1, measure))
    assert order == ["boxapis", "boxapis on httpx", "boxapis on httpx", "boxapis"]


def test_a_silent_process_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that ends without an answer is an error, not a wait."""
    monkeypatch.chdir(ROOT)
    child = processes.Child("wire")  # it says nothing and ends
    with pytest.raises(EOFError):
        child.hear()
    child.close()


async def test_streams_take_the_last_connection_first(field: Field) -> None:
    """The hand-cut loop keeps its connections and closes every one of them."""
    contender = roster.make("streams")
    await contender.setup(field.ready["url"], 2)
    answers = await asyncio.gather(contender.call(), contender.call())
    await contender.close()
    assert all(wire.is_right(answer) for answer in answers)
