"""Imports of 200 rows against the sandbox's rate limit, on a shared clock; and Ctrl-C."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from boxapis.sandbox import Sandbox
from tests.support.command_line import surroundings
from tests.support.manifests import events, is_quiet, lay_down
from tests.support.moved_time import MovedClock, SharedTime
from tests.support.paths import ROOT

pytestmark = pytest.mark.servers

ROWS = 200
PROGRAM = ROOT / "tests" / "support" / "moved_time.py"


def wait_until(condition: Callable[[], bool]) -> None:
    """Waits until the other process has met a condition, thirty seconds at most."""
    pause = threading.Event()
    for _ in range(3000):
        if condition():
            return
        pause.wait(0.01)
    message = "the condition was not met in time"
    raise AssertionError(message)


def start_import(sandbox: Sandbox, folder: Path, *program: str) -> "subprocess.Popen[str]":
    """Starts the import in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", *program, "credentials", "import", "secrets.csv", "--json"],
        cwd=folder,
        env=surroundings(**sandbox.environment, PYTHONPATH=str(ROOT)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def stored(sandbox: Sandbox) -> list[str]:
    """All stored secrets, sorted."""
    numbers = [int(str(credential["id"])) for credential in sandbox.boxc.credentials]
    return sorted(sandbox.boxc.stored_params(number)["api_key"] for number in numbers)


def test_two_hundred_rows_killed_and_resumed(tmp_path: Path) -> None:
    """An import killed midway and resumed stores each row once, and shows the time left."""
    time = SharedTime(tmp_path / "time")
    with Sandbox(clock=MovedClock(time)) as sandbox:
        secrets = lay_down(tmp_path, sandbox, ROWS)
        program = (str(PROGRAM), str(tmp_path / "time"))
        time.end_at((120 - 28) / 2 + 0.1)
        with start_import(sandbox, tmp_path, *program) as process:
            wait_until(lambda: time.is_at_its_end and is_quiet(tmp_path))
            process.kill()
            _, errors = process.communicate(timeout=30)
        assert errors.splitlines()[0] == "0/200 1:26 left"
        assert events(tmp_path).count("done") == 120
        assert sandbox.boxc.counts.total() == 120
        time.end_at(float("inf"))
        time.advance(60)
        with start_import(sandbox, tmp_path, *program) as process:
            result, errors = process.communicate(timeout=60)
        outcome = json.loads(result)
        assert process.returncode == 0
        assert (outcome["done"], outcome["skipped"], outcome["total"]) == (80, 120, ROWS)
        assert errors.splitlines()[0] == "0/200 0:26 left"
        assert errors.splitlines()[-1] == "200/200 "
        assert stored(sandbox) == sorted(secrets.values())
        assert sandbox.boxc.counts == {"POST /credentials": 100, "PUT /credentials/{id}": 100}
        assert {request.status for request in sandbox.boxc.requests} == {200, 201}
        for row in outcome["rows"]:
            assert sandbox.boxc.stored_params(row["id"]) == {"api_key": secrets[row["name"]]}
        assert "secret-" not in result + errors + (tmp_path / "secrets.csv.journal").read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process")
def test_interruption_lets_running_calls_end(tmp_path: Path) -> None:
    """After Ctrl-C no row is begun, those sent are journaled, and the status is 130."""
    with Sandbox() as sandbox:
        lay_down(tmp_path, sandbox, 60)
        sandbox.boxc.hold_responses(until=1000)
        with start_import(sandbox, tmp_path, "-m", "boxapis") as process:
            sandbox.boxc.wait_in_flight(20)
            process.send_signal(signal.SIGINT)
            sandbox.boxc.release_responses()
            result, errors = process.communicate(timeout=30)
        outcome = json.loads(result)
        assert process.returncode == 130
        assert "Traceback" not in errors
        assert (outcome["interrupted"], outcome["done"] + outcome["left"]) == (True, 60)
        assert outcome["left"] > 0
        assert sandbox.boxc.counts.total() == outcome["done"] == events(tmp_path).count("done")
        assert is_quiet(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process")
def test_a_second_interruption_cancels_running_calls(tmp_path: Path) -> None:
    """A second Ctrl-C gives status 130; the journal has the cancelled rows as begun only."""
    with Sandbox() as sandbox:
        lay_down(tmp_path, sandbox, 60)
        sandbox.boxc.hold_responses(until=1000)
        with start_import(sandbox, tmp_path, "-m", "boxapis") as process:
            sandbox.boxc.wait_in_flight(20)
            assert process.stderr is not None
            process.send_signal(signal.SIGINT)
            while "Ctrl-C again to cancel them" not in process.stderr.readline():
                assert process.poll() is None
            process.send_signal(signal.SIGINT)
            result, errors = process.communicate(timeout=30)
        assert process.returncode == 130
        assert json.loads(result)["error"]["may_have_been_applied"] is None
        assert "boxapis: interrupted" in errors.splitlines()
        assert "Traceback" not in errors
        assert events(tmp_path) == ["begun"] * 20
