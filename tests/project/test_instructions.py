"""The benchmark's count of instructions, with valgrind where it is installed."""

import asyncio
import shutil
from pathlib import Path

import pytest

from benchmarks import instructions, wire
from benchmarks.processes import ProcessGroup
from tests.support.installed import missing

pytestmark = pytest.mark.servers


def test_instructions_of_a_call(group: ProcessGroup, tmp_path: Path) -> None:
    """Callgrind counts the calls of two runs, and leaves a file of each."""
    if shutil.which("valgrind") is None:
        missing("valgrind is not installed: apt-get install valgrind", is_optional=True)
    name = "customer.command"
    counted = instructions.instructions_per_call(name, group.ready["url"], 1, 11, tmp_path)
    assert counted > 0
    assert group.control_origin({"action": "read"})["counts"][wire.COMMAND] == 2 + 12
    assert len(list(tmp_path.iterdir())) == 2


def test_without_valgrind_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Instructions need valgrind, and nothing is started without it."""
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SystemExit):
        instructions.main([])
    assert "apt-get install valgrind" in capsys.readouterr().err


def test_calls_that_are_counted(group: ProcessGroup) -> None:
    """A run of N calls has one more, which warms up."""
    asyncio.run(instructions.run_calls("boxc.request", 3, group.ready["url"]))
    assert group.control_origin({"action": "read"})["counts"] == {wire.CREDENTIAL: 4}
