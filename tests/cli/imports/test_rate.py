"""Imports of 200 rows against the sandbox's rate limit, on a shared clock, whatever happens."""

import json
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from boxapis.sandbox import RecordedRequest, Sandbox
from tests.support.manifests import events, is_quiet, lay_down, start_import
from tests.support.moved_time import MovedClock, SharedTime

pytestmark = pytest.mark.servers

ROWS = 200


def wait_until(condition: Callable[[], bool]) -> None:
    """Waits until the other process has met a condition, thirty seconds at most."""
    pause = threading.Event()
    for _ in range(3000):
        if condition():
            return
        pause.wait(0.01)
    message = "the condition was not met in time"
    raise AssertionError(message)


def stored(sandbox: Sandbox) -> list[str]:
    """All stored secrets, sorted."""
    numbers = [int(str(credential["id"])) for credential in sandbox.boxc.credentials]
    return sorted(sandbox.boxc.stored_params(number)["api_key"] for number in numbers)


def test_two_hundred_rows_killed_and_resumed(tmp_path: Path) -> None:
    """An import killed midway and resumed stores each row once, and shows the time left."""
    time = SharedTime(tmp_path / "time")
    with Sandbox(clock=MovedClock(time)) as sandbox:
        secrets = lay_down(tmp_path, sandbox, ROWS)
        time.end_at((120 - 28) / 2 + 0.1)
        with start_import(sandbox, tmp_path, "--json") as process:
            wait_until(lambda: time.is_at_its_end and is_quiet(tmp_path))
            process.kill()
            _, errors = process.communicate(timeout=30)
        assert errors.splitlines()[:2] == ["100 to create, 100 to update.", "0/200 1:26 left"]
        assert events(tmp_path).count("done") == 120
        assert sandbox.boxc.counts.total() == 120
        time.end_at(float("inf"))
        time.advance(60)
        with start_import(sandbox, tmp_path, "--json", "--adopt") as process:
            result, errors = process.communicate(timeout=60)
        outcome = json.loads(result)
        assert process.returncode == 0
        assert (outcome["done"], outcome["skipped"], outcome["total"]) == (80, 120, ROWS)
        assert errors.splitlines()[1] == "0/80 0:26 left"
        assert errors.splitlines()[-1] == "80/80 "
        assert stored(sandbox) == sorted(secrets.values())
        assert sandbox.boxc.counts == {"POST /credentials": 100, "PUT /credentials/{id}": 100}
        assert {request.status for request in sandbox.boxc.requests} == {200, 201}
        for row in outcome["rows"]:
            assert sandbox.boxc.stored_params(row["id"]) == {"api_key": secrets[row["name"]]}
        assert "secret-" not in result + errors + (tmp_path / "secrets.csv.journal").read_text()


class Gate:
    """Holds the responses of BoxC once it has made so many more."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._boxc = sandbox.boxc
        self._left = 0
        self._boxc.on_request = self._count

    def close_after(self, responses: int) -> None:
        """Opens the gate, and closes it again later."""
        self._left = responses
        self._boxc.release_responses()

    def _count(self, _: RecordedRequest) -> None:
        self._left -= 1
        if self._left == 0:
            self._boxc.hold_responses(until=1000)


def run_until_held(
    sandbox: Sandbox, folder: Path, gate: Gate, act: Callable[["subprocess.Popen[str]"], None]
) -> "subprocess.Popen[str]":
    """Runs the import until twenty calls are under way, and does something to it."""
    gate.close_after(33)
    wait_until(lambda: sandbox.boxc.in_flight == 0)  # those of an import that was killed
    with start_import(sandbox, folder, "--json", "--adopt") as process:
        sandbox.boxc.wait_in_flight(20)
        act(process)
    return process


@pytest.mark.skipif(sys.platform == "win32", reason="signals cannot be sent to one process")
def test_two_hundred_rows_whatever_happens(tmp_path: Path) -> None:
    """F181, F182, F186: killed three times within calls, ended once, unread once, then rotated.

    All rows are stored, none is created twice and none is skipped wrongly.
    """
    time = SharedTime(tmp_path / "time")
    with Sandbox(clock=MovedClock(time)) as sandbox:
        secrets = lay_down(tmp_path, sandbox, ROWS)
        gate = Gate(sandbox)
        for _ in range(3):
            run_until_held(sandbox, tmp_path, gate, lambda process: process.kill())
            found = Counter(events(tmp_path))
            assert found["begun"] - found["done"] >= 20
        report: list[str] = []

        def end(process: "subprocess.Popen[str]") -> None:
            """Ends the import as a container's manager does."""
            process.send_signal(signal.SIGTERM)
            sandbox.boxc.release_responses()
            report.extend(process.communicate(timeout=60))

        assert run_until_held(sandbox, tmp_path, gate, end).returncode == 143
        outcome = json.loads(report[0])
        assert (outcome["interrupted"], outcome["unknown"], outcome["failed"]) == (True, 0, 0)
        assert outcome["left"] > 0
        with start_import(sandbox, tmp_path, "--json", "--adopt") as process:
            assert process.stderr is not None
            assert process.stderr.readline()
            process.stderr.close()
            process.stderr = None
            result, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        rows = json.loads(result)["rows"]
        assert {row["status"] for row in rows} == {"done", "skipped"}
        for row in rows:
            assert sandbox.boxc.stored_params(row["id"]) == {"api_key": secrets[row["name"]]}
        assert stored(sandbox) == sorted(secrets.values())
        created = [request for request in sandbox.boxc.requests if request.status == 201]
        assert len(created) == ROWS / 2
        rotate(sandbox, tmp_path, secrets, names=("row-3", "row-100", "row-199"))
        assert {request.status for request in sandbox.boxc.requests} == {200, 201}


def rotate(sandbox: Sandbox, folder: Path, secrets: dict[str, str], names: tuple[str, ...]) -> None:
    """Changes some rows, imports again, and checks that these alone are sent."""
    manifest, before = folder / "secrets.csv", sandbox.boxc.counts
    text = manifest.read_text()
    for name in names:
        text = text.replace(f"{secrets[name]}\n", f"rotated-{name}\n")
        secrets[name] = f"rotated-{name}"
    manifest.write_text(text)
    with start_import(sandbox, folder) as process:
        result, errors = process.communicate(timeout=60)
    assert (process.returncode, result) == (0, "200 rows: 3 done, 197 unchanged.\n")
    assert errors.startswith("197 to skip (unchanged), 3 to update (changed).\n0/3")
    assert sandbox.boxc.counts - before == Counter({"PUT /credentials/{id}": 3})
    assert stored(sandbox) == sorted(secrets.values())
