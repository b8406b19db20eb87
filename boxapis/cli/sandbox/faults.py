"""Faults of a sandbox as the command line writes them: ``NAME[:OPERATION[:TIMES]]``."""

from typing import TYPE_CHECKING, Any, get_args

if TYPE_CHECKING:
    from boxapis.sandbox import Sandbox

__all__ = ["inject"]


def inject(sandbox: "Sandbox", text: str) -> None:
    """Injects a fault into the service that has the operation; without one, into each that has it.

    Raises:
        ValueError: There is no such fault or operation, or the number is below 1; the text says
            which there are.
    """
    from boxapis.sandbox import BoxCFault, BoxTrackerFault  # noqa: PLC0415 - an optional extra

    name, _, rest = text.partition(":")
    operation, _, times = rest.partition(":")
    known = {"boxtracker": get_args(BoxTrackerFault), "boxc": get_args(BoxCFault)}
    services = [service for service, names in known.items() if name in names]
    if operation:
        services = ["boxtracker" if operation.startswith("cmd") else "boxc"]
    if not services:
        names = ", ".join(sorted({*known["boxtracker"], *known["boxc"]}))
        raise ValueError(f"the sandbox has no fault {name!r}; it has: {names}")
    if times and not (times.isascii() and times.isdecimal()):
        raise ValueError(f"--fault {name}: the number of times must be a whole number")
    for service in services:
        injected: Any = getattr(sandbox, service)
        injected.fault(name, operation=operation or None, times=int(times or 1))
