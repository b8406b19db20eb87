"""The benchmark's scenarios: every contender does the same work. No time is asserted."""

import json
import shutil
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast
from xml.etree import ElementTree as ET

import pytest

from benchmarks import nginx, plan, roster, runner, tables, wire
from benchmarks.chart import chart
from benchmarks.figures import Figures
from benchmarks.goals import GOALS, FigureKey
from benchmarks.measures import overhead, startup
from benchmarks.measures.throughput import _checked
from benchmarks.processes import ProcessGroup
from benchmarks.records import Record
from tests.support.installed import program
from tests.support.paths import ROOT

pytestmark = pytest.mark.servers

ON_BOXC = [entry for entry in roster.present() if entry.boxc]
UNTYPED = [entry.name for entry in ON_BOXC if not entry.only]
LIST_TYPES = {
    "boxapis": datetime,
    "boxapis on httpx": datetime,
    **{entry.name: datetime for entry in ON_BOXC if entry.only},
}
"""Types of times in the lists of typed contenders; in the others they are text."""
SCENARIOS = {scenario.name: scenario for scenario in plan.FULL.scenarios}


@pytest.mark.parametrize("call", ["boxc_get", "boxc_request", "boxc_create"])
@pytest.mark.parametrize("name", UNTYPED)
def test_one_request_for_each_call(group: ProcessGroup, name: str, call: str) -> None:
    """Each contender gets the credential with one request, and stores the same one."""
    numbers = group.measure(name, measure="throughput", call=call, tasks=2, seconds=0.0)
    assert "failed" not in numbers, numbers
    assert (numbers["calls"], numbers["errors"], numbers["requests_per_call"]) == (2, 0, 1)
    state = group.control_origin({"action": "read"})
    path = f"POST {wire.CREDENTIALS}" if call == "boxc_create" else wire.CREDENTIAL
    assert state["counts"] == {path: 4}  # two to warm up
    if call == "boxc_create":
        assert json.loads(state["body"]) == wire.new_credential()


@pytest.mark.parametrize("name", [entry.name for entry in ON_BOXC])
async def test_lists_have_the_same_values(group: ProcessGroup, name: str) -> None:
    """Each contender reads the id of every credential, and typed ones make times of the texts."""
    contender: Any = roster.create_contender(name)
    await contender.setup(group.ready["url"], 1)
    total, last = await contender.boxc_list()
    await contender.close()
    assert wire.is_whole_list((total, last))
    read = last if isinstance(last, dict) else {n: getattr(last, n) for n in ("created", "params")}
    assert set(read["params"]) == set(wire.SECRETS)
    assert isinstance(read["created"], LIST_TYPES.get(name, str))
    assert str(read["created"]).startswith("2026-01-01 00:00:00")


@pytest.mark.parametrize(
    ("call", "wrong"),
    [
        ("call", {"status": 507}),
        ("boxc_get", {"credential": {"id": 1, "carrier": wire.CARRIER}}),
        ("boxc_request", None),
        ("boxc_create", SimpleNamespace(id=wire.CREDENTIAL_ID, carrier="")),
        ("boxc_list", (5050, {"id": wire.PAGE, "carrier": wire.CARRIER})),
    ],
)
async def test_wrong_responses_are_found(call: str, wrong: object) -> None:
    """A contender that reads less, or something else, fails while it is warmed up."""

    async def answer() -> object:
        return wrong

    with pytest.raises(ValueError, match="wrong"):
        await cast("Any", _checked(answer, call)())


def test_typed_contenders_are_in_their_scenario_alone() -> None:
    """Contenders that validate lists are measured where lists are."""
    typed = [entry for entry in roster.ROSTER if entry.only]
    assert len(typed) == 3
    for entry in typed:
        assert [s.name for s in plan.FULL.scenarios if s.admits(entry)] == ["boxc-list"]


def test_behind_nginx(group: ProcessGroup) -> None:
    """Calls go through nginx over TLS to the origin, which counts each."""
    program("nginx", install="apt-get install nginx")
    numbers = group.measure("streams", nginx=True, measure="throughput", tasks=2, seconds=0.0)
    assert (numbers.get("calls"), numbers.get("errors")) == (2, 0), numbers
    assert group.control_origin({"action": "read"})["counts"] == {wire.COMMAND: 4}


def test_without_nginx_its_scenario_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nginx is not installed, the report says how to install it."""
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None)
    assert not nginx.is_installed()
    assert not runner._can_run(SCENARIOS["nginx"], has_tls=True)
    assert runner._can_run(SCENARIOS["tls"], has_tls=True)
    ready = {"loop": "asyncio", "tls_url": "https://x"}
    started = cast("ProcessGroup", SimpleNamespace(client_core="", ready=ready))
    described = tables.run_description(runner.environment(started, plan.QUICK))
    assert "Absent: everything behind nginx (install it: apt-get install nginx)." in described


@pytest.mark.parametrize("name", startup.COMMANDS)
def test_command_lines(group: ProcessGroup, name: str) -> None:
    """Each command ends well, and those that list make one request each time."""
    numbers = group.measure(name, measure="startup", seconds=0.0)
    assert "failed" not in numbers, numbers
    assert (numbers["calls"], numbers["errors"]) == (1, 0)
    assert min(numbers["wall_ms"], numbers["cpu_ms"]) > 0
    counts = group.control_origin({"action": "read"})["counts"]
    path = f"{wire.ONE_PAGE_PATH}/credentials"
    assert counts == ({path: 2} if "list" in name else {})


def test_a_failing_command_line_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that fails is no figure."""
    job = cast("Any", SimpleNamespace(contender="x", url="", control_origin=lambda command: {}))
    monkeypatch.setitem(cast("Any", startup.COMMANDS), "x", ("-c", "raise SystemExit(1)"))
    with pytest.raises(Exception, match="exit status 1"):
        startup.measure(job)
    monkeypatch.setitem(cast("Any", startup.COMMANDS), "a list", ("-c", "pass"))
    job.contender = "a list"
    assert "missing" in startup.measure(job)["failed"]


@pytest.mark.parametrize("name", overhead.CALLS)
def test_overhead_is_without_network(group: ProcessGroup, name: str) -> None:
    """The calls above the transport are answered, and the origin gets none of them."""
    numbers = group.measure(name, measure="overhead", seconds=0.0)
    assert (numbers.get("calls"), numbers.get("errors")) == (1, 0), numbers
    assert group.control_origin({"action": "read"})["counts"] == {}


def test_goals_are_about_what_is_measured() -> None:
    """Each goal names a scenario, one of its levels and columns, and who takes part in it."""
    entries = {entry.name: entry for entry in roster.ROSTER}

    def check(key: FigureKey) -> None:
        if key.scenario == plan.IMPORTS:
            return
        scenario = SCENARIOS[key.scenario]
        assert key.tasks is None or key.tasks in scenario.levels
        assert key.column in scenario.columns
        assert key.contender in scenario.rows or scenario.admits(entries[key.contender])

    for goal in GOALS:
        check(goal.subject)
        if goal.reference is not None:
            check(goal.reference)


def test_the_readme_has_each_scenario() -> None:
    """The description has a row for each scenario, and names each contender."""
    text = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    assert [name for name in (*SCENARIOS, plan.IMPORTS) if f"\n| `{name}` |" not in text] == []
    assert [entry.name for entry in roster.ROSTER if f"`{entry.name}`" not in text] == []


def test_chart_has_both_services() -> None:
    """A command and a BoxC call each have a panel, with a line for each contender of the chart."""
    rows = [
        Record(scenario=scenario, contender=name, tasks=tasks, values={"rate": 10.0 * tasks})
        for scenario in ("warm", "boxc-get")
        for name in ("boxapis", "wreq", "httpx-aiohttp")
        for tasks in (1, 50)
    ]
    tree = ET.fromstring(chart(Figures(rows)))  # noqa: S314 - trusted
    lines = [node for node in tree.iter() if node.tag.endswith("polyline")]
    texts = [node.text or "" for node in tree.iter() if node.tag.endswith("text")]
    assert len(lines) == 4
    assert texts.count("boxapis") == texts.count("wreq") == 2
    assert {"Box Tracker: a customer command", "BoxC: one credential"} <= set(texts)
