"""The demo: its counts, its two output formats, and how it reports an unexpected count."""

import json
import re

import anyio
import pytest

from boxapis import RequestTimeoutError
from boxapis.cli.demo import command as _command
from boxapis.cli.demo.boxc import BoxCDemo
from boxapis.cli.demo.boxtracker import BoxTrackerDemo
from boxapis.cli.demo.request_counter import RequestCounter
from boxapis.cli.demo.run import run_demo
from boxapis.cli.demo.steps import Action, ActionResult, CountCheck, DemoResult, Step, StepResult
from boxapis.cli.run import run
from boxapis.sandbox import Sandbox
from tests.support.command_line import assert_no_secret, boxapis, is_one_line

pytestmark = pytest.mark.servers

DemoRun = tuple[list[StepResult], DemoResult]


@pytest.fixture(scope="module")
def demo_run() -> DemoRun:
    """The reported steps and the result of one run of the demo."""
    reported: list[StepResult] = []
    return reported, anyio.run(run_demo, reported.append)


def test_every_step_passes_and_is_reported(demo_run: DemoRun) -> None:
    """Every step of both services passes, is reported once, and has counts of the sandbox."""
    reported, outcome = demo_run
    assert outcome.passed
    assert tuple(reported) == outcome.steps
    assert {step.service for step in reported} == {"Box Tracker", "BoxC"}
    assert all(step.checks for step in reported)


def test_two_expiries_cost_one_renewal_each(demo_run: DemoRun) -> None:
    """More than 800 commands cost three handshakes of each level, and BoxC one token."""
    _, outcome = demo_run
    assert outcome.requests["cmdBoxTPortalHandShake"] == 3
    assert outcome.requests["cmdBoxTPortalCustomerHandShake"] == 3
    assert outcome.requests["cmdBoxTPortalJobsiteList"] in range(805, 855)
    assert outcome.requests["POST /auth/v1/token"] == 1


def is_passed(report: str) -> bool:
    """Whether the last line of a report says that all steps passed."""
    return bool(re.search(r"\nAll 12 steps passed in \d+\.\d seconds\.\n\Z", report))


def test_report_for_people() -> None:
    """The report has a check mark for each step, a table and a verdict; no colour, no secret."""
    done = boxapis("demo")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("✓ ") == 12
    assert re.search(r"cmdBoxTPortalCustomerHandShake +3\n", done.stdout)
    assert is_passed(done.stdout)
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "\x1b" not in done.stdout
    with Sandbox() as sandbox:
        assert_no_secret(done.stdout, sandbox.environment)


def test_report_for_programs() -> None:
    """With --json, stdout holds only JSON: steps, checks and counts."""
    done = boxapis("demo", "--json")
    data = json.loads(done.stdout)
    assert (done.returncode, done.stderr, data["passed"]) == (0, "", True)
    assert [step["passed"] for step in data["steps"]] == [True] * data["planned"]
    assert data["requests"]["cmdBoxTPortalCustomerLogOut"] == 1
    with Sandbox() as sandbox:
        assert_no_secret(done.stdout, sandbox.environment)


def test_terminal_without_check_marks() -> None:
    """An encoding without check marks gets words instead of an error."""
    done = boxapis("demo", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("ok ") == 12
    assert is_passed(done.stdout)


def replace_steps(monkeypatch: pytest.MonkeyPatch, *actions: Action) -> None:
    """Replaces the steps of the demo."""
    steps = tuple(Step("Box Tracker", f"Step {n}", act) for n, act in enumerate(actions, 1))
    monkeypatch.setattr(BoxTrackerDemo, "steps", lambda _: steps)
    monkeypatch.setattr(BoxCDemo, "steps", lambda _: ())


async def passing_step() -> ActionResult:
    """A step that passes."""
    return ActionResult("went well", (CountCheck("requests", 1, 1),))


async def miscounted_step() -> ActionResult:
    """A step with an unexpected count."""
    return ActionResult("went on", (CountCheck("requests", 1, 2),))


async def failing_step() -> ActionResult:
    """A step that ends with a group of errors."""
    message = "tasks"
    raise ExceptionGroup(message, [RequestTimeoutError("no answer came"), ValueError("s3cret")])


async def foreign_error_step() -> ActionResult:
    """A step that ends with an error of another library."""
    raise KeyError("s3cret")


def test_a_miscount_fails_the_demo(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """If the sandbox counts one request more than expected, the demo fails and names the step."""
    counted = RequestCounter.count
    monkeypatch.setattr(
        RequestCounter, "count", lambda counter, operation: counted(counter, operation) + 1
    )
    assert run(["demo"]) == 1
    output, errors = capsys.readouterr()
    assert "portal handshakes: expected 1, counted 2" in output
    assert "passed in" not in output
    assert is_one_line(errors)
    assert "Portal handshake" in errors


def test_a_miscounted_step_does_not_end_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unexpected count is shown below its step, and the later steps run."""
    replace_steps(monkeypatch, passing_step, miscounted_step, passing_step)
    assert run(["demo"]) == 1
    output, errors = capsys.readouterr()
    assert output.count("✓") == 2
    assert output.count("✗") == 1
    assert "2 of 3 steps passed. Failed: Step 2." in errors


@pytest.mark.parametrize(
    ("action", "words"),
    [(failing_step, "RequestTimeoutError: no answer came"), (foreign_error_step, "KeyError")],
)
def test_an_error_ends_the_run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    action: Action,
    words: str,
) -> None:
    """No step runs after one that raises; of other libraries' errors only the type is shown."""
    replace_steps(monkeypatch, passing_step, action, passing_step)
    assert run(["demo"]) == 1
    output, errors = capsys.readouterr()
    assert words in output
    assert "s3cret" not in output + errors
    assert "1 of 3 steps passed" in errors


def test_failure_for_programs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --json, a failed step is in the JSON on stdout, and stderr has one line."""
    replace_steps(monkeypatch, miscounted_step)
    assert run(["demo", "--json"]) == 1
    output, errors = capsys.readouterr()
    data = json.loads(output)
    assert (data["passed"], data["steps"][0]["passed"]) == (False, False)
    assert data["steps"][0]["checks"] == [{"name": "requests", "expected": 1, "counted": 2}]
    assert is_one_line(errors)


def test_steps_left_out_are_no_success() -> None:
    """A run without all its steps has not passed."""
    assert not DemoResult(steps=(), planned=1, requests={}, seconds=0.0).passed


def test_a_low_limit_of_open_files_is_reported_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """If the system allows too few open files, the demo says so before its first step."""
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, 256))
    monkeypatch.setattr(resource, "setrlimit", lambda _, wanted: None)
    assert run(["demo"]) == 1
    output, errors = capsys.readouterr()
    assert output == ""
    assert is_one_line(errors)
    assert str(_command._MIN_OPEN_FILES) in errors
