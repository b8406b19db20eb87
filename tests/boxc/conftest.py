"""For BoxC, time flows: its rate limit would otherwise wait for a test to move the clock."""

import pytest
from doubles import FakeClock


@pytest.fixture
def time() -> FakeClock:
    """Time that moves when somebody sleeps."""
    return FakeClock(flows=True)
