"""Fixtures for programs in a terminal: a sandbox, and the environment that leads to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from boxapis.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A running sandbox."""
    with Sandbox() as started:
        yield started


@pytest.fixture
def environment(sandbox: Sandbox, tmp_path: Path) -> dict[str, str]:
    """The sandbox's variables, and empty folders for settings and state."""
    folders = {"XDG_CONFIG_HOME": str(tmp_path / "c"), "XDG_STATE_HOME": str(tmp_path / "s")}
    return {**sandbox.environment, **folders}
