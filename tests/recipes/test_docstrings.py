"""What a recipe's docstring says: which packages to install, and which files to copy with it."""

import ast
import re
import shlex
import sys
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HERE = Path(__file__).parent
FOR_TESTERS = ("test_with_mocks", "test_with_pytest", "test_with_unittest")
INSTALL = re.compile(r"\binstall\s+``([^`]+)``")
RUN = re.compile(r"\brun\w*:?\s+``(\w+)")
PACKAGES = packages_distributions()


def imports(source: str) -> set[str]:
    """The top-level names of the modules that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found |= {one.name for one in names}
            case ast.ImportFrom(module=str(module)):
                found.add(module)
    return {name.partition(".")[0] for name in found}


SOURCES = {path.stem: path.read_text(encoding="utf-8") for path in HERE.glob("*.py")}
RECIPES = sorted(
    name
    for name, source in SOURCES.items()
    if name in FOR_TESTERS
    or not (name.startswith(("test_", "conftest")) or "tests" in imports(source))
)
"""Those that can be copied: the others are tests, or helpers of tests."""


def problems(name: str, sources: dict[str, str]) -> list[str]:
    """What a user lacks who copies a recipe, and installs what its docstring says."""
    docstring = ast.get_docstring(ast.parse(sources[name])) or ""
    files, imported = {name}, imports(sources[name])
    while beside := (imported & sources.keys()) - files:
        files |= beside
        imported |= {other for one in beside for other in imports(sources[one])}
    lacking = [one for one in sorted(files - {name}) if f"`{one}.py`" not in docstring]
    words = INSTALL.search(docstring)
    named = [Requirement(one) for one in shlex.split(words[1])] if words else []
    installed = {str(canonicalize_name(one.name)) for one in named}
    extras = {extra for one in named if one.name == "boxapis" for extra in one.extras}
    installed |= brought_along(extras)
    needed = imported - sys.stdlib_module_names - sources.keys() - {"tests", "boxapis"}
    needed |= set(RUN.findall(docstring)) - {"python", "boxapis"}
    if words and "boxapis" in imported and not any(one.name == "boxapis" for one in named):
        lacking.append("boxapis")
    if "BOXAPIS_STORE" in docstring and not extras & {"fleet", "redis"}:
        lacking.append("an extra for the store")
    return lacking + [one for one in sorted(needed) if not installed & distributions(one)]


def brought_along(extras: set[str]) -> set[str]:
    """The packages that boxapis needs by itself, and with extras."""
    found = set()
    for one in map(Requirement, requires("boxapis") or []):
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in extras):
            found.add(str(canonicalize_name(one.name)))
    return found


def distributions(module: str) -> set[str]:
    """The packages that have a module."""
    return {canonicalize_name(one) for one in PACKAGES.get(module, [module])}


@pytest.mark.parametrize("name", RECIPES)
def test_all_that_a_copy_needs_is_named(name: str) -> None:
    """F276: packages, programs and neighbouring files of a recipe are in its docstring."""
    assert problems(name, SOURCES) == []


SERVICE = '''
"""A service: copy it{}, install ``{}``, and run ``uvicorn a:app``, with ``BOXAPIS_STORE``."""
import beside, boxapis, flask
'''
BESIDE = "import json, django.conf"
ALL = "'boxapis[fleet]' django flask uvicorn"


@pytest.mark.parametrize(
    ("beside", "packages", "lacking"),
    [
        (" with `beside.py`", ALL, []),
        ("", ALL, ["beside"]),
        (" with `beside.py`", "flask uvicorn", ["boxapis", "an extra for the store", "django"]),
        (" with `beside.py`", "'boxapis[redis]' django", ["flask", "uvicorn"]),
        (" with `beside.py`", "boxapis flask django uvicorn", ["an extra for the store"]),
    ],
)
def test_what_is_missing_would_be_seen(beside: str, packages: str, lacking: list[str]) -> None:
    """F276: the check fails for a file, a package or a program that a docstring leaves out."""
    sources = {"a": SERVICE.format(beside, packages), "beside": BESIDE}
    assert problems("a", sources) == lacking
