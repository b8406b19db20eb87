"""What the package stands on: every bound and its reason, and that nothing else is imported."""

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
ROOMS = {extra: extra for extra in EXTRAS if (PACKAGE / extra).is_dir()}
ROOMS["telemetry.py"] = "opentelemetry"
"""The rooms that need an extra: folders called as it, and a file. Others serve the command line."""

NO_UPPER_BOUND = {"certifi"}
"""Its versions are dates and its contents roots: a newer one is only ever more right."""

GUESTS = {"keyring": "cli"}
"""Extras without a room of their own, and the room in which they are imported when asked for."""

MAY_BE_IDLE = {"httpcore", "sniffio"}
"""Underneath httpx, and bounded for what httpx lets pass, or wants, of them."""


def declared() -> list[str]:
    """Every requirement that is declared, once: to build, to run, of extras and of groups."""
    listed = [SETTINGS["build-system"]["requires"], SETTINGS["project"]["dependencies"]]
    lists = (*listed, *EXTRAS.values(), *GROUPS.values())
    return list(dict.fromkeys(line for lines in lists for line in lines if isinstance(line, str)))


def name_of(requirement: str) -> str:
    """The name of what is required."""
    found = re.match(r"[\w.-]+", requirement)
    assert found
    return found.group().lower()


def bounds(requirement: str) -> tuple[str | None, str | None]:
    """The lowest version, and the first that is too new."""
    versions = requirement.split(";", maxsplit=1)[0]
    lowest, highest = (re.search(sign + r"(\d[\w.]*)", versions) for sign in (">=", "<(?!=)"))
    return lowest and lowest[1], highest and highest[1]


def problem(requirement: str) -> str | None:
    """What is wrong with the bounds of a requirement."""
    lowest, highest = bounds(requirement)
    if lowest is None:
        return "no lowest version"
    if name_of(requirement) in NO_UPPER_BOUND:
        return "a bound where none should be" if highest else None
    if highest is None:
        return "no version that is too new"
    return None if numbers(lowest) < numbers(highest) else "no version is left"


def numbers(version: str) -> list[int]:
    """A version, to be compared."""
    return [int(part) for part in re.findall(r"\d+", version)]


def has_reason(requirement: str) -> bool:
    """Whether a comment stands behind a requirement, on its own line, wherever it is declared."""
    quoted = re.escape(f'"{requirement}"')
    told = re.findall(rf"^ +{quoted}, *# \w", TEXT, re.MULTILINE)
    return len(told) == len(re.findall(quoted, TEXT)) > 0


@pytest.mark.parametrize("requirement", declared())
def test_bounds(requirement: str) -> None:
    """Each has a lowest version that was tried, and a first that was not, or a stated exception."""
    assert problem(requirement) is None


@pytest.mark.parametrize("requirement", declared())
def test_reasons(requirement: str) -> None:
    """Each stands on a line of its own, with what it is for behind it."""
    assert has_reason(requirement)


@pytest.mark.parametrize(
    ("requirement", "wrong"),
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
def test_missing_bounds_would_be_seen(requirement: str, wrong: str | None) -> None:
    """The check can fail, and tells a bound from a marker."""
    assert problem(requirement) == wrong


def test_a_missing_reason_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check can fail: on a second place without a comment, and on none at all."""
    one, two = '    "attrs>=25", # values\n', '    "attrs>=25",\n'
    for text, told in ((one, True), (one + one, True), (one + two, False), ("", False)):
        monkeypatch.setattr(f"{__name__}.TEXT", text)
        assert has_reason("attrs>=25") is told


def test_installed_versions_are_within_the_bounds() -> None:
    """Nothing that the tests run with is older or newer than what is declared."""
    project = [*SETTINGS["project"]["dependencies"], *(line for e in EXTRAS.values() for line in e)]
    for requirement in project:
        lowest, highest = bounds(requirement)
        installed = numbers(metadata.version(name_of(requirement)))
        assert lowest is not None
        assert numbers(lowest) <= installed
        assert highest is None or installed < numbers(highest)


def test_lowest_versions_are_those_declared() -> None:
    """What `.ci/run` tries as the lowest is the lower bound of each, extras included."""
    script = ROOT / ".ci" / "lowest"
    done = subprocess.run([sys.executable, script], check=True, capture_output=True, text=True)
    project = [*SETTINGS["project"]["dependencies"], *(line for e in EXTRAS.values() for line in e)]
    assert done.stdout.split() == [f"{name_of(line)}=={bounds(line)[0]}" for line in project]


def modules_of(requirements: list[str]) -> set[str]:
    """The modules at the top of what is required."""
    wanted = {name_of(requirement) for requirement in requirements}
    found = metadata.packages_distributions().items()
    return {module for module, owners in found if wanted & {owner.lower() for owner in owners}}


def imported(source: str) -> set[str]:
    """The modules at the top that a source imports, anywhere in it; its own package aside."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import():
                names |= {alias.name for alias in node.names}
            case ast.ImportFrom(module=str(module), level=0):
                names.add(module)
    return {name.split(".")[0] for name in names} - {"boxapis"}


def foreign(files: Iterator[Path]) -> set[str]:
    """What files import that Python does not bring."""
    found = (imported(path.read_text(encoding="utf-8")) for path in files)
    return set().union(*found) - set(sys.stdlib_module_names)


def files(*rooms: str) -> Iterator[Path]:
    """The files of the package in these rooms; without any, those outside the rooms of extras."""
    for path in PACKAGE.rglob("*.py"):
        room = path.relative_to(PACKAGE).parts[0]
        if room in rooms or (not rooms and room not in ROOMS):
            yield path


def test_the_package_imports_only_what_is_declared() -> None:
    """Outside the rooms of the extras the plain dependencies are enough."""
    assert foreign(files()) <= modules_of(SETTINGS["project"]["dependencies"])


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_is_declared(room: str) -> None:
    """The room of an extra needs that one and the plain dependencies; the command line may more."""
    others = [extra for extra in EXTRAS if extra not in ROOMS.values()] if room == "cli" else []
    extras = [line for extra in (ROOMS[room], *others) for line in EXTRAS[extra]]
    assert foreign(files(room)) <= modules_of([*SETTINGS["project"]["dependencies"], *extras])


def test_everything_declared_is_imported() -> None:
    """No dependency is carried along for nothing."""
    used = foreign(files()) | foreign(files(*ROOMS))
    project = [*SETTINGS["project"]["dependencies"], *(line for e in EXTRAS.values() for line in e)]
    idle = {name_of(line) for line in project if not modules_of([line]) & used}
    assert idle - MAY_BE_IDLE == set()


def test_imports_are_seen_wherever_they_stand() -> None:
    """The search can fail: it finds imports in functions and of parts, and no relative ones."""
    source = (
        "import a.b\ndef f():\n    from c.d import e\n    from . import g\n    import boxapis.x"
    )
    assert imported(source) == {"a", "c"}


def test_no_extra_is_imported_with_the_package() -> None:
    """Every module outside the extras' rooms can be imported without any of their packages."""
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
    assert {"cli", "sandbox"} <= set(ROOMS)
    assert {"rich", "typer", "starlette", "uvicorn"} <= set(gone)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_readme_names_what_is_installed() -> None:
    """Who reads what an installation brings is told all of it."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    told = readme[readme.index("Installed without extras") :].split("\n\n")[0]
    missing = [
        name
        for name in map(name_of, SETTINGS["project"]["dependencies"])
        if not re.search(rf"\b{name}\b", told)
    ]
    assert missing == []
