"""A store in memory for clients of one loop, each as if it were a process, with faults.

Faults of the memory meet all processes, those of a store the one that uses it.
"""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from attrs import Factory, define

from boxapis._core.clock import Clock, clocked
from boxapis._core.store import Store, StoreConnection
from boxapis._sansio.step import Step

__all__ = ["Memory", "MemoryStore", "memory_store"]

S = TypeVar("S")
A = TypeVar("A")


@define(eq=False)
class Memory:
    """What a server of a store holds, and how it fails.

    Attributes:
        clock: The clock that a test moves.
        fails: Whether every step raises.
        hangs: Whether no step ends.
        before: Called with each step before it is done; it may raise.
        steps: The steps that were asked for, in order, failed ones included.
        states: The state under each key, and when it is forgotten.
    """

    clock: Clock
    fails: bool = False
    hangs: bool = False
    before: Callable[[Step[Any, Any]], object] | None = None
    steps: list[Step[Any, Any]] = Factory(list)
    states: dict[str, tuple[int, Any]] = Factory(dict)

    def now(self) -> int:
        """Returns the store's clock, in milliseconds."""
        return round(1000 * self.clock.now())

    def flush(self) -> None:
        """Forgets everything."""
        self.states.clear()

    def state(self, key: str) -> Any:
        """Returns what is kept under a key; None if nothing."""
        expires, state = self.states.get(key, (0, None))
        return state if expires > self.now() else None

    def apply(self, step: Step[S, A]) -> A:
        """Does one step."""
        state = self.state(step.key)
        changed, answer = step.apply(state, self.now())
        if changed is not None and changed is not state:
            self.states[step.key] = (self.now() + step.lifetime, changed)
        return answer


class MemoryStore(Store):
    """A process's way to a memory.

    Attributes:
        before: Called with each step before it is done; it may raise.
        after: Called with each step when it is done and the answer is on its way; it may raise.
        gate: When set, each step that was done is answered only then; None for at once.
        hangs: Called with each step; whether it does not end.
    """

    __slots__ = ("after", "before", "gate", "hangs", "memory")

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self.memory = memory
        self.before: Callable[[Step[Any, Any]], object] | None = None
        self.after: Callable[[Step[Any, Any]], object] | None = None
        self.gate: asyncio.Event | None = None
        self.hangs: Callable[[Step[Any, Any]], bool] | None = None

    def _connect(self) -> StoreConnection:
        return _Connection(self)


class _Connection(StoreConnection):
    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def run(self, step: Step[S, A]) -> A:
        store, memory = self._store, self._store.memory
        memory.steps.append(step)
        await asyncio.sleep(0)
        if memory.hangs or (store.hangs is not None and store.hangs(step)):
            await asyncio.Event().wait()
        for before in (memory.before, store.before):
            if before is not None:
                before(step)
        if memory.fails:
            raise ConnectionResetError
        answer = memory.apply(step)
        await (asyncio.sleep(0) if store.gate is None else store.gate.wait())
        if store.after is not None:
            store.after(step)
        return answer

    async def aclose(self) -> None:
        """Has nothing to end."""

    def abandon(self) -> None:
        """Has nothing to let go of."""


def memory_store(memory: Memory) -> MemoryStore:
    """Returns a store on the memory and on its clock."""
    return clocked(MemoryStore, memory.clock)(memory)
