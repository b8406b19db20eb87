"""A store in memory for clients of one loop, each as if it were a process, with faults."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from attrs import Factory, define

from boxapis._core.clock import Clock, clocked
from boxapis._core.store import Store, StoreConnection
from boxapis._sansio.step import Step

__all__ = ["Memory", "memory_store"]

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
        return int(1000 * self.clock.now())

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


class _MemoryStore(Store):
    """A process's way to a memory."""

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self.memory = memory

    def _connect(self) -> StoreConnection:
        return _Connection(self.memory)


class _Connection(StoreConnection):
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def run(self, step: Step[S, A]) -> A:
        memory = self._memory
        memory.steps.append(step)
        await asyncio.sleep(0)
        if memory.hangs:
            await asyncio.Event().wait()
        if memory.before is not None:
            memory.before(step)
        if memory.fails:
            raise ConnectionResetError
        return memory.apply(step)

    async def aclose(self) -> None:
        """Has nothing to end."""

    def abandon(self) -> None:
        """Has nothing to let go of."""


def memory_store(memory: Memory) -> Store:
    """Returns a store on the memory and on its clock."""
    return clocked(_MemoryStore, memory.clock)(memory)
