"""Layers of the package: which folder may import which, checked by the import statements.

The rules:

* A folder, or a module beside the folders, imports only from rows of `LAYERS` below its own.
* Two folders of the same row do not import each other, so the two services stay apart.
* Within a folder a file may import its neighbours, but never in a circle.
* Only ``transports`` imports HTTP libraries.
* ``_sansio`` awaits nothing, and imports no clock, random numbers, socket or logging.
* ``sandbox`` imports nothing of the client, so that it repeats no mistake; only ``cli`` and
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
    ("_http", "_settings"),
    ("_sansio",),
    ("_sansio.boxtracker", "_sansio.boxc"),
    ("_core",),
    ("transports", "stores"),
    ("boxtracker", "boxc", "batch"),
    ("",),
    ("telemetry", "testing"),
    ("cli",),
    ("__main__",),
)
"""The rows from the bottom to the top; ``""`` is ``boxapis/__init__.py``."""

HTTP_LIBRARIES = {"httpx", "httpcore", "httptools", "h11", "aiohttp", "requests", "urllib3"}
IMPURE = {"asyncio", "anyio", "time", "random", "secrets", "uuid", "os", "socket", "ssl"}
IMPURE |= {"logging", "threading"}
NOW = {"now", "utcnow", "today"}
"""Attributes that read the clock of the machine."""


@cache
def modules() -> tuple[str, ...]:
    """Returns the name of every module, relative to ``boxapis``."""
    return tuple(sorted(_name(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py")))


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def entry_of(module: str) -> str:
    """Returns the entry of `LAYERS` that is the longest prefix of a module's name."""
    entries = [entry for row in LAYERS for entry in row] + ["sandbox"]
    fits = [entry for entry in entries if entry and f"{module}.".startswith(f"{entry}.")]
    return max(fits, key=len, default=module)


def layer(entry: str) -> int:
    """Returns the row of an entry, from 0."""
    return next(number for number, row in enumerate(LAYERS) if entry in row)


@cache
def tree(module: str) -> ast.Module:
    """Returns the syntax tree of a module."""
    path = PACKAGE.joinpath(*module.split(".")) if module else PACKAGE
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(file.read_text(encoding="utf-8"))


def imports(module: str) -> Iterator[str]:
    """Yields the dotted names that a module imports, anywhere in it."""
    for node in ast.walk(tree(module)):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom(module=str(source)):
                for alias in node.names:
                    below = f"{source}.{alias.name}"
                    yield below if below.removeprefix("boxapis.") in modules() else source


def own_imports(module: str) -> set[str]:
    """Returns the modules of this package that a module imports."""
    return {
        target.removeprefix("boxapis").removeprefix(".")
        for target in imports(module)
        if target.split(".")[0] == "boxapis"
    }


def wrong_imports(module: str) -> set[str]:
    """Returns the imports from rows above, or from other folders of the same row."""
    here = entry_of(module)
    return {
        target
        for target in own_imports(module)
        if entry_of(target) not in (here, "sandbox") and layer(entry_of(target)) >= layer(here)
    }


def circle(package: str) -> list[str]:
    """Returns a circle of imports in a folder, or an empty list."""
    inside = [module for module in modules() if entry_of(module) == package]
    graph = {module: own_imports(module) & set(inside) - {module} for module in inside}
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        return list(error.args[1])
    return []


def test_every_module_has_a_layer() -> None:
    """Every folder, and every module beside the folders, has a row."""
    entries = {entry for row in LAYERS for entry in row} | {"sandbox"}
    assert {entry_of(module) for module in modules()} <= entries
    assert entries <= {entry_of(module) for module in modules()} | {""}


@pytest.mark.parametrize("module", [m for m in modules() if entry_of(m) != "sandbox"], ids=str)
def test_imports_go_down(module: str) -> None:
    """A module imports only from rows below its own, and from its own folder."""
    assert wrong_imports(module) == set()


@pytest.mark.parametrize("package", sorted({entry_of(module) for module in modules()}), ids=str)
def test_no_circle(package: str) -> None:
    """The modules of a folder do not import each other in a circle."""
    assert circle(package) == []


@pytest.mark.parametrize("module", modules(), ids=str)
def test_http_libraries_stay_in_transports(module: str) -> None:
    """Only ``transports`` imports HTTP libraries."""
    used = {target.split(".")[0] for target in imports(module)} & HTTP_LIBRARIES
    assert used == set() or entry_of(module) == "transports"


@pytest.mark.parametrize("module", [m for m in modules() if m.startswith("_sansio")])
def test_sansio_is_pure(module: str) -> None:
    """``_sansio`` awaits nothing, and imports no clock, random numbers, socket or logging."""
    used = {target.split(".")[0] for target in imports(module)} & IMPURE
    waits = [node for node in ast.walk(tree(module)) if isinstance(node, ast.Await)]
    clocks = [node for node in ast.walk(tree(module)) if is_clock(node)]
    assert (used, waits, clocks) == (set(), [], [])


def is_clock(node: ast.AST) -> bool:
    """Whether an expression reads the time of the machine, as ``datetime.now`` does."""
    return isinstance(node, ast.Attribute) and node.attr in NOW


def test_sandbox_stands_apart() -> None:
    """The sandbox imports no client code; only the command line and the fixtures import it."""
    for module in modules():
        if entry_of(module) == "sandbox":
            assert {entry_of(target) for target in own_imports(module)} <= {"sandbox"}
    users = {
        entry_of(m)
        for m in modules()
        if "sandbox" in {entry_of(target) for target in own_imports(m)}
    }
    assert users == {"cli", "testing", "sandbox"}


def test_the_top_is_public() -> None:
    """Beside the folders there are only public modules, and the version."""
    assert sorted(path.stem for path in PACKAGE.glob("_[a-z]*.py")) == ["_version"]


def test_folders_are_small() -> None:
    """No folder, except those of the two services, has more than 17 modules."""
    services = {PACKAGE / "boxc", PACKAGE / "boxtracker"}
    for folder in {path.parent for path in PACKAGE.rglob("*.py")} - services:
        assert len([path for path in folder.glob("*.py") if path.stem != "__init__"]) <= 17, folder


def test_the_checks_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """They fail with reversed rows, and with a reversed import."""
    monkeypatch.setitem(globals(), "LAYERS", tuple(reversed(LAYERS)))
    assert wrong_imports("secret") == {"errors"}
    monkeypatch.undo()
    original = own_imports
    monkeypatch.setitem(
        globals(),
        "own_imports",
        lambda module: original(module) | ({"_core.call"} if module == "_core.clock" else set()),
    )
    assert "_core.clock" in circle("_core")
