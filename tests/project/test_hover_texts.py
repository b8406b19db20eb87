"""Hover texts: docstrings of the whole public surface are sentences, and name each attribute."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import attrs
import pytest

import boxapis
from boxapis._sansio.value import Value

MODULES = sorted(
    name
    for name in (module.name for module in pkgutil.walk_packages(boxapis.__path__, "boxapis."))
    if not any(part.startswith("_") for part in name.split("."))
    and not name.startswith("boxapis.cli")
)


def exported() -> Iterator[tuple[str, Any]]:
    """Yields the classes and functions of the public modules."""
    modules: list[ModuleType] = [boxapis, *map(importlib.import_module, MODULES)]
    for module in modules:
        for name in getattr(module, "__all__", ()):
            thing = getattr(module, name)
            if inspect.isclass(thing) or inspect.isfunction(thing):
                yield f"{module.__name__}.{name}", thing


def members(name: str, cls: type[Any]) -> Iterator[tuple[str, object]]:
    """Yields the public methods and properties of a class, those of its own bases included."""
    for base in cls.__mro__:
        if not base.__module__.startswith("boxapis"):
            continue
        for key, member in vars(base).items():
            kinds = (property, classmethod, staticmethod)
            if not key.startswith("_") and (
                isinstance(member, kinds) or inspect.isfunction(member)
            ):
                # Of a method that a class overrides, the docstring may stand in the base.
                yield f"{name}.{key}", getattr(cls, key)


SURFACE = {id(thing): (name, thing) for name, thing in reversed(list(exported()))}
TEXTS = sorted(
    [(name, inspect.getdoc(thing)) for name, thing in SURFACE.values()]
    + [
        (name, inspect.getdoc(member))
        for owner, thing in SURFACE.values()
        if inspect.isclass(thing)
        for name, member in members(owner, thing)
    ]
    + [(name, importlib.import_module(name).__doc__) for name in MODULES]
)
VALUES = [
    (name, thing)
    for name, thing in SURFACE.values()
    if inspect.isclass(thing) and attrs.has(thing) and not issubclass(thing, Value)
]


def test_the_surface_is_found() -> None:
    """The search finds classes, functions, methods and modules."""
    names = {name for name, _ in TEXTS}
    assert {"boxapis.BoxC", "boxapis.BoxC.from_env", "boxapis.batch.run"} <= names
    assert {"boxapis.boxc.shipments.Shipments.get", "boxapis.telemetry"} <= names
    assert len(names) > 600


def test_first_lines_are_sentences() -> None:
    """The first line of each docstring begins with a capital or a name, and ends with a stop."""
    wrong = []
    for name, text in TEXTS:
        first = inspect.cleandoc(text or "").partition("\n")[0]
        if not re.match(r"[A-Z`(\"0-9]", first) or not first.endswith((".", ".``")):
            wrong.append(f"{name}: {first!r}")
    assert wrong == []


@pytest.mark.parametrize(("name", "cls"), VALUES, ids=[name for name, _ in VALUES])
def test_attributes_are_documented(name: str, cls: type[Any]) -> None:
    """Each public field of a value has its line under ``Attributes``.

    Records of the services are exempt: what the service documents by its name alone, such as
    ``city``, has no line there.
    """
    text = "\n".join(inspect.getdoc(base) or "" for base in cls.__mro__[:-1])
    fields = [field.name for field in attrs.fields(cls) if not field.name.startswith("_")]
    assert fields
    assert [one for one in fields if not re.search(rf"^ +{one}: \S", text, re.MULTILINE)] == []
