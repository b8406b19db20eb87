"""The roster: every contender by name, where it lives, and whether its library is installed."""

import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Final

from attrs import frozen

from benchmarks.contenders._peer import Contender

__all__ = ["OURS", "ROSTER", "Entry", "absent", "entry", "make", "present", "versions"]


@frozen
class Entry:
    """One contender.

    Attributes:
        name: In every table and line.
        module: The file below ``contenders``.
        libraries: What must be installed: import names and distribution names alike.
        sessions: Whether it shakes hands by itself.
        boxc: Whether it plays the BoxC scenarios.
    """

    name: str
    module: str
    libraries: tuple[str, ...] = ()
    sessions: bool = False
    boxc: bool = True


OURS: Final = "boxapis"

ROSTER: Final = (
    Entry(OURS, "with_boxapis", sessions=True),
    Entry("boxapis on httpx", "with_boxapis_httpx", ("httpx",), sessions=True),
    Entry("streams", "with_streams"),
    Entry("pyreqwest", "with_pyreqwest", ("pyreqwest",)),
    Entry("aiohttp", "with_aiohttp", ("aiohttp",)),
    Entry("httpx-aiohttp", "with_httpx_aiohttp", ("httpx_aiohttp", "aiohttp", "httpx")),
    Entry("niquests", "with_niquests", ("niquests",)),
    Entry("httpx2", "with_httpx2", ("httpx2",)),
    Entry("httpx", "with_httpx", ("httpx",)),
    Entry("vendor's way", "with_vendors_way", ("aiohttp",), sessions=True, boxc=False),
)


def entry(name: str) -> Entry:
    """The contender of a name.

    Raises:
        KeyError: when there is none.
    """
    return {candidate.name: candidate for candidate in ROSTER}[name]


def missing(candidate: Entry) -> list[str]:
    """The libraries of a contender that are not installed."""
    return [library for library in candidate.libraries if not _is_installed(library)]


def present() -> list[Entry]:
    """The contenders that can be measured here."""
    return [candidate for candidate in ROSTER if not missing(candidate)]


def absent() -> dict[str, list[str]]:
    """The contenders that cannot, each with what is missing."""
    return {each.name: gone for each in ROSTER if (gone := missing(each))}


def _is_installed(library: str) -> bool:
    if library in sys.modules:
        return sys.modules[library] is not None
    return find_spec(library) is not None


def make(name: str) -> Contender:
    """A new contender."""
    home = import_module(f"benchmarks.contenders.{entry(name).module}")
    made: Contender = home.Contender()
    return made


def versions() -> dict[str, str]:
    """The version of every library that is installed, ours included."""
    libraries = sorted({name for each in ROSTER for name in each.libraries} | {OURS, "uvloop"})
    found: dict[str, str] = {}
    for library in libraries:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found
