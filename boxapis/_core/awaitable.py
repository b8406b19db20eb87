"""Marks a plain function that returns a coroutine as a coroutine function."""

import asyncio
import inspect
import sys
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

__all__ = ["returns_coroutine"]

P = ParamSpec("P")
T = TypeVar("T")


def returns_coroutine(
    function: Callable[P, Coroutine[Any, Any, T]],
) -> Callable[P, Coroutine[Any, Any, T]]:
    """Lets mocks, retry decorators and frameworks see that the function's result is awaited.

    The functions it marks are plain ones because they are given secrets: the frame of an
    ``async def`` lasts as long as the call, and a traceback or a debugger would show them.
    """
    if sys.version_info >= (3, 12):
        return inspect.markcoroutinefunction(function)
    function._is_coroutine = asyncio.coroutines._is_coroutine  # type: ignore[attr-defined]  # noqa: SLF001 - the only mark that 3.11 knows
    return function
