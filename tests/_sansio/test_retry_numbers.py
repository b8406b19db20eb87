"""Pauses with full jitter, and the retry budget."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxapis._sansio.retry import Retry, RetryBudget, RetryState, backoff
from boxapis.options import Retries

STEPS = st.lists(st.tuples(st.sampled_from(["withdraw", "refund", "deposit"]), st.integers(0, 150)))


@pytest.mark.parametrize(
    ("failures", "limit"), [(1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (5, 8.0), (6, 8.0), (5000, 8.0)]
)
def test_limits_double_up_to_wait_max(failures: int, limit: float) -> None:
    """Pauses start at up to half a second, double with each failure, and end at eight."""
    assert backoff(Retries(), failures, 1.0) == limit


@pytest.mark.parametrize("failures", [1, 3, 6])
def test_jitter_is_uniform(failures: int) -> None:
    """10,000 pauses are spread evenly over their range."""
    chance = random.Random(20)  # noqa: S311 - chance, no secret
    options = Retries(wait_min=0)
    limit = backoff(options, failures, 1.0)
    pauses = [backoff(options, failures, chance.random()) for _ in range(10_000)]
    tenths = [sum(1 for p in pauses if i <= 10 * p / limit < i + 1) for i in range(10)]
    assert sum(tenths) == 10_000
    assert all(900 < tenth < 1100 for tenth in tenths)


def test_wait_min_holds() -> None:
    """Every pause lasts at least ``wait_min``."""
    assert backoff(Retries(), 1, 0.0) == 0.05
    assert backoff(Retries(), 1, 0.0999) == 0.05
    assert backoff(Retries(), 1, 0.2) == 0.1


def test_an_outage_is_paid_ten_times() -> None:
    """A full budget pays for ten repeats and no eleventh."""
    budget = RetryBudget()
    assert [budget.withdraw(10) for _ in range(11)] == [True] * 10 + [False]
    assert budget.tokens == 0


def test_ten_successes_earn_a_repeat() -> None:
    """Ten calls that need no repeat earn the tokens of one repeat."""
    budget = RetryBudget()
    while budget.withdraw(10):
        pass
    for _ in range(9):
        budget.deposit()
    assert not budget.withdraw(10)
    budget.deposit()
    assert budget.withdraw(10)


@given(st.integers(0, 200), STEPS)
def test_budget_stays_in_its_bounds(capacity: int, steps: list[tuple[str, int]]) -> None:
    """The tokens stay between 0 and the capacity."""
    budget = RetryBudget(capacity)
    for step, amount in steps:
        match step:
            case "withdraw":
                before = budget.tokens
                paid = budget.withdraw(amount)
                assert budget.tokens == before - amount * paid
            case "refund":
                budget.refund(amount)
            case _:
                budget.deposit()
        assert 0 <= budget.tokens <= capacity


def test_state_counts_attempts_and_rounds_apart() -> None:
    """A request counts as attempt or round, and the cost of the last one is kept."""
    state = RetryState().then(Retry(delay=0, at_once=True)).then(Retry(delay=1, throttled=True))
    assert state == RetryState(attempts=2, rounds=1, reconnected=True, cost=0)
    assert state.requests == 3
    assert state.then(Retry(delay=1, cost=10)) == RetryState(
        attempts=3, rounds=1, reconnected=True, cost=10
    )
