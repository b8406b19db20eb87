"""Sequences of steps for the comparison of stores, with the answers of the pure rules.

Later steps refer to what earlier ones were granted: a fence is mostly that of a claim, with its
owner, and an epoch one that was drawn. The pure rules say which numbers these are.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, Literal

from attrs import frozen
from hypothesis import strategies as st

from boxapis._sansio.boxc.reservations import Draw, SharedBucket, Tell
from boxapis._sansio.boxtracker.leases import (
    MAX_LEASE,
    Claim,
    End,
    Keep,
    Land,
    Slot,
    Touch,
    Yours,
)
from boxapis._sansio.step import Step

__all__ = ["START", "Moment", "PureStore", "sequences"]

START = 1_700_000_000_000
"""The store's clock before the first step, in milliseconds."""

_LIMIT = 300_000
_FRESH = 240_000
_LEASES = (100, 3_000, 60_000, 60_001)


@frozen
class Moment:
    """A step, when it is done, and what it has to be answered."""

    now: int
    step: Step[Any, Any]
    answer: Any


class PureStore:
    """A store in memory: the rules, and the lifetimes of what they changed."""

    def __init__(self) -> None:
        self._states: dict[str, tuple[int, Any]] = {}
        self.grants: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        self.epochs: defaultdict[str, list[int]] = defaultdict(list)

    def apply(self, step: Step[Any, Any], now: int) -> Any:
        """Does one step at a time of the store's clock."""
        expires, state = self._states.get(step.key, (0, None))
        if expires <= now:
            self._states.pop(step.key, None)
            state = None
        changed, answer = step.apply(state, now)
        if changed is not None and changed is not state:
            self._states[step.key] = (now + step.lifetime, changed)
        if isinstance(step, Claim) and isinstance(answer, Yours):
            self.grants[step.key].append((answer.fence, step.owner))
        if isinstance(step, Draw) and answer.epoch not in (0, *self.epochs[step.key][-1:]):
            self.epochs[step.key].append(answer.epoch)
        return answer

    def edges(self) -> set[int]:
        """Returns the times at which something ends."""
        edges: set[int] = set()
        for expires, state in self._states.values():
            edges.add(expires)
            match state:
                case Slot():
                    edges |= {state.used_at + _FRESH, state.used_at + _LIMIT}
                    edges |= {state.lease_ends, state.lease_ends - MAX_LEASE, state.failure_ends}
                case SharedBucket():
                    edges |= {state.opens_at, state.opens_at - 60_000}
        return edges


@frozen
class _Grant:
    """Refers to a claim that was granted, counted from the newest one, or to a number near it."""

    back: int
    offset: int
    other_owner: str

    def of(self, store: PureStore, key: str) -> tuple[int, str]:
        """Returns fence and owner."""
        if len(store.grants[key]) <= self.back:
            return (0 if self.offset == 0 else START + self.offset), self.other_owner
        fence, owner = store.grants[key][-1 - self.back]
        return fence + self.offset, self.other_owner or owner


@frozen
class _Epoch:
    """Refers to an epoch that was drawn, counted from the newest one, or to a number near it."""

    back: int
    offset: int

    def of(self, store: PureStore, key: str) -> int:
        """Returns the epoch, or 0."""
        epochs = store.epochs[key]
        return epochs[-1 - self.back] + self.offset if len(epochs) > self.back else 0


_Plan = Callable[[PureStore], Step[Any, Any]]
"""Makes a step from what was granted before."""


@frozen
class _Edge:
    """A pause until about the time of a change that the store's state foretells."""

    index: int
    offset: int

    def after(self, store: PureStore, now: int) -> int:
        """Returns the time after the pause."""
        edges = sorted(edge for edge in store.edges() if edge > now + 1)
        return edges[self.index % len(edges)] + self.offset if edges else now


@frozen
class _Pause:
    """A pause in milliseconds; negative where the clock is set back."""

    milliseconds: int

    def after(self, store: PureStore, now: int) -> int:
        """Returns the time after the pause."""
        return now + self.milliseconds


_slots = st.sampled_from(["slot a", "slot a", "slot a", "slot b"])
_buckets = st.sampled_from(["bucket a", "bucket a", "bucket a", "bucket b"])
_owners = st.sampled_from(["one", "two", "three"])
_offsets = st.sampled_from([0, 0, 0, 0, 0, -1, 1])
_backs = st.sampled_from([0, 0, 0, 1, 2, 1_000])
_grants = st.builds(_Grant, _backs, _offsets, st.sampled_from(["", "", "", "two", "four"]))
_epochs = st.builds(_Epoch, _backs, _offsets)
_payloads = st.sampled_from([b"a", b"\x00\xff\r\n'\"", b"x" * 300])
_edges = st.sampled_from([0, 1, *_LEASES, _FRESH, _LIMIT, 2 * _LIMIT, 3_600_000])
_ages = st.one_of(st.just(0), _edges, st.integers(0, 4_000), st.integers(0, 400_000))
_onward = st.one_of(
    st.builds(
        _Pause, st.one_of(st.just(0), st.integers(0, 4_000), _edges, st.integers(0, 700_000))
    ),
    st.builds(_Edge, st.integers(0, 5), st.sampled_from([-1, 0, 1])),
)
_set_back = st.sampled_from([_Pause(-5_000), _Pause(-70_000)])
_closed = st.one_of(st.integers(0, 70_000), st.sampled_from([0, 59_999, 60_000, 60_001, 70_000]))
_places = st.one_of(st.integers(0, 70), st.sampled_from([0, 27, 28, 29, 30, 31]))
_levels = st.builds(
    lambda places, rest: 1_000 * places + rest, _places, st.sampled_from([0, 1, 500])
)


def _claim(key: str, known: _Grant, owner: str, lease: int, force: bool) -> _Plan:  # noqa: FBT001
    return lambda store: Claim(
        key, known.of(store, key)[0], owner, lease, _FRESH, _LIMIT, force=force
    )


def _first_claim(key: str, owner: str, lease: int) -> _Plan:
    return lambda _: Claim(key, 0, owner, lease, _FRESH, _LIMIT)


def _keep(key: str, grant: _Grant, lease: int) -> _Plan:
    return lambda store: Keep(key, *grant.of(store, key), lease, _LIMIT)


def _land(key: str, grant: _Grant, outcome: Any, payload: bytes, age: int) -> _Plan:
    return lambda store: Land(key, grant.of(store, key)[0], outcome, payload, age, _LIMIT)


def _touch(key: str, grant: _Grant, idle: int) -> _Plan:
    return lambda store: Touch(key, grant.of(store, key)[0], idle, _LIMIT)


def _end(key: str, grant: _Grant) -> _Plan:
    return lambda store: End(key, grant.of(store, key)[0], _LIMIT)


def _draw(key: str, most: int, epoch: _Epoch | None) -> _Plan:
    return lambda store: Draw(key, most, 0 if epoch is None else epoch.of(store, key))


def _tell(key: str, what: Any, value: int, capacity: int) -> _Plan:
    return lambda _: Tell(key, what, value, capacity)


def _back(key: str, epoch: _Epoch, capacity: int) -> _Plan:
    return lambda store: Tell(key, "back", epoch.of(store, key), capacity)


_leases = st.sampled_from(_LEASES)
_outcomes = st.sampled_from(["opened", "opened", "failed", "dropped"])
_mosts = st.sampled_from([0, 1_000, 3_600_000])
_capacities = st.sampled_from([0, 0, 30, 40, 1])
_session_plans = st.one_of(
    st.builds(_first_claim, _slots, _owners, _leases),
    st.builds(_claim, _slots, _grants, _owners, _leases, st.booleans()),
    st.builds(_keep, _slots, _grants, _leases),
    st.builds(_land, _slots, _grants, _outcomes, _payloads, _ages),
    st.builds(_touch, _slots, _grants, _ages),
    st.builds(_end, _slots, _grants),
)
_bucket_plans = st.one_of(
    st.builds(_draw, _buckets, _mosts, st.none() | _epochs),
    st.builds(_tell, _buckets, st.just("met"), _levels, _capacities),
    st.builds(_tell, _buckets, st.just("refused"), _closed, _capacities),
    st.builds(_back, _buckets, _epochs, _capacities),
)


def sequences(
    kind: Literal["both", "slots", "buckets"] = "both",
    *,
    sizes: tuple[int, ...] = (0, 10, 30),
    may_go_back: bool = False,
) -> st.SearchStrategy[list[Moment]]:
    """Lists of steps with their times and answers.

    Args:
        kind: What the steps are about.
        sizes: The least numbers of steps in a list; by themselves, lists are short.
        may_go_back: Whether the store's clock may be set back.
    """
    pauses = st.one_of(_onward, _onward, _onward, _set_back) if may_go_back else _onward
    of_slots, of_buckets = st.tuples(pauses, _session_plans), st.tuples(pauses, _bucket_plans)
    kinds = {"slots": [of_slots], "buckets": [of_buckets]}
    moments = kinds.get(kind, [of_slots, of_buckets, of_slots | of_buckets])
    lists = [st.lists(moment, min_size=size, max_size=40) for size in sizes for moment in moments]
    return st.one_of(*lists).map(_answered)


def _answered(plans: list[tuple[_Pause | _Edge, _Plan]]) -> list[Moment]:
    store, now, moments = PureStore(), START, []
    for pause, plan in plans:
        now = pause.after(store, now)
        step = plan(store)
        moments.append(Moment(now, step, store.apply(step, now)))
    return moments
