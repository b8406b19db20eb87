"""The catalogue of faults, ``tests/faults.md``: its numbers, and the tests that cite them.

A row is cited where its number stands by itself

* in the docstring of a test function, alone or in a list ("F01, F02"), or
* at the beginning of a text in a test module: the id of a parameter ("F01 refused"), or the name
  of a row in a table of cases.

A range ("F01 to F17") cites nothing, and neither does the docstring of a module. The canaries do
not count either: they prove that a fault shows no secret, not what its row promises.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
FILES = sorted(TESTS.rglob("*.py"))

_NUMBER = r"\bF\d{2,3}\b"
_RANGE = rf"{_NUMBER}\s*(?:to|through|until|-|\u2013)\s*{_NUMBER}"
_NOQA = r"#.*\bnoqa:(?:[\s,]*\b[A-Z]+\d+\b)+"  # those codes look like numbers


def rows(table: str) -> list[str]:
    """The numbers of a catalogue's rows, in order."""
    return re.findall(rf"^\| ({_NUMBER}) \|", table, re.MULTILINE)


def numbers(source: str) -> set[str]:
    """Every number that a file mentions in its code or comments, lint codes aside."""
    return set(re.findall(_NUMBER, re.sub(_NOQA, "", source)))


def citations(source: str) -> set[str]:
    """The numbers that a test module cites, by the rule above."""
    tree = ast.parse(source)
    docstrings = {id(text) for text, _ in _docstrings(tree)}
    cited: set[str] = set()
    for text, is_test in _docstrings(tree):
        if is_test:
            cited |= set(re.findall(_NUMBER, re.sub(_RANGE, "", str(text.value))))
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(words)) if id(node) not in docstrings:
                cited |= set(re.findall(rf"\A{_NUMBER}", re.sub(_RANGE, "", words)))
    return cited


def _docstrings(tree: ast.Module) -> Iterator[tuple[ast.Constant, bool]]:
    """Each docstring of a module, and whether it belongs to a test function."""
    for node in ast.walk(tree):
        match node:
            case (
                ast.Module(body=[ast.Expr(value=ast.Constant() as text), *_])
                | ast.ClassDef(body=[ast.Expr(value=ast.Constant() as text), *_])
                | ast.FunctionDef(body=[ast.Expr(value=ast.Constant() as text), *_])
                | ast.AsyncFunctionDef(body=[ast.Expr(value=ast.Constant() as text), *_])
            ):
                name = "" if isinstance(node, ast.Module) else node.name
                yield text, name.startswith("test_")


def uncited(table: str, sources: list[str]) -> set[str]:
    """The rows of a catalogue that no test module cites."""
    return set(rows(table)) - {number for source in sources for number in citations(source)}


def unknown(table: str, sources: list[str]) -> set[str]:
    """The numbers in files that have no row in a catalogue."""
    return {number for source in sources for number in numbers(source)} - set(rows(table))


def missing(found: list[str]) -> set[int]:
    """The numbers without a row up to the last one that has one."""
    present = {int(number[1:]) for number in found}
    return set(range(1, max(present))) - present


def catalogue() -> str:
    """The text of the catalogue."""
    return (TESTS / "faults.md").read_text(encoding="utf-8")


def test_each_number_has_one_row() -> None:
    """Each number has one row, and none is left out."""
    found = rows(catalogue())
    assert len(found) == len(set(found))
    assert missing(found) == set()


def test_cited_numbers_exist() -> None:
    """Every number in a test file has a row."""
    assert unknown(catalogue(), [path.read_text(encoding="utf-8") for path in FILES]) == set()


def test_rows_are_cited() -> None:
    """Every row is cited by a test."""
    modules = [
        path.read_text(encoding="utf-8")
        for path in FILES
        if path.name.startswith("test_") and path != Path(__file__) and "canaries" not in path.parts
    ]
    assert uncited(catalogue(), modules) == set()


def test_a_gap_would_be_seen() -> None:
    """The check fails for a number that is left out, whatever the order."""
    assert missing(["F01", "F04", "F02", "F06"]) == {3, 5}


TABLE = "| Number | Fault |\n|---|---|\n| F01 | x |\n| F02 | x |\n| F03 | as F04 |\n"
TEST = 'def test_it():\n    """{}: a rule."""\n'


def test_an_unknown_number_would_be_seen() -> None:
    """The check fails for a number without a row, and ignores the linter's codes."""
    assert unknown(TABLE, [TEST.format("F02, F04")]) == {"F04"}
    assert unknown(TABLE, ["x = 1  # as in F05: a comment"]) == {"F05"}
    noqa = "import x  # noqa: E501, {} - {}\n# ruff: noqa: {}\n"
    assert unknown(TABLE, [noqa.format("F" + "401", "F06", "F" + "811")]) == {"F06"}


def test_an_uncited_row_would_be_seen() -> None:
    """The check fails for a row in a range, in a module's docstring, or in no test at all."""
    assert uncited(TABLE, []) == {"F01", "F02", "F03"}
    assert uncited(TABLE, [TEST.format("F01 to F03")]) == {"F01", "F02", "F03"}
    assert uncited(TABLE, ['"""F01, F02, F03: a module."""\n']) == {"F01", "F02", "F03"}
    assert uncited(TABLE, ['def helper():\n    """F01: no test."""\n']) == {"F01", "F02", "F03"}
    assert uncited(TABLE, [TEST.format("F01, F03"), 'x = {"F02 closed": 1}']) == set()
    assert uncited(TABLE, ['ids = ["F01", "as F02", "F03 to F04"]']) == {"F02", "F03"}
