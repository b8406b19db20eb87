"""Everything reachable from an exception: texts, chains, frames and their locals, pickles."""

import copy
import pickle
import traceback
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Any

from boxapis.transports import Request, Response
from tests.canaries.channels.channel import Channel, Happening
from tests.support.paths import is_package_code

_THE_WIRE = (Request, Response)
_DEEPEST = 4


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error with all errors reachable from it: causes, contexts, members of groups."""
    seen: set[int] = set()
    queue = [error]
    while queue:
        one = queue.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        queue += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]


def frames(error: BaseException) -> Iterator[FrameType]:
    """The frames that each error of a chain has passed through, raised or suppressed."""
    for one in chain(error):
        for frame, _ in traceback.walk_tb(one.__traceback__):
            yield frame


def items(value: Any, depth: int = 0) -> Iterator[str]:
    """The reprs of a value and of what it holds, as crash reporters walk through containers."""
    yield repr(value)
    if depth >= _DEEPEST:
        return
    if isinstance(value, Mapping):
        for pair in value.items():
            yield from items(pair, depth + 1)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from items(item, depth + 1)


class Chains(Channel):
    """Text, repr, arguments, notes and attributes of an error and of all errors in its chain."""

    def texts(self, happening: Happening) -> Iterator[str]:
        """These parts of every error."""
        for error in chain(happening.error):
            yield from (str(error), repr(error), repr(error.args), repr(error.__dict__))
            yield repr(getattr(error, "__notes__", ()))
            yield "".join(traceback.format_exception(error))


class Tracebacks(Channel):
    """A traceback with captured locals, as the standard library formats it."""

    def texts(self, happening: Happening) -> Iterator[str]:
        """The traceback."""
        if happening.error is not None:
            made = traceback.TracebackException.from_exception(happening.error, capture_locals=True)
            yield from made.format()


class Frames(Channel):
    """Every local of every frame, and what containers among them hold."""

    def texts(self, happening: Happening) -> Iterator[str]:
        """The reprs."""
        if happening.error is not None:
            for frame in frames(happening.error):
                yield from items(dict(frame.f_locals))


class Attributes(Channel):
    """The attributes of objects in the library's frames, as debuggers show them."""

    def texts(self, happening: Happening) -> Iterator[str]:
        """The reprs of attributes, but for requests and answers, which hold what is sent."""
        if happening.error is None:
            return
        for frame in frames(happening.error):
            if is_package_code(frame.f_code.co_filename):
                for value in frame.f_locals.values():
                    yield from attributes(value)


def attributes(value: object) -> Iterator[str]:
    """The reprs of an object's attributes, in its dictionary or in slots."""
    if isinstance(value, _THE_WIRE):
        return
    names = {slot for kind in type(value).__mro__ for slot in getattr(kind, "__slots__", ())}
    for name in (*names, *getattr(value, "__dict__", ())):
        yield repr(getattr(value, name, None))


class Pickles(Channel):
    """The pickles that a process pool or a cache would make of an error, and copies of it."""

    def texts(self, happening: Happening) -> Iterator[str | bytes]:
        """The bytes and the copies."""
        error = happening.error
        if error is None or not type(error).__module__.startswith("boxapis"):
            return
        written = pickle.dumps(error)
        yield written
        for twin in (pickle.loads(written), copy.copy(error), copy.deepcopy(error)):  # noqa: S301
            yield f"{twin} {twin.__dict__}"
