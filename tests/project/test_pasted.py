"""The README's blocks as a reader tries them: pasted into ``python -m asyncio``.

A block that begins with the name of a file is not: it is a test, or lines of a recipe. The terminal
pastes as terminals do: in brackets where the program asks for them, as Python's newer console does.
"""

import re
import sys
from pathlib import Path

import pytest
from sybil import Document, Example
from sybil.parsers.markdown import CodeBlockParser

from boxapis.sandbox import Sandbox
from tests.support.command_line import surroundings
from tests.support.paths import README, ROOT
from tests.support.printed import printed
from tests.support.terminals import Terminal

pytestmark = pytest.mark.servers

FILE = re.compile(r"# (\w+\.py)\n")
BRACKETS = "\x1b[?2004h"  # the program asks to be told what is pasted
PROMPT = ">>> "
MOST_LINES = 20


BLOCKS = list(Document.parse(str(README), CodeBlockParser("python")).examples())
FILES = [block for block in BLOCKS if FILE.match(str(block.parsed))]
PASTED = [block for block in BLOCKS if block not in FILES]


def pasted(block: str, variables: dict[str, str], folder: Path) -> str:
    """Returns what the console shows after a block was pasted and Enter pressed."""
    terminal = Terminal([sys.executable, "-W", "error", "-m", "asyncio"], variables, columns=200)
    try:
        terminal.wait_for(PROMPT)
        terminal.press(f"import os; os.chdir({str(folder)!r}); print('be' 'gin')\n")
        terminal.wait_for("begin")
        in_brackets = BRACKETS in terminal.shown
        terminal.press(f"\x1b[200~{block}\x1b[201~\n" if in_brackets else f"{block}\n")
        terminal.press('print("the" "end")\n')
        terminal.wait_for("theend")
        return terminal.plain
    finally:
        terminal.close()


@pytest.mark.parametrize("block", PASTED, ids=lambda block: f"line {block.line}")
def test_pasted(block: Example, tmp_path: Path) -> None:
    """A block runs as it is pasted: no error, and the console takes what follows."""
    with Sandbox() as sandbox:
        given = surroundings(**sandbox.environment, TERM="xterm", PYTHON_HISTORY=f"{tmp_path}/past")
        shown = pasted(str(block.parsed), given, tmp_path)
    assert not re.search(r"(?m)^\w*(Error|Warning)\b|Traceback", shown)


def test_files() -> None:
    """A block shows at most twenty lines of a recipe, as they are; the test is run elsewhere."""
    shown = dict(str(one.parsed).split("\n", 1) for one in FILES)
    assert shown.pop("# test_login.py") in printed("Testing")[0]
    assert shown
    for name, lines in shown.items():
        recipe = ROOT / "tests" / "recipes" / name.removeprefix("# ")
        assert lines in recipe.read_text(encoding="utf-8")
        assert lines.count("\n") <= MOST_LINES
