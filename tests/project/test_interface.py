"""The public interface, written down: a change of a name or a signature is seen, and said so.

``python -m tests.project.test_interface`` writes ``interface.txt`` anew after a change that is
meant; the change is then one for users, so it has a line in the changelog.
"""

import asyncio
import enum
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, is_typeddict

import boxapis

FILE = Path(__file__).with_name("interface.txt")


def public_modules() -> list[str]:
    """Returns the modules whose names have no underscore; the command line is no interface."""
    found = pkgutil.walk_packages(boxapis.__path__, "boxapis.")
    names = [one.name for one in found if "._" not in one.name and ".cli" not in one.name]
    return ["boxapis", *names]


def names_of(module: ModuleType) -> list[str]:
    """Returns what a module exports: ``__all__``, or without it what it defines itself."""
    defined = (
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    )
    return sorted(getattr(module, "__all__", defined))


def signature(function: Any) -> str:
    """Returns names, kinds and defaults of the parameters; a default that is no literal as dots.

    What is awaited says so, plain functions that return a coroutine included.
    """
    parameters = []
    for one in inspect.signature(function).parameters.values():
        default = one.default
        if default is not one.empty and not isinstance(default, str | int | float | bool | None):
            default = ...
        parameters.append(one.replace(annotation=one.empty, default=default))
    end = ": async" if asyncio.iscoroutinefunction(function) else ""
    return str(inspect.Signature(parameters)).replace("Ellipsis", "...") + end


def members(owner: str, cls: type[Any]) -> Iterator[str]:
    """Yields the public attributes and methods of a class, those of its private bases included."""
    if is_typeddict(cls):
        required: frozenset[str] = cls.__required_keys__
        for name in inspect.get_annotations(cls):
            yield f"{owner}[{name!r}]{'' if name in required else ', optional'}"
        return
    for name in sorted(dir(cls)):
        value = inspect.getattr_static(cls, name)
        owners = [one for one in cls.__mro__ if name in vars(one)]
        if name.startswith("_") or not owners[0].__module__.startswith("boxapis"):
            continue
        if isinstance(value, staticmethod | classmethod):
            yield f"{owner}.{name}{signature(getattr(cls, name))}"
        elif inspect.isfunction(value):
            yield f"{owner}.{name}{signature(value)}"
        else:
            yield f"{owner}.{name}"


def interface() -> Iterator[str]:
    """Yields a line for each public name, and for each public member of a class, once."""
    known: dict[type[Any], str] = {}
    for module_name in public_modules():
        module = importlib.import_module(module_name)
        for name in names_of(module):
            value, full = getattr(module, name), f"{module_name}.{name}"
            if not inspect.isclass(value):
                yield full + (signature(value) if inspect.isfunction(value) else "")
                continue
            if value in known:
                yield f"class {full} is {known[value]}"
                continue
            known[value] = full
            is_plain = is_typeddict(value) or issubclass(value, enum.Enum)
            yield f"class {full}" + ("" if is_plain else constructor(value)) + bases(value)
            yield from members(full, value)


def constructor(cls: type[Any]) -> str:
    """Returns the parameters of a class, or nothing where Python knows none."""
    try:
        return signature(cls)
    except ValueError:
        return ""


def bases(cls: type[Any]) -> str:
    """Returns the names by which an error can be caught as well, or nothing."""
    is_error = issubclass(cls, BaseException)
    return f" extends {', '.join(one.__name__ for one in cls.__bases__)}" if is_error else ""


def test_interface() -> None:
    """Each public name, and its signature, is as it is written down."""
    assert list(interface()) == FILE.read_text(encoding="utf-8").splitlines()


if __name__ == "__main__":
    FILE.write_text("\n".join([*interface(), ""]), encoding="utf-8")
