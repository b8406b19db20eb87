"""The README agrees with the code: its names and tables are complete, and a test runs each command.

Its Python blocks are run by ``test_pasted.py``.
"""

import re
from inspect import isasyncgenfunction, iscoroutinefunction

import pytest
from sybil import Document, Example
from sybil.parsers.markdown import CodeBlockParser

import boxapis
from boxapis._core.lazy_resource import Lazy
from boxapis.boxc._resources import Resources
from boxapis.boxtracker._resources import CustomerResources, TrackerResources
from tests.support.paths import README, ROOT
from tests.support.printed import section, table


def blocks(language: str) -> list[Example]:
    """Returns the README's blocks of one language."""
    document = Document.parse(str(README), CodeBlockParser(language))
    return list(document.examples())


def commands() -> list[str]:
    """Returns every command in the README."""
    return [line for block in blocks("bash") for line in str(block.parsed).splitlines() if line]


def test_there_are_blocks() -> None:
    """The parser finds the blocks of the README."""
    assert len(blocks("python")) >= 8
    assert len(commands()) >= 3


def test_size() -> None:
    """The README is short enough to be read to its end; reference belongs in docstrings."""
    assert len(README.read_bytes()) <= 25_000


def test_every_command_is_run() -> None:
    """The installation commands are in ``.ci/run``, the others in the tests of the CLI."""
    checks = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    files = sorted((ROOT / "tests" / "cli").rglob("test_*.py"))
    tests = "".join(file.read_text(encoding="utf-8") for file in files)
    install_and_demo, *others, install_and_test = commands()
    assert install_and_test in checks
    assert install_and_demo in checks
    for command in others:
        words = command.removeprefix("boxapis ").split(" --")[0].split()
        assert ", ".join(f'"{word}"' for word in words) in tests


def test_names_of_the_readme_exist() -> None:
    """The README names every error of the package except two base classes, and no others."""
    text = README.read_text(encoding="utf-8")
    mentioned = set(re.findall(r"`(\w+Error)`", text))
    exported = {name for name in boxapis.__all__ if name.endswith("Error")}
    assert mentioned <= exported
    assert exported - mentioned == {"APIError", "TransportError"}


@pytest.mark.parametrize(
    ("heading", "owners"),
    [
        ("BoxC", [Resources]),
        ("Box Tracker", [CustomerResources, TrackerResources]),
    ],
)
def test_every_resource_has_a_row(heading: str, owners: list[type]) -> None:
    """The README has one row for each resource of a service, with its methods in their order."""
    rows = table(section(heading))
    documented = {
        head.split("`")[1]: re.findall(r"`(\w+)`", row["methods"]) for head, row in rows.items()
    }
    resources = {
        name: [method for method in vars(attribute.load()) if not method.startswith("_")]
        for owner in owners
        for name, attribute in vars(owner).items()
        if isinstance(attribute, Lazy)
    }
    assert len(rows) == len(resources)
    assert documented == resources


def test_lists_that_are_awaited() -> None:
    """The README names each list that is awaited; all others have ``page()``."""
    lists = {
        name: vars(attribute.load())["list"]
        for owner in (Resources, CustomerResources)
        for name, attribute in vars(owner).items()
        if isinstance(attribute, Lazy) and "list" in vars(attribute.load())
    }
    text = " ".join(section("Typed resources").split())
    paged, _, awaited = text.partition(" Those of ")
    assert re.findall(r"`(\w+)`", awaited.partition(" are awaited")[0]) == [
        name for name, method in lists.items() if iscoroutinefunction(method)
    ]
    assert re.findall(r"`(\w+)\.page\(\)`", paged) == [
        name for name, method in lists.items() if isasyncgenfunction(method)
    ]


def test_changelog() -> None:
    """The changelog has a section for changes that are not released."""
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
