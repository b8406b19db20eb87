"""The command line as a process of its own: its environment, and checks of what it prints."""

import io
import os
import subprocess
import sys
from pathlib import Path

from tests.support.paths import ROOT

SECRET_WORDS = ("PASSWORD", "SECRET", "TOKEN")
LEFT_OUT = ("BOX", "FORCE_COLOR", "NO_COLOR", "PYTHON", "TTY_", "COV_")
START = "from boxapis.__main__ import main; main()"
NOWHERE = str(Path(os.devnull) / "nowhere")
"""A folder without profiles and logins, in which none can be kept."""


def surroundings(**variables: str) -> dict[str, str]:
    """An environment without any variable but those given."""
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
    """Whether a text is one line that begins with the program's name."""
    return text.startswith("boxapis: ") and text.count("\n") == 1 and text.endswith("\n")


def assert_no_secret(text: str, given: dict[str, str]) -> None:
    """Checks that a text holds no secret of a sandbox's environment."""
    secrets = [value for name, value in given.items() if name.split("_")[-1] in SECRET_WORDS]
    assert len(secrets) == 4
    assert not [secret for secret in secrets if secret in text]


def stdin_of(text: str | bytes) -> io.TextIOWrapper:
    """A standard input of text in UTF-8, or of bytes, in a locale whose encoding is another."""
    data = text.encode() if isinstance(text, str) else text
    return io.TextIOWrapper(io.BytesIO(data), encoding="cp1252")
