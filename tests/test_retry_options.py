"""The options `Retries`: frozen values, checked when created."""

import math
from typing import Any

import pytest
from attrs import asdict
from attrs.exceptions import FrozenInstanceError

from boxapis.errors import ConfigurationError
from boxapis.options import Retries

WHOLE = {"attempts": 1, "throttle_rounds": 0, "budget": 0, "cost": 0}
LEAST: dict[str, float] = {
    "wait_initial": 0.001,
    "wait_max": 0.05,
    "wait_min": 0,
    "max_retry_after": 0,
    **WHOLE,
}
NO_NUMBERS: list[object] = ["5", None, True, math.nan, math.inf, -1, 10**400]


def options(name: str, value: Any) -> Retries:
    """Returns options with one value of any type."""
    return Retries(**{name: value})


def test_defaults() -> None:
    """Defaults: three attempts, half a second doubled up to eight, five rounds, ten repeats."""
    expected = {
        "attempts": 3,
        "wait_initial": 0.5,
        "wait_max": 8.0,
        "wait_min": 0.05,
        "throttle_rounds": 5,
        "max_retry_after": 60.0,
        "budget": 100,
        "cost": 10,
    }
    assert asdict(Retries()) == expected
    assert set(LEAST) == set(expected)


def test_none_is_one_attempt() -> None:
    """`Retries.none` allows one attempt."""
    assert Retries.none() == Retries(attempts=1)


@pytest.mark.parametrize(("name", "least"), LEAST.items())
def test_the_least_value_is_taken(name: str, least: float) -> None:
    """The least value itself is accepted, a lower one is not."""
    assert getattr(options(name, least), name) == least
    with pytest.raises(ConfigurationError):
        options(name, least - 0.0005)


@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda value: repr(value)[:9])
@pytest.mark.parametrize("name", LEAST)
def test_what_is_no_number_is_refused(name: str, value: object) -> None:
    """Text, booleans, NaN and infinite or huge numbers are refused under the option's name."""
    with pytest.raises(ConfigurationError, match=f"^{name} must be"):
        options(name, value)


@pytest.mark.parametrize("name", WHOLE)
def test_counts_are_whole(name: str) -> None:
    """Half an attempt or token is refused, and so is 2.0."""
    for value in (1.5, 2.0):
        with pytest.raises(ConfigurationError, match=f"^{name} must be a whole number"):
            options(name, value)


def test_wait_min_is_at_most_wait_max() -> None:
    """A least pause above the longest is refused."""
    with pytest.raises(ConfigurationError, match="wait_min must not be longer than wait_max"):
        Retries(wait_min=9)


def test_options_are_values() -> None:
    """Options are frozen, equal by value, hashable and keyword-only."""
    assert hash(Retries()) == hash(Retries())
    assert Retries(cost=5) != Retries()
    with pytest.raises(FrozenInstanceError):
        Retries().attempts = 2  # type: ignore[misc]  # that is the point
    with pytest.raises(TypeError):
        Retries(3)  # type: ignore[call-arg]  # that is the point
