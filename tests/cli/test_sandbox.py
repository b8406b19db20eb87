"""``boxapis sandbox`` as a program: what it prints, how it ends, and a port that is taken."""

import json
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.command_line import START, boxapis, is_one_line, python, surroundings
from tests.support.paths import ROOT
from tests.support.tracker_calls import JANE_ID

# A shell lets its background jobs, and what they start, ignore Ctrl-C.
INTERRUPTIBLE = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)"
VARIABLES = [
    "BOXTRACKER_USERNAME",
    "BOXTRACKER_PASSWORD",
    "BOXTRACKER_CUSTOMER_USERNAME",
    "BOXTRACKER_CUSTOMER_PASSWORD",
    "BOXTRACKER_BASE_URL",
    "BOXC_CLIENT_ID",
    "BOXC_CLIENT_SECRET",
    "BOXC_TOKEN",
    "BOXC_BASE_URL",
    "BOXC_ACCOUNTS_URL",
]

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process"),
]


def free_port() -> int:
    """A port that is free at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def serving(port: int, *options: str) -> "Iterator[tuple[subprocess.Popen[str], dict[str, str]]]":
    """The running program, and the environment variables it prints."""
    argv = ["boxapis", "sandbox", "--port", str(port), *options]
    code = f"{INTERRUPTIBLE}; sys.argv = {argv!r}; {START}"
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        env=surroundings(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        try:
            words = [shlex.split(process.stdout.readline()) for _ in VARIABLES]
            yield process, dict(word.split("=", 1) for _, word in words)
        finally:
            process.kill()


def test_variables_lead_to_the_sandbox() -> None:
    """The printed variables work in a shell, and are all that a client needs."""
    with serving(port := free_port()) as (_, given):
        done = boxapis("boxtracker", "handshake", **given)
        listed = boxapis("boxc", "credentials", "list", "--json", **given)
    assert list(given) == VARIABLES
    assert given["BOXC_ACCOUNTS_URL"] == f"http://127.0.0.1:{port}"
    assert (done.returncode, listed.returncode, listed.stdout) == (0, 0, "[]\n")


def test_dialect() -> None:
    """The option `--dialect` decides on the form of the responses."""
    with serving(port := free_port(), "--dialect", "observed") as (_, given):
        url = f"http://127.0.0.1:{port}/controller.html"
        login = {"username": given["BOXTRACKER_USERNAME"], "password": given["BOXTRACKER_PASSWORD"]}
        opened = httpx.get(url, params={"command": "cmdBoxTPortalHandShake", **login}).json()
    assert (opened["status"], "sessionKey" in opened, "key" in opened) == ("200", False, True)


def test_ctrl_c_ends_the_sandbox_without_an_error() -> None:
    """Ctrl-C ends the sandbox with status 0 and no traceback, and frees the port."""
    with serving(port := free_port()) as (process, _):
        assert process.stderr is not None
        message = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=30)
        assert (process.returncode, rest) == (0, ("", ""))
    assert message == f"The sandbox runs on http://127.0.0.1:{port}. Press Ctrl-C to stop it.\n"
    socket.create_server(("127.0.0.1", port)).close()


def test_taken_port_is_one_line() -> None:
    """A port in use gets one line and status 1."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = boxapis("sandbox", "--port", str(listener.getsockname()[1]))
    assert (done.returncode, done.stdout) == (1, "")
    assert is_one_line(done.stderr)


def run_with(*options: str, code: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Runs ``boxapis sandbox OPTIONS -- python -c CODE``."""
    return boxapis("sandbox", *options, "--", sys.executable, "-c", code, **variables)


CALL = f"import sys; sys.argv = ['boxapis', 'boxtracker', 'handshake', '--json']; {START}"


def test_a_command_runs_with_the_sandbox() -> None:
    """It gets the variables and no profile; output and status are its own."""
    done = run_with(code=CALL, BOXAPIS_PROFILE="live")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {"portal": True, "customer_id": JANE_ID}
    assert run_with(code="raise SystemExit(5)").returncode == 5
    killed = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    assert run_with(code=killed).returncode == 128 + signal.SIGKILL


def test_a_command_that_cannot_be_run() -> None:
    """It gets one line and status 2."""
    done = boxapis("sandbox", "--", "/there/is/no/such/program")
    assert (done.returncode, done.stdout) == (2, "")
    assert "/there/is/no/such/program cannot be run: No such file or directory" in done.stderr
    assert is_one_line(done.stderr)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_signals_are_passed_on(name: str) -> None:
    """The command decides how it ends after a signal, and the sandbox ends with it."""
    number = getattr(signal, name)
    code = (
        "import os, signal, sys\n"
        f"signal.signal({int(number)}, lambda *_: sys.exit(7))\n"
        f"os.kill(os.getppid(), {int(number)})\n"
        "signal.pause()"
    )
    assert run_with(code=code).returncode == 7


@pytest.mark.parametrize(
    ("name", "code", "status"),
    [
        ("SIGTERM", "signal.pause()", 128 + signal.SIGTERM),
        ("SIGINT", "raise SystemExit(5)", 5),
    ],
)
def test_a_signal_while_the_command_starts(name: str, code: str, status: int) -> None:
    """F200: the command is not left behind, whatever comes before it is known as ours."""
    command = [sys.executable, "-c", f"import signal; {code}"]
    done = python(
        "-c",
        f"""{INTERRUPTIBLE}
import os, subprocess
class Popen(subprocess.Popen):
    def __init__(self, *given, **options):
        super().__init__(*given, **options)
        os.kill(os.getpid(), signal.{name})
subprocess.Popen = Popen
sys.argv = ["boxapis", "sandbox", "--", *{command!r}]
{START}""",
    )
    assert (done.returncode, done.stderr) == (status, "")


def test_ignored_signals_stay_ignored() -> None:
    """F200: under nohup the command does not end with the terminal."""
    code = "import os, signal; os.kill(os.getppid(), signal.SIGHUP); os.kill(os.getpid(), 1)"
    argv = ["boxapis", "sandbox", "--", sys.executable, "-c", code]
    nohup = "import signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN)"
    done = python("-c", f"{nohup}; sys.argv = {argv!r}; {START}")
    assert (done.returncode, done.stderr) == (0, "")


def test_faults_and_requests_are_shown() -> None:
    """A named fault strikes as often as was said; -v shows each request without its secrets."""
    done = run_with("-v", "--fault", "server_error:cmdBoxTPortalHandShake:1", code=CALL)
    lines = done.stderr.splitlines()
    assert [line.rpartition(" -> ")[2] for line in lines] == ["900", "200", "200"]
    assert lines[0].startswith("GET cmdBoxTPortalHandShake ")
    assert "password=[secret]" in lines[0]
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("no_such", "the sandbox has no fault 'no_such'; it has: bad_gateway, card_declined"),
        ("stall:cmdNoSuch", "the sandbox has no operation 'cmdNoSuch'; it has: cmdBoxT"),
        ("card_declined:GET /credentials", "the sandbox has no fault 'card_declined'; it has:"),
        ("stall::often", "--fault stall: the number of times must be a whole number"),
        ("stall::0", "`times` must be at least 1, not 0"),
    ],
)
def test_faults_that_there_are_not(fault: str, words: str) -> None:
    """One line says which there are; the status is 2, and nothing was run."""
    done = run_with("--fault", fault, code="print('ran')")
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert is_one_line(done.stderr)


def test_a_profile_that_leads_to_the_sandbox(tmp_path: Path) -> None:
    """It holds no secret, is replaced by the next sandbox, and replaces no other profile."""
    folders = {"XDG_CONFIG_HOME": str(tmp_path / "c"), "XDG_STATE_HOME": str(tmp_path / "s")}
    code = CALL.replace("'--json'", "'--profile', 'rehearsal'")
    for _ in range(2):
        done = run_with("--profile", "rehearsal", code=code, **folders)
        assert (done.returncode, done.stderr) == (0, "")
    text = (tmp_path / "c" / "boxapis" / "profiles.toml").read_text(encoding="utf-8")
    secrets = list((tmp_path / "s" / "boxapis" / "sandbox").iterdir())
    assert {path.stat().st_mode & 0o777 for path in secrets} == {0o600}
    assert not [path for path in secrets if path.read_text(encoding="utf-8") in text]
    added = boxapis("profile", "add", "live", "BOXC_CLIENT_ID=1", **folders)
    refused = run_with("--profile", "live", code="print('ran')", **folders)
    assert (added.returncode, refused.returncode, refused.stdout) == (0, 2, "")
    assert "'live' that does not lead to a sandbox" in refused.stderr
