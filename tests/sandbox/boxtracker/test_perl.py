"""A Perl script in the manner of the manual's sample logs in with what the sandbox prints."""

import os
import subprocess
from pathlib import Path

import pytest

from boxapis.sandbox import Sandbox
from tests.support.installed import missing, program

pytestmark = pytest.mark.servers

SCRIPT = Path(__file__).with_name("login.pl")
MODULES = ["-MLWP::UserAgent", "-MJSON", "-MURI::Encode"]
PACKAGES = "apt-get install perl libwww-perl libjson-perl liburi-encode-perl"


@pytest.fixture(scope="module")
def perl() -> str:
    """Perl with the sample's modules; where all servers are required, it may not be missing."""
    found = program("perl", install=PACKAGES)
    if subprocess.call([found, *MODULES, "-e1"], stderr=subprocess.DEVNULL):
        missing(f"a module of perl is not installed: {PACKAGES}")
    return found


def log_in(perl: str, sandbox: Sandbox, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run the script with the variables that the sandbox prints, and changes."""
    environment = {"PATH": os.environ["PATH"], **sandbox.environment, **variables}
    return subprocess.run(
        [perl, str(SCRIPT)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_log_in(perl: str) -> None:
    """The sandbox's values need no more encoding than the sample does, and its answers suffice."""
    with Sandbox() as sandbox:
        done = log_in(perl, sandbox)
        assert (done.stderr, done.stdout) == ("", "13913\n")
        assert sandbox.boxtracker.live_sessions == {"portal": 1, "customer": 1}
        assert {one.method for one in sandbox.boxtracker.requests} == {"GET"}


def test_wrong_password(perl: str) -> None:
    """A wrong password is refused with its status, so that a log-in that works means something."""
    with Sandbox() as sandbox:
        done = log_in(perl, sandbox, BOXTRACKER_CUSTOMER_PASSWORD="guess")
    assert (done.stdout, done.stderr) == ("", "status 305: ERROR: Invalid Credentials\n")
