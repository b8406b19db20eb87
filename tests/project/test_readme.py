"""The README is right: each Python block runs, and each command is run by some test."""

import ast
import asyncio
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sybil import Document, Example
from sybil.parsers.markdown import CodeBlockParser

import boxapis
from boxapis._core.lazy_resource import Lazy
from boxapis.boxc._resources import Resources
from boxapis.boxtracker._resources import CustomerResources, TrackerResources
from boxapis.sandbox import Sandbox
from tests.support.paths import README, ROOT
from tests.support.printed import table


def run_block(example: Example) -> None:
    """Runs a block as ``python -m asyncio`` would: top-level ``await`` is allowed."""
    code = compile(
        str(example.parsed),
        f"{README.name}:{example.line}",
        "exec",
        flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
    )
    namespace: dict[str, Any] = {"__name__": "readme"}
    outcome = eval(code, namespace)  # noqa: S307 - from the README
    if inspect.iscoroutine(outcome):
        asyncio.run(outcome)


def blocks(language: str) -> list[Example]:
    """Returns the README's blocks of one language."""
    document = Document.parse(str(README), CodeBlockParser(language, run_block))
    return list(document.examples())


def commands() -> list[str]:
    """Returns every command in the README."""
    return [line for block in blocks("bash") for line in str(block.parsed).splitlines() if line]


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sandbox]:
    """Both services, set in the environment, with a temporary working directory."""
    monkeypatch.chdir(tmp_path)
    with Sandbox() as started:
        for name, value in started.environment.items():
            monkeypatch.setenv(name, value)
        yield started


@pytest.mark.servers
@pytest.mark.parametrize("block", blocks("python"), ids=lambda block: f"line {block.line}")
def test_python_blocks(block: Example, sandbox: Sandbox) -> None:
    """Each block runs on its own with the sandbox."""
    block.evaluate()


def test_there_are_blocks() -> None:
    """The parser finds the blocks of the README."""
    assert len(blocks("python")) >= 8
    assert len(commands()) >= 5


def test_every_command_is_run() -> None:
    """The installation commands are in ``.ci/run``, the others in the tests of the CLI."""
    checks = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    files = sorted((ROOT / "tests" / "cli").rglob("test_*.py"))
    tests = "".join(file.read_text(encoding="utf-8") for file in files)
    install_and_demo, install_and_test, *others = commands()
    assert install_and_test in checks
    assert install_and_demo in checks
    for command in others:
        words = command.removeprefix("boxapis ").split(" --")[0].split()
        assert ", ".join(f'"{word}"' for word in words) in tests


def test_names_of_the_readme_exist() -> None:
    """The README mentions every error of the package except two base classes, and no other."""
    text = README.read_text(encoding="utf-8")
    mentioned = set(re.findall(r"`(\w+Error)`", text))
    exported = {name for name in boxapis.__all__ if name.endswith("Error")}
    assert mentioned <= exported
    assert exported - mentioned == {"APIError", "TransportError"}


@pytest.mark.parametrize(
    ("heading", "owners"),
    [
        ("Resources of BoxC", [Resources]),
        ("Resources of Box Tracker", [CustomerResources, TrackerResources]),
    ],
)
def test_every_resource_has_a_row(heading: str, owners: list[type]) -> None:
    """The README has one row for each resource of a service, with its methods in their order."""
    rows = table(heading)
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


def test_changelog() -> None:
    """The changelog has a section for changes that are not released."""
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
