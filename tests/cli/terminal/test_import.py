"""An import in a terminal: the progress bar, and Ctrl-C in the middle."""

import threading
from pathlib import Path

import pytest

from boxapis.sandbox import Sandbox
from tests.support.manifests import events, is_quiet, lay_down
from tests.support.terminals import boxapis_in

pytestmark = pytest.mark.servers

ROWS = 60


def test_ctrl_c_in_the_middle_of_an_import(
    sandbox: Sandbox, environment: dict[str, str], tmp_path: Path
) -> None:
    """A bar is shown; after Ctrl-C running calls end, no other begins, and the status is 130."""
    lay_down(tmp_path, sandbox, ROWS)
    manifest = str(tmp_path / "secrets.csv")
    sandbox.boxc.hold_responses(until=1000)
    with boxapis_in("credentials", "import", manifest, **environment) as terminal:
        terminal.expect("━")
        terminal.expect(f"0/{ROWS}")
        sandbox.boxc.wait_in_flight(20)
        terminal.press("\x03")
        terminal.expect("Ctrl-C again")
        sandbox.boxc.release_responses()
        assert terminal.end() == 130
        assert "Traceback" not in terminal.plain
    assert 0 < events(tmp_path).count("done") == sandbox.boxc.counts.total() < ROWS
    assert is_quiet(tmp_path)


def test_a_terminal_that_is_gone(
    sandbox: Sandbox, environment: dict[str, str], tmp_path: Path
) -> None:
    """F181: where a connection is lost, running calls end, and the journal says so."""
    lay_down(tmp_path, sandbox, ROWS)
    manifest = str(tmp_path / "secrets.csv")
    sandbox.boxc.hold_responses(until=1000)
    with boxapis_in("credentials", "import", manifest, **environment) as terminal:
        terminal.expect(f"0/{ROWS}")
        sandbox.boxc.wait_in_flight(20)
        timer = threading.Timer(0.0, sandbox.boxc.release_responses)
        timer.start()
        assert terminal.hang_up() == 129
        timer.join()
    assert 0 < events(tmp_path).count("done") == sandbox.boxc.counts.total() < ROWS
    assert is_quiet(tmp_path)
