"""``boxapis credentials import`` of several manifests that hold the same rows."""

import json
from pathlib import Path

import pytest

from boxapis.cli.run import run
from boxapis.sandbox import Sandbox

pytestmark = pytest.mark.servers

JANUARY = "name,carrier,api_key\nnorth,Janio,january-1\nsouth,Janio,january-2\n"


@pytest.fixture(autouse=True)
def here(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs the test in a folder of its own."""
    monkeypatch.chdir(home)


def import_rows(name: str, text: str, results: str) -> int:
    """Imports a manifest of that name, which has a journal of its own."""
    Path(name).write_text(text, "utf-8")
    return run(["credentials", "import", name, "--output", results])


def plan(name: str, capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str]]:
    """What a dry run says of each row: the action and the reason."""
    capsys.readouterr()
    assert run(["credentials", "import", name, "--dry-run", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["plan"]
    return [(row["action"], row["reason"]) for row in rows]


def stored(sandbox: Sandbox) -> list[str]:
    """All stored secrets, by id."""
    numbers = [int(str(credential["id"])) for credential in sandbox.boxc.credentials]
    return [sandbox.boxc.stored_params(number)["api_key"] for number in numbers]


@pytest.mark.parametrize("results", ["made.csv", "made.json"])
@pytest.mark.parametrize("south", ["south,Janio,#N/A\n", ""])
def test_results_keep_ids(served: Sandbox, results: str, south: str) -> None:
    """F207: a row that is invalid or missing once keeps its id, and is created no second time."""
    february = JANUARY.replace("january", "february")
    assert import_rows("january.csv", JANUARY, results) == 0
    incomplete = february.replace("south,Janio,february-2\n", south)
    assert import_rows("february.csv", incomplete, results) == (3 if south else 0)
    assert import_rows("february.csv", february, results) == 0
    assert stored(served) == ["february-1", "february-2"]


def test_an_older_manifest_is_sent_again(
    served: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    """F208: rolled back to an older manifest, whose own journal says that all is stored."""
    february = JANUARY.replace("january-2", "february-2")
    assert import_rows("january.csv", JANUARY, "made.csv") == 0
    for _ in range(2):
        assert import_rows("february.csv", february, "made.csv") == 0
        assert stored(served) == ["january-1", "february-2"]
        overtaken = ("update", "unchanged, but another import has sent other values since")
        assert plan("january.csv", capsys) == [("skip", "unchanged"), overtaken]
        assert import_rows("january.csv", JANUARY, "made.csv") == 0
        assert stored(served) == ["january-1", "january-2"]
        assert plan("january.csv", capsys) == [("skip", "unchanged")] * 2


def test_a_record_that_was_cut_off(
    served: Sandbox, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """F208: a line cut off at any byte never makes a row count as stored that is not."""
    assert import_rows("january.csv", JANUARY, "made.csv") == 0
    february = JANUARY.replace("january", "february")
    assert import_rows("february.csv", february, "made.csv") == 0
    (record,) = (home / "state" / "boxapis").glob("import.*.sent")
    whole = record.read_bytes()
    assert b"february" not in whole
    record.write_bytes(whole[:-10])
    assert import_rows("february.csv", february.replace("y-2", "y-3"), "made.csv") == 0
    assert [action for action, _ in plan("january.csv", capsys)] == ["update", "update"]


def test_nothing_is_sent_unrecorded(served: Sandbox, home: Path) -> None:
    """F208: where the record cannot be written, no update is sent."""
    assert import_rows("january.csv", JANUARY, "made.csv") == 0
    assert import_rows("february.csv", JANUARY.replace("y-1", "y-3"), "made.csv") == 0
    (record,) = (home / "state" / "boxapis").glob("import.*.sent")
    record.unlink()
    record.symlink_to(home / "elsewhere")
    assert import_rows("january.csv", JANUARY.replace("y-1", "y-4"), "made.csv") == 2
    assert stored(served) == ["january-3", "january-2"]


@pytest.mark.parametrize(
    ("results", "text"),
    [("made.csv", "name,line,action,status,id"), ("note.csv", "a note\n"), ("made.json", "[]")],
)
def test_results_without_a_row(
    served: Sandbox, capsys: pytest.CaptureFixture[str], results: str, text: str
) -> None:
    """F209: a file without rows is no result: it was cut off, or is something else."""
    Path(results).write_text(text, "utf-8")
    assert import_rows("january.csv", JANUARY, results) == 2
    assert "it is not a result of an import, and is not overwritten" in capsys.readouterr().err
    assert Path(results).read_text("utf-8") == text
    assert not stored(served)
