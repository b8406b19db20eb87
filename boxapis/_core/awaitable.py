"""Shows what functions are and take, and says what to write where ``await`` is missing."""

import asyncio
import inspect
import sys
from collections.abc import Callable, Collection, Coroutine
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, TypeVar

__all__ = ["AsyncContextOnly", "AsyncListing", "named", "returns_coroutine", "takes_options"]

P = ParamSpec("P")
T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


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


def takes_options(owner: Callable[..., Any], names: Collection[str]) -> Callable[[F], F]:
    """Decorates a function with ``**options``: help, editors and mocks see each by its name.

    Type checkers see the same in its annotation ``Unpack[...]``.

    Args:
        owner: The function that takes the options, such as the ``__init__`` of a client.
        names: The names of the options; others of its arguments are not passed on.
    """
    taken = inspect.signature(owner).parameters
    options = [taken[name] for name in taken if name in names]

    def decorate(function: F) -> F:
        signature = inspect.signature(function)
        own = [one for one in signature.parameters.values() if one.kind is not one.VAR_KEYWORD]
        function.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=[*own, *options]
        )
        return function

    return decorate


def named(coroutine: Coroutine[Any, Any, T], name: str) -> Coroutine[Any, Any, T]:
    """Returns a coroutine with the name that Python shows if it is never awaited."""
    coroutine.__qualname__ = name  # type: ignore[attr-defined]  # typeshed has it not
    return coroutine


class AsyncContextOnly:
    """Base class of what is used with ``async with``: plain ``with`` raises an error that says so.

    Type checkers do not see these methods, so that for them ``with`` stays an error.
    """

    __slots__ = ()

    if not TYPE_CHECKING:

        def __enter__(self) -> NoReturn:
            message = f"use 'async with {type(self).__name__}(...)', in an async function"
            raise TypeError(message)

        def __exit__(self, *error: object) -> None:  # `with` looks for it first
            """Never called."""


class AsyncListing:
    """Base class of lists: plain ``for`` raises an error that says what to write.

    Type checkers do not see this method, so that for them ``for`` stays an error. There is no such
    ``__await__``: asynchronous templates of Jinja and GraphQL await whatever has one, and iterate
    over the rest.
    """

    __slots__ = ()

    if not TYPE_CHECKING:

        def __iter__(self) -> NoReturn:
            message = (
                "use 'async for item in ...list()', or '[item async for item in ...list()]',"
                " in an async function"
            )
            raise TypeError(message)
