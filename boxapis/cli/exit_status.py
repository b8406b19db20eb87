"""The exit statuses of ``boxapis``, in one table."""

import signal
from collections.abc import Mapping
from types import MappingProxyType

__all__ = [
    "BROKEN_PIPE",
    "FAILED",
    "OUTCOME_UNKNOWN",
    "PARTLY_DONE",
    "STATUSES",
    "USAGE_ERROR",
    "signal_status",
]

FAILED, USAGE_ERROR, PARTLY_DONE, OUTCOME_UNKNOWN = 1, 2, 3, 4
BROKEN_PIPE = 141

STATUSES: Mapping[int, str] = MappingProxyType(
    {
        0: "done",
        FAILED: "failed and nothing was changed",
        USAGE_ERROR: "wrong usage",
        PARTLY_DONE: "partly done",
        OUTCOME_UNKNOWN: "something may have been carried out",
        129: "SIGHUP",
        130: "Ctrl-C",
        BROKEN_PIPE: "output closed",
        143: "SIGTERM",
    }
)
"""Each status and its meaning. 4 wins over 3; a signal's wins over both, and 141 only over 0."""


def signal_status(number: int = signal.SIGINT) -> int:
    """The status after a signal, as shells count."""
    return 128 + number
