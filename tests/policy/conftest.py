"""For the policy, time flows: a pause moves the clock and is written down."""

import pytest
from doubles import FakeClock


@pytest.fixture
def time() -> FakeClock:
    """Time that moves when somebody sleeps."""
    return FakeClock(flows=True)
