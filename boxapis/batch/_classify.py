"""How an item ends that does not simply end well: cut off, failed, unknown, or done before."""

from typing import Any

from anyio import current_effective_deadline

from boxapis.batch._journal import Entry
from boxapis.batch._values import Outcome, Status
from boxapis.errors import BoxAPIError, OutcomeUnknownError

__all__ = ["bare", "is_being_cancelled", "judged", "known", "never_settled"]


def is_being_cancelled() -> bool:
    """Whether this task is to end, or only something within it was cancelled."""
    return current_effective_deadline() == float("-inf")


def known(
    index: int, key: str, entry: Entry, status: Status, error: Exception | None
) -> Outcome[Any]:
    return Outcome(
        index=index,
        key=key,
        status=status,
        error=error,
        summary=entry.summary,
        attempts=entry.begun,
    )


def never_settled() -> OutcomeUnknownError:
    return OutcomeUnknownError("an earlier run began it, and how it ended is not known")


def judged(error: Exception, *, changing: bool) -> Status:
    """Whether an error leaves it open what was done: one of ours says it, others never do."""
    if not changing:
        return "failed"
    is_open = error.may_have_been_applied if isinstance(error, BoxAPIError) else True
    return "unknown" if is_open else "failed"


def bare(error: Exception) -> Exception:
    """An error without our own frame, whose locals hold the item."""
    traceback = error.__traceback__
    return error.with_traceback(traceback and traceback.tb_next)
