"""How errors travel: by copy, by pickle and by process; and what must be the same afterwards."""

import copy
import multiprocessing
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, NoReturn

from boxapis.errors import BoxAPIError

Journey = Callable[[BoxAPIError], BaseException | None]


def by_pickle(protocol: int) -> Journey:
    """There and back in one protocol."""
    return lambda error: pickle.loads(pickle.dumps(error, protocol))  # noqa: S301 - our own


JOURNEYS: dict[str, Journey] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{f"pickle {number}": by_pickle(number) for number in range(pickle.HIGHEST_PROTOCOL + 1)},
}


def raised(error: BoxAPIError) -> NoReturn:
    """What the work of another process does."""
    raise error


@contextmanager
def another_process() -> Iterator[Journey]:
    """The way into another process, in which the error is raised, and back from there."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=fresh) as pool:
        yield lambda error: pool.submit(raised, error).exception(timeout=60)


def assert_same(back: BaseException | None, error: BoxAPIError) -> None:
    """Class, text, every field and every note are those of the error that left."""
    assert type(back) is type(error)
    assert back is not error
    assert (str(back), back.args, vars(back)) == (str(error), error.args, vars(error))


def assert_plain(value: Any) -> None:
    """A value, and whatever it holds, is text, a number or nothing: no live object."""
    if isinstance(value, dict):
        value = (*value, *value.values())
    if isinstance(value, tuple | list):
        for item in value:
            assert_plain(item)
    else:
        assert type(value) in (str, int, float, bool, type(None))
