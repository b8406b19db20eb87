"""The fixtures: which tests are those of servers, and what is said where an engine is missing."""

import pytest

from tests.support.installed import program
from tests.support.paths import ROOT

TESTS = """
import pytest

@pytest.fixture
def store(redis_server):
    return redis_server

def test_store(store): ...
def test_plain(): ...
"""


def test_marker(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that uses an engine, even through another fixture, is one of servers."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_subprocess(
        "-p", "tests.engines.fixtures", "-m", "servers", "--collect-only", "-q"
    )
    result.stdout.fnmatch_lines(["*::test_store", "*1/2 tests collected*"])


@pytest.mark.parametrize(
    ("required", "raised"), [("", pytest.skip.Exception), ("required", pytest.fail.Exception)]
)
def test_missing(
    required: str, raised: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing program skips the test, or fails it where all are required; how to install it."""
    monkeypatch.setenv("BOXAPIS_ZOO", required)
    with pytest.raises(raised, match="none or neither is not installed: apt-get install none"):
        program("none", "neither", install="apt-get install none")
