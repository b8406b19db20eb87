"""The plugin that pytest finds: two fixtures, which cost nothing before one is used."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from boxapis.testing._boxc import BoxCSandbox
from boxapis.testing._boxtracker import BoxTrackerSandbox

if TYPE_CHECKING:
    from boxapis.sandbox import Sandbox

__all__ = ["boxc_sandbox", "boxtracker_sandbox"]


@pytest.fixture(scope="session")
def _boxapis_server() -> "Iterator[Sandbox]":
    """Both services on a free port of this machine."""
    with _made() as sandbox:
        yield sandbox


@pytest.fixture
def _boxapis_sandbox(_boxapis_server: "Sandbox") -> "Sandbox":
    """Both services as they are at the start."""
    _boxapis_server.reset()
    return _boxapis_server


@pytest.fixture
def boxtracker_sandbox(_boxapis_sandbox: "Sandbox") -> BoxTrackerSandbox:
    """Box Tracker on this machine, as it is at the start; see `boxapis.testing`."""
    return BoxTrackerSandbox(_boxapis_sandbox)


@pytest.fixture
def boxc_sandbox(_boxapis_sandbox: "Sandbox") -> BoxCSandbox:
    """BoxC on this machine, as it is at the start; see `boxapis.testing`."""
    return BoxCSandbox(_boxapis_sandbox)


def _made() -> "Sandbox":
    """A sandbox that does not run yet; fails in one line where its libraries are not installed."""
    try:
        from boxapis.sandbox import Sandbox  # noqa: PLC0415 - an optional extra

        return Sandbox()
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
    # Out here, where pytest prints no cause.
    message = f"{missing} is not installed: pip install 'boxapis[testing]'"
    pytest.fail(message, pytrace=False)
