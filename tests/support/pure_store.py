"""A store in memory on a clock that a test moves, with faults at the steps that the test names."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from attrs import Factory, define

from boxapis._core.clock import clocked
from boxapis._core.store import Store, StoreConnection
from boxapis._sansio.step import Step
from tests.support.doubles import FakeClock

__all__ = ["Memory", "PureStore", "pure_store"]

_START = 1_700_000_000_000

S = TypeVar("S")
A = TypeVar("A")


@define(eq=False)
class Memory:
    """What a server of a store holds.

    Attributes:
        clock: The store's clock.
        states: The state under each key, and when it is forgotten.
        steps: The steps that were done, in order.
    """

    clock: FakeClock
    states: dict[str, tuple[int, Any]] = Factory(dict)
    steps: list[Step[Any, Any]] = Factory(list)

    def apply(self, step: Step[S, A]) -> A:
        """Does one step."""
        now = _START + round(self.clock.moment * 1000)
        expires, state = self.states.get(step.key, (0, None))
        state = state if expires > now else None
        changed, answer = step.apply(state, now)
        if changed is not None and changed is not state:
            self.states[step.key] = (now + step.lifetime, changed)
        self.steps.append(step)
        return answer

    @property
    def records(self) -> list[Any]:
        """The states without their keys."""
        return [state for _, state in self.states.values()]


class PureStore(Store):
    """A process's way to a memory.

    Attributes:
        before: Called with each step before it is done; may raise.
        after: Called with each step when it is done and the answer is on its way; may raise.
        hangs: Called with each step; whether it is never answered.
        gate: When set, each step that was done is answered only then; None for at once.
    """

    __slots__ = ("after", "before", "gate", "hangs", "memory")

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self.memory = memory
        self.before: Callable[[Step[Any, Any]], None] | None = None
        self.after: Callable[[Step[Any, Any]], None] | None = None
        self.gate: asyncio.Event | None = None
        self.hangs: Callable[[Step[Any, Any]], bool] | None = None

    def _connect(self) -> StoreConnection:
        return _Connection(self)


class _Connection(StoreConnection):
    def __init__(self, store: PureStore) -> None:
        self._store = store

    async def run(self, step: Step[S, A]) -> A:
        store = self._store
        await asyncio.sleep(0)
        if store.hangs is not None and store.hangs(step):
            await asyncio.Event().wait()
        if store.before is not None:
            store.before(step)
        answer = store.memory.apply(step)
        await (asyncio.sleep(0) if store.gate is None else store.gate.wait())
        if store.after is not None:
            store.after(step)
        return answer

    async def aclose(self) -> None:
        pass

    def abandon(self) -> None:
        pass


def pure_store(memory: Memory) -> PureStore:
    """A store on the memory and on its clock."""
    return clocked(PureStore, memory.clock.clock)(memory)
