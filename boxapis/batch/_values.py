"""Values of a batch: outcome of each item, progress of the whole, result of a look-up."""

from typing import Any, Generic, Literal, Self, TypeVar

from attrs import frozen

__all__ = ["Outcome", "OutcomeStatus", "Progress", "Settlement"]

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
        value: What the function returned; None unless the status is ``"done"``, and also where
            *settle* found that it was done: *summary* then holds what the look-up returned.
        error: Why it failed or is unknown; None otherwise.
        summary: What the journal keeps of the value, from this run or an earlier one, or of what
            *settle* found.
        attempts: How often it was begun, including earlier runs. The requests of one call are
            counted by the client: see ``error.attempts``.
        seconds: Duration of the last call of the function in this run; 0 without one.
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


@frozen
class Settlement:
    """What a look-up found out about an item whose outcome is unknown; see *settle* of `run`.

    Make one with `done`, `not_done` or `unknown`.

    Attributes:
        status: ``"done"``: it was carried out; ``"not-done"``: it was not, and may be begun again;
            ``"unknown"``: the look-up cannot tell.
        summary: What the journal is to keep if it is done, as JSON, for instance an id.
    """

    status: Literal["done", "not-done", "unknown"]
    summary: Any = None

    @classmethod
    def done(cls, summary: Any = None) -> Self:
        """The item was carried out; *summary* is JSON for the journal and the outcome."""
        return cls("done", summary)

    @classmethod
    def not_done(cls) -> Self:
        """The item was certainly not carried out, and is begun again."""
        return cls("not-done")

    @classmethod
    def unknown(cls) -> Self:
        """The look-up cannot tell, so the item is left alone."""
        return cls("unknown")


@frozen(kw_only=True)
class Progress:
    """The progress of a batch.

    Attributes:
        total: Number of items; None when the source does not say.
        done: Items carried out in this run, or found done by *settle*.
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
