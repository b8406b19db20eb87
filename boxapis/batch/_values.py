"""What a batch says: one outcome for each item, and how far it has come."""

from typing import Any, Generic, Literal, TypeVar

from attrs import frozen

__all__ = ["Outcome", "Progress", "Status"]

R = TypeVar("R")

Status = Literal["done", "failed", "unknown", "skipped"]
"""How an item ended, see `Outcome`."""


@frozen(kw_only=True)
class Outcome(Generic[R]):
    """What became of one item.

    Attributes:
        index: Its place among the items, from 0.
        key: Its name, as *key* gave it; without one, the index as text.
        status: ``"done"``; ``"failed"``: it was not carried out, and may be tried again;
            ``"unknown"``: it may have been carried out; ``"skipped"``: an earlier run has done it,
            as the journal knows.
        value: What the function gave; None unless it is done.
        error: Why it failed or is unknown; None otherwise.
        summary: What the journal keeps of the value, from this run or an earlier one.
        attempts: How often it was begun, earlier runs included. How many requests were made within
            one call is the client's affair: see ``error.attempts``.
        seconds: How long the function took in this run.
    """

    index: int
    key: str
    status: Status
    value: R | None = None
    error: Exception | None = None
    summary: Any = None
    attempts: int = 0
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether it is carried out, in this run or an earlier one."""
        return self.status in ("done", "skipped")


@frozen(kw_only=True)
class Progress:
    """How far a batch has come.

    Attributes:
        total: How many items there are; None when the source does not say.
        done: Carried out in this run.
        failed: Not carried out.
        unknown: Begun, in this run or an earlier one, and never settled.
        skipped: Carried out by an earlier run.
        running: Under way.
        seconds: Since the batch began.
        eta: Seconds until the last item can be begun: what the client's rate limit says, or the
            pace so far, whichever takes longer. None when neither can tell.
    """

    total: int | None
    done: int = 0
    failed: int = 0
    unknown: int = 0
    skipped: int = 0
    running: int = 0
    seconds: float = 0.0
    eta: float | None = None

    @property
    def finished(self) -> int:
        """How many have an outcome."""
        return self.done + self.failed + self.unknown + self.skipped

    @property
    def left(self) -> int | None:
        """How many were not begun; None when the total is not known."""
        return None if self.total is None else self.total - self.finished - self.running
