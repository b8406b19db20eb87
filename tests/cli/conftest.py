"""Fixtures for tests of the command line inside this process: folders, settings, a sandbox."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from boxapis.sandbox import Sandbox


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Empty folders for settings and state, and no variable that the program would read."""
    for name in [name for name in os.environ if name.startswith("BOX")]:
        monkeypatch.delenv(name)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.fixture
def served(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A running sandbox, with its variables in this process's environment."""
    with Sandbox() as sandbox:
        for name, value in sandbox.environment.items():
            monkeypatch.setenv(name, value)
        yield sandbox


@pytest.fixture
def profiles(home: Path) -> Path:
    """The file of profiles, to be written by the test."""
    file = home / "configuration" / "boxapis" / "profiles.toml"
    file.parent.mkdir(parents=True)
    return file


@pytest.fixture
def at_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has commands print for people, in 80 columns, although their output is captured."""
    monkeypatch.setattr("boxapis.cli.output.data.at_terminal", lambda: True)
