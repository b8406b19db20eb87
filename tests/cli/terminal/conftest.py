"""A sandbox for programs in a terminal, and folders of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from boxapis.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Both services."""
    with Sandbox() as started:
        yield started


@pytest.fixture
def given(sandbox: Sandbox, tmp_path: Path) -> dict[str, str]:
    """The variables that lead to the sandbox, and to empty folders."""
    folders = {"XDG_CONFIG_HOME": str(tmp_path / "c"), "XDG_STATE_HOME": str(tmp_path / "s")}
    return {**sandbox.environment, **folders}
