"""Measures import times, each statement in a fresh interpreter."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Final

from benchmarks import roster
from benchmarks.plan import IMPORTS
from benchmarks.records import Record

__all__ = ["STATEMENTS", "measure_imports"]

_BOTH_CLIENTS = "boxapis, both clients"
_FIRST_CLIENT = "boxapis, first client made"

STATEMENTS: Final = {
    "boxapis": "import boxapis",
    _BOTH_CLIENTS: "from boxapis import BoxC, BoxTracker",
    _FIRST_CLIENT: "import boxapis; boxapis.BoxTracker('u', 'p', proxy=False)",
    "pyreqwest": "import pyreqwest.client",
    "wreq": "import wreq",
    "aiohttp": "import aiohttp",
    "httpx-aiohttp": "import httpx_aiohttp",
    "niquests": "import niquests",
    "httpx2": "import httpx2",
    "httpx": "import httpx",
    "bare": "pass",
}
"""Statements by their name in the table; ``bare`` is the cost of the timing itself."""

_TIMING_CODE = """
import os, sys, time
if sys.argv[1]: os.sched_setaffinity(0, {{int(sys.argv[1])}})
before, wall, cpu = len(sys.modules), time.perf_counter(), time.process_time()
{statement}
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
print('{{"wall_ms": %f, "cpu_ms": %f, "modules": %d}}'
      % (wall * 1e3, cpu * 1e3, len(sys.modules) - before))
"""


def measure_imports(rounds: int, names: tuple[str, ...], core: str) -> Iterator[Record]:
    """Yields a record for each statement and round, after one round that fills the caches."""
    here = {entry.name for entry in roster.present()}
    statements = {
        name: statement
        for name, statement in STATEMENTS.items()
        if name in (_BOTH_CLIENTS, _FIRST_CLIENT, "bare") or (name in here and name in names)
    }
    for number in range(rounds + 1):
        for name, statement in statements.items():
            values = _time(statement, core)
            note = "" if values else "the import failed"
            if number:
                yield Record(
                    scenario=IMPORTS,
                    contender=name,
                    round=number,
                    kept=not note,
                    values=values,
                    note=note,
                )


def _time(statement: str, core: str) -> dict[str, float]:
    # Compiled files are written and used, as on most machines.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", _TIMING_CODE.format(statement=statement), core],
        env=environment,
        capture_output=True,
        check=False,
        timeout=60,
    )
    values: dict[str, float] = json.loads(done.stdout) if done.returncode == 0 else {}
    return values
