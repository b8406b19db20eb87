"""Measures command lines from the start of the process to its end, beside a bare interpreter."""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import wire
from benchmarks.machine import cpu_time_of_children
from benchmarks.measures.job import Job, Numbers

__all__ = ["COMMANDS", "measure"]

_BOXAPIS: Final = ("-c", "from boxapis.__main__ import main; main()")  # as the script does
_SCRIPT: Final = str(Path(__file__).with_name("_list_with_httpx.py"))

COMMANDS: Final[dict[str, tuple[str, ...]]] = {
    "python -c pass": ("-c", "pass"),
    "boxapis --version": (*_BOXAPIS, "--version"),
    "boxapis boxc credentials list": (*_BOXAPIS, "boxc", "credentials", "list"),
    "a script that lists with httpx": (_SCRIPT,),
}
"""Arguments of the interpreter, by their name in the table."""

_TIMEOUT: Final = 60


def measure(job: Job) -> Numbers:
    """Runs one of the `COMMANDS`, named in the contender's place, until the time is over.

    The list has one page of 100 credentials. The first run fills the caches and is not counted.
    """
    job.control_origin({"action": "reset"})
    arguments = COMMANDS[job.contender]
    environment = _environment(job.url)
    output = _run(arguments, environment)
    if "list" in job.contender and str(wire.ITEMS) not in output:
        return {"failed": "the last credential is missing"}
    end, cpu, times = time.perf_counter() + job.seconds, cpu_time_of_children(), list[float]()
    while not times or time.perf_counter() < end:
        started = time.perf_counter()
        _run(arguments, environment)
        times.append(time.perf_counter() - started)
    return {
        "calls": len(times),
        "errors": 0,
        "wall_ms": 1e3 * median(times),
        "cpu_ms": 1e3 * (cpu_time_of_children() - cpu) / len(times),
    }


def _environment(url: str) -> dict[str, str]:
    # Compiled files are written and used, as on most machines.
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return inherited | {"BOXC_TOKEN": wire.TOKEN, "BOXC_BASE_URL": url + wire.ONE_PAGE_PATH}


def _run(arguments: tuple[str, ...], environment: dict[str, str]) -> str:
    """Runs a command and returns its output.

    Raises:
        CalledProcessError: it failed.
    """
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        capture_output=True,
        check=True,
        text=True,
        timeout=_TIMEOUT,
    ).stdout
