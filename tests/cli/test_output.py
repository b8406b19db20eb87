"""What commands print: TSV in pipes, JSON in UTF-8, tables at terminals, and ``--query``."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.main import get_command

from boxapis.cli import console
from boxapis.cli.app import app
from boxapis.cli.output import data
from boxapis.cli.output.tables import new_table, print_fields, print_records, print_table
from boxapis.cli.run import run
from boxapis.sandbox import Sandbox
from tests.cli.test_tree import walk
from tests.support.command_line import boxapis, is_one_line, surroundings
from tests.support.terminals import boxapis_in

Captured = pytest.CaptureFixture[str]

JOB_SITES = ["boxtracker", "command", "cmdBoxTPortalJobsiteList", "offset=0"]
LIST = ["boxc", "credentials", "list"]
NASTY = "a\tb\nc\x1b[31m\x9b2J\u2028\u202e\ud800\\ é 漢"


def printed(value: Any, capsys: Captured, *, as_json: bool = False) -> str:
    """What is printed of a value in a pipe."""
    data.print_data(value, as_json=as_json)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([{"a": 1, "b": None}, {"c": [{"d": "é"}]}], 'a\tb\tc\n1\t\t\n\t\t[{"d":"é"}]\n'),
        ({"a": True, "b": "x", "c": 1.5}, "a\ttrue\nb\tx\nc\t1.5\n"),
        (["x", "y"], "x\ny\n"),
        ([[1, "x"], [2, None]], "1\tx\n2\t\n"),
        ([], ""),
        ("x", "x\n"),
        (7, "7\n"),
    ],
)
def test_tsv(value: Any, expected: str, capsys: Captured) -> None:
    """A header and a line a record, a line a field of an object, and a line for other values."""
    assert printed(value, capsys) == expected


@pytest.mark.parametrize("value", [NASTY, [NASTY], {NASTY: NASTY}, [{"a": {"b": NASTY}}]])
def test_tsv_is_harmless(value: Any, capsys: Captured) -> None:
    """No value or name breaks a line or a column, or moves the cursor; other text is as it is."""
    lines = printed(value, capsys).split("\n")
    assert (len(lines), lines[-1]) == (3 if isinstance(value, list) and value != [NASTY] else 2, "")
    assert all(char.isprintable() or char == "\t" for line in lines for char in line)
    assert max(line.count("\t") for line in lines) == isinstance(value, dict)
    assert "é 漢" in lines[-2]


def test_json_is_whole(capsys: Captured) -> None:
    """JSON gives back every value; only what could disturb a terminal is escaped."""
    text = printed({"a": NASTY}, capsys, as_json=True)
    assert json.loads(text) == {"a": NASTY}
    assert "é 漢" in text
    assert all(char.isprintable() or char == "\n" for char in text)


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_utf8_whatever_the_encoding(options: tuple[str, ...]) -> None:
    """Data are UTF-8 where stdout has another encoding, and nothing becomes a question mark."""
    with Sandbox() as sandbox:
        given = {**sandbox.environment, "PYTHONIOENCODING": "latin-1"}
        done = subprocess.run(
            [sys.executable, "-m", "boxapis", *JOB_SITES, "search=Job 042", *options],
            env=surroundings(**given),
            capture_output=True,
            timeout=60,
            check=True,
        )
    assert "42 Straße" in done.stdout.decode("utf-8")


def test_stdout_without_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stdout that takes only text gets it, as of a program that runs this one in itself."""

    class Text:
        written = ""

        def write(self, text: str) -> None:
            self.written += text

        def flush(self) -> None:
            pass

    stream = Text()
    monkeypatch.setattr(sys, "stdout", stream)
    console.print_json({"a": "é"})
    assert stream.written == '{\n  "a": "é"\n}\n'


@pytest.mark.servers
def test_a_pipe_and_a_terminal() -> None:
    """The same command prints TSV in a pipe, and a table at a terminal."""
    with Sandbox() as sandbox:
        sandbox.boxc.add_credential("Janio", {"api_key": "k"})
        piped = boxapis(*LIST, **sandbox.environment)
        with boxapis_in(*LIST, **sandbox.environment) as terminal:
            assert terminal.end() == 0
            shown = terminal.plain
    header, row = piped.stdout.splitlines()
    assert header.split("\t")[:4] == ["id", "user_id", "carrier", "parameters"]
    assert row.split("\t")[2:4] == ["Janio", '["api_key"]']
    assert "\t" not in shown
    assert "─" in shown


@pytest.mark.parametrize("width", range(1, 40))
def test_an_id_is_never_cut(width: int, capsys: Captured) -> None:
    """However narrow the terminal is, an id stands in the output in one piece."""
    terminal = Console(width=width)
    record = {"workOrderID": "1234567890123", "name": "a long name of a work order"}
    print_fields(terminal, record)
    print_records(terminal, [record] * 2)
    table = new_table()
    table.add_column("id", no_wrap=True)
    table.add_column("name")
    table.add_row("1234567890123", "a long name of a work order")
    print_table(terminal, table)
    assert capsys.readouterr().out.count("1234567890123") == 4


@pytest.mark.parametrize(
    ("query", "options", "expected"),
    [
        ("recordCount", [], "120\n"),
        ("jobSiteObjList[0].JobName", [], "Job 001\n"),
        ("jobSiteObjList[:2].JobName", [], "Job 001\nJob 002\n"),
        ("jobSiteObjList[:1].{name: JobName, zip: Zip}", [], "name\tzip\nJob 001\t01850\n"),
        ("{a: recordCount}", [], "a\t120\n"),
        ("jobSiteObjList[:2].JobName", ["--json"], '[\n  "Job 001",\n  "Job 002"\n]\n'),
        ("nothing", ["--json"], "null\n"),
        ("nothing", [], ""),
    ],
)
def test_query(
    served: Sandbox, capsys: Captured, query: str, options: list[str], expected: str
) -> None:
    """Values are plain text, objects TSV, and everything JSON with --json."""
    assert run([*JOB_SITES, "--query", query, *options]) == 0
    output, errors = capsys.readouterr()
    assert output == expected
    assert bool(errors) is (expected == "")  # what found nothing is not passed over in silence


@pytest.mark.usefixtures("at_terminal")
def test_query_at_a_terminal(served: Sandbox, capsys: Captured) -> None:
    """Objects that are picked are a table, one object a line for each field."""
    assert run([*JOB_SITES, "--query", "jobSiteObjList[:2].{name: JobName}"]) == 0
    assert run([*JOB_SITES, "--query", "{count: recordCount}"]) == 0
    name, _, *rows, count = (line.strip() for line in capsys.readouterr().out.splitlines())
    assert (name, rows, count) == ("name", ["Job 001", "Job 002"], "count  120")


@pytest.mark.parametrize(
    "query", ["", "a[", "[?a ==", "a..b", "'open", "nosuch(@)", "length()", "a | [nosuch(@)]"]
)
def test_a_wrong_query_sends_nothing(served: Sandbox, capsys: Captured, query: str) -> None:
    """It is a usage error before anything is sent; what was given is not quoted."""
    assert run([*LIST, "--query", query]) == 2
    errors = capsys.readouterr().err
    assert is_one_line(errors)
    assert not query or query not in errors
    assert served.boxc.counts.total() == 0


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (["boxc", "credentials", "carriers"], 2),
        (["boxc", "credentials", "create", "Janio", "api_key=env:HOME"], 4),
    ],
)
def test_a_query_that_does_not_fit(
    served: Sandbox, capsys: Captured, command: list[str], status: int
) -> None:
    """After a command that changes something the status says that it may have been done."""
    assert run([*command, "--query", "sum(@)"]) == status
    output, errors = capsys.readouterr()
    assert output == ""
    assert is_one_line(errors)
    assert ("carried out" in errors) is (status == 4)
    assert served.boxc.counts["POST /credentials"] == (status == 4)


def test_query_of_an_import(served: Sandbox, capsys: Captured, tmp_path: Path) -> None:
    """An import's plan and result are asked as what they are with --json; else they are reports."""
    manifest = tmp_path / "secrets.json"
    manifest.write_text('[{"carrier": "Janio", "params": {"api_key": "secret-1"}}]')
    command = ["credentials", "import", str(manifest)]
    assert run([*command, "--dry-run", "--query", "plan[].action"]) == 0
    assert run([*command, "--query", "nosuch(@)"]) == 2
    assert served.boxc.counts["POST /credentials"] == 0
    assert run([*command, "--query", "length(rows)"]) == 0
    assert capsys.readouterr().out == "create\n1\n"
    assert served.boxc.counts["POST /credentials"] == 1


def test_every_command_that_answers_takes_a_query() -> None:
    """Where there is --json, there is --query."""
    found = dict(walk(get_command(app)))
    options = {path: {option.name for option in one.params} for path, one in found.items()}
    answering = {path for path, names in options.items() if "as_json" in names}
    assert answering == {path for path, names in options.items() if "query" in names}
    assert len(answering) >= 20
