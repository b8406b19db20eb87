"""`poll`: when it looks, how often, and what ends it."""

import pickle
from collections.abc import Callable
from typing import Any

import pytest

from boxapis import (
    ConfigurationError,
    ConnectionLostError,
    NotFoundError,
    RateLimitError,
    Secret,
    ServerError,
    WaitTimeoutError,
)
from boxapis._core.polling import poll
from boxapis.errors import BoxAPIError
from tests.support.doubles import FakeClock


class Looks:
    """Records what is looked at: values, or errors that a look fails with.

    Attributes:
        at: The time of each look, from the beginning of the wait.
        left: The seconds that each look was given.
    """

    def __init__(self, time: FakeClock, *values: Any) -> None:
        self.time = time
        self.start = time.now()
        self.values = list(values)
        self.at: list[float] = []
        self.left: list[float] = []

    async def look(self, seconds: float) -> Any:
        """Returns the next value, the last one for ever."""
        self.at.append(self.time.now() - self.start)
        self.left.append(seconds)
        value = self.values.pop(0) if len(self.values) > 1 else self.values[0]
        if isinstance(value, BoxAPIError):
            raise value
        return value

    async def wait(self, deadline: Any, is_ready: Callable[[Any], bool] = bool) -> Any:
        """Waits for a value that is true."""
        return await poll("GET /things/{id}", self.look, is_ready, deadline, self.time.clock)


@pytest.fixture
def flowing() -> FakeClock:
    """A clock that sleeping moves, with the longest pauses."""
    time = FakeClock(flows=True)
    time.chance = 0.0
    return time


async def test_looks_come_at_growing_intervals(flowing: FakeClock) -> None:
    """After a second, then after twice the pause each, up to 15 s; each has what is left."""
    looks = Looks(flowing, *[None] * 7, "ready")
    assert await looks.wait(120) == "ready"
    assert looks.at == [1, 3, 7, 15, 30, 45, 60, 75]
    assert looks.left == [120 - at for at in looks.at]


async def test_callers_do_not_look_in_step(flowing: FakeClock) -> None:
    """A quarter of each pause is left to chance."""
    flowing.chance = 1.0
    looks = Looks(flowing, None)
    with pytest.raises(WaitTimeoutError):
        await looks.wait(60)
    assert looks.at[:3] == [0.75, 2.25, 5.25]


@pytest.mark.parametrize(
    ("deadline", "at"),
    [(20, [1, 3, 7, 15, 19]), (2.5, [1, 1.5]), (1, [0.5]), (0.01, [0.005])],
    ids=str,
)
async def test_last_look(flowing: FakeClock, deadline: float, at: list[float]) -> None:
    """The last look comes a second before the deadline, or halfway there; each wait has one."""
    looks = Looks(flowing, 0)
    with pytest.raises(WaitTimeoutError) as caught:
        await looks.wait(deadline)
    assert looks.at == pytest.approx(at)
    assert (caught.value.value, caught.value.attempts) == (0, len(at))
    assert not caught.value.may_have_been_applied
    assert isinstance(caught.value, TimeoutError)


@pytest.mark.parametrize(
    "failure",
    [
        RateLimitError("no", code=1015, status=429, retry_stopped_by="attempts"),
        ServerError("no", service="boxc", code=1001, status=500),
        ConnectionLostError("no", phase="read", sent=True, retry_stopped_by="budget"),
    ],
    ids=lambda failure: type(failure).__name__,
)
async def test_a_look_that_fails(flowing: FakeClock, failure: BoxAPIError) -> None:
    """F158: what may go away by itself costs one look; at the end it is named."""
    assert await Looks(flowing, failure, failure, "ready").wait(60) == "ready"
    with pytest.raises(WaitTimeoutError, match=type(failure).__name__) as caught:
        await Looks(flowing, "", failure).wait(60)
    assert caught.value.value == ""
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "failure",
    [
        NotFoundError("no", code=1205, status=404),
        RateLimitError("no", code=1015, status=429, retry_stopped_by="permanent"),
        ServerError("no", service="boxc", status=501),
    ],
    ids=lambda failure: type(failure).__name__,
)
async def test_a_look_that_fails_for_good(flowing: FakeClock, failure: BoxAPIError) -> None:
    """F158: any other error ends the wait at once, and so does one of the decision."""
    looks = Looks(flowing, failure)
    with pytest.raises(type(failure)) as caught:
        await looks.wait(60)
    assert caught.value is failure
    assert len(looks.at) == 1

    def refuse(_: object) -> bool:
        raise failure

    with pytest.raises(type(failure)):
        await Looks(flowing, 1).wait(60, refuse)


@pytest.mark.parametrize("deadline", [None, 0, -1, 0.001, True, "60", float("nan"), float("inf")])
async def test_deadlines_that_are_none(flowing: FakeClock, deadline: Any) -> None:
    """A wait without an end is refused before the first look."""
    looks = Looks(flowing, 1)
    with pytest.raises(ConfigurationError, match="deadline must be"):
        await looks.wait(deadline)
    assert looks.at == []


def test_value_with_a_secret() -> None:
    """A value that refuses to be pickled is left out of a copy, which is complete otherwise."""
    error = WaitTimeoutError("no", operation="GET /things", value=[Secret("hidden")], attempts=3)
    copied = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert (copied.value, copied.attempts, str(copied)) == (None, 3, str(error))
    assert "hidden" not in f"{error!r}{error}{vars(error)}"
