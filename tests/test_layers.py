"""The strata of the house: who may import whom, read from the import statements."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "boxapis"

LEVELS = {
    "errors": 0,
    "_version": 0,
    "_escapes": 0,
    "secret": 1,
    "options": 2,
    "_http.messages": 2,
    "_core.clock": 2,
    "_http.failures": 3,
    "_core.single_flight": 4,
    "_core.loop_guard": 3,
    "_http.proxies": 3,
    "_http.raw_answer": 3,
    "_core.slots": 3,
    "_sansio": 3,
    "_sansio.bodies": 3,
    "_sansio.carriers": 3,
    "_sansio.catalogue": 3,
    "_sansio.identity": 4,
    "_sansio.sensitive": 3,
    "_sansio.shapes": 3,
    "_sansio.text": 3,
    "_sansio.arguments": 4,
    "_sansio.commands": 4,
    "_sansio.ratelimit": 4,
    "_sansio.rest": 4,
    "_sansio.retry": 4,
    "_sansio.retry_after": 4,
    "_sansio.session": 4,
    "_sansio.token": 4,
    "transports": 5,
    "_core": 3,
    "_http": 3,
    "transports._tls": 3,
    "transports._httpx_pool": 4,
    "transports._httpx_quiet": 5,
    "transports._httpx_errors": 4,
    "transports._h1_reader": 4,
    "transports._h1_writer": 4,
    "transports._h1_connection": 5,
    "transports._connect": 6,
    "transports._idle_pool": 6,
    "transports.direct": 7,
    "transports._default": 8,
    "transports.httpx": 6,
    "transports.scripted": 5,
    "_core.trace": 4,
    "_core.tracer": 5,
    "_core.rate_limiter": 5,
    "_core.runtime": 6,
    "_core.outcomes": 5,
    "_core.dispatcher": 7,
    "_core.call": 8,
    "_core.renewable": 8,
    "_core.client": 9,
    "boxtracker": 10,
    "boxtracker._account": 8,
    "boxtracker._session": 9,
    "boxtracker._api_session": 10,
    "boxtracker._customer_session": 11,
    "boxtracker._call": 12,
    "boxtracker._keepalive": 12,
    "boxtracker.handshakes": 12,
    "boxtracker._raw": 13,
    "boxtracker._customer": 14,
    "boxtracker._client": 15,
    "boxc": 8,
    "boxc._tokens": 9,
    "boxc._call": 10,
    "boxc.credentials": 11,
    "boxc._client": 12,
    "": 16,
    "batch._log_file": 17,
    "batch._values": 17,
    "batch._journal": 18,
    "batch._counts": 18,
    "batch._classify": 19,
    "batch._items": 17,
    "batch._runner": 20,
    "batch._stream": 21,
    "batch": 22,
    "testing._boxc": 17,
    "testing._boxtracker": 17,
    "testing": 18,
    "testing._plugin": 19,
    "telemetry": 17,
    "__main__": 24,
}
"""The number of each file; a file may import lower numbers only."""

CLI = 22
HTTP_LIBRARIES = {"httpx", "httpcore", "httptools", "h11", "aiohttp", "requests", "urllib3"}
NOT_IN_THE_RULES = {"asyncio", "anyio", "time", "random", "socket", "ssl", "logging", "threading"}


def modules() -> list[str]:
    """Every module of the client, by its name below the package."""
    files = [path.relative_to(ROOT) for path in ROOT.rglob("*.py")]
    return sorted(name(path) for path in files if path.parts[0] != "sandbox")


def name(path: Path) -> str:
    """A file's module name below the package."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def level(module: str) -> int:
    """The number of a module."""
    return CLI if module.split(".", maxsplit=1)[0] == "cli" else LEVELS[module]


def tree(module: str) -> ast.Module:
    """The syntax of a module."""
    path = ROOT.joinpath(*module.split(".")) if module else ROOT
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(file.read_text(encoding="utf-8"))


def imports(module: str) -> Iterator[str]:
    """What a module imports, anywhere in it: whole dotted names."""
    for node in ast.walk(tree(module)):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom(module=str(source)):
                yield from _targets(source, [alias.name for alias in node.names])


def _targets(source: str, names: list[str]) -> Iterator[str]:
    inner = source.removeprefix("boxapis").lstrip(".")
    for imported in names:
        below = f"{inner}.{imported}".lstrip(".")
        is_module = source.startswith("boxapis") and below in modules()
        yield f"boxapis.{below}" if is_module else source


def ours(module: str) -> set[str]:
    """What a module imports of this package, by the names below it."""
    return {
        target.removeprefix("boxapis").lstrip(".")
        for target in imports(module)
        if target.split(".")[0] == "boxapis"
    }


def test_every_file_has_a_level() -> None:
    """A new file is given a room before it is used."""
    assert [m for m in modules() if m.split(".")[0] != "cli" and m not in LEVELS] == []


@pytest.mark.parametrize("module", modules(), ids=lambda module: module or "façade")
def test_imports_go_down(module: str) -> None:
    """A file imports only from lower levels: never sideways, never the façade."""
    wrong = {
        target
        for target in ours(module)
        if target.split(".")[0] != "sandbox"
        and level(target) >= level(module)
        and not (level(module) == level(target) == CLI)
        and not (module == "transports" and target.startswith("transports."))
    }
    assert wrong == set()


@pytest.mark.parametrize("module", modules(), ids=lambda module: module or "façade")
def test_doors_do_not_meet(module: str) -> None:
    """Neither door imports the other."""
    other = {"boxtracker": "boxc", "boxc": "boxtracker"}.get(module.split(".", maxsplit=1)[0])
    assert not [target for target in ours(module) if target.split(".")[0] == other]


@pytest.mark.parametrize("module", modules(), ids=lambda module: module or "façade")
def test_http_libraries_stay_in_their_room(module: str) -> None:
    """HTTP libraries are imported by transports alone."""
    used = {target.split(".")[0] for target in imports(module)} & HTTP_LIBRARIES
    assert used == set() or module.startswith("transports.")


@pytest.mark.parametrize("module", [m for m in modules() if m.startswith("_sansio")])
def test_rules_do_nothing_by_themselves(module: str) -> None:
    """The rules await nothing, and know no clock, chance, socket or log."""
    used = {target.split(".")[0] for target in imports(module)} & NOT_IN_THE_RULES
    waits = [node for node in ast.walk(tree(module)) if isinstance(node, ast.Await)]
    assert (used, waits) == (set(), [])


def test_sandbox_stands_apart() -> None:
    """The sandbox imports no client code, so that it can contradict it; nor does the client it."""
    for path in (ROOT / "sandbox").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            source = node.module if isinstance(node, ast.ImportFrom) else None
            if source is not None and source.startswith("boxapis"):
                assert source.startswith("boxapis.sandbox")
    users = [m for m in modules() if "sandbox" in {t.split(".")[0] for t in ours(m)}]
    assert {user.split(".")[0] for user in users} == {"cli", "testing"}


def test_a_wrong_import_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check can fail: with a level turned upside down it does."""
    monkeypatch.setitem(LEVELS, "errors", 9)
    with pytest.raises(AssertionError):
        test_imports_go_down("secret")
