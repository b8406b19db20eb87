"""A check after every test: no task of its loop is left running when the loop is closed."""

import asyncio
from asyncio import runners
from collections.abc import Generator
from typing import Any

import pytest

_left: list[str] = []


def _noting(cancel: Any) -> Any:
    """Wraps the function that cancels a loop's remaining tasks, so that it records them."""

    def cancel_all(loop: asyncio.AbstractEventLoop) -> None:
        _left.extend(repr(task) for task in asyncio.all_tasks(loop))
        cancel(loop)

    return cancel_all


def pytest_configure() -> None:
    """Patches the one place where every runner closes its loop."""
    runners._cancel_all_tasks = _noting(runners._cancel_all_tasks)  # type: ignore[attr-defined]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """Fails a test that has left a task running, once all its fixtures are gone."""
    _left.clear()
    yield
    if _left:
        left = "\n".join(_left)
        pytest.fail(f"{item.nodeid} has left running:\n{left}", pytrace=False)
