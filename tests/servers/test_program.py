"""`Program`: a server that does not start leaves nothing behind but its log."""

import os
from pathlib import Path

import pytest

from tests.servers.program import Program

pytestmark = pytest.mark.servers


def test_no_process_is_left(tmp_path: Path) -> None:
    """If looking whether it is ready fails, its process is ended."""
    log = tmp_path / "log"

    def is_ready() -> bool:
        if log.read_text("utf-8").strip():
            raise LookupError
        return False

    program = Program(["sh", "-c", "echo $$; exec sleep 60"], 0, log, is_ready=is_ready)
    with pytest.raises(LookupError):
        program.start()
    with pytest.raises(ProcessLookupError):
        os.kill(int(log.read_text("utf-8")), 0)


def test_log_is_shown(tmp_path: Path) -> None:
    """What a server says before it ends stands in the error."""
    program = Program(["sh", "-c", "echo no such setting"], 0, tmp_path / "log")
    with pytest.raises(AssertionError, match="sh is not ready:\nno such setting"):
        program.start()
