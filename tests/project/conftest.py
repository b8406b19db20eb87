"""The processes of a benchmark, for the modules that measure with them."""

from collections.abc import Iterator

import pytest

from benchmarks.processes import ProcessGroup, benchmark_processes
from tests.support.paths import ROOT


@pytest.fixture(scope="module")
def all_processes() -> Iterator[ProcessGroup]:
    """The processes of the origin and the clients, shared by all tests of a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        with benchmark_processes() as started:
            yield started


@pytest.fixture
def group(all_processes: ProcessGroup) -> ProcessGroup:
    """The processes, with an origin that has its first keys and no counts."""
    all_processes.control_origin({"action": "reset"})
    return all_processes
