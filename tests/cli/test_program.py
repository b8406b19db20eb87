"""The command line as a program: help, wrong options, missing settings and extras."""

import pytest

from boxapis import __version__
from tests.support.command_line import START, boxapis, is_one_line, python

pytestmark = pytest.mark.servers


def test_without_arguments_the_help_is_shown() -> None:
    """Without arguments the program prints its help."""
    assert boxapis().stdout == boxapis("--help").stdout


def test_version() -> None:
    """`--version` prints the program's name and version."""
    assert boxapis("--version").stdout == f"boxapis {__version__}\n"


@pytest.mark.parametrize(
    "command",
    [
        "--wrong",
        "wrong",
        "boxc",
        "boxc credentials list --order upward",
        "boxc credentials list --limit 0",
        "boxc credentials list surplus",
        "boxtracker handshake --method PUT",
        "sandbox --port 65536",
        "sandbox --host 0.0.0.0",
        "sandbox --dialect spoken",
    ],
)
def test_wrong_option_is_one_line(command: str) -> None:
    """A wrong option, value or command is one line on stderr and status 2."""
    done = boxapis(*command.split(), BOXC_TOKEN="a-token")
    assert (done.returncode, done.stdout) == (2, "")
    assert is_one_line(done.stderr)


@pytest.mark.parametrize(
    ("missing", "command", "remedy"),
    [
        ("typer", "demo", "boxapis[cli]"),
        ("rich", "--help", "boxapis[cli]"),
        ("starlette", "demo", "boxapis[sandbox]"),
        ("uvicorn", "sandbox", "boxapis[sandbox]"),
    ],
)
def test_missing_extra_is_one_line(missing: str, command: str, remedy: str) -> None:
    """Without an extra the program says what to install, with status 2."""
    hidden = f"import sys; sys.modules[{missing!r}] = None; sys.argv = ['boxapis', {command!r}]"
    done = python("-c", f"{hidden}; {START}")
    assert (done.returncode, done.stdout) == (2, "")
    assert is_one_line(done.stderr)
    assert f"pip install '{remedy}'" in done.stderr
