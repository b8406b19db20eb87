"""Decides whether a failed request is repeated, and when.

Theory of operation. A repeat must be harmless, and it should help. Whether it is harmless depends
on how far the request got and on the kind of the operation::

    how far it got                                read   idempotent   changing
    P0  nothing was sent                          yes    yes          yes
    P1  sent, but no complete response came       yes    yes          no
    P2  refused, which proves it was not done     yes    yes          yes
    P3  the service reports a failure of its own  yes    yes          no

Whether it can help depends on the cause. Certificate errors, wrong credentials or input, payment,
redirects and undocumented codes do not go away by themselves: they are *permanent*. Code that
builds an error which no repeat can cure sets its ``retry_stopped_by``, and such an error is never
repeated; so layers do not multiply attempts.

Three limits apply to the rest. *Attempts*: a maximum for each call, over all layers; a host name
that is not found and an unreadable response get two at most. *Time*: no pause is begun that would
outlast the deadline. *Budget*: each origin has a retry budget of tokens. A repeat withdraws tokens,
a repeat that succeeds refunds them, and a call that succeeds at once deposits one, so an outage
does not triple the load.

Two kinds of repeat are free. When a connection was lost after an idle time, before the first byte
of the response, the server most likely closed it at that moment: once per call the request is
repeated *at once*, on a fresh connection; likewise when the server says so itself, with a 408.
And a *throttled* request proves that the service is healthy: it counts as a round, not as an
attempt, and its pause applies to all calls. Time and randomness are passed in; nothing waits here.
"""

from attrs import Factory, define, evolve, field, frozen

from boxapis._sansio.operation import Kind
from boxapis.errors import (
    BoxAPIError,
    ConnectError,
    ConnectionLostError,
    InvalidResponseError,
    NotProcessedError,
    OutcomeUnknownError,
    RateLimitError,
    RetryStop,
    ServerError,
    TLSError,
    TransportError,
)
from boxapis.options import Retries

__all__ = [
    "Decision",
    "GiveUp",
    "Retry",
    "RetryBudget",
    "RetryState",
    "backoff",
    "decide",
    "is_harmless",
    "is_transient",
    "is_unsettled",
]

_MAX_JITTER = 0.5  # seconds added to a Retry-After at most, so that callers do not return in step
_MIN_THROTTLE_WAIT = 0.5  # seconds without a Retry-After: until BoxC's bucket has a free place
_MAX_DOUBLINGS = 60  # more would overflow a float; wait_max applies long before
_TRANSIENT_CODES = frozenset({506, 510, 900})  # Box Tracker: no key, server or database just now
_TRANSIENT_STATUSES = frozenset(range(500, 600)) - {501, 505}  # these say "not implemented"


@frozen(kw_only=True)
class Retry:
    """The decision to repeat the request.

    Attributes:
        delay: Seconds to wait first. A throttled call waits at its rate limit, if it has one.
        fresh_connection: Whether the request must be sent on a new connection.
        at_once: Whether this is the free repeat after an idle connection was lost.
        throttled: Whether it counts as a round of throttling instead of an attempt.
        cost: Tokens to withdraw from the retry budget.
    """

    delay: float
    fresh_connection: bool = False
    at_once: bool = False
    throttled: bool = False
    cost: int = 0


@frozen
class GiveUp:
    """The decision to give up.

    Attributes:
        reason: The value for the error's ``retry_stopped_by``.
    """

    reason: RetryStop


Decision = Retry | GiveUp


@frozen(kw_only=True)
class RetryState:
    """The requests that one call has made so far, the last failure included.

    Attributes:
        attempts: Number of requests without the rounds of throttling.
        rounds: Number of repeats after the service answered "too many requests".
        reconnected: Whether the free repeat after a lost idle connection has been used.
        cost: Tokens withdrawn for the last request; refunded when it succeeds.
    """

    attempts: int = 1
    rounds: int = 0
    reconnected: bool = False
    cost: int = 0

    @property
    def requests(self) -> int:
        """Number of all requests."""
        return self.attempts + self.rounds

    def then(self, retry: Retry) -> "RetryState":
        """Returns the state after one more request."""
        return evolve(
            self,
            attempts=self.attempts + (not retry.throttled),
            rounds=self.rounds + retry.throttled,
            reconnected=self.reconnected or retry.at_once,
            cost=retry.cost,
        )


@define(eq=False)
class RetryBudget:
    """The tokens of one origin from which repeats are paid.

    Attributes:
        capacity: Maximum number of tokens, and the number at the start.
        tokens: Present number of tokens.
    """

    capacity: int = 100
    tokens: int = field(default=Factory(lambda self: self.capacity, takes_self=True), init=False)

    def withdraw(self, cost: int) -> bool:
        """Withdraws the tokens of a repeat; returns False and keeps them if too few are left."""
        if cost > self.tokens:
            return False
        self.tokens -= cost
        return True

    def refund(self, cost: int) -> None:
        """Returns the tokens of a repeat that succeeded."""
        self.tokens = min(self.capacity, self.tokens + cost)

    def deposit(self) -> None:
        """Adds one token for a call that succeeded with its first request."""
        self.refund(1)


@frozen(eq=False)
class _RetryRule:
    """How a failure that a repeat may cure is treated.

    Attributes:
        max_attempts: Maximum number of attempts, below the one of the options.
        fresh_connection: Whether the repeat needs a new connection.
        idle_lost: Whether a connection was lost after an idle time.
        throttled: Whether the service answered "too many requests".
        exhausted: Whether this machine ran out of sockets or ports, which takes longer to pass.
    """

    max_attempts: float = float("inf")
    fresh_connection: bool = False
    idle_lost: bool = False
    throttled: bool = False
    exhausted: bool = False

    def is_used_up(self, state: RetryState, retries: Retries) -> bool:
        if self.throttled and retries.attempts > 1:
            return state.rounds >= retries.throttle_rounds
        return state.attempts >= min(self.max_attempts, retries.attempts)

    def delay(
        self, state: RetryState, retries: Retries, retry_after: float | None, chance: float
    ) -> float:
        if retry_after is not None:
            return max(retries.wait_min, retry_after + _MAX_JITTER * chance)
        if self.throttled:
            return _MIN_THROTTLE_WAIT + backoff(retries, state.rounds + 1, chance)
        pause = backoff(retries, state.attempts, chance)
        return retries.wait_initial + pause if self.exhausted else pause


def decide(
    error: BoxAPIError,
    kind: Kind,
    state: RetryState,
    retries: Retries,
    *,
    chance: float,
    remaining: float,
    budget: RetryBudget,
    retry_after: float | None = None,
    idle_timeout: bool = False,
) -> Decision:
    """Decides what to do after a failure; the caller withdraws, waits and counts.

    Args:
        error: The error of the request.
        kind: The kind of the operation.
        state: The requests of the call so far.
        retries: The options.
        chance: A random number from 0 up to, but not including, 1.
        remaining: Seconds until the call's deadline; infinite without one.
        budget: The retry budget of the origin; it is not changed.
        retry_after: Seconds that the response asks to wait, when the error does not hold them.
        idle_timeout: Whether the response is a 408 over a connection that had been idle.
    """
    rule = _rule_of(error, kind)
    is_idle_timeout = idle_timeout and isinstance(error, NotProcessedError)
    if is_idle_timeout and not state.reconnected and is_harmless(error, kind):
        rule, retry_after = _RetryRule(fresh_connection=True, idle_lost=True), None
    if not isinstance(rule, _RetryRule):
        return GiveUp(rule)
    if rule.is_used_up(state, retries):
        return GiveUp("attempts")
    if retry_after is None and isinstance(error, RateLimitError):
        retry_after = error.retry_after
    if retry_after is not None and retry_after > retries.max_retry_after:
        return GiveUp("permanent")
    at_once = rule.idle_lost and not state.reconnected
    delay = 0.0 if at_once else rule.delay(state, retries, retry_after, chance)
    if delay >= remaining:
        return GiveUp("deadline")
    cost = 0 if at_once or rule.throttled else retries.cost
    if cost > budget.tokens:
        return GiveUp("budget")
    return Retry(
        delay=delay,
        fresh_connection=rule.fresh_connection,
        at_once=at_once,
        throttled=rule.throttled,
        cost=cost,
    )


def backoff(retries: Retries, failures: int, chance: float) -> float:
    """Returns a pause in seconds: a random part of a limit that doubles with each failure."""
    limit = min(retries.wait_max, retries.wait_initial * 2.0 ** min(failures - 1, _MAX_DOUBLINGS))
    return max(retries.wait_min, limit * chance)


def is_unsettled(error: BoxAPIError) -> bool:
    """Whether an attempt that failed so may have been carried out, if it changes anything."""
    if isinstance(error, TransportError):
        return error.sent
    return isinstance(error, InvalidResponseError | ServerError) or error.may_have_been_applied


def is_harmless(error: BoxAPIError, kind: Kind) -> bool:
    """Whether a repeat after this error cannot carry a changing operation out twice.

    Every repeat is made only if this is so: after a pause, at once, or with a new key or token.
    """
    return kind != "changing" or not is_unsettled(error)


def is_transient(error: BoxAPIError) -> bool:
    """Whether what a reading call failed with may go away by itself, however often it was tried."""
    stopped = error.retry_stopped_by in ("permanent", "not-repeatable")
    return not stopped and isinstance(_rule_of_cause(error), _RetryRule)


def _rule_of(error: BoxAPIError, kind: Kind) -> _RetryRule | RetryStop:
    if error.retry_stopped_by is not None:
        return error.retry_stopped_by
    rule = _rule_of_cause(error)
    is_lost = isinstance(error, TransportError)
    if (is_lost or rule != "permanent") and not is_harmless(error, kind):
        return "not-repeatable"
    return rule


def _rule_of_cause(error: BoxAPIError) -> _RetryRule | RetryStop:
    match error:
        case TransportError():
            return _rule_of_network_error(error)
        case RateLimitError():
            return _RetryRule(throttled=True)
        case OutcomeUnknownError():
            return "not-repeatable"
        case InvalidResponseError():
            return _RetryRule(max_attempts=2, fresh_connection=True)
        case ServerError() if _passes(error):
            return _RetryRule()
        case _:
            return "permanent"


def _rule_of_network_error(error: TransportError) -> _RetryRule | RetryStop:
    exhausted = error.phase == "local"
    if isinstance(error, TLSError) or (exhausted and not isinstance(error, ConnectError)):
        return "permanent"  # the certificate, the request, or the transport itself, is wrong
    idle_lost = isinstance(error, ConnectionLostError) and error.reused
    return _RetryRule(
        max_attempts=2 if error.phase == "dns" else float("inf"),
        fresh_connection=error.sent or idle_lost,
        idle_lost=idle_lost,
        exhausted=exhausted,
    )


def _passes(error: ServerError) -> bool:
    """Whether a failure of the service goes away by itself."""
    if error.service == "boxtracker" and error.code is not None:
        return error.code in _TRANSIENT_CODES
    return error.status in _TRANSIENT_STATUSES
