"""``boxapis sandbox`` as a program: what it prints, how it ends, and a port that is taken."""

import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.support.command_line import START, boxapis, is_one_line, surroundings
from tests.support.paths import ROOT

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
