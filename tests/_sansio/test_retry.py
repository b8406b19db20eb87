"""`decide`: which failures are repeated, for each kind of operation and each limit."""

import copy
from collections.abc import Callable
from math import inf
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxapis import errors
from boxapis._sansio.boxtracker.catalogue import STATUSES
from boxapis._sansio.operation import Kind
from boxapis._sansio.retry import Decision, GiveUp, Retry, RetryBudget, RetryState, decide
from boxapis.errors import (
    APIError,
    BoxAPIError,
    ClientClosedError,
    ConnectError,
    ConnectionLostError,
    InvalidResponseError,
    NotProcessedError,
    OutcomeUnknownError,
    Phase,
    RateLimitError,
    RequestTimeoutError,
    RetryStop,
    ServerError,
    TLSError,
    TransportError,
)
from boxapis.options import Retries

KINDS: tuple[Kind, ...] = get_args(Kind)
YES = "again"
Answer = RetryStop | str


def decision_on(error: BoxAPIError, kind: Kind = "read", **overrides: Any) -> Decision:
    """Returns the decision on a first failure, with a random number of 0.5."""
    options = overrides.pop("retries", Retries())
    state = overrides.pop("state", RetryState())
    defaults: dict[str, Any] = {"chance": 0.5, "remaining": inf, "budget": RetryBudget()}
    return decide(error, kind, state, options, **(defaults | overrides))


def retry_on(error: BoxAPIError, kind: Kind = "read", **overrides: Any) -> Retry:
    """Returns the decision on a first failure, which must be to repeat."""
    decision = decision_on(error, kind, **overrides)
    assert isinstance(decision, Retry)
    return decision


def api(kind: type[APIError], **fields: Any) -> APIError:
    """Returns an error of the service."""
    return kind("no", **fields)


def box_tracker(code: int) -> APIError:
    """Returns the error of a Box Tracker status."""
    return (STATUSES[code].error or APIError)("no", code=code, status=200)


def gone(phase: Phase, *, sent: bool, kind: type[TransportError] = ConnectError) -> TransportError:
    """Returns a network error."""
    return kind("gone", phase=phase, sent=sent)


Row = tuple[BoxAPIError, Answer, Answer, Answer]
NEVER: tuple[Answer, Answer, Answer] = ("permanent", "permanent", "permanent")
ALWAYS = (YES, YES, YES)
IF_HARMLESS = (YES, YES, "not-repeatable")

# Number of the fault, and the decision for a read, an idempotent and a changing operation.
TABLE: dict[str, Row] = {
    "F01 refused": (gone("connect", sent=False), *ALWAYS),
    "F02 no such name": (gone("dns", sent=False), *ALWAYS),
    "F03 black hole": (gone("connect", sent=False, kind=RequestTimeoutError), *ALWAYS),
    "F04 distrust": (gone("tls", sent=False, kind=TLSError), *NEVER),
    "F05 handshake stalls": (gone("tls", sent=False, kind=RequestTimeoutError), *ALWAYS),
    "F06 closed": (gone("read", sent=True, kind=ConnectionLostError), *IF_HARMLESS),
    "F11 closed while idle": (
        ConnectionLostError("gone", phase="read", sent=True, reused=True),
        *IF_HARMLESS,
    ),
    "F12 silence": (gone("read", sent=True, kind=RequestTimeoutError), *IF_HARMLESS),
    "F14 proxy fails": (gone("proxy", sent=False), *ALWAYS),
    "F14 proxy wants a password": (
        ConnectError("407", phase="proxy", retry_stopped_by="permanent"),
        *NEVER,
    ),
    "F16 write stalls": (gone("write", sent=True, kind=RequestTimeoutError), *IF_HARMLESS),
    "F17 no more sockets": (gone("local", sent=False), *ALWAYS),
    "F18 drip": (gone("total", sent=True, kind=RequestTimeoutError), *IF_HARMLESS),
    "cannot be sent": (gone("local", sent=False, kind=TransportError), *NEVER),
    "foreign failure": (
        gone("local", sent=True, kind=TransportError),
        "permanent",
        "permanent",
        "not-repeatable",
    ),
    "F29 not HTTP": (InvalidResponseError("x"), *IF_HARMLESS),
    "F45 redirect": (InvalidResponseError("x", retry_stopped_by="permanent"), *NEVER),
    "F47 429": (api(RateLimitError, status=429, retry_after=3.0), *ALWAYS),
    "F48 1015": (api(RateLimitError, service="boxc", status=429, code=1015), *ALWAYS),
    "F148 429 that settles nothing": (
        api(RateLimitError, status=503, may_have_been_applied=True),
        *IF_HARMLESS,
    ),
    "F53 500": (api(ServerError, service="boxc", status=500, code=1001), *IF_HARMLESS),
    "F53 503 without envelope": (api(ServerError, status=503), *IF_HARMLESS),
    "501": (api(ServerError, status=501), *NEVER),
    "F31 999": (api(ServerError, status=999), *NEVER),
    "F56 failure under 200": (api(ServerError, service="boxc", status=200, code=1001), *NEVER),
    "F62 302": (box_tracker(302), *NEVER),
    "F62 311": (box_tracker(311), *NEVER),
    "F63 900": (box_tracker(900), *IF_HARMLESS),
    "F63 510": (box_tracker(510), *IF_HARMLESS),
    "F63 506": (box_tracker(506), *IF_HARMLESS),
    "F62 311 under HTTP 500": (api(ServerError, code=311, status=500), *NEVER),
    "F64 declined": (box_tracker(340), *NEVER),
    "F65 wrong address": (box_tracker(509), *NEVER),
    "F67 session": (box_tracker(507), *NEVER),
    "unknown outcome": (
        OutcomeUnknownError("x"),
        "not-repeatable",
        "not-repeatable",
        "not-repeatable",
    ),
    "closed client": (ClientClosedError("x"), *NEVER),
}


@pytest.mark.parametrize("kind", KINDS)
def test_idle_timeout_that_settles_nothing(kind: Kind) -> None:
    """F148: an error that may have been carried out is not repeated at once, either."""
    error = api(NotProcessedError, status=408, may_have_been_applied=True)
    decision = decision_on(error, kind, idle_timeout=True)
    assert isinstance(decision, GiveUp) is (kind == "changing")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", TABLE)
def test_the_table(name: str, kind: Kind) -> None:
    """Each failure has one decision for each kind of operation."""
    decision = decision_on(TABLE[name][0], kind)
    answer = decision.reason if isinstance(decision, GiveUp) else YES
    assert answer == TABLE[name][1 + KINDS.index(kind)]


def test_kinds_stand_in_the_order_of_the_table() -> None:
    """The columns of the table are all kinds."""
    assert KINDS == ("read", "idempotent", "changing")


@pytest.mark.parametrize("code", sorted(set(STATUSES) - {200, 506, 510, 900}))
def test_box_tracker_says_no_for_good(code: int) -> None:
    """Only three statuses of Box Tracker are repeated."""
    assert decision_on(box_tracker(code)) == GiveUp("permanent")


REPEATED_ANSWERS = {"RateLimitError", "ServerError", "InvalidResponseError", "OutcomeUnknownError"}
FINAL = sorted(
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type)
    and issubclass(kind, BoxAPIError)
    and not issubclass(kind, TransportError)
    and name not in REPEATED_ANSWERS
)


@pytest.mark.parametrize("name", FINAL)
def test_every_other_error_is_final(name: str) -> None:
    """Errors of credentials, input, payment and unknown codes are permanent."""
    kind: Callable[[str], BoxAPIError] = getattr(errors, name)
    assert decision_on(kind("no")) == GiveUp("permanent")


@pytest.mark.parametrize("by", get_args(RetryStop))
def test_who_builds_an_error_may_end_it(by: RetryStop) -> None:
    """An error with a reason set is never repeated, so layers do not multiply attempts."""
    error = copy.copy(TABLE["F01 refused"][0])
    error.retry_stopped_by = by
    assert decision_on(error) == GiveUp(by)


def test_a_pause_before_each_attempt() -> None:
    """Two repeats with doubled pauses are paid; the third failure is final."""
    error = TABLE["F01 refused"][0]
    assert retry_on(error) == Retry(delay=0.25, cost=10)
    assert retry_on(error, state=RetryState(attempts=2)) == Retry(delay=0.5, cost=10)
    assert decision_on(error, state=RetryState(attempts=3)) == GiveUp("attempts")


@pytest.mark.parametrize("name", ["F02 no such name", "F29 not HTTP"])
def test_some_get_two_attempts(name: str) -> None:
    """An unknown host name and an unreadable response are repeated once."""
    error = TABLE[name][0]
    assert isinstance(decision_on(error), Retry)
    assert decision_on(error, state=RetryState(attempts=2)) == GiveUp("attempts")


def test_a_lost_idle_connection_is_replaced_at_once() -> None:
    """A lost idle connection is repeated at once and free; after that like any other loss."""
    error = TABLE["F11 closed while idle"][0]
    first = retry_on(error, budget=RetryBudget(0))
    assert first == Retry(delay=0.0, fresh_connection=True, at_once=True)
    second = retry_on(error, state=RetryState().then(first))
    assert second == Retry(delay=0.5, fresh_connection=True, cost=10)


def test_nothing_sent_on_an_idle_connection() -> None:
    """If no byte was sent, a changing operation is repeated at once, too."""
    error = ConnectionLostError("gone", phase="write", sent=False, reused=True)
    assert retry_on(error, "changing") == Retry(delay=0.0, fresh_connection=True, at_once=True)


def test_after_a_byte_was_sent_the_connection_is_new() -> None:
    """A request that failed half-way is repeated on a new connection."""
    assert retry_on(TABLE["F12 silence"][0]).fresh_connection
    assert retry_on(TABLE["F29 not HTTP"][0]).fresh_connection
    assert not retry_on(TABLE["F01 refused"][0]).fresh_connection
    assert not retry_on(TABLE["F53 500"][0]).fresh_connection


def test_exhaustion_is_not_hurried() -> None:
    """When sockets ran out, the pause is at least half a second."""
    assert retry_on(TABLE["F17 no more sockets"][0], chance=0.0).delay == 0.55


def test_throttling_counts_rounds() -> None:
    """Throttling allows five free rounds with growing pauses, whatever was attempted before."""
    error = TABLE["F48 1015"][0]
    state, pauses = RetryState(attempts=3), []
    while isinstance(decision := decision_on(error, state=state, budget=RetryBudget(0)), Retry):
        assert decision.throttled
        pauses.append(decision.delay)
        state = state.then(decision)
    assert decision == GiveUp("attempts")
    assert pauses == [0.75, 1.0, 1.5, 2.5, 4.5]
    assert (state.attempts, state.requests) == (3, 8)


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row[1] == YES])
@pytest.mark.parametrize("options", [Retries.none(), Retries(attempts=1, throttle_rounds=9)])
def test_switched_off(name: str, options: Retries) -> None:
    """With one attempt nothing is repeated, not even at once or after throttling."""
    assert decision_on(TABLE[name][0], retries=options) == GiveUp("attempts")


def test_no_rounds() -> None:
    """Rounds of throttling can be turned off alone."""
    options = Retries(throttle_rounds=0)
    assert decision_on(TABLE["F47 429"][0], retries=options) == GiveUp("attempts")


@pytest.mark.parametrize(("chance", "delay"), [(0.0, 3.0), (0.5, 3.25), (0.999, 3.4995)])
def test_retry_after_is_honoured(chance: float, delay: float) -> None:
    """A ``Retry-After`` is waited for, and up to half a second more."""
    assert retry_on(TABLE["F47 429"][0], chance=chance).delay == pytest.approx(delay)


def test_the_answer_may_say_what_the_error_cannot() -> None:
    """A 503 with ``Retry-After`` waits like a 429, but costs tokens."""
    error = TABLE["F53 503 without envelope"][0]
    assert retry_on(error, retry_after=4.0) == Retry(delay=4.25, cost=10)
    assert decision_on(error, "changing", retry_after=4.0) == GiveUp("not-repeatable")
    assert retry_on(TABLE["F47 429"][0], retry_after=5.0).delay == 5.25


def test_retry_after_none_is_not_at_once() -> None:
    """A ``Retry-After`` of zero waits ``wait_min``."""
    assert retry_on(TABLE["F53 500"][0], retry_after=0.0, chance=0.0).delay == 0.05


@pytest.mark.parametrize("asked", [60.001, 86400.0, 999999999.0])
def test_too_long_a_wait_ends_the_call(asked: float) -> None:
    """A longer ``Retry-After`` than a minute ends the call; the error keeps it."""
    error = RateLimitError("no", retry_after=asked)
    assert decision_on(error) == GiveUp("permanent")
    assert error.retry_after == asked
    assert isinstance(decision_on(RateLimitError("no", retry_after=60.0)), Retry)


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row[1] == YES])
def test_no_pause_outlives_the_deadline(name: str) -> None:
    """A pause that would end at or after the deadline is not begun."""
    error = TABLE[name][0]
    delay = retry_on(error).delay
    assert decision_on(error, remaining=delay) == GiveUp("deadline")
    assert decision_on(error, remaining=-1.0) == GiveUp("deadline")
    assert isinstance(decision_on(error, remaining=delay + 0.001), Retry)


def test_an_empty_budget_pays_nothing() -> None:
    """Without tokens a transient failure is final; deciding withdraws none."""
    budget = RetryBudget(10)
    error = TABLE["F53 500"][0]
    assert retry_on(error, budget=budget).cost == budget.tokens == 10
    assert budget.withdraw(1)
    assert decision_on(error, budget=budget) == GiveUp("budget")


FAILURES = st.sampled_from([row[0] for row in TABLE.values()])
TIMES = st.floats(0, 120)


@given(st.lists(FAILURES, max_size=30), st.sampled_from(KINDS), TIMES, st.floats(0, 0.999))
def test_every_call_ends(
    failures: list[BoxAPIError], kind: Kind, deadline: float, chance: float
) -> None:
    """Any failures in any order: at most three attempts, five rounds, never past the deadline."""
    state, now, budget = RetryState(), 0.0, RetryBudget(30)
    for error in failures:
        decision = decision_on(
            error, kind, state=state, chance=chance, remaining=deadline - now, budget=budget
        )
        if isinstance(decision, GiveUp):
            break
        assert budget.withdraw(decision.cost)
        state, now = state.then(decision), now + decision.delay
    assert state.attempts <= 3
    assert state.rounds <= 5
    assert now <= deadline


@given(st.lists(FAILURES, max_size=30))
def test_a_changing_operation_is_carried_out_once(failures: list[BoxAPIError]) -> None:
    """A changing operation is repeated only if it was certainly not done."""
    proofs = (RateLimitError, ConnectError, RequestTimeoutError, ConnectionLostError)
    for error in failures:
        if isinstance(decision_on(error, "changing"), Retry):
            assert isinstance(error, proofs)
            assert not (isinstance(error, TransportError) and error.sent)


def test_an_outage_makes_ten_requests_more() -> None:
    """500 failing calls make only ten repeats."""
    budget, requests = RetryBudget(), 0
    for _ in range(500):
        state = RetryState()
        while isinstance(
            decision := decision_on(TABLE["F53 500"][0], state=state, budget=budget), Retry
        ):
            assert budget.withdraw(decision.cost)
            state = state.then(decision)
        requests += state.requests
    assert requests == 510
