"""Ways to copy an error (copy, pickle, another process), and checks of the copy."""

import copy
import multiprocessing
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, NoReturn

from boxapis.errors import BoxAPIError

Copier = Callable[[BoxAPIError], BaseException | None]


def by_pickle(protocol: int) -> Copier:
    """Returns a function that copies an error with one pickle protocol."""
    return lambda error: pickle.loads(pickle.dumps(error, protocol))  # noqa: S301 - our own


COPIERS: dict[str, Copier] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{f"pickle {number}": by_pickle(number) for number in range(pickle.HIGHEST_PROTOCOL + 1)},
}


def raise_error(error: BoxAPIError) -> NoReturn:
    """Raises the error in the other process."""
    raise error


@contextmanager
def another_process() -> Iterator[Copier]:
    """Gives a function that passes an error to another process, which raises it, and back."""
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=spawning) as pool:
        yield lambda error: pool.submit(raise_error, error).exception(timeout=60)


def assert_same(copied: BaseException | None, error: BoxAPIError) -> None:
    """Checks that class, text, every attribute and every note are those of the original."""
    assert type(copied) is type(error)
    assert copied is not error
    assert (str(copied), copied.args, vars(copied)) == (str(error), error.args, vars(error))


def assert_plain(value: Any) -> None:
    """Checks that a value and everything in it is text, a number, a bool or None."""
    if isinstance(value, dict):
        value = (*value, *value.values())
    if isinstance(value, tuple | list):
        for item in value:
            assert_plain(item)
    else:
        assert type(value) in (str, int, float, bool, type(None))
