"""The layers of the package: which folder may import which, read from the import statements.

The rules:

* A folder, or a module beside the folders, imports only from rows of `LAYERS` below its own.
* Two folders of the same row do not import each other, so the two services stay apart.
* Within a folder a file may import its neighbours, but never in a circle.
* HTTP libraries are imported in ``transports`` alone.
* ``_sansio`` awaits nothing and knows no clock, random numbers, socket or log.
* ``sandbox`` imports nothing of the client, so that it can contradict it; only ``cli`` and
  ``testing`` use the sandbox.
"""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.support.paths import ROOT

PACKAGE = ROOT / "boxapis"


LAYERS = (
    ("errors", "_version"),
    ("options", "secret"),
    ("_http",),
    ("_sansio",),
    ("_sansio.boxtracker", "_sansio.boxc"),
    ("_core",),
    ("transports",),
    ("boxtracker", "boxc", "batch"),
    ("",),
    ("telemetry", "testing"),
    ("cli",),
    ("__main__",),
)
"""From the bottom to the top; ``""`` is ``boxapis/__init__.py``."""

HTTP_LIBRARIES = {"httpx", "httpcore", "httptools", "h11", "aiohttp", "requests", "urllib3"}
IMPURE = {"asyncio", "anyio", "time", "random", "socket", "ssl", "logging", "threading"}


@cache
def modules() -> tuple[str, ...]:
    """Every module of the package, by its name below ``boxapis``."""
    return tuple(sorted(_name(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py")))


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(module: str) -> str:
    """The row entry a module belongs to: the longest that is a prefix of its name."""
    rooms = [entry for row in LAYERS for entry in row] + ["sandbox"]
    fits = [entry for entry in rooms if entry and f"{module}.".startswith(f"{entry}.")]
    return max(fits, key=len, default=module)


def layer(entry: str) -> int:
    """The number of a row."""
    return next(number for number, row in enumerate(LAYERS) if entry in row)


@cache
def tree(module: str) -> ast.Module:
    """The syntax of a module."""
    path = PACKAGE.joinpath(*module.split(".")) if module else PACKAGE
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(file.read_text(encoding="utf-8"))


def imports(module: str) -> Iterator[str]:
    """What a module imports, anywhere in it: whole dotted names."""
    for node in ast.walk(tree(module)):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom(module=str(source)):
                for alias in node.names:
                    below = f"{source}.{alias.name}"
                    yield below if below.removeprefix("boxapis.") in modules() else source


def ours(module: str) -> set[str]:
    """The modules of this package that a module imports, by their names below it."""
    return {
        target.removeprefix("boxapis").removeprefix(".")
        for target in imports(module)
        if target.split(".")[0] == "boxapis"
    }


def wrong_imports(module: str) -> set[str]:
    """What a module imports from its own row, beside its folder, or from a row above."""
    here = room(module)
    return {
        target
        for target in ours(module)
        if room(target) not in (here, "sandbox") and layer(room(target)) >= layer(here)
    }


def circle(package: str) -> list[str]:
    """A circle among the modules of a folder, if there is one."""
    inside = [module for module in modules() if room(module) == package]
    # A package's own module names its parts for those outside; parts do not import it.
    graph = {module: ours(module) & set(inside) - {module} for module in inside}
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        return list(error.args[1])
    return []


def test_every_module_has_a_layer() -> None:
    """A new folder, or a new module beside the folders, is given a row before it is used."""
    entries = {entry for row in LAYERS for entry in row} | {"sandbox"}
    assert {room(module) for module in modules()} <= entries
    assert entries <= {room(module) for module in modules()} | {""}


@pytest.mark.parametrize("module", [m for m in modules() if room(m) != "sandbox"], ids=str)
def test_imports_go_down(module: str) -> None:
    """A module imports only from rows below its own, and from its own folder."""
    assert wrong_imports(module) == set()


@pytest.mark.parametrize("package", sorted({room(module) for module in modules()}), ids=str)
def test_no_circle(package: str) -> None:
    """The modules of a folder do not import each other in a circle."""
    assert circle(package) == []


@pytest.mark.parametrize("module", modules(), ids=str)
def test_http_libraries_stay_in_transports(module: str) -> None:
    """HTTP libraries are imported in ``transports`` alone."""
    used = {target.split(".")[0] for target in imports(module)} & HTTP_LIBRARIES
    assert used == set() or room(module) == "transports"


@pytest.mark.parametrize("module", [m for m in modules() if m.startswith("_sansio")])
def test_rules_are_pure(module: str) -> None:
    """The rules await nothing, and import no clock, random numbers, socket or log."""
    used = {target.split(".")[0] for target in imports(module)} & IMPURE
    waits = [node for node in ast.walk(tree(module)) if isinstance(node, ast.Await)]
    assert (used, waits) == (set(), [])


def test_sandbox_stands_apart() -> None:
    """The sandbox imports no client code; only the command line and the fixtures import it."""
    for module in modules():
        if room(module) == "sandbox":
            assert {room(target) for target in ours(module)} <= {"sandbox"}
    users = {room(m) for m in modules() if "sandbox" in {room(target) for target in ours(m)}}
    assert users == {"cli", "testing", "sandbox"}


def test_the_top_is_public() -> None:
    """Beside the folders stand public modules only, and the version."""
    assert sorted(path.stem for path in PACKAGE.glob("_[a-z]*.py")) == ["_version"]


def test_folders_are_small() -> None:
    """No folder but those of the two services has more than 17 modules beside each other."""
    services = {PACKAGE / "boxc", PACKAGE / "boxtracker"}
    for folder in {path.parent for path in PACKAGE.rglob("*.py")} - services:
        assert len([path for path in folder.glob("*.py") if path.stem != "__init__"]) <= 17, folder


def test_a_wrong_import_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks can fail: with the rows upside down, or an import turned round, they do."""
    monkeypatch.setitem(globals(), "LAYERS", tuple(reversed(LAYERS)))
    assert wrong_imports("secret") == {"errors"}
    monkeypatch.undo()
    honest = ours
    monkeypatch.setitem(
        globals(),
        "ours",
        lambda module: honest(module) | ({"_core.call"} if module == "_core.clock" else set()),
    )
    assert "_core.clock" in circle("_core")
