"""Imports that end early, or whose output has no reader; the journal tells the truth."""

import json
import os
import resource
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from boxapis.sandbox import Fault, Sandbox, SandboxResponse
from tests.support.manifests import events, is_quiet, lay_down, start_import
from tests.support.moved_time import MovedClock, SharedTime

pytestmark = pytest.mark.servers

SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
NOT_CARRIED_OUT = Fault(response=SandboxResponse(503), wire_fault="reset")


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox on the time that imports in this folder move."""
    with Sandbox(clock=MovedClock(SharedTime(tmp_path / "time"))) as started:
        yield started


def finish(sandbox: Sandbox, folder: Path) -> dict[str, Any]:
    """Runs the import to its end; all rows are stored then, and each creation once."""
    with start_import(sandbox, folder, "--json", "--adopt") as process:
        result, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    found: dict[str, Any] = json.loads(result)
    assert found["done"] + found["skipped"] == found["total"]
    assert len(sandbox.boxc.credentials) == found["total"]
    return found


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_lets_running_calls_end(
    sandbox: Sandbox, tmp_path: Path, number: signal.Signals
) -> None:
    """F181: no row is begun any more, those sent are journaled, and the report is printed."""
    lay_down(tmp_path, sandbox, 60)
    sandbox.boxc.hold_responses(until=1000)
    with start_import(sandbox, tmp_path, "--json") as process:
        sandbox.boxc.wait_in_flight(20)
        assert process.stderr is not None
        process.send_signal(number)
        while "waiting for the running calls" not in process.stderr.readline():
            assert process.poll() is None
        sandbox.boxc.release_responses()
        result, errors = process.communicate(timeout=30)
    outcome = json.loads(result)
    assert process.returncode == SIGNALS[number]
    assert "Traceback" not in errors
    assert (outcome["interrupted"], outcome["done"], outcome["left"]) == (True, 20, 40)
    assert sandbox.boxc.counts.total() == events(tmp_path).count("done") == 20
    assert is_quiet(tmp_path)
    assert finish(sandbox, tmp_path)["skipped"] == 20


@pytest.mark.parametrize("number", SIGNALS)
def test_a_second_signal_cancels_running_calls(
    sandbox: Sandbox, tmp_path: Path, number: signal.Signals
) -> None:
    """F181: the status is that of the first one; the journal has the rows as begun only."""
    lay_down(tmp_path, sandbox, 60)
    sandbox.boxc.hold_responses(until=1000)
    with start_import(sandbox, tmp_path, "--json") as process:
        sandbox.boxc.wait_in_flight(20)
        assert process.stderr is not None
        process.send_signal(number)
        while "again to cancel them" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        result, errors = process.communicate(timeout=30)
    assert process.returncode == SIGNALS[number]
    assert json.loads(result)["error"]["may_have_been_applied"] is None
    text = "interrupted" if number == signal.SIGINT else f"ended by {number.name}"
    assert errors.splitlines()[-1] == f"boxapis: {text}"
    assert events(tmp_path) == ["begun"] * 20
    sandbox.boxc.release_responses()
    assert finish(sandbox, tmp_path)["done"] == 60


def test_a_signal_that_is_ignored(sandbox: Sandbox, tmp_path: Path) -> None:
    """Under ``nohup`` an import outlives its terminal."""
    lay_down(tmp_path, sandbox, 25)
    sandbox.boxc.hold_responses(until=1000)
    ignore = partial(signal.signal, signal.SIGHUP, signal.SIG_IGN)
    with start_import(sandbox, tmp_path, "--json", before=ignore) as process:
        sandbox.boxc.wait_in_flight(20)
        process.send_signal(signal.SIGHUP)
        sandbox.boxc.release_responses()
        result, _ = process.communicate(timeout=30)
    assert (process.returncode, json.loads(result)["done"]) == (0, 25)


def closed_pipe() -> int:
    """A pipe without a reader."""
    reader, writer = os.pipe()
    os.close(reader)
    return writer


def full_disk() -> int:
    """A file on a disk that is full."""
    return os.open("/dev/full", os.O_WRONLY)


@pytest.mark.parametrize("broken", [closed_pipe, full_disk])
def test_stderr_that_cannot_be_written(sandbox: Sandbox, tmp_path: Path, broken: Any) -> None:
    """F182: every row is sent, the report is whole, and the status is that of the work."""
    lay_down(tmp_path, sandbox, 40)
    with (tmp_path / "secrets.csv").open("a") as manifest:
        manifest.write(",bad,Jano,x\n")
    stderr = broken()
    with start_import(sandbox, tmp_path, "--json", stderr=stderr) as process:
        result, _ = process.communicate(timeout=60)
    os.close(stderr)
    outcome = json.loads(result)
    assert (process.returncode, outcome["done"], outcome["invalid"]) == (3, 40, 1)
    assert is_quiet(tmp_path)


@pytest.mark.parametrize("arguments", [(), ("--json",)])
@pytest.mark.parametrize(
    ("broken", "status", "text"),
    [
        (closed_pipe, 141, ""),
        (full_disk, 3, "boxapis: the report cannot be written: No space left on device\n"),
    ],
)
def test_stdout_that_cannot_be_written(
    sandbox: Sandbox,
    tmp_path: Path,
    arguments: tuple[str, ...],
    broken: Any,
    status: int,
    text: str,
) -> None:
    """F183: every row is sent, and the status says that the report is missing."""
    lay_down(tmp_path, sandbox, 12)
    stdout = broken()
    with start_import(sandbox, tmp_path, *arguments, stdout=stdout) as process:
        _, errors = process.communicate(timeout=60)
    os.close(stdout)
    assert (process.returncode, errors.splitlines(keepends=True)[-1:]) == (
        status,
        [text] if text else ["12/12 \n"],
    )
    assert finish(sandbox, tmp_path)["skipped"] == 12


@pytest.mark.parametrize("broken", [closed_pipe, full_disk])
def test_an_unknown_outcome_wins_over_a_lost_report(
    sandbox: Sandbox, tmp_path: Path, broken: Any
) -> None:
    """F183: status 4 says more than that the report is missing."""
    lay_down(tmp_path, sandbox, 3)
    sandbox.boxc.fault("lost_response", operation="POST /credentials")
    output = broken()
    with start_import(sandbox, tmp_path, stdout=output, stderr=output) as process:
        process.wait(60)
    os.close(output)
    assert process.returncode == 4
    assert finish(sandbox, tmp_path)["done"] == 1


@pytest.mark.parametrize("size", [40, 300, 1500, 4000])
def test_a_disk_that_is_full(sandbox: Sandbox, tmp_path: Path, size: int) -> None:
    """F184: without room for the journal nothing is begun; what was sent before is looked up."""
    lay_down(tmp_path, sandbox, 40)
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    with start_import(
        sandbox, tmp_path, "--json", before=limit, PYTHONDONTWRITEBYTECODE="1"
    ) as process:
        result, errors = process.communicate(timeout=60)
    outcome = json.loads(result)
    assert "the journal cannot be written: File too large" in errors
    assert outcome["done"] == sandbox.boxc.counts.total()
    assert process.returncode == (3 if outcome["done"] else 1)
    assert outcome["left"] == 40 - outcome["done"]
    if size > 300:
        assert Counter(events(tmp_path, whole=False))["begun"] >= outcome["done"]
    finish(sandbox, tmp_path)


@pytest.mark.parametrize("columns", ["0", "1"])
def test_a_terminal_without_a_width(sandbox: Sandbox, tmp_path: Path, columns: str) -> None:
    """F185: errors, reports and plans are printed as on a narrow terminal."""
    lay_down(tmp_path, sandbox, 2)
    with start_import(sandbox, tmp_path, "--dry-run", COLUMNS=columns) as process:
        plan, _ = process.communicate(timeout=60)
    assert "row-" in plan
    assert plan.endswith("1 to create, 1 to update. Nothing was sent.\n")
    sandbox.boxc.inject(NOT_CARRIED_OUT, operation="POST /credentials")
    with start_import(sandbox, tmp_path, COLUMNS=columns) as process:
        result, errors = process.communicate(timeout=60)
    assert "row-0: unknown: POST /credentials: " in result
    assert errors.endswith("2/2 1 unknown\n")
    (tmp_path / "secrets.csv").unlink()
    with start_import(sandbox, tmp_path, COLUMNS=columns) as process:
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, "secrets.csv cannot be read" in errors) == (2, True)


def test_a_dry_run_beside_another_run(sandbox: Sandbox, tmp_path: Path) -> None:
    """A dry run needs no lock, and counts as done what the other run has done by then."""
    lay_down(tmp_path, sandbox, 120)
    manifest = tmp_path / "secrets.csv"
    header, *rows = manifest.read_text().splitlines()
    manifest.write_text("\n".join([header, *(row for row in rows if row[0] != ",")]))
    sandbox.boxc.hold_responses(until=1000)
    with start_import(sandbox, tmp_path, "--json", stderr=subprocess.DEVNULL) as process:
        sandbox.boxc.wait_in_flight(20)
        process.send_signal(signal.SIGSTOP)
        sandbox.boxc.release_responses()
        with start_import(sandbox, tmp_path, "--dry-run", "--json") as beside:
            plan = json.loads(beside.communicate(timeout=60)[0])["plan"]
        assert beside.returncode == 0
        reasons = Counter(row["reason"] for row in plan)
        assert reasons == {"new": 40, "its outcome was unknown": 20}
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert finish(sandbox, tmp_path)["skipped"] == 60
