"""``boxapis credentials import`` of several manifests that hold the same rows."""

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


def stored(sandbox: Sandbox) -> list[str]:
    """All stored secrets, by id."""
    numbers = [int(str(credential["id"])) for credential in sandbox.boxc.credentials]
    return [sandbox.boxc.stored_params(number)["api_key"] for number in numbers]


@pytest.mark.parametrize("results", ["made.csv", "made.json"])
@pytest.mark.parametrize("south", ["south,Janio,#N/A\n", ""])
def test_results_keep_ids(served: Sandbox, results: str, south: str) -> None:
    """F214: a row that is invalid or missing once keeps its id, and is created no second time."""
    february = JANUARY.replace("january", "february")
    assert import_rows("january.csv", JANUARY, results) == 0
    incomplete = february.replace("south,Janio,february-2\n", south)
    assert import_rows("february.csv", incomplete, results) == (3 if south else 0)
    assert import_rows("february.csv", february, results) == 0
    assert stored(served) == ["february-1", "february-2"]
