"""Dependencies: bounds and reasons in pyproject.toml, and that nothing else is imported."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from tests.support.paths import ROOT

PACKAGE = ROOT / "boxapis"
TEXT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
SETTINGS: dict[str, Any] = tomllib.loads(TEXT)
EXTRAS: dict[str, list[str]] = SETTINGS["project"]["optional-dependencies"]
GROUPS: dict[str, list[Any]] = SETTINGS["dependency-groups"]
EXTRA_PARTS = {extra: extra for extra in EXTRAS if (PACKAGE / extra).is_dir()}
EXTRA_PARTS |= {"telemetry.py": "opentelemetry", "_settings": "keyring"}
EXTRA_PARTS |= {"stores/_redis.py": "redis", "stores/_redis_pool.py": "redis"}
EXTRA_PARTS |= {"boxtracker/_sealing.py": "fleet"}
"""Extras by the part of the package that needs them, a folder or a file."""

NO_UPPER_BOUND = {"certifi"}
"""Versions are dates and the content is certificates, so a newer one is always better."""

NOT_IMPORTED = {"httpcore", "sniffio"}
"""Dependencies that only httpx imports, declared for their bounds or for its speed."""


def declared() -> list[str]:
    """Returns every declared requirement once: build, run time, extras and groups."""
    listed = [SETTINGS["build-system"]["requires"], SETTINGS["project"]["dependencies"]]
    lists = (*listed, *EXTRAS.values(), *GROUPS.values())
    return list(dict.fromkeys(line for lines in lists for line in lines if isinstance(line, str)))


def name_of(requirement: str) -> str:
    """Returns the name of the required package."""
    found = re.match(r"[\w.-]+", requirement)
    assert found
    return found.group().lower()


def bounds(requirement: str) -> tuple[str | None, str | None]:
    """Returns the lowest version and the first that is too new."""
    versions = requirement.split(";", maxsplit=1)[0]
    lowest, highest = (re.search(sign + r"(\d[\w.]*)", versions) for sign in (">=", "<(?!=)"))
    return lowest and lowest[1], highest and highest[1]


def problem(requirement: str) -> str | None:
    """Returns the problem with the bounds of a requirement, or None."""
    lowest, highest = bounds(requirement)
    if lowest is None:
        return "no lowest version"
    if name_of(requirement) in NO_UPPER_BOUND:
        return "a bound where none should be" if highest else None
    if highest is None:
        return "no version that is too new"
    return None if numbers(lowest) < numbers(highest) else "no version is left"


def numbers(version: str) -> list[int]:
    """Returns a version in a form that can be compared."""
    return [int(part) for part in re.findall(r"\d+", version)]


def has_reason(requirement: str) -> bool:
    """Whether each declaration of a requirement is on a line of its own, with a comment."""
    quoted = re.escape(f'"{requirement}"')
    commented = re.findall(rf"^ +{quoted}, *# \w", TEXT, re.MULTILINE)
    return len(commented) == len(re.findall(quoted, TEXT)) > 0


@pytest.mark.parametrize("requirement", declared())
def test_bounds(requirement: str) -> None:
    """Each has a lower and an upper bound, except for `NO_UPPER_BOUND`."""
    assert problem(requirement) is None


@pytest.mark.parametrize("requirement", declared())
def test_reasons(requirement: str) -> None:
    """Each is on a line of its own, with a comment that says what it is for."""
    assert has_reason(requirement)


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [
        ("attrs", "no lowest version"),
        ("attrs<27", "no lowest version"),
        ("attrs>=25", "no version that is too new"),
        ("attrs>=25,<=27", "no version that is too new"),
        ("attrs>=25,<25", "no version is left"),
        ("certifi>=2024.7.4,<2027", "a bound where none should be"),
        ("uvloop>=0.22; sys_platform < '3'", "no version that is too new"),
        ("coverage[toml]>=7.10,<8", None),
    ],
)
def test_bad_bounds_are_found(requirement: str, expected: str | None) -> None:
    """The check of bounds can fail, and does not take a marker for a bound."""
    assert problem(requirement) == expected


def test_missing_reasons_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check of reasons fails for any declaration without a comment, and for none at all."""
    one, two = '    "attrs>=25", # values\n', '    "attrs>=25",\n'
    for text, expected in ((one, True), (one + one, True), (one + two, False), ("", False)):
        monkeypatch.setattr(f"{__name__}.TEXT", text)
        assert has_reason("attrs>=25") is expected


def test_installed_versions_are_within_the_bounds() -> None:
    """The tests run with versions that are within the declared bounds."""
    project = [*SETTINGS["project"]["dependencies"], *(line for e in EXTRAS.values() for line in e)]
    for requirement in project:
        lowest, highest = bounds(requirement)
        installed = numbers(metadata.version(name_of(requirement)))
        assert lowest is not None
        assert numbers(lowest) <= installed
        assert highest is None or installed < numbers(highest)


def test_lowest_versions_are_those_declared() -> None:
    """`.ci/lowest` prints the lower bound of each requirement, including extras."""
    script = ROOT / ".ci" / "lowest"
    done = subprocess.run([sys.executable, script], check=True, capture_output=True, text=True)
    project = [*SETTINGS["project"]["dependencies"], *(line for e in EXTRAS.values() for line in e)]
    assert done.stdout.split() == [f"{name_of(line)}=={bounds(line)[0]}" for line in project]


def modules_of(requirements: list[str]) -> set[str]:
    """Returns the top-level modules of these requirements."""
    wanted = {name_of(requirement) for requirement in requirements}
    found = metadata.packages_distributions().items()
    return {module for module, owners in found if wanted & {owner.lower() for owner in owners}}


def imported(source: str) -> set[str]:
    """Returns the top-level modules that a source imports anywhere, except boxapis."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import():
                names |= {alias.name for alias in node.names}
            case ast.ImportFrom(module=str(module), level=0):
                names.add(module)
    return {name.split(".")[0] for name in names} - {"boxapis"}


def third_party(files: Iterator[Path]) -> set[str]:
    """Returns the modules outside of the standard library that files import."""
    found = (imported(path.read_text(encoding="utf-8")) for path in files)
    return set().union(*found) - set(sys.stdlib_module_names)


def files(*parts: str) -> Iterator[Path]:
    """Yields the files of these parts; without any, the files that need no extra."""
    for path in PACKAGE.rglob("*.py"):
        inner = path.relative_to(PACKAGE)
        own = {inner.as_posix(), *(folder.as_posix() for folder in inner.parents)} & {*EXTRA_PARTS}
        if own & {*parts} or not (parts or own):
            yield path


def test_the_package_imports_only_what_is_declared() -> None:
    """Code outside of `EXTRA_PARTS` imports only the dependencies without extras."""
    assert third_party(files()) <= modules_of(SETTINGS["project"]["dependencies"])


@pytest.mark.parametrize("part", EXTRA_PARTS)
def test_a_part_imports_only_what_is_declared(part: str) -> None:
    """A part imports its own extra; the command line also extras that have no part."""
    others = (
        [extra for extra in EXTRAS if extra not in EXTRA_PARTS.values()] if part == "cli" else []
    )
    extras = [line for extra in (EXTRA_PARTS[part], *others) for line in EXTRAS[extra]]
    assert third_party(files(part)) <= modules_of([*SETTINGS["project"]["dependencies"], *extras])


def test_everything_declared_is_imported() -> None:
    """Every dependency is imported, except for `NOT_IMPORTED`."""
    used = third_party(files()) | third_party(files(*EXTRA_PARTS))
    project = [*SETTINGS["project"]["dependencies"], *(line for e in EXTRAS.values() for line in e)]
    unused = {name_of(line) for line in project if not modules_of([line]) & used}
    assert unused - NOT_IMPORTED == set()


def test_imports_are_found_anywhere() -> None:
    """Imports in functions and of submodules are found; relative ones are left out."""
    source = (
        "import a.b\ndef f():\n    from c.d import e\n    from . import g\n    import boxapis.x"
    )
    assert imported(source) == {"a", "c"}


def test_no_extra_is_imported_with_the_package() -> None:
    """Every module outside of `EXTRA_PARTS` can be imported without the packages of extras."""
    names = [
        ".".join(("boxapis", *path.relative_to(PACKAGE).with_suffix("").parts))
        for path in files()
        if path.stem != "__main__"
    ]
    modules = sorted(name.removesuffix(".__init__") for name in names)
    extras = modules_of([line for extra in EXTRAS.values() for line in extra])
    gone = sorted(extras - modules_of(SETTINGS["project"]["dependencies"]))
    code = (
        f"import importlib, sys\nsys.modules.update(dict.fromkeys({gone!r}))\n"
        f"for name in {modules!r}:\n    importlib.import_module(name)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert {"cli", "sandbox"} <= set(EXTRA_PARTS)
    assert {"rich", "typer", "starlette", "uvicorn"} <= set(gone)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_readme_lists_the_dependencies() -> None:
    """The README names every package that is installed without extras."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    paragraph = readme[readme.index("Installed without extras") :].split("\n\n")[0]
    missing = [
        name
        for name in map(name_of, SETTINGS["project"]["dependencies"])
        if not re.search(rf"\b{name}\b", paragraph)
    ]
    assert missing == []
