"""Plain words: nouns that hide what they mean, and lines that begin without one, are kept out."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import ROOT

HIDING = re.compile(r"\b(?:purse|strata|nobody|somebody|whoever)(?:'s)?\b", re.IGNORECASE)
"""Words that hide who or what is meant."""

HEADLESS = re.compile(r"(?:Of|Its|By|Whose|For the) ")
"""Beginnings that leave the noun to the line before: "The account's id.", not "Of the account."."""

_ENTRY = re.compile(r"^ +\*{0,2}[A-Za-z_][\w.]*: (\S.*)$", re.MULTILINE)


def texts() -> Iterator[Path]:
    """The project's own text, Python and prose, without this file."""
    folders = [ROOT / name for name in ("boxapis", "tests", "benchmarks", ".github")]
    for path in (*ROOT.iterdir(), *(path for folder in folders for path in folder.rglob("*"))):
        if path.suffix in (".py", ".md", ".toml", ".yaml") and path.name != Path(__file__).name:
            yield path


def docstrings(text: str) -> Iterator[str]:
    """The docstrings of a module, its classes and functions, and those below assignments."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Expr(value=ast.Constant(value=str(docstring))):
                yield docstring
            case _:
                continue


def headless(text: str) -> list[str]:
    """First lines, and entries of ``Args`` and ``Attributes``, that begin without their noun."""
    found = []
    for docstring in docstrings(text):
        lines = [docstring.strip(), *_ENTRY.findall(docstring)]
        found += [line.splitlines()[0] for line in lines if HEADLESS.match(line)]
    return found


PATHS = sorted(texts())
SOURCES = [path for path in PATHS if path.suffix == ".py"]


def name(path: Path) -> str:
    """A path below the project."""
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", PATHS, ids=name)
def test_no_word_hides_its_noun(path: Path) -> None:
    """No text of the project says purse or strata, nobody, somebody or whoever."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line.strip() for line in lines if HIDING.search(line)] == []


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_lines_begin_with_their_noun(path: Path) -> None:
    """Docstrings, and entries of ``Args`` and ``Attributes``, name the thing they are about."""
    assert headless(path.read_text(encoding="utf-8")) == []


def test_the_search_finds() -> None:
    """The checks can fail: each kind of place is found."""
    text = '''
"""Whose module it is."""

A = 1
"""By what it is counted."""


class Thing:
    """A thing.

    Attributes:
        id: Of the thing.
        name: The name of the thing.
    """

    def __init__(self) -> None:
        """Its beginning.

        Args:
            start: For the first time.
            end: The end.
        """
'''
    assert sorted(headless(text)) == [
        "By what it is counted.",
        "For the first time.",
        "Its beginning.",
        "Of the thing.",
        "Whose module it is.",
    ]
    assert HIDING.search("It is somebody's purse.")
