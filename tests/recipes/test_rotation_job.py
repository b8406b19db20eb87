"""The recipe for one process with a journal, killed and restarted as its scheduler would do it."""

import configparser
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from attrs import frozen

from boxapis.batch import read_journal
from boxapis.sandbox import BoxCService, RateLimit, Sandbox
from tests.recipes.plans import Planned
from tests.support.command_line import surroundings
from tests.support.paths import ROOT

RECIPE = ROOT / "tests" / "recipes" / "rotation_job.py"
AGAIN, LOOK = 1, 2
MOST_RESTARTS = 5


@frozen
class Job:
    """The recipe, its service, and its journal."""

    sandbox: Sandbox
    planned: Planned

    @property
    def journal(self) -> Path:
        """Path of the journal, in a folder that outlives the process."""
        return self.planned.folder / "rotation.journal"

    def start(self) -> "subprocess.Popen[str]":
        """Starts the recipe."""
        files = {**self.planned.variables, "JOURNAL": str(self.journal), "PYTHONPATH": str(ROOT)}
        return subprocess.Popen(
            [sys.executable, "-W", "error", str(RECIPE)],
            env=surroundings(**self.sandbox.environment, **files),
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def run_and_signal(self, number: int, *, held: int) -> int:
        """Sends a signal while calls that were carried out wait for their responses."""
        boxc = self.sandbox.boxc
        boxc.hold_responses(until=1000)
        with self.start() as process:
            boxc.wait_in_flight(held)
            process.send_signal(number)
            if number == signal.SIGKILL:
                process.wait()
            boxc.release_responses()
            process.communicate()
        return process.returncode

    def run_as_scheduled(self) -> int:
        """Starts it until it does not ask to be started again; returns its last exit status."""
        for _ in range(MOST_RESTARTS):
            with self.start() as process:
                process.communicate()
            if process.returncode != AGAIN:
                break
        return process.returncode


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    """Forty rotations and twenty creations at a service whose rate limit has room for all."""
    with Sandbox(boxc=BoxCService(rate_limit=RateLimit(size=1000))) as sandbox:
        planned = Planned(sandbox.boxc, tmp_path)
        planned.write(40, 20)
        yield Job(sandbox, planned)


@pytest.mark.servers
def test_every_row_is_done_though_the_process_is_killed(job: Job) -> None:
    """F240: rotations that were under way are sent again, creations are left to a person."""
    for _ in range(2):
        assert job.run_and_signal(signal.SIGKILL, held=5) < 0
    assert job.run_as_scheduled() == LOOK
    job.planned.assert_rotated()
    entries = read_journal(job.journal)
    unknown = {key for key, entry in entries.items() if entry.status == "unknown"}
    assert len(entries) == 60
    assert unknown
    assert unknown <= set(job.planned.created)
    assert set(job.planned.creations.values()) == {1}
    assert set(job.planned.created) - set(job.planned.creations) <= unknown
    boxc = job.sandbox.boxc
    sent = boxc.counts["PUT /credentials/{id}"]
    assert sent == 40 + sum(times - 1 for times in job.planned.sent_twice.values())
    assert sent > 40
    calls = boxc.counts.total()
    assert job.run_as_scheduled() == LOOK
    assert boxc.counts.total() == calls


@pytest.mark.servers
def test_nothing_is_repeated_when_it_is_asked_to_stop(job: Job) -> None:
    """SIGTERM: calls under way end and are recorded; the next start does the rest."""
    assert job.run_and_signal(signal.SIGTERM, held=5) in {0, AGAIN}
    assert job.run_as_scheduled() == 0
    job.planned.assert_rotated()
    assert job.planned.creations == Counter(job.planned.created)
    assert job.planned.sent_twice == {}


@pytest.mark.servers
def test_a_row_that_is_refused(job: Job) -> None:
    """The others are done, and a person is asked, since no further start would help."""
    with Path(job.planned.variables["PLAN"]).open("a", encoding="utf-8") as file:
        file.write("1,,Janio,made-0\n")
    assert job.run_as_scheduled() == LOOK
    job.planned.assert_rotated()
    assert job.planned.creations == Counter(job.planned.created)


@pytest.mark.servers
def test_what_every_row_would_meet_asks_for_a_person(job: Job) -> None:
    """A token that is refused: exit status 2, with which no scheduler starts it again."""
    boxc = job.sandbox.boxc
    boxc.revoke_tokens()
    assert job.run_as_scheduled() == LOOK
    assert boxc.counts.total() <= 20
    assert job.planned.creations == Counter()


@pytest.mark.servers
@pytest.mark.parametrize("missing", ["variable", "plan", "secret", "column", "JSON", "token"])
def test_what_a_person_must_correct(
    job: Job, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F279: no scheduler starts it again: nothing that is missing comes by itself."""
    plan, secrets = (Path(job.planned.variables[name]) for name in ("PLAN", "SECRETS"))
    match missing:
        case "variable":
            monkeypatch.setattr(Planned, "variables", {"PLAN": str(plan)})
        case "plan":
            plan.unlink()
        case "secret":
            (secrets / "new-0.json").unlink()
        case "column":
            plan.write_text("id,name,carrier\n,north,Janio\n", "utf-8")
        case "JSON":
            (secrets / "new-0.json").write_text("{", "utf-8")
        case "token":
            variables = {name: "" for name in job.sandbox.environment if name.startswith("BOXC_")}
            monkeypatch.setattr(Sandbox, "environment", variables)
    assert job.run_as_scheduled() == LOOK


def in_recipes(program: str) -> Path:
    """The file of the recipe that a command starts, wherever it is installed."""
    return RECIPE.parent / Path(program).name


def test_the_unit_of_systemd() -> None:
    """It starts the recipe, again if it failed, and the journal is in a folder that stays."""
    unit = configparser.ConfigParser(strict=False, delimiters="=")
    unit.optionxform = str  # type: ignore[assignment,method-assign] # keys have capitals
    text = RECIPE.with_name("rotation.service").read_text("utf-8")
    unit.read_string(text)
    service = unit["Service"]
    assert in_recipes(service["ExecStart"].split()[-1]) == RECIPE
    assert (service["Restart"], service["RestartPreventExitStatus"]) == ("on-failure", str(LOOK))
    assert text.count("JOURNAL=/var/lib/" + service["StateDirectory"] + "/") == 1
    for name in ("PLAN", "SECRETS"):
        assert f"{name}=/" in text


def test_the_job_of_kubernetes() -> None:
    """One pod at a time starts the recipe, and its journal is on the claim that only it may use."""
    job, claim = yaml.safe_load_all(RECIPE.with_name("rotation.yaml").read_text("utf-8"))
    spec, pod = job["spec"], job["spec"]["template"]["spec"]
    assert (spec["completions"], spec["parallelism"], pod["restartPolicy"]) == (1, 1, "Never")
    assert {"operator": "In", "values": [LOOK]} in [
        rule.get("onExitCodes") for rule in spec["podFailurePolicy"]["rules"]
    ]
    (container,) = pod["containers"]
    assert in_recipes(container["command"][-1]) == RECIPE
    files = {one["name"]: Path(one["value"]) for one in container["env"]}
    assert files.keys() == {"PLAN", "SECRETS", "JOURNAL"}
    volumes = {one["mountPath"]: one["name"] for one in container["volumeMounts"]}
    assert {one["name"] for one in pod["volumes"]} == set(volumes.values())
    volume = volumes[str(files["JOURNAL"].parent)]
    (claimed,) = [one for one in pod["volumes"] if one["name"] == volume]
    assert claimed["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    assert claim["spec"]["accessModes"] == ["ReadWriteOncePod"]
