"""The machine: cores to pin to, open files allowed, CPU time of another process."""

import os
import platform
import time
from typing import Any, Final

_FILES: Final = 20_000

try:
    import resource
except ModuleNotFoundError:  # only where there are no such limits
    resource = None  # type: ignore[assignment]


def cores() -> tuple[str, str]:
    """A core for the clients and another for the origin; empty where they cannot be had."""
    if not hasattr(os, "sched_getaffinity"):
        return "", ""
    free = sorted(os.sched_getaffinity(0))
    return (str(free[0]), str(free[1])) if len(free) > 1 else ("", "")


def pin(core: str) -> None:
    """Ties this process to one core; an empty name leaves it free."""
    if core:
        os.sched_setaffinity(0, {int(core)})


def allow_many_files() -> None:
    """Raises the limit of open files: a thousand connections need as many."""
    if resource is None:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < _FILES:
        wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def cpu_time_of(pid: int) -> float:
    """Seconds of CPU another process has used; only Linux tells, elsewhere it is 0."""
    if platform.system() != "Linux":
        return 0.0
    return time.clock_gettime((~pid << 3) | 2)  # the kernel's number for a process's clock


def about() -> dict[str, Any]:
    """What a reader must know of the machine to compare."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
    }
