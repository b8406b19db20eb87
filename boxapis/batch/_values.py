"""Values that a batch reports: the outcome of each item and the progress of the whole."""

from typing import Any, Generic, Literal, TypeVar

from attrs import frozen

__all__ = ["Outcome", "OutcomeStatus", "Progress"]

R = TypeVar("R")

OutcomeStatus = Literal["done", "failed", "unknown", "skipped"]
"""How an item ended, see `Outcome`."""


@frozen(kw_only=True)
class Outcome(Generic[R]):
    """The outcome of one item.

    Attributes:
        index: Position among the items, from 0.
        key: Name that *key* returned for it; without *key* the index as text.
        status: ``"done"``; ``"failed"``: not carried out, may be tried again; ``"unknown"``: may
            have been carried out; ``"skipped"``: an earlier run has done it, says the journal.
        value: What the function returned; None unless the status is ``"done"``.
        error: Why it failed or is unknown; None otherwise.
        summary: What the journal keeps of the value, from this run or an earlier one.
        attempts: How often it was begun, including earlier runs. The requests of one call are
            counted by the client: see ``error.attempts``.
        seconds: Duration of the function in this run.
    """

    index: int
    key: str
    status: OutcomeStatus
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
    """The progress of a batch.

    Attributes:
        total: Number of items; None when the source does not say.
        done: Items carried out in this run.
        failed: Items not carried out.
        unknown: Items begun, in this run or an earlier one, without a known result.
        skipped: Items carried out by an earlier run.
        running: Items under way.
        seconds: Time since the batch began.
        eta: Estimated seconds until the last item can be begun: the longer of what the client's
            rate limit allows and what the speed so far suggests. None when neither is known.
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
        """Number of items that have an outcome."""
        return self.done + self.failed + self.unknown + self.skipped

    @property
    def left(self) -> int | None:
        """Number of items that were not begun; None when the total is unknown."""
        return None if self.total is None else self.total - self.finished - self.running
