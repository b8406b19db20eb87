"""Where the items of a batch come from: whatever can be iterated over, asynchronously or not."""

from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from typing import TypeVar

from anyio import CancelScope

__all__ = ["each"]

T = TypeVar("T")


async def each(items: Iterable[T] | AsyncIterable[T]) -> AsyncGenerator[T, None]:
    """The items of either kind of source; a generator that was taken over is closed."""
    if not isinstance(items, AsyncIterable):
        for item in items:
            yield item
        return
    iterator = aiter(items)
    try:
        async for item in iterator:
            yield item
    finally:
        aclose = getattr(iterator, "aclose", None)
        if aclose is not None:
            with CancelScope(shield=True):
                await aclose()
