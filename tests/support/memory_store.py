"""A store in memory that has only the rules of the steps, on a clock that the test moves."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from boxapis._core.clock import Clock
from boxapis._core.store import Store, StoreConnection
from boxapis._sansio.step import Step

__all__ = ["PureStore"]

S = TypeVar("S")
A = TypeVar("A")


class PureStore(Store):
    """A store for the clients of one loop.

    Attributes:
        fails: Whether every step raises.
        hangs: Whether no step ends.
        steps: The steps that were asked for, in order, failed ones included.
        before: Called with each step before it is done; it may raise.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        vars(self)["_clock"] = clock
        self.fails = self.hangs = False
        self.steps: list[Step[Any, Any]] = []
        self.before: Callable[[Step[Any, Any]], object] | None = None
        self.states: dict[str, tuple[int, Any]] = {}

    def now(self) -> int:
        """Returns the store's clock, in milliseconds."""
        return int(1000 * self._clock.now())

    def flush(self) -> None:
        """Forgets everything."""
        self.states.clear()

    def state(self, key: str) -> Any:
        """Returns what is kept under a key; None if nothing."""
        expires, state = self.states.get(key, (0, None))
        return state if expires > self.now() else None

    def _connect(self) -> StoreConnection:
        return _Memory(self)


class _Memory(StoreConnection):
    def __init__(self, store: PureStore) -> None:
        self._store = store

    async def run(self, step: Step[S, A]) -> A:
        store = self._store
        store.steps.append(step)
        await asyncio.sleep(0)
        if store.hangs:
            await asyncio.Event().wait()
        if store.before is not None:
            store.before(step)
        if store.fails:
            raise ConnectionResetError
        state = store.state(step.key)
        changed, answer = step.apply(state, store.now())
        if changed is not None and changed is not state:
            store.states[step.key] = (store.now() + step.lifetime, changed)
        return answer

    async def aclose(self) -> None:
        """Has nothing to end."""

    def abandon(self) -> None:
        """Has nothing to let go of."""
