"""`Step`: one atomic step on what several processes share under one key of a store.

A step is a value that says what to do; `apply` is its rule, as arithmetic on the state. Only ages
go into a step and come out of it, never the time of day of a client: the store's clock judges, so
the clocks of the processes may differ. Times and ages are whole milliseconds, so that every engine
comes to exactly the same answers.
"""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Generic, TypeVar

__all__ = ["Step"]

S = TypeVar("S")
A = TypeVar("A")


class Step(ABC, Generic[S, A]):
    """One step. ``S`` is the state under the key, ``A`` the answer.

    Attributes:
        key: The name under which the store keeps the state.
        state: The class of the state.
    """

    __slots__ = ()

    key: str
    state: ClassVar[type[Any]]

    @property
    def is_repeatable(self) -> bool:
        """Whether it may be done twice when no answer came, because that costs little."""
        return True

    @property
    @abstractmethod
    def lifetime(self) -> int:
        """Milliseconds until the store forgets the state, from a step that changed it on."""

    @abstractmethod
    def apply(self, state: S | None, now: int) -> tuple[S | None, A]:
        """Returns the new state and the answer; the very same state if nothing changes.

        Args:
            state: What the store holds under the key; None if nothing.
            now: The store's clock in milliseconds.
        """
