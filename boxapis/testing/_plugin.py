"""The pytest plugin: four fixtures, which import and start nothing before one is used."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from boxapis.testing._boxc import BoxCSandbox
from boxapis.testing._boxtracker import BoxTrackerSandbox

if TYPE_CHECKING:
    from boxapis.sandbox import DialectName, Sandbox

__all__ = ["boxapis_offline", "boxc_sandbox", "boxtracker_dialect", "boxtracker_sandbox"]


@pytest.fixture(scope="session")
def _boxapis_server() -> "Iterator[Sandbox]":
    """Both services on a free loopback port."""
    with _new_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def _boxapis_sandbox(_boxapis_server: "Sandbox") -> "Sandbox":
    """Both services, reset for this test."""
    _boxapis_server.reset()
    return _boxapis_server


@pytest.fixture
def boxtracker_dialect() -> "DialectName":
    """The dialect of `boxtracker_sandbox`: ``"both"``; override it, or parametrize a test."""
    return "both"


@pytest.fixture
def boxtracker_sandbox(
    _boxapis_sandbox: "Sandbox", boxtracker_dialect: "DialectName"
) -> BoxTrackerSandbox:
    """A local Box Tracker, reset for this test; see `BoxTrackerSandbox`."""
    _boxapis_sandbox.boxtracker.use_dialect(boxtracker_dialect)
    return BoxTrackerSandbox(_boxapis_sandbox)


@pytest.fixture
def boxc_sandbox(_boxapis_sandbox: "Sandbox") -> BoxCSandbox:
    """A local BoxC, reset for this test; see `BoxCSandbox`."""
    return BoxCSandbox(_boxapis_sandbox)


@pytest.fixture
def boxapis_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes each connection of this library to another machine an error, in this test."""
    from boxapis.testing._offline import refuse_other_machines  # noqa: PLC0415 - only where used

    refuse_other_machines(monkeypatch)


def _new_sandbox() -> "Sandbox":
    """A sandbox that is not running; a one-line failure where its libraries are missing."""
    try:
        from boxapis.sandbox import Sandbox  # noqa: PLC0415 - an optional extra

        return Sandbox()
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
    # Outside the except block, so that pytest prints no cause.
    pytest.fail(f"{missing} is not installed: pip install 'boxapis[testing]'", pytrace=False)
