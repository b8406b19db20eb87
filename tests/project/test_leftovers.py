"""`leftovers` reports tests that leave a task running."""

import pytest

from tests.support.paths import ROOT

LEAVING = """
import asyncio

async def test_leaving():
    asyncio.get_running_loop().create_task(asyncio.sleep(99), name="forgotten")

async def test_tidy():
    await asyncio.get_running_loop().create_task(asyncio.sleep(0))
"""


def test_a_task_left_running_is_reported(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test that leaves a task has an error with its name; the next test has none."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile(LEAVING)
    result = pytester.runpytest_subprocess(
        "-p", "tests.support.leftovers", "-o", "asyncio_mode=auto"
    )
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*test_leaving has left running:", "*name='forgotten'*"])
