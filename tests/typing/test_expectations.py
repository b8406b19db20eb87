"""The calls in this folder are checked: both checkers find an expectation that does not hold."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from boxapis._core.lazy_resource import Lazy
from boxapis.boxc._resources import Resources
from tests.support.paths import ROOT

RESOURCES = [name for name, value in vars(Resources).items() if isinstance(value, Lazy)]
FOLDER = ROOT / "tests" / "typing"
RIGHT, WRONG, POINTLESS = "right_calls.py", "wrong_calls.py", "pointless.py"
EXPECTED_ERROR = re.compile(r"  # type: ignore\[[^]]*\]  # pyright: ignore\[[^]]*\]")
REPORTED = re.compile(r"(\w+\.py):(\d+):.*?\berror\b")

NO_ERROR = "a: int = 1  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]\n"
OTHER_ERROR = "b: int = ''  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]\n"

CHECKERS = {
    "mypy": ["mypy", "--hide-error-context", "--no-error-summary", "--no-pretty"],
    "basedpyright": ["basedpyright", "--pythonpath", sys.executable],
}


@pytest.mark.parametrize("file", [RIGHT, WRONG])
def test_every_resource_has_calls(file: str) -> None:
    """Each file has a function for each resource, in the order of their names."""
    module = ast.parse((FOLDER / file).read_text(encoding="utf-8"))
    functions = [node.name for node in module.body if isinstance(node, ast.AsyncFunctionDef)]
    assert functions == sorted(RESOURCES)


@pytest.mark.servers
@pytest.mark.parametrize("checker", CHECKERS)
def test_wrong_expectations_are_found(checker: str, tmp_path: Path) -> None:
    """Without its expectation, or with another one, each line of the calls is an error."""
    folder = tmp_path / "tests" / "typing"
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "boxapis").symlink_to(ROOT / "boxapis")
    expected: set[tuple[str, int]] = set()
    for file, text in spoilt_files():
        (folder / file).write_text(text, encoding="utf-8")
        lines = enumerate(text.splitlines(), 1)
        expected |= {(file, number) for number, line in lines if line.endswith("# spoilt")}
    assert len(expected) > 100
    done = subprocess.run(
        [sys.executable, "-m", *CHECKERS[checker], "tests/typing"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert {(file, int(line)) for file, line in REPORTED.findall(done.stdout)} == expected


def spoilt_files() -> Iterator[tuple[str, str]]:
    """The files with wrong expectations, and a comment at the end of each such line."""
    right = (FOLDER / RIGHT).read_text(encoding="utf-8")
    lines = right.splitlines()
    for node in ast.walk(ast.parse(right)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "assert_type":
            assert node.lineno == node.end_lineno
            start = lines[node.lineno - 1][: node.args[0].end_col_offset]
            lines[node.lineno - 1] = f"{start}, SystemExit)  # spoilt"
    yield RIGHT, "\n".join(lines)
    wrong = (FOLDER / WRONG).read_text(encoding="utf-8")
    yield WRONG, re.sub(f"(?m){EXPECTED_ERROR.pattern}.*$", "  # spoilt", wrong)
    pointless = NO_ERROR, OTHER_ERROR
    yield POINTLESS, "".join(line.replace("\n", "  # spoilt\n") for line in pointless)
