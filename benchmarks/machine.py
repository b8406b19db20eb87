"""Machine settings: CPU pinning, limit of open files, CPU time of another process."""

import os
import platform
import time
from typing import Any, Final

_FILES: Final = 20_000
_LARGE: Final = 16 * 1024 * 1024

try:
    import resource
except ModuleNotFoundError:  # on systems without such limits
    resource = None  # type: ignore[assignment]


def pick_cores() -> tuple[str, str]:
    """Returns a core for the clients and one for the origin; empty if they are not available."""
    if not hasattr(os, "sched_getaffinity"):
        return "", ""
    free = sorted(os.sched_getaffinity(0))
    return (str(free[0]), str(free[1])) if len(free) > 1 else ("", "")


def pin_to_core(core: str) -> None:
    """Pins this process to one core; an empty name does nothing."""
    if core:
        os.sched_setaffinity(0, {int(core)})


def raise_file_limit() -> None:
    """Raises the limit of open files to 20,000, because each connection needs one."""
    if resource is None:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < _FILES:
        wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def age_memory() -> None:
    """Frees one large block, as any program that runs for long has done.

    Until then, the C library of Linux asks the system for each block of 128 KiB and more, and
    gives it back. asyncio receives into a new block of 256 KiB wherever a client does not bring its
    own buffer, so each response costs it 15 microseconds more, or not, by what ran before.
    """
    bytearray(_LARGE)


def cpu_time_of(pid: int) -> float:
    """Returns the CPU seconds that another process has used; 0 on systems other than Linux."""
    if platform.system() != "Linux":
        return 0.0
    return time.clock_gettime((~pid << 3) | 2)  # the kernel's id of a process's CPU clock


def cpu_time_of_children() -> float:
    """Returns the CPU seconds of all child processes that have ended; 0 without such a count."""
    if resource is None:
        return 0.0
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def environment() -> dict[str, Any]:
    """Returns the properties of the machine that a comparison needs."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
    }
