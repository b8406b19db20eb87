"""Manifests as people and programs write them: what is read, what is refused, and where it says so.

Whatever a file holds, no error quotes a value of it or chains an error that does.
"""

import codecs
import importlib.util
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import yaml

from boxapis import ConfigurationError
from boxapis.cli.imports import yaml_manifest
from boxapis.cli.imports.manifest import ManifestFormat
from boxapis.cli.run import run
from boxapis.sandbox import Sandbox
from tests.support.command_line import stdin_of, surroundings
from tests.support.manifests import check_manifest, checked_values, only_problem

TABLE = "name,carrier,api_key\nnorth,Janio,first-secret\nsouth,Janio,second-secret\n"
ROWS = [("north", "first-secret"), ("south", "second-secret")]


def refusal(folder: Path, content: str | bytes, kind: ManifestFormat = "csv") -> str:
    """Why a file is refused as a whole; neither the error nor its causes show a value."""
    with pytest.raises(ConfigurationError) as refused:
        check_manifest(folder, content, kind)
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None
    assert "secret" not in str(refused.value)
    return str(refused.value)


def one_row(params: str) -> str:
    """A manifest in YAML of one row."""
    return f"- carrier: Janio\n  params: {params}\n"


@pytest.mark.parametrize(
    "content",
    [
        TABLE,
        TABLE.replace(",", ";"),
        TABLE.replace(",", "\t"),
        TABLE.replace("\n", "\r\n"),
        TABLE.replace("\n", "\r"),
        "sep=;\r\n" + TABLE.replace(",", ";"),
        "sep=|\n" + TABLE.replace(",", "|"),
        codecs.BOM_UTF8 + TABLE.encode(),
        codecs.BOM_UTF8 * 2 + TABLE.encode(),
        codecs.BOM_UTF8 + f"sep=;\n{TABLE.replace(',', ';')}".encode(),
        TABLE.replace(",", "\t").encode("utf-16"),
        codecs.BOM_UTF16_BE + TABLE.replace(",", ";").encode("utf-16-be"),
        TABLE.replace("\n", ",,\n"),
        TABLE.replace("\n", ", ,\n"),
        TABLE.replace("\n", "\n,,\n\n , , \n"),
        TABLE.replace("name,carrier", "name , carrier"),
        TABLE.replace("north", "  north\xa0"),
    ],
    ids=[
        *("comma", "semicolon", "tab", "crlf", "cr", "sep", "sep of another kind", "mark"),
        *("two marks", "mark and sep", "utf-16", "utf-16 big", "padded columns", "blank columns"),
        *("padded rows", "blanks in the header", "blanks around a name"),
    ],
)
def test_csv_as_spreadsheets_save_it(tmp_path: Path, content: str | bytes) -> None:
    """F192. Each separator, encoding and padding gives the same rows."""
    assert checked_values(check_manifest(tmp_path, content)) == ROWS


def test_rows_are_named_by_their_first_line(tmp_path: Path) -> None:
    """F192. Lines are counted in the file, past ``sep=``, padding and values of several lines."""
    text = 'sep=;\ncarrier;api_key\n;\nJanio;"a\nb"\nJano;c\n'
    checked = check_manifest(tmp_path, text)
    assert [row.place for row in checked.rows] == ["line 4"]
    assert [issue.place for issue in checked.problems] == ["line 6"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("name,carrier,api_key\nStraße,Janio,x".encode("cp1252"), "line 2 looks like Windows-1252"),
        (b"carrier\n\x81\x00\n", "it is not text in UTF-8. "),
        ("carrier,api_key".encode("utf-16-le"), "as UTF-16 without a byte order mark does"),
        (codecs.BOM_UTF16_LE + b"a", "it begins as UTF-16 and is not"),
        (f"carrier,api_key\nJanio,{'x' * 140_000}\n", "line 2 has more than 131,072 characters"),
    ],
)
def test_what_is_no_text_is_named(tmp_path: Path, content: str | bytes, words: str) -> None:
    """F192. The reason names the encoding that the bytes look like, and the line."""
    assert words in refusal(tmp_path, content)


@pytest.mark.parametrize(
    ("header", "meant"),
    [
        *(("ID", "id"), ("credential_id", "id"), ("i\u200bd", "id"), ("Carrier", "carrier")),
        *(("NAME", "name"), ("\ufeffname", "name"), ("Params", "params")),
    ],
)
def test_misspelt_columns(tmp_path: Path, header: str, meant: str) -> None:
    """F188. A column that is a field but for its spelling is refused, and both are named."""
    text = refusal(tmp_path, f"carrier,{header},api_key\nJanio,1234567,first-secret\n")
    assert f"the column {header!r} is {meant!r} misspelt" in text


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ("{api_key: ~}", "api_key is null"),
        ("{api_key: null}", "api_key is null"),
        ("{api_key: }", "api_key is null"),
        ("{api_key: !vault first-secret}", "api_key has a tag"),
        ("{api_key: !first-secret x}", "api_key has a tag"),
        ("{api_key: !!binary aGk=}", "api_key has a tag"),
        ("!vault {api_key: x}", "params has a tag"),
        ("{? {k: v} : x}", "a name is a mapping or a list"),
        ("{? [k] : x}", "a name is a mapping or a list"),
        ("{~: x}", "a name is null"),
        ("{<<: {api_key: x}}", "merge keys"),
        ("{api_key: x, api_key: first-secret}", "api_key occurs twice"),
        ("&a {api_key: *a}", "api_key must be text"),
        ("{api_key: [x]}", "api_key must be text"),
        ("[api_key]", "it has no parameters"),
    ],
)
@pytest.mark.parametrize("with_libyaml", [True, False])
def test_yaml_that_is_no_text(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    params: str,
    reason: str,
    with_libyaml: bool,  # noqa: FBT001
) -> None:
    """F190. Null, tags, merge keys and names that are no text are refused, also without libyaml."""
    if not with_libyaml:
        use_the_parser_in_python(monkeypatch)
    assert only_problem(tmp_path, one_row(params), "yaml").startswith(f"entry 1: {reason}")


def use_the_parser_in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loads the reader of YAML as where PyYAML was built without libyaml."""
    monkeypatch.delattr(yaml, "CSafeLoader")
    spec = importlib.util.spec_from_file_location("plain_yaml", yaml_manifest.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(yaml_manifest, "read_yaml", module.read_yaml)


def test_yaml_text_is_kept_as_written(tmp_path: Path) -> None:
    """F190. Numbers, dates and words stay text; anchors are followed; keys keep their lines."""
    text = (
        "- {carrier: Janio, params: &p {api_key: 0o17}}\n"
        "- {name: b, carrier: Janio, params: *p}\n"
        "- {name: c, carrier: Janio, params: {api_key: 2001-01-01}}\n"
        "- {name: d, carrier: Janio, params: {api_key: '~'}}\n"
        "- {name: e, carrier: Janio, params: {api_key: !!str 12}}\n"
        "- name: f\n  carrier: Janio\n  params:\n    api_key: |\n      x\n      y\n"
    )
    found = dict(checked_values(check_manifest(tmp_path, text, "yaml")))
    assert list(found.values()) == ["0o17", "0o17", "2001-01-01", "~", "12", "x\ny\n"]
    block = one_row("\n    api_key: |\n      k1")
    assert "api_key begins or ends with a blank or a line end" in only_problem(
        tmp_path, block, "yaml"
    )


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        ('[{"a": 1}]\n[{"b": "secret"}]', "json", "line 2 has more behind the end of the array"),
        ('[{"a": 1}],', "json", "line 1 has more behind the end of the array"),
        ("[" * 200_000, "json", "it is nested too deep"),
        ("[1, NaN,]", "json", "line 1 is not JSON"),
        ("- a\n---\n- secret\n", "yaml", "it holds more than one document"),
        ("- a\n...\nsecret", "yaml", "line 3 is not YAML"),
        ("- " + "[" * 200_000, "yaml", "is not YAML"),  # older libyaml names no line
        ("- " + "{a: " * 900, "yaml", "it is not YAML"),
        ("- *secret", "yaml", "line 1 is not YAML"),
        ("", "yaml", "it must hold a list"),
        ("[]", "yaml", "it holds no rows"),
    ],
)
def test_text_that_would_be_dropped(
    tmp_path: Path, content: str, kind: ManifestFormat, words: str
) -> None:
    """F191. What stands behind the end is not dropped, but refused. So is endless nesting."""
    assert words in refusal(tmp_path, content, kind)


@pytest.mark.parametrize("repeated", ['{"id": 1, "id": 2}', '{"params": {"a": "x", "a": "y"}}'])
def test_names_that_occur_twice_in_json(tmp_path: Path, repeated: str) -> None:
    """A name that occurs twice is refused with its row, which is named by its number."""
    checked = check_manifest(
        tmp_path, f'[{{"id": 1, "params": {{"api_key": "x"}}}}, {repeated}]', "json"
    )
    assert [row.place for row in checked.rows] == ["entry 1"]
    assert [(issue.place, issue.text) for issue in checked.problems] == [
        ("entry 2", "a name occurs twice in it")
    ]


@pytest.mark.parametrize("kind", ["csv", "json", "yaml"])
def test_a_hundred_thousand_rows(tmp_path: Path, kind: ManifestFormat) -> None:
    """F191. Each format is read in one pass; growing with the square, this would take an hour."""
    rows = [
        {"name": f"row {number}", "carrier": "Janio", "params": {"api_key": f"k{number}"}}
        for number in range(100_000)
    ]
    match kind:
        case "csv":
            lines = [f"{row['name']},Janio,k" for row in rows]
            content = "\n".join(["name,carrier,api_key", *lines])
        case "json":
            content = json.dumps(rows, indent=1)
        case "yaml":
            content = "\n".join(f"- {json.dumps(row)}" for row in rows)
    checked = check_manifest(tmp_path, content, kind)
    assert (len(checked.rows), checked.problems) == (100_000, [])
    assert checked.rows[-1].place == ("line 100001" if kind == "csv" else "entry 100000")


@pytest.mark.servers
@pytest.mark.parametrize("source", ["stdin", "pipe"])
def test_a_manifest_through_a_pipe(home: Path, served: Sandbox, source: str) -> None:
    """F193. With --format and --journal; read as UTF-8 where the locale's encoding is another."""
    manifest = "name,carrier,api_key\nStraße,Janio,schlüssel-1\n".encode()
    pipe = home / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(manifest))
    if source == "pipe":
        writer.start()
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "boxapis", "credentials", "import"),
            *("-" if source == "stdin" else str(pipe), "--format", "csv"),
            *("--journal", str(home / "journal")),
        ],
        env=surroundings(
            **served.environment, PYTHONIOENCODING="cp1252", XDG_STATE_HOME=str(home / "state")
        ),
        input=manifest,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    (credential,) = served.boxc.credentials
    assert served.boxc.stored_params(int(str(credential["id"]))) == {"api_key": "schlüssel-1"}
    assert "Straße" in json.dumps((home / "journal").read_text("utf-8"), ensure_ascii=False) or (
        "Stra\\u00dfe" in (home / "journal").read_text("utf-8")
    )
    if source == "pipe":
        writer.join()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-"], "needs a journal: give --journal FILE"),
        (["-", "--journal", "j"], "the format of stdin is not known"),
        (["-", "--journal", "j", "--format", "yaml"], "it must hold a list of mappings"),
        (["-", "--journal", "j", "--format", "toml"], "--format"),
        (["/dev/null"], "needs a journal"),
    ],
)
def test_a_pipe_that_cannot_be_read(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    words: str,
) -> None:
    """F193. A pipe has no suffix to tell its format, and no folder for its journal: status 2."""
    monkeypatch.chdir(home)
    monkeypatch.setattr("sys.stdin", stdin_of("first-secret"))
    assert run(["credentials", "import", *arguments]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert "first-secret" not in error
