"""Rows of a manifest: names that are refused, values that are doubtful, and what the results need.

Every problem has a place and shows no value.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from boxapis.cli.run import run
from boxapis.sandbox import Sandbox
from tests.support.manifests import check_manifest, checked_values, only_problem


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"ID": 5, "params": {"api_key": "x"}}, "unknown field 'ID': write 'id'"),
        ({"carrier": "Janio", "Params": {"api_key": "x"}}, "'Params': write 'params'"),
        ({"id": 5, " id": 6, "params": {"api_key": "x"}}, "'id' occurs twice"),
        ({"carrier": "Janio", "params": {"API_KEY": "x"}}, "'API_KEY': write 'api_key'"),
        ({"id": 5, "params": {"Client-ID": "x"}}, "'Client-ID': write 'client_id'"),
    ],
)
def test_misspelt_fields_and_parameters(tmp_path: Path, row: Any, words: str) -> None:
    """F188. In JSON and YAML a field, and everywhere a parameter, is refused with its row."""
    assert words in only_problem(tmp_path, json.dumps([row]), "json")
    assert words in only_problem(tmp_path, json.dumps([row]), "yaml")


def test_a_misspelt_id_updates_nothing_and_creates_nothing(home: Path, served: Sandbox) -> None:
    """F188. A file whose ids stand under "ID" sends nothing: status 2."""
    number = served.boxc.add_credential("Janio", {"api_key": "old"})
    (home / "a.csv").write_text(f"ID,name,carrier,api_key\n{number},north,Janio,first-secret\n")
    assert run(["credentials", "import", str(home / "a.csv")]) == 2
    assert served.boxc.stored_params(number) == {"api_key": "old"}
    assert served.boxc.counts.total() == 0


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (" first-secret", "begins or ends with a blank"),
        ("first-secret\xa0", "begins or ends with a blank"),
        ("  ", "begins or ends with a blank"),
        ('"=""0012"""', "is a formula"),
        ("1.23E+15", "is a number that a spreadsheet has shortened"),
        ("#REF!", "is an error of a spreadsheet"),
        ("[secret]", "is a placeholder"),
        ("op://first-secret", "is a reference that nothing has replaced"),
    ],
)
def test_doubtful_values_are_refused(tmp_path: Path, cell: str, reason: str) -> None:
    """F189. A doubtful value is refused with its place and reason; with --as-is it is sent."""
    text = f"carrier,api_key\nJanio,{cell}\n"
    assert only_problem(tmp_path, text).startswith(f"line 2: api_key {reason}")
    ((_, sent),) = checked_values(check_manifest(tmp_path, text, as_is=True))
    assert sent == ('="0012"' if cell.startswith('"') else cell)


def test_doubtful_names_and_values_of_references(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F189. The name of a row, and what a reference points to, are compared with the same table."""
    assert "name is an error of a spreadsheet" in only_problem(
        tmp_path, "name,carrier,api_key\n#N/A,Janio,x\n"
    )
    monkeypatch.setenv("MASKED", "********")
    assert "api_key is masked" in only_problem(tmp_path, "carrier,api_key\nJanio,env:MASKED\n")


def test_null_in_json(tmp_path: Path) -> None:
    """F190. A null id, which would create instead of updating, is refused; so is a null value."""
    row: dict[str, Any] = {"id": None, "carrier": "Janio", "params": {"api_key": "x"}}
    assert "id is null: leave it out" in only_problem(tmp_path, json.dumps([row]), "json")
    row = {"carrier": "Janio", "params": {"api_key": None}}
    assert "api_key must be text" in only_problem(tmp_path, json.dumps([row]), "json")


@pytest.mark.parametrize("number", ["9" * 5000, "0" * 5000 + "1", "9" * 19, "1.0", "\u0661"])
def test_an_id_of_thousands_of_digits(tmp_path: Path, number: str) -> None:
    """F195. It is an error of its row, and the other rows are read."""
    expected = "id must be a whole number, 1 or more"
    checked = check_manifest(tmp_path, f"id,api_key\n{number},x\n7,x\n")
    assert [row.id for row in checked.rows] == [7]
    assert [(issue.place, issue.text) for issue in checked.problems] == [("line 2", expected)]
    if number[0] == "9":
        text = f'[{{"id": {number}, "params": {{"api_key": "x"}}}}]'
        assert expected in only_problem(tmp_path, text, "json")
        text = f'[{{"carrier": "Janio", "params": {{"api_key": {number}}}}}]'
        assert "api_key must be text" in only_problem(tmp_path, text, "json")


def test_a_reference_to_an_endless_file(tmp_path: Path) -> None:
    """F195. ``file:/dev/zero`` ends at a limit, with the row's place."""
    found = only_problem(tmp_path, "carrier,api_key\nJanio,file:/dev/zero\n")
    assert found == "line 2: api_key: file:/dev/zero cannot be read: it has more than 1 MiB"


@pytest.mark.parametrize("bad", ["half \ud800", "bell \x07", "line\nend", "mark \u200b.", "nul \0"])
@pytest.mark.parametrize("field", ["name", "carrier", "parameter", "value"])
def test_names_that_could_not_be_written_later(
    home: Path, served: Sandbox, field: str, bad: str
) -> None:
    """F196. A row with such a name is refused before anything is sent; the results are written."""
    row: dict[str, Any] = {"name": "a", "carrier": "Janio", "params": {"api_key": "x"}}
    match field:
        case "parameter":
            row["params"] = {bad: "x"}
        case "value":
            row["params"] = {"api_key": bad}
        case _:
            row[field] = bad
    file = home / "a.json"
    file.write_text(json.dumps([row, {"carrier": "Janio", "params": {"api_key": "y"}}]))
    arguments = ["--any-carrier", "--output", str(home / "made.json")]
    if field == "value" and bad == "line\nend":
        return  # a text of several lines may be a key
    assert run(["credentials", "import", str(file), *arguments]) == 3
    made = json.loads((home / "made.json").read_text())
    assert [result["status"] for result in made] == ["done", "invalid"]
    assert served.boxc.counts.total() == 1


def test_half_a_character_is_never_sent(tmp_path: Path) -> None:
    """F196. What no request can carry is refused even with --as-is."""
    text = '[{"carrier": "Janio", "params": {"api_key": "\\ud800"}}]'
    (issue,) = check_manifest(tmp_path, text, "json", as_is=True).problems
    assert issue.text == "api_key is not text: it has half a character in it"


def test_the_same_name_written_in_two_ways(tmp_path: Path) -> None:
    """Names are compared in NFC and without blanks around them."""
    text = "name,carrier,api_key\ncaf\u00e9,Janio,x\n cafe\u0301 ,Janio,y\n"
    checked = check_manifest(tmp_path, text)
    assert len(checked.problems) == 2
    assert "another row is also called 'café'" in checked.problems[0].text


def test_a_secret_in_the_place_of_the_carrier(tmp_path: Path) -> None:
    """F210: cells are shifted; what resembles no carrier may be a secret and is not shown."""
    checked = check_manifest(tmp_path, "name,carrier,api_key\nnorth,sk_live_9f86d081,Janio\n")
    assert [issue.text for issue in checked.problems] == [
        "unknown carrier; --any-carrier sends it all the same"
    ]
