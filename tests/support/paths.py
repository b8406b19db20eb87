"""Paths in the checkout, and whether a file belongs to the tests or to the package."""

from pathlib import Path

import boxapis

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
SAMPLES = ROOT / "tests" / "samples"

_TESTS = f"{(ROOT / 'tests').as_posix()}/"
_PACKAGE = f"{Path(boxapis.__file__).parent.as_posix()}/"


def is_test_code(filename: str) -> bool:
    """Whether a file belongs to the tests of this checkout, wherever the checkout lies."""
    return Path(filename).as_posix().startswith(_TESTS)


def is_package_code(filename: str) -> bool:
    """Whether a file belongs to the package under test."""
    return Path(filename).as_posix().startswith(_PACKAGE)
