"""The command line as a program: help, wrong options, missing settings and extras."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from boxapis import __version__

ROOT = Path(__file__).parents[1]
SECRET_WORDS = ("PASSWORD", "SECRET", "TOKEN")
LEFT_OUT = ("BOX", "FORCE_COLOR", "NO_COLOR", "PYTHON", "TTY_", "COV_")
START = "from boxapis.__main__ import main; main()"
NOWHERE = str(Path(os.devnull) / "nowhere")
"""Where no profile and no login is found, and none can be kept."""


def surroundings(**variables: str) -> dict[str, str]:
    """An environment in which nothing is set but what is given."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(LEFT_OUT)}
    quiet = {"COLUMNS": "80", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    folders = {"XDG_CONFIG_HOME": NOWHERE, "XDG_STATE_HOME": NOWHERE}
    return {**kept, **quiet, **folders, "PYTHONIOENCODING": "utf-8", **variables}


def python(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Runs an interpreter for which warnings are errors."""
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=ROOT,
        env=surroundings(**variables),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def boxapis(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Runs the program."""
    return python("-m", "boxapis", *arguments, **variables)


def is_one_line(text: str) -> bool:
    """Whether a text is one line that says who speaks."""
    return text.startswith("boxapis: ") and text.count("\n") == 1 and text.endswith("\n")


def assert_no_secret(text: str, given: dict[str, str]) -> None:
    """No secret of a sandbox's environment stands in a text."""
    secrets = [value for name, value in given.items() if name.split("_")[-1] in SECRET_WORDS]
    assert len(secrets) == 4
    assert not [secret for secret in secrets if secret in text]


def test_without_arguments_the_help_is_shown() -> None:
    """The bare program explains itself."""
    assert boxapis().stdout == boxapis("--help").stdout


def test_version() -> None:
    """The version is a line of its own."""
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
