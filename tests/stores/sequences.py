"""Sequences of steps for the comparison of stores, and the store that has only the pure rules."""

from typing import Any

from hypothesis import strategies as st

from boxapis._sansio.boxc.reservations import Draw, Tell
from boxapis._sansio.boxtracker.leases import Claim, End, Keep, Land, Touch
from boxapis._sansio.step import Step

__all__ = ["Moment", "PureStore", "sequences"]

Moment = tuple[int, Step[Any, Any]]
"""Milliseconds that pass, and a step."""

_START = 1_700_000_000_000
_LIMIT = 300_000


class PureStore:
    """A store in memory: the rules, and the lifetimes of what they changed."""

    def __init__(self) -> None:
        self._states: dict[str, tuple[int, Any]] = {}

    def apply(self, step: Step[Any, Any], now: int) -> Any:
        """Does one step at a time of the store's clock."""
        expires, state = self._states.get(step.key, (0, None))
        state = state if expires > now else None
        changed, answer = step.apply(state, now)
        if changed is not None and changed is not state:
            self._states[step.key] = (now + step.lifetime, changed)
        return answer


_slots = st.sampled_from(["slot a", "slot b"])
_buckets = st.sampled_from(["bucket a", "bucket b"])
_owners = st.sampled_from(["one", "two", "three"])
# Fences are near the times of the clock at which claims are granted.
_fences = st.one_of(st.just(0), st.integers(_START - 2, _START + 40_000))
_payloads = st.sampled_from([b"a", b"\x00\xff\r\n'\"", b"x" * 300])
_ages = st.one_of(st.integers(0, 4_000), st.integers(0, 400_000))
_pauses = st.one_of(st.integers(0, 50), st.integers(0, 4_000), st.integers(0, 700_000))

_steps: st.SearchStrategy[Step[Any, Any]] = st.one_of(
    st.builds(
        Claim,
        _slots,
        _fences,
        _owners,
        st.sampled_from([100, 3_000, 60_000]),
        st.just(240_000),
        st.just(_LIMIT),
        st.booleans(),
    ),
    st.builds(Keep, _slots, _fences, _owners, st.just(3_000), st.just(_LIMIT)),
    st.builds(
        Land,
        _slots,
        _fences,
        st.sampled_from(["opened", "failed", "dropped"]),
        _payloads,
        _ages,
        st.just(_LIMIT),
    ),
    st.builds(Touch, _slots, _fences, _ages, st.just(_LIMIT)),
    st.builds(End, _slots, _fences, st.just(_LIMIT)),
    st.builds(Draw, _buckets, st.sampled_from([0, 1_000, 3_600_000]), _fences),
    st.builds(
        Tell,
        _buckets,
        st.sampled_from(["met", "refused", "back"]),
        st.one_of(st.integers(0, 70_000), _fences),
        st.sampled_from([0, 30, 40, 1]),
    ),
)


def sequences() -> st.SearchStrategy[list[Moment]]:
    """Lists of steps, with the milliseconds that pass before each."""
    return st.lists(st.tuples(_pauses, _steps), max_size=40)
