"""Counts the CPU instructions of a warm call, with valgrind.

``python -m benchmarks.instructions`` prints them for ``customer.command``, ``boxc.request`` and
``credentials.get``. A call runs N times in a process of its own, through `DirectTransport` to the
origin in another process, once with a small and once with a large N. The difference has no start
and no warm-up in it. Unlike times, it hardly depends on the load of the machine. What timers of the
event loop do is in it, and as valgrind is slow, they do more per call than usual.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks import roster
from benchmarks.measures.overhead import CALLS
from benchmarks.processes import Child

__all__ = ["instructions_per_call", "main", "run_calls"]

_COUNTED: Final = re.compile(r"Collected : (\d+)")
_FEWER: Final = 100
_MORE: Final = 500
_CODE: Final = """
import asyncio, sys
from benchmarks.instructions import run_calls
asyncio.run(run_calls(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
"""


async def run_calls(name: str, number: int, url: str) -> None:
    """Makes a call ``number`` times, one after the other, after one that warms up."""
    contender: Any = roster.create_contender(roster.OURS)
    await contender.setup(url, tasks=1)
    call = getattr(contender, CALLS[name])
    for _ in range(1 + number):
        await call()
    await contender.close()


def instructions_per_call(name: str, url: str, fewer: int, more: int, folder: Path) -> float:
    """Returns the instructions of one call: the difference of two runs, by that of their calls.

    Args:
        name: Name of the call, one of `CALLS`.
        url: URL of the origin.
        fewer: Number of calls of the shorter run.
        more: Number of calls of the longer run.
        folder: Folder for the files of both runs, for ``callgrind_annotate``.

    Raises:
        CalledProcessError: a run failed.
    """
    return (_count(name, more, url, folder) - _count(name, fewer, url, folder)) / (more - fewer)


def _count(name: str, number: int, url: str, folder: Path) -> int:
    file = folder / f"callgrind.{name}.{number}.out"
    valgrind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={file}"]
    done = subprocess.run(
        [*valgrind, sys.executable, "-c", _CODE, name, str(number), url],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        check=True,
        text=True,
    )
    found = _COUNTED.search(done.stderr)
    assert found is not None
    return int(found[1])


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the instructions of each call, or what to install."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instructions")
    parser.add_argument("--only", choices=CALLS, help="the only call to count")
    parser.add_argument(
        "--calls", type=int, default=_MORE, help=f"calls to count, by default {_MORE}"
    )
    parser.add_argument("--keep", type=Path, help="existing folder for callgrind's files")
    options = parser.parse_args(arguments)
    if shutil.which("valgrind") is None:
        parser.exit(1, "valgrind is missing (install it: apt-get install valgrind)\n")
    origin = Child("origin")
    try:
        url = origin.receive()["url"]
        with tempfile.TemporaryDirectory() as unkept:
            folder = options.keep or Path(unkept)
            for name in [options.only] if options.only else CALLS:
                number = instructions_per_call(name, url, _FEWER, _FEWER + options.calls, folder)
                print(f"{name}: {number:,.0f} instructions")
    finally:
        origin.close()


if __name__ == "__main__":
    main()
