"""The exit statuses of ``boxapis``."""

__all__ = [
    "BROKEN_PIPE",
    "FAILED",
    "INTERRUPTED",
    "OUTCOME_UNKNOWN",
    "PARTLY_DONE",
    "USAGE_ERROR",
]

FAILED = 1
"""It failed, and nothing was changed."""

USAGE_ERROR = 2
PARTLY_DONE = 3
OUTCOME_UNKNOWN = 4
"""Something may have been carried out; this wins over the three above."""

INTERRUPTED = 130
BROKEN_PIPE = 141
