"""`PostgresServer`: what tests of a queue do to it."""

import os
import stat
import tempfile
from pathlib import Path

import pytest

from tests.engines.postgres import PostgresServer


def is_running(process: int) -> bool:
    """Whether a process runs, and does not wait for its parent alone."""
    try:
        status = Path(f"/proc/{process}/stat").read_text("utf-8")
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_crash(postgres: PostgresServer) -> None:
    """A crash ends every process; what was committed is there after the restart on this port."""
    postgres.query("CREATE TABLE kept AS SELECT 1 AS id, 'one' AS name")
    processes = [int(one) for one in postgres.query("SELECT pid FROM pg_stat_activity").split()]
    own = int(postgres.query("SELECT pg_backend_pid()"))
    port = postgres.port
    postgres.kill()
    assert len(processes) > 3
    assert own not in processes
    assert [process for process in processes if is_running(process)] == []
    postgres.start()
    assert postgres.port == port
    assert postgres.query("TABLE kept") == "1|one"


def test_stop(postgres: PostgresServer) -> None:
    """It is stopped and started again with its data, as often as a test likes."""
    postgres.query("CREATE TABLE kept (id int)")
    postgres.stop()
    with pytest.raises(AssertionError, match="refused"):
        postgres.query("TABLE kept")
    postgres.start()
    assert postgres.query("TABLE kept") == ""


def test_private_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the folder for temporary files is closed to others, another one is taken."""
    tmp_path.chmod(stat.S_IRWXU)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with PostgresServer() as server:
        folder = Path(server.query("SHOW data_directory")).parent
        assert folder.exists()
        assert os.geteuid() != 0 or folder.parent != tmp_path
    assert not folder.exists()
