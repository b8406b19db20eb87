"""Roster of contenders: name, module, and whether the library is installed."""

import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Final

from attrs import frozen

from benchmarks.contenders._plain_client import Contender

__all__ = [
    "OURS",
    "ROSTER",
    "RosterEntry",
    "absent",
    "create_contender",
    "find_entry",
    "is_installed",
    "present",
    "versions",
]


@frozen
class RosterEntry:
    """One contender.

    Attributes:
        name: Name in tables and records.
        module: Module in ``contenders``.
        libraries: Libraries that must be installed, by name of both import and distribution.
        sessions: Whether it opens sessions itself.
        boxc: Whether it takes part in the BoxC scenarios.
        only: Names of the only scenarios in which it takes part; empty for all.
    """

    name: str
    module: str
    libraries: tuple[str, ...] = ()
    sessions: bool = False
    boxc: bool = True
    only: tuple[str, ...] = ()


OURS: Final = "boxapis"
_TYPED: Final = ("boxc-list",)
"""Scenarios of the contenders that validate responses into typed values, as boxapis does."""

ROSTER: Final = (
    RosterEntry(OURS, "with_boxapis", sessions=True),
    RosterEntry("boxapis on httpx", "with_boxapis_httpx", ("httpx",), sessions=True),
    RosterEntry("streams", "with_streams"),
    RosterEntry("pyreqwest", "with_pyreqwest", ("pyreqwest",)),
    RosterEntry("wreq", "with_wreq", ("wreq",)),
    RosterEntry("aiohttp", "with_aiohttp", ("aiohttp",)),
    RosterEntry("httpx-aiohttp", "with_httpx_aiohttp", ("httpx_aiohttp", "aiohttp", "httpx")),
    RosterEntry("niquests", "with_niquests", ("niquests",)),
    RosterEntry("httpx2", "with_httpx2", ("httpx2",)),
    RosterEntry("httpx", "with_httpx", ("httpx",)),
    RosterEntry("vendor's way", "with_vendors_way", ("aiohttp",), sessions=True, boxc=False),
    *(
        RosterEntry(
            f"{client} with {library}", f"with_{client}_{library}", (client, library), only=_TYPED
        )
        for client, library in (
            ("aiohttp", "pydantic"),
            ("httpx", "pydantic"),
            ("pyreqwest", "msgspec"),
        )
    ),
)


def find_entry(name: str) -> RosterEntry:
    """Returns the contender of a name.

    Raises:
        KeyError: there is none.
    """
    return {candidate.name: candidate for candidate in ROSTER}[name]


def missing_libraries(candidate: RosterEntry) -> list[str]:
    """Returns the libraries of a contender that are not installed."""
    return [library for library in candidate.libraries if not is_installed(library)]


def present() -> list[RosterEntry]:
    """Returns the contenders whose libraries are installed."""
    return [candidate for candidate in ROSTER if not missing_libraries(candidate)]


def absent() -> dict[str, list[str]]:
    """Returns the missing libraries of each contender that cannot be measured."""
    return {c.name: libraries for c in ROSTER if (libraries := missing_libraries(c))}


def is_installed(library: str) -> bool:
    """Whether a library can be imported."""
    if library in sys.modules:
        return sys.modules[library] is not None
    return find_spec(library) is not None


def create_contender(name: str) -> Contender:
    """Creates a contender."""
    module = import_module(f"benchmarks.contenders.{find_entry(name).module}")
    contender: Contender = module.Contender()
    return contender


def versions() -> dict[str, str]:
    """Returns the version of every library that is installed, including boxapis."""
    names = {library for contender in ROSTER for library in contender.libraries}
    libraries = sorted(names | {OURS, "uvloop"})
    found: dict[str, str] = {}
    for library in libraries:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found
