"""Whether a request that failed is made again, and when.

Theory. A repeat must do no harm, and it should help. Whether it can harm is told by how far the
request had come, and by the kind of the operation::

    how far it had come                         read   idempotent   changing
    P0  nothing was sent                        yes    yes          yes
    P1  sent, but no whole answer came          yes    yes          no
    P2  refused, which proves it was not done   yes    yes          yes
    P3  the service says that it failed itself  yes    yes          no

Whether it can help is told by the cause. Distrust, credentials, input, payment, redirects and
unlisted numbers stay as they are: *permanent*. Whoever builds an error that no repeat can cure
sets its ``retry_stopped_by``, which is then the end of it; so layers never multiply attempts.

Three things bound what is left. *Attempts*: so many for a call, all layers together; a name that
is not found and an answer that cannot be read get two at most. *Time*: a pause that would outlive
the deadline is not begun. *Budget*: each origin has a purse from which repeats are paid; one that
helped is refunded and each clean success earns a token, so an outage does not triple the load.

Two kinds of repeat cost nothing. A connection lost after it lay idle, before a byte of the answer,
was most likely closed by the server just then: once per call the request goes *at once*, on a
fresh connection. And a *throttled* request proves that the service is well: it counts rounds, not
attempts, and its pause is meant for everybody. Time and chance are passed in; nothing waits here.
"""

from attrs import Factory, define, evolve, field, frozen

from boxapis._sansio.operation import Kind
from boxapis.errors import (
    BoxAPIError,
    ConnectError,
    ConnectionLostError,
    InvalidResponseError,
    OutcomeUnknownError,
    RateLimitError,
    RetryStop,
    ServerError,
    TLSError,
    TransportError,
)
from boxapis.options import Retries

__all__ = ["Decision", "GiveUp", "Retry", "RetryBudget", "RetryState", "backoff", "decide"]

_JITTER = 0.5  # seconds at most on top of a Retry-After, so that callers do not come in step
_LEAST_THROTTLE = 0.5  # seconds without one: a place of BoxC's bucket becomes free
_MOST_DOUBLINGS = 60  # beyond it floats overflow, and the cap has long held
_PASSING = frozenset({506, 510, 900})  # Box Tracker: no key, no server, no database, for now
_SERVER_FAILURES = frozenset(range(500, 600)) - {501, 505}  # what is not built stays so


@frozen(kw_only=True)
class Retry:
    """Make the request again.

    Attributes:
        after: Seconds to wait first. Where a bucket paces the calls, it is its gate that waits.
        fresh_connection: Whether it must meet a connection that was just made.
        at_once: Whether this is the one repeat after an idle connection was lost.
        throttled: Whether it counts as a round of throttling, not as an attempt.
        cost: Tokens to take out of the budget.
    """

    after: float
    fresh_connection: bool = False
    at_once: bool = False
    throttled: bool = False
    cost: int = 0


@frozen
class GiveUp:
    """Give up; the reason goes into the error's ``retry_stopped_by``."""

    by: RetryStop


Decision = Retry | GiveUp


@frozen(kw_only=True)
class RetryState:
    """What one call has already done, the failure at hand included.

    Attributes:
        attempts: Requests made, without the rounds of throttling.
        rounds: Repeats after the service said "too many requests".
        raced: Whether the one repeat at once has been used up.
        cost: Tokens that the last request was paid with: the refund, should it succeed.
    """

    attempts: int = 1
    rounds: int = 0
    reconnected: bool = False
    cost: int = 0

    @property
    def requests(self) -> int:
        """All requests made."""
        return self.attempts + self.rounds

    def then(self, again: Retry) -> "RetryState":
        """The same after one request more."""
        return evolve(
            self,
            attempts=self.attempts + (not again.throttled),
            rounds=self.rounds + again.throttled,
            reconnected=self.reconnected or again.at_once,
            cost=again.cost,
        )


@define(eq=False)
class RetryBudget:
    """The purse of one origin: from 0 up to ``cap`` tokens."""

    cap: int = 100
    tokens: int = field(default=Factory(lambda self: self.cap, takes_self=True), init=False)

    def withdraw(self, cost: int) -> bool:
        """Pays for a repeat, or says that there is too little left."""
        if cost > self.tokens:
            return False
        self.tokens -= cost
        return True

    def refund(self, cost: int) -> None:
        """Gives back what a repeat that helped was paid with."""
        self.tokens = min(self.cap, self.tokens + cost)

    def deposit(self) -> None:
        """Adds the one token of a call that succeeded with its first request."""
        self.refund(1)


@frozen
class _Plan:
    """How a failure that a repeat may cure is treated."""

    most: float = float("inf")
    fresh: bool = False
    reconnected: bool = False
    throttled: bool = False
    exhausted: bool = False

    def is_used_up(self, tries: RetryState, retries: Retries) -> bool:
        if self.throttled and retries.attempts > 1:
            return tries.rounds >= retries.throttle_rounds
        return tries.attempts >= min(self.most, retries.attempts)

    def pause(
        self, tries: RetryState, retries: Retries, asked: float | None, chance: float
    ) -> float:
        if asked is not None:
            return max(retries.wait_min, asked + _JITTER * chance)
        if self.throttled:
            return _LEAST_THROTTLE + backoff(retries, tries.rounds + 1, chance)
        pause = backoff(retries, tries.attempts, chance)
        return retries.wait_initial + pause if self.exhausted else pause


def decide(
    error: BoxAPIError,
    kind: Kind,
    tries: RetryState,
    retries: Retries,
    *,
    chance: float,
    remaining: float,
    budget: RetryBudget,
    retry_after: float | None = None,
) -> Decision:
    """What to do after a failure. Changes nothing: the owner pays, waits and counts.

    Args:
        error: What the request failed with.
        kind: Of the operation.
        tries: What the call has done so far.
        retries: The options.
        chance: From 0 up to, not including, 1.
        remaining: Seconds until the call's deadline; infinite without one.
        budget: Of the origin; only looked at.
        retry_after: Seconds that the answer asked for, where the error cannot say it.
    """
    plan = _plan(error, kind)
    if not isinstance(plan, _Plan):
        return GiveUp(plan)
    if plan.is_used_up(tries, retries):
        return GiveUp("attempts")
    if retry_after is None and isinstance(error, RateLimitError):
        retry_after = error.retry_after
    if retry_after is not None and retry_after > retries.max_retry_after:
        return GiveUp("permanent")
    at_once = plan.reconnected and not tries.reconnected
    after = 0.0 if at_once else plan.pause(tries, retries, retry_after, chance)
    if after >= remaining:
        return GiveUp("deadline")
    cost = 0 if at_once or plan.throttled else retries.cost
    if cost > budget.tokens:
        return GiveUp("budget")
    return Retry(
        after=after,
        fresh_connection=plan.fresh,
        at_once=at_once,
        throttled=plan.throttled,
        cost=cost,
    )


def backoff(retries: Retries, failures: int, chance: float) -> float:
    """Full jitter, in seconds: anything up to a limit that doubles with each failure."""
    limit = min(retries.wait_max, retries.wait_initial * 2.0 ** min(failures - 1, _MOST_DOUBLINGS))
    return max(retries.wait_min, limit * chance)


def _plan(error: BoxAPIError, kind: Kind) -> _Plan | RetryStop:
    if error.retry_stopped_by is not None:
        return error.retry_stopped_by
    match error:
        case TransportError():
            return _after_network(error, kind)
        case RateLimitError():
            return _Plan(throttled=True)
        case OutcomeUnknownError():
            return "not-repeatable"
        case InvalidResponseError():
            return "not-repeatable" if kind == "changing" else _Plan(most=2, fresh=True)
        case ServerError() if _is_passing(error):
            return "not-repeatable" if kind == "changing" else _Plan()
        case _:
            return "permanent"


def _after_network(error: TransportError, kind: Kind) -> _Plan | RetryStop:
    if isinstance(error, TLSError):
        return "permanent"
    if error.sent and kind == "changing":
        return "not-repeatable"
    exhausted = error.phase == "local"
    if exhausted and not isinstance(error, ConnectError):
        return "permanent"  # the request, or the transport itself, is at fault
    reconnected = isinstance(error, ConnectionLostError) and error.reused
    most = 2 if error.phase == "dns" else float("inf")
    return _Plan(
        most, fresh=error.sent or reconnected, reconnected=reconnected, exhausted=exhausted
    )


def _is_passing(error: ServerError) -> bool:
    """Whether a failure of the service is of the kind that goes away by itself."""
    if error.service == "boxtracker" and error.code is not None:
        return error.code in _PASSING
    return error.status in _SERVER_FAILURES
