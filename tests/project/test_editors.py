"""Editors: signatures name each option, and a missing extra says how to install it."""

import inspect
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from boxapis import BoxC, BoxTracker
from boxapis.boxc._from_settings import BoxCOptions
from boxapis.boxtracker._from_settings import BoxTrackerOptions

MAKERS = [
    (BoxC.from_env, BoxC, BoxCOptions),
    (BoxC.from_profile, BoxC, BoxCOptions),
    (BoxTracker.from_env, BoxTracker, BoxTrackerOptions),
    (BoxTracker.from_profile, BoxTracker, BoxTrackerOptions),
]


@pytest.mark.parametrize(("maker", "owner", "options"), MAKERS)
def test_options_are_listed(
    maker: Callable[..., Any], owner: type[Any], options: type[Any]
) -> None:
    """``BoxC.from_env?`` shows each option, with the type and default that the client has."""
    shown = inspect.signature(maker).parameters
    taken = inspect.signature(owner).parameters
    listed = {name: one for name, one in shown.items() if one.kind is one.KEYWORD_ONLY}
    assert listed.keys() == set(options.__annotations__)
    assert all(taken[name] == one for name, one in listed.items())
    assert not [one for one in shown.values() if one.kind is one.VAR_KEYWORD]


@pytest.mark.parametrize(
    ("maker", "options"), [(MAKERS[0][0], BoxCOptions), (MAKERS[2][0], BoxTrackerOptions)]
)
def test_options_are_in_the_docstring(maker: Callable[..., Any], options: type[Any]) -> None:
    """The hover text of ``from_env`` names the options, in their order."""
    text = " ".join((inspect.getdoc(maker) or "").split())
    assert f": {', '.join(options.__annotations__)}. Raises:" in text


BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {libraries!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Blocked())
"""
EVERY_LIBRARY = (
    *("starlette", "uvicorn", "opentelemetry", "pytest", "redis", "cryptography"),
    *("typer", "rich", "tomlkit", "yaml", "jmespath", "keyring"),
)


def run_without(code: str, *libraries: str) -> "subprocess.CompletedProcess[str]":
    """Runs code in a fresh interpreter in which these libraries cannot be imported."""
    text = BLOCKED.format(libraries=libraries) + code
    return subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("code", "library", "extra"),
    [
        ("import boxapis.sandbox", "starlette", "sandbox"),
        ("import boxapis.sandbox", "uvicorn", "sandbox"),
        ("import boxapis.telemetry", "opentelemetry", "opentelemetry"),
        ("import boxapis.stores; boxapis.stores.RedisStore('redis://localhost')", "redis", "redis"),
        ("from boxapis.__main__ import main; main()", "typer", "cli"),
    ],
)
def test_a_missing_extra(code: str, library: str, extra: str) -> None:
    """Without its library a part says in its last line which extra to install."""
    run = run_without(code, library)
    assert run.returncode
    line = run.stderr.strip().splitlines()[-1]
    assert f"{library} is not installed: pip install 'boxapis[{extra}]'" in line
    assert "During handling" not in run.stderr


def test_nothing_else_needs_an_extra() -> None:
    """Without any extra all other public modules can be imported."""
    names = (
        "batch",
        "boxc",
        "boxtracker",
        "errors",
        "options",
        "secret",
        "stores",
        "testing",
        "transports",
    )
    code = "".join(f"import boxapis.{name}\n" for name in names)
    run = run_without(f"{code}from boxapis import *", *EVERY_LIBRARY)
    assert (run.returncode, run.stderr) == (0, "")
