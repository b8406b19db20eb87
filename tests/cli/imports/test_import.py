"""``boxapis credentials import``: plans, checks, results, and never a second credential."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from boxapis import BoxC
from boxapis.batch import Progress
from boxapis.cli.imports.progress import ProgressMeter
from boxapis.cli.run import run
from boxapis.sandbox import Sandbox
from tests.support.paths import README

pytestmark = pytest.mark.servers

Captured = pytest.CaptureFixture[str]
SECRETS = ("first-secret", "second-secret", "third-secret")
FORMATS = {
    "csv": (
        "name,carrier,api_key,client_id,client_secret\n"
        "north,Janio,first-secret,,\n"
        "\n"
        "south,DHLeC,,second-secret,third-secret\n"
    ),
    "json": """\ufeff[
  {"name": "north", "carrier": "Janio", "params": {"api_key": "first-secret"}},

  {"name": "south", "carrier": "DHLeC",
   "params": {"client_id": "second-secret", "client_secret": "third-secret"}}
]""",
    "yaml": """- {name: north, carrier: Janio, params: {api_key: first-secret}}

# the second one
- name: south
  carrier: DHLeC
  params:
    client_id: second-secret
    client_secret: third-secret
""",
}
PLACES = {
    "csv": ["line 2", "line 4"],
    "json": ["entry 1", "entry 2"],
    "yaml": ["entry 1", "entry 2"],
}


@pytest.fixture(autouse=True)
def here(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Runs the test in a folder of its own."""
    monkeypatch.chdir(home)
    return home


def write_manifest(text: str, name: str = "secrets.csv") -> str:
    """Writes a manifest."""
    Path(name).write_text(text, "utf-8")
    return name


def import_file(*arguments: str, file: str | None = None) -> int:
    """Runs the import; returns the exit status."""
    if file is None:
        return run(["credentials", "import", "secrets.csv", *arguments])
    return run(["credentials", "import", file, *arguments])


def data(capsys: Captured) -> Any:
    """The printed JSON."""
    return json.loads(capsys.readouterr().out)


def stored(sandbox: Sandbox) -> dict[int, dict[str, str]]:
    """The parameters of every credential, by id."""
    numbers = [int(str(credential["id"])) for credential in sandbox.boxc.credentials]
    return {number: sandbox.boxc.stored_params(number) for number in numbers}


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format(served: Sandbox, capsys: Captured, kind: str) -> None:
    """Every format gives the same rows, each with its place in the file."""
    file = write_manifest(FORMATS[kind], f"secrets.{kind}")
    assert import_file("--dry-run", "--json", file=file) == 0
    plan = data(capsys)["plan"]
    assert [step["line"] for step in plan] == PLACES[kind]
    assert served.boxc.counts.total() == 0
    assert import_file("--json", file=file) == 0
    captured = capsys.readouterr()
    assert sorted(stored(served).values(), key=len) == [
        {"api_key": "first-secret"},
        {"client_id": "second-secret", "client_secret": "third-secret"},
    ]
    assert not [secret for secret in SECRETS if secret in captured.out + captured.err]


def test_a_dry_run_sends_nothing_and_needs_no_token(home: Path, capsys: Captured) -> None:
    """The plan names actions, ids and parameters, and no secret; nothing is written."""
    write_manifest(FORMATS["csv"] + "west,Jano,first-secret,,\n")
    assert import_file("--dry-run") == 3
    captured = capsys.readouterr()
    assert "north" in captured.out
    assert "line 5: unknown carrier 'Jano'; did you mean Janio?" in captured.out
    assert captured.out.endswith("2 to create, 1 that cannot be sent. Nothing was sent.\n")
    assert not [secret for secret in SECRETS if secret in captured.out + captured.err]
    assert sorted(path.name for path in home.iterdir()) == ["secrets.csv"]


def test_an_invalid_row_is_reported_and_the_rest_sent(served: Sandbox, capsys: Captured) -> None:
    """The row's line is on stderr before anything is sent, and again at the end: status 3."""
    write_manifest(
        "name,carrier,api_key\na,Janio,first-secret\nb,Jano,second-secret\nc,Janio,third-secret\n"
    )
    assert import_file() == 3
    captured = capsys.readouterr()
    problem = "line 3: unknown carrier 'Jano'; did you mean Janio?\n"
    assert captured.err.startswith(problem)
    assert captured.out.endswith("3 rows: 2 done, 1 invalid.\n")
    assert [params["api_key"] for params in stored(served).values()] == [SECRETS[0], SECRETS[2]]
    assert served.boxc.counts.total() == 2


def test_a_refused_row_is_reported_with_its_line(served: Sandbox, capsys: Captured) -> None:
    """One refused row of three gives status 3; when all rows are refused, the status is 1."""
    write_manifest("name,carrier,api_key\na,Janio,x\nb,Janio,y\nc,Janio,z\n")
    served.boxc.respond_next(400, 1000, "Validation Error. x", operation="POST /credentials")
    assert import_file("--json") == 3
    outcome = data(capsys)
    (failed,) = [row for row in outcome["rows"] if row["status"] == "failed"]
    assert failed["line"] in {"line 2", "line 3", "line 4"}
    assert "1000" in failed["error"]
    assert (outcome["done"], outcome["failed"]) == (2, 1)
    write_manifest("name,carrier,api_key\nd,Janio,x\n")
    served.boxc.respond_next(400, 1000, "Validation Error. x", operation="POST /credentials")
    assert import_file() == 1
    assert "line 2 d: failed: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"carrier": "Janio"}, "it has no parameters"),
        ({"carrier": "Janio", "params": {}}, "it has no parameters"),
        ({"carrier": "Janio", "params": "x"}, "it has no parameters"),
        ({"params": {"api_key": "x"}}, "it needs an id to update, or a carrier to create"),
        ({"carrier": 7, "params": {"api_key": "x"}}, "carrier must be text"),
        ({"carrier": "Janio", "params": {"api_key": 7}}, "api_key must be text, in quotes"),
        ({"carrier": "Janio", "params": {"api_key": ""}}, "api_key is empty, which would erase"),
        ({"carrier": "Janio", "params": {"api_key": "env:NOT_SET"}}, "nothing at env:NOT_SET"),
        ({"carrier": "Janio", "params": {"api_key": "file:gone"}}, "file:gone cannot be read"),
        ({"carrier": "Janio", "param": {"api_key": "x"}}, "unknown field 'param'"),
        ({"carrier": "Unknown", "params": {"api_key": "x"}}, "--any-carrier sends it"),
        ({"id": 0, "params": {"api_key": "x"}}, "id must be a whole number, 1 or more"),
        ({"id": True, "params": {"api_key": "x"}}, "id must be a whole number, 1 or more"),
        ({"id": "1.5", "params": {"api_key": "x"}}, "id must be a whole number, 1 or more"),
        ({"id": "1" * 30, "params": {"api_key": "x"}}, "id must be a whole number, 1 or more"),
        ("no mapping", "it must be a mapping"),
    ],
)
def test_rows_that_cannot_be_sent(capsys: Captured, row: Any, problem: str) -> None:
    """A row that cannot be sent is reported with its place, and without its values."""
    write_manifest(json.dumps([row]), "secrets.json")
    assert import_file("--dry-run", "--json", file="secrets.json") == 1
    (issue,) = data(capsys)["problems"]
    assert issue["line"] == "entry 1"
    assert problem in issue["text"]


def test_names_must_tell_rows_apart(capsys: Captured) -> None:
    """Rows that a resumed run could mistake for one another are not sent."""
    write_manifest(
        "id,name,carrier,api_key\n,,Janio,x\n,,Janio,y\n5,,,z\n5,a,,z\n,b,Janio,x\n,b,Janio,y\n"
    )
    assert import_file("--dry-run", "--json") == 3
    found = data(capsys)
    assert [step["name"] for step in found["plan"]] == ["id 5"]
    assert [problem["line"] for problem in found["problems"]] == [
        *("line 2", "line 3", "line 6", "line 7", "line 5")
    ]
    assert found["problems"][-1]["text"] == "line 4 also has id 5"


def test_more_cells_than_columns(capsys: Captured) -> None:
    """A CSV row with more cells than the first line has columns is invalid."""
    write_manifest("carrier,api_key\nJanio,x,y\nDHLeC,z\n")
    assert import_file("--dry-run", "--json") == 3
    assert "a column that the first line does not name" in data(capsys)["problems"][0]["text"]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("secrets.txt", "", "the format of secrets.txt is not known"),
        ("secrets.csv", "", "first line must name"),
        ("secrets.csv", "carrier,api_key\n", "it holds no rows"),
        ("secrets.csv", "api_key\nx\n", "first line must name"),
        ("secrets.csv", "id,id\n1,2\n", "first line must name"),
        ("secrets.csv", 'carrier,api_key\nJanio,"fir"st-secret\n', "line 2 is not CSV"),
        ("secrets.json", "{}", "it must hold an array"),
        ("secrets.json", '[{"carrier": "first-secret"', "line 1 is not JSON"),
        ("secrets.json", '[\n{}\n{"first-secret": 1}]', "line 3 is not JSON"),
        ("secrets.yaml", "a: first-secret", "it must hold a list"),
        ("secrets.yml", "- a\n- [first-secret", "line 2 is not YAML"),
        ("secrets.toml", "a = 'first-secret'", "the format of secrets.toml is not known"),
    ],
)
def test_invalid_files(capsys: Captured, name: str, text: str, words: str) -> None:
    """An invalid file gives one line, which quotes nothing of it, and status 2."""
    assert import_file(file=write_manifest(text, name)) == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err.count("\n")) == ("", 1)
    assert words in captured.err
    assert "first-secret" not in captured.err


def test_files_that_cannot_be_read(capsys: Captured) -> None:
    """A missing file and one that is not UTF-8 are reported as such."""
    assert import_file(file="gone.csv") == 2
    assert "No such file" in capsys.readouterr().err
    Path("bytes.csv").write_bytes(b"carrier\n\xff\n")
    assert import_file(file="bytes.csv") == 2
    assert "not text in UTF-8" in capsys.readouterr().err


def test_yaml_values_stay_text(served: Sandbox) -> None:
    """Values such as `no` and `007` are stored as text, not as YAML's bool and number."""
    text = "- {carrier: PostNL, params: {api_key: no, customer_number: 007}}"
    assert import_file(file=write_manifest(text, "secrets.yaml")) == 0
    assert list(stored(served).values()) == [{"api_key": "no", "customer_number": "007"}]


def test_nested_values_and_duplicate_names_are_refused(capsys: Captured) -> None:
    """A row with a nested value or a duplicate name is invalid."""
    write_manifest(
        "- {carrier: Janio, params: {api_key: {a: b}}}\n- {id: 1, id: 2}\n", "secrets.yaml"
    )
    assert import_file("--dry-run", "--json", file="secrets.yaml") == 1
    texts = [problem["text"] for problem in data(capsys)["problems"]]
    assert texts == ["api_key must be text, in quotes", "id occurs twice"]


def test_values_by_reference(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """References in a manifest are resolved, and the values are not printed."""
    monkeypatch.setenv("A_SECRET", "first-secret")
    Path("kept.txt").write_text("second-secret\n")
    write_manifest("carrier,client_id,client_secret\nDHLeC,env:A_SECRET,file:kept.txt\n")
    assert import_file() == 0
    assert list(stored(served).values()) == [
        {"client_id": "first-secret", "client_secret": "second-secret"}
    ]
    captured = capsys.readouterr()
    assert "secret" not in captured.out + captured.err


def test_the_manifest_of_the_readme(served: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The README's rows are stored by the README's command, in a sandbox without credentials."""
    (text,) = re.findall(r"^```csv\n(.*?)^```", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    monkeypatch.setenv("DHL_ID", "first-secret")
    monkeypatch.setenv("DHL_SECRET", "second-secret")
    Path("janio.key").write_text("third-secret\n")
    write_manifest(text)
    for row in ("create,done", "skip,skipped"):  # a second run finds what the first has made
        assert import_file("--output", "made.csv") == 0
        south, north = stored(served)
        assert stored(served) == {
            south: {"client_id": "first-secret", "client_secret": "second-secret"},
            north: {"api_key": "third-secret"},
        }
        assert f"north,line 3,{row},{north},Janio," in Path("made.csv").read_text()


def test_unknown_names_are_sent_with_a_warning(served: Sandbox, capsys: Captured) -> None:
    """Services add names, so an unknown parameter is sent; an unknown carrier needs a switch."""
    write_manifest("carrier,new_name\nJanio,x\nUnknown,y\n")
    assert import_file("--any-carrier") == 0
    assert capsys.readouterr().err.startswith("line 2: not a known parameter of Janio: new_name\n")
    assert len(stored(served)) == 2


def test_an_id_updates_and_replaces_all(served: Sandbox) -> None:
    """A row with an id updates that credential and replaces all its parameters."""
    number = served.boxc.add_credential("DHLeC", {"client_id": "old", "client_secret": "old"})
    write_manifest(f"id,client_secret\n{number},first-secret\n")
    assert import_file() == 0
    assert stored(served) == {number: {"client_secret": "first-secret"}}


@pytest.mark.parametrize("source", ["journal", "results.csv", "results.json"])
def test_no_second_credential_where_an_id_is_known(
    served: Sandbox, capsys: Captured, source: str
) -> None:
    """A second run updates what the first created, found by the journal or by the results."""
    results = [] if source == "journal" else ["--output", source]
    write_manifest("name,carrier,api_key\nnorth,Janio,old\nsouth,Janio,old\n")
    assert import_file(*results) == 0
    write_manifest("name,carrier,api_key\nsouth,Janio,first-secret\nnorth,Janio,second-secret\n")
    if source != "journal":
        Path("secrets.csv.journal").unlink()
    capsys.readouterr()
    assert import_file("--json", *results) == 0
    outcome = data(capsys)
    assert [row["action"] for row in outcome["rows"]] == ["update", "update"]
    assert served.boxc.counts == {"POST /credentials": 2, "PUT /credentials/{id}": 2}
    south, north = (row["id"] for row in outcome["rows"])
    assert stored(served) == {
        north: {"api_key": "second-secret"},
        south: {"api_key": "first-secret"},
    }


def test_an_incomplete_run_is_resumed(served: Sandbox, capsys: Captured) -> None:
    """Rows that are done are skipped until all are done, unless --again is given."""
    write_manifest("name,carrier,api_key\na,Janio,x\nb,Jano,y\n")
    assert import_file() == 3
    assert import_file("--json") == 3
    capsys.readouterr()
    write_manifest("name,carrier,api_key\na,Janio,x\nb,Janio,y\n")
    assert import_file("--json") == 0
    outcome = data(capsys)
    assert [row["status"] for row in outcome["rows"]] == ["skipped", "done"]
    assert served.boxc.counts == {"POST /credentials": 2}
    write_manifest("name,carrier,api_key\na,Janio,x\nc,Jano,y\n")
    assert import_file("--again") == 3
    assert served.boxc.counts["PUT /credentials/{id}"] == 1


@pytest.mark.parametrize("name", ["results.csv", "results.json"])
def test_results(served: Sandbox, name: str) -> None:
    """The results have every row with its id and status, and no secret."""
    write_manifest("name,carrier,api_key\nnorth,Janio,first-secret\nsouth,Jano,second-secret\n")
    assert import_file("--output", name) == 3
    text = Path(name).read_text()
    rows = json.loads(text) if name.endswith("json") else list(csv.DictReader(io.StringIO(text)))
    (number,) = stored(served)
    assert [(row["name"], row["line"], row["status"], str(row["id"] or "")) for row in rows] == [
        ("north", "line 2", "done", str(number)),
        ("", "line 3", "invalid", ""),
    ]
    assert not [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--output", "secrets.csv"), "must be different files"),
        (("--journal", "./secrets.csv"), "must be different files"),
        (("--output", "results.txt"), "must end in .csv or .json"),
        (("--output", "gone/results.csv"), "an existing folder"),
        (("--output", "other.csv"), "is not a result of an import"),
        (("--output", "other.json"), "is not a result of an import"),
        (("--output", "folder.csv"), "Is a directory"),
        (("--journal", "other.csv"), "is none"),
    ],
)
def test_files_that_must_not_be_written(
    served: Sandbox, capsys: Captured, arguments: tuple[str, ...], words: str
) -> None:
    """An unsuitable file gives status 2; nothing is sent, and the file is not changed."""
    write_manifest("carrier,api_key\nJanio,x\n")
    Path("other.csv").write_text("a,b\n1,2\n")
    Path("other.json").write_text("7")
    Path("folder.csv").mkdir()
    assert import_file(*arguments) == 2
    assert words in capsys.readouterr().err
    assert (served.boxc.counts.total(), Path("other.csv").read_text()) == (0, "a,b\n1,2\n")


def test_results_that_cannot_be_written(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Results that cannot be written give status 3; the rows are sent all the same."""

    def fail(*_: object) -> None:
        """Fails as on a full disk."""
        raise OSError(28, "No space left on device")

    write_manifest("carrier,api_key\nJanio,x\n")
    monkeypatch.setattr(Path, "replace", fail)
    assert import_file("--output", "results.csv") == 3
    assert "results.csv cannot be written: No space left" in capsys.readouterr().err
    monkeypatch.undo()
    assert not list(Path().glob(".results*"))
    assert len(stored(served)) == 1


def test_a_journal_that_cannot_be_written(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that the journal cannot record is not sent, and counts as not begun."""

    def fail(*_: object) -> None:
        """Fails as on a full disk."""
        raise OSError(28, "No space left on device")

    write_manifest("name,carrier,api_key\na,Jano,x\n")
    assert import_file() == 1
    capsys.readouterr()
    write_manifest("name,carrier,api_key\na,Janio,x\nb,Janio,y\n")
    monkeypatch.setattr("boxapis.batch._log_file.os.write", fail)
    assert import_file() == 1
    captured = capsys.readouterr()
    assert captured.out == "2 rows: 2 left.\n".replace("left", "not begun")
    assert "the journal cannot be written: No space left on device" in captured.err
    assert served.boxc.counts.total() == 0


def test_a_refused_token_is_not_tried_on_every_row(served: Sandbox, capsys: Captured) -> None:
    """After a refused token no further row is begun."""
    rows = "".join(f"r{number},Janio,x\n" for number in range(60))
    write_manifest(f"name,carrier,api_key\n{rows}")
    served.boxc.revoke_tokens()
    assert import_file("--json") == 1
    outcome = data(capsys)
    assert outcome["failed"] + outcome["left"] == 60
    assert outcome["left"] >= 20
    assert served.boxc.counts["POST /credentials"] == outcome["failed"]


def test_without_a_token(home: Path, capsys: Captured) -> None:
    """A missing token is named, with status 2."""
    write_manifest("carrier,api_key\nJanio,x\n")
    assert import_file() == 2
    assert "BOXC_TOKEN" in capsys.readouterr().err


def test_another_librarys_error_is_named_and_not_quoted(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another library's error may quote a secret, so its text is left out."""

    def failing_client(_: object) -> BoxC:
        """A client whose credentials cannot be created."""
        client = BoxC(served.boxc.ready_token, base_url=served.boxc_url)
        monkeypatch.setattr(type(client.credentials), "create", fail)
        return client

    def fail(*_: object) -> None:
        """Raises an error with a secret in its text."""
        message = "first-secret"
        raise RuntimeError(message)

    write_manifest("carrier,api_key\nJanio,first-secret\n")
    monkeypatch.setattr("boxapis.cli.imports.run.boxc_client", failing_client)
    assert import_file() == 4
    captured = capsys.readouterr()
    assert captured.out.startswith("line 2 Janio: unknown: unexpected RuntimeError. Run")
    assert "first-secret" not in captured.out + captured.err


def shown(act: Callable[[ProgressMeter], None], *, terminal: bool) -> str:
    """The output of a progress meter."""
    file = io.StringIO()
    with ProgressMeter(
        Console(file=file, force_terminal=terminal, width=80, color_system=None)
    ) as meter:
        act(meter)
    return file.getvalue()


def test_progress_at_a_terminal() -> None:
    """At a terminal a bar shows the counts, the failures and the time left."""

    def act(meter: ProgressMeter) -> None:
        """Reports a run half done."""
        meter(Progress(total=200, done=98, failed=2, unknown=1, running=1, eta=49.6))

    text = shown(act, terminal=True)
    assert "101/200" in text
    assert "2 failed, 1 unknown, 0:50 left" in text


def test_progress_without_a_terminal() -> None:
    """Without a terminal a line is printed for each tenth, so that a log shows progress."""

    def act(meter: ProgressMeter) -> None:
        """Reports every row of a run."""
        for done in range(201):
            meter(Progress(total=200, done=done, eta=(200 - done) / 2))

    lines = shown(act, terminal=False).splitlines()
    assert lines[:2] == ["0/200 1:40 left", "20/200 1:30 left"]
    assert (len(lines), lines[-1]) == (11, "200/200 ")
    assert shown(lambda meter: meter(Progress(total=0)), terminal=False) == "0/0 \n"
