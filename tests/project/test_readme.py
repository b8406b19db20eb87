"""The README never lies: each Python block runs as it stands, each command is run somewhere."""

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
from boxapis.sandbox import Sandbox
from tests.support.paths import README, ROOT


def run_block(example: Example) -> None:
    """Runs a block as ``python -m asyncio`` would: top-level ``await`` is allowed."""
    code = compile(
        str(example.parsed),
        f"{README.name}:{example.line}",
        "exec",
        flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
    )
    namespace: dict[str, Any] = {"__name__": "readme"}
    outcome = eval(code, namespace)  # noqa: S307 - our own README
    if inspect.iscoroutine(outcome):
        asyncio.run(outcome)


def blocks(language: str) -> list[Example]:
    """The README's blocks of one language."""
    document = Document.parse(str(README), CodeBlockParser(language, run_block))
    return list(document.examples())


def commands() -> list[str]:
    """Every command the README shows."""
    return [line for block in blocks("bash") for line in str(block.parsed).splitlines() if line]


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sandbox]:
    """The services the environment points at, in a folder that files may be written to."""
    monkeypatch.chdir(tmp_path)
    with Sandbox() as started:
        for name, value in started.environment.items():
            monkeypatch.setenv(name, value)
        yield started


@pytest.mark.servers
@pytest.mark.parametrize("block", blocks("python"), ids=lambda block: f"line {block.line}")
def test_python_blocks(block: Example, sandbox: Sandbox) -> None:
    """Each block runs by itself, against the sandbox."""
    block.evaluate()


def test_there_are_blocks() -> None:
    """The README teaches by examples, and the parser finds them."""
    assert len(blocks("python")) >= 8
    assert len(commands()) >= 5


def test_every_command_is_run() -> None:
    """The long commands stand in ``.ci/run`` word for word, the others in the tests of the CLI."""
    checks = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    files = sorted((ROOT / "tests" / "cli").rglob("test_*.py"))
    tests = "".join(file.read_text(encoding="utf-8") for file in files)
    install_and_demo, install_and_test, *others = commands()
    assert install_and_test in checks
    assert install_and_demo.split(" && ")[-1].endswith("boxapis demo")
    for command in others:
        words = command.removeprefix("boxapis ").split(" --")[0].split()
        assert ", ".join(f'"{word}"' for word in words) in tests


def test_names_of_the_readme_exist() -> None:
    """Every error the README speaks of, and no other, is there; none is forgotten."""
    text = README.read_text(encoding="utf-8")
    spoken_of = set(re.findall(r"`(\w+Error)`", text))
    exported = {name for name in boxapis.__all__ if name.endswith("Error")}
    assert spoken_of <= exported
    assert exported - spoken_of == {"APIError", "TransportError"}


def test_changelog() -> None:
    """The changelog has an entry for what is not released yet."""
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
