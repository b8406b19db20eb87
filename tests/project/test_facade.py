"""The public package: what it exports, and what importing it loads."""

import ast
import inspect
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_origin, get_type_hints

import pytest

import boxapis
from boxapis import errors, stores, transports
from boxapis._core.trace import Trace
from tests.project.test_interface import public_modules

PUBLIC = [getattr(boxapis, name) for name in boxapis.__all__]


EXPORTED = [
    (name, getattr(module, name))
    for module in map(import_module, public_modules())
    for name in getattr(module, "__all__", ())
]
FOR_CLIENTS = {"run"}  # of a store, which the clients call


def loaded_after(statement: str) -> set[str]:
    """Returns the modules that a fresh interpreter has loaded after one statement."""
    code = f"import sys\n{statement}\nprint(' '.join(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(run.stdout.split())


def test_all_is_complete() -> None:
    """``__all__`` has exactly the names that the package imports."""
    source = Path(inspect.getfile(boxapis)).read_text(encoding="utf-8")
    imported = {
        alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("boxapis")
        for alias in node.names
    }
    assert set(boxapis.__all__) == imported
    assert len(boxapis.__all__) == len(set(boxapis.__all__))


def test_dir_shows_public_names_only() -> None:
    """``dir(boxapis)`` lists what the package exports, whatever has been imported by then."""
    assert dir(boxapis) == sorted(boxapis.__all__)


def test_batch_needs_no_import_of_its_own() -> None:
    """``boxapis.batch`` is there after ``import boxapis``, and imported when it is first used."""
    assert "boxapis.batch" not in loaded_after("import boxapis")
    assert "boxapis.batch" in loaded_after("import boxapis; boxapis.batch.run")


def test_every_error_is_exported() -> None:
    """Every error can be caught by its public name."""
    raised = {name for name in errors.__all__ if name.endswith("Error")}
    assert raised <= set(boxapis.__all__)


def classes_in(hint: Any) -> Iterator[type[Any]]:
    """Yields the classes that a type hint names."""
    for part in (hint, get_origin(hint)):
        if inspect.isclass(part):
            yield part
    for part in hint if isinstance(hint, list) else get_args(hint):
        yield from classes_in(part)


def public_functions() -> Iterator[tuple[str, Any]]:
    """Yields the exported functions, and the methods and properties of exported classes."""
    for name, thing in EXPORTED:
        if inspect.isfunction(thing):
            yield name, thing
        for member in dir(thing) if inspect.isclass(thing) else ():
            found = inspect.getattr_static(thing, member)
            found = getattr(found, "__func__", getattr(found, "fget", found))
            if not member.startswith("_") and inspect.isfunction(found):
                yield f"{name}.{member}", found


def test_what_a_signature_names_can_be_imported() -> None:
    """Users can annotate with every class that a public function takes or returns."""
    names = dict(EXPORTED) | {"Trace": Trace}  # what is imported for type checkers alone
    importable = [thing for _, thing in EXPORTED]
    checked = 0
    for name, function in public_functions():
        if function.__module__.startswith("boxapis") and function.__name__ not in FOR_CLIENTS:
            for hint in get_type_hints(function, localns=names, include_extras=True).values():
                for cls in classes_in(hint):
                    if cls.__module__.startswith("boxapis"):
                        assert cls in importable, (name, cls)
                        checked += 1
    assert checked > 200


@pytest.mark.parametrize(
    "thing", [t for t in PUBLIC if inspect.isclass(t)], ids=lambda t: t.__name__
)
def test_everything_public_is_documented(thing: type) -> None:
    """Each public class and each of its public methods has a docstring."""
    assert inspect.getdoc(thing)
    for name, member in vars(thing).items():
        if inspect.isfunction(member) and not name.startswith("_"):
            assert inspect.getdoc(member), f"{thing.__name__}.{name}"


def test_import_is_light() -> None:
    """Importing the package loads no HTTP library, command line, sandbox or test code."""
    heavy = {"httpx", "httpcore", "cattrs", "typer", "rich", "starlette", "uvicorn", "pytest"}
    loaded = loaded_after("import boxapis")
    assert heavy & loaded == set()
    assert not [name for name in loaded if name.startswith(("boxapis.sandbox", "boxapis.cli"))]


@pytest.mark.parametrize(("client", "other"), [("BoxTracker", "boxc"), ("BoxC", "boxtracker")])
def test_one_client_does_not_load_the_other(client: str, other: str) -> None:
    """A client loads no code of the other service, and the package loads neither."""
    assert not [name for name in loaded_after("import boxapis") if name.startswith("asyncio")]
    loaded = loaded_after(f"from boxapis import {client}")
    assert not [name for name in loaded if name.startswith(f"boxapis.{other}")]


def test_exported_names_exist() -> None:
    """Each exported name can be imported and is in ``dir``; other names raise."""
    loaded_after("from boxapis import *")
    assert set(boxapis.__all__) <= set(dir(boxapis))
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        boxapis.Nothing  # noqa: B018 - the access is the test


def test_own_transport_needs_no_httpx() -> None:
    """With another transport httpx is never imported."""
    loaded = loaded_after(
        "import boxapis\nfrom boxapis.transports import ScriptedTransport\n"
        "boxapis.BoxC('token', transport=ScriptedTransport())"
    )
    assert "httpx" not in loaded


@pytest.mark.parametrize("module", [transports, stores], ids=lambda module: module.__name__)
def test_names_are_imported_when_used(module: ModuleType) -> None:
    """The names of `boxapis.transports` and `boxapis.stores` can be imported; other names raise."""
    assert all(inspect.getdoc(getattr(module, name)) for name in module.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        module.Nothing  # noqa: B018 - the access is the test


def test_stores_are_loaded_only_if_used() -> None:
    """A client without a store loads none, a store in a file no Redis, and none seals by itself."""
    client = "from boxapis import BoxC, BoxTracker; BoxC('token'); BoxTracker('name', 'password')"
    # Not sqlite3 itself: where coverage is measured, that has loaded it.
    assert {"redis", "cryptography"} & loaded_after(client) == set()
    assert not [name for name in loaded_after(client) if name.startswith("boxapis.stores")]
    in_a_file = loaded_after("from boxapis.stores import SQLiteStore; SQLiteStore('store.db')")
    assert {"redis", "cryptography"} & in_a_file == set()


def test_typed() -> None:
    """The package has the marker for type checkers."""
    assert (Path(inspect.getfile(boxapis)).parent / "py.typed").exists()
