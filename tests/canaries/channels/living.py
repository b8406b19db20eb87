"""What is alive: objects of the library, results, tasks under way, and a dump of all threads."""

import asyncio
import faulthandler
import gc
import tempfile
from collections.abc import Iterator
from types import FrameType
from typing import Any, Self

from tests.canaries.channels.channel import Channel, Happening
from tests.canaries.channels.errors import items
from tests.support.paths import is_test_code


class Instances(Channel):
    """The repr of every object of the library that is alive, and of the call's result."""

    def __enter__(self) -> Self:
        gc.collect()
        gc.freeze()  # only what is made from here on is looked at
        self._texts: list[str] = []
        return self

    def __exit__(self, *_: object) -> None:
        gc.unfreeze()

    def look(self) -> None:
        """Notes what is there during a request."""
        self._texts += (
            repr(thing)
            for thing in gc.get_objects()
            if type(thing).__module__.split(".")[0] == "boxapis"
        )

    def texts(self, happening: Happening) -> Iterator[str]:
        """What was there, and the client and the result as they are now."""
        texts, self._texts = self._texts, []
        yield from texts
        yield from map(repr, happening.living)
        if type(happening.result).__module__.startswith("boxapis"):  # others are the service's
            yield repr(happening.result)


def _frames(task: "asyncio.Task[Any]") -> list[FrameType]:
    """The frames of a task, without those below it: what runs the loop knows names of all tests."""
    outermost = getattr(task.get_coro(), "cr_frame", None)
    stack = task.get_stack()
    return stack[stack.index(outermost) :] if outermost in stack else stack


class Tasks(Channel):
    """Every task under way: its repr, its stack, and the locals of the library's frames."""

    def __enter__(self) -> Self:
        self._texts: list[str] = []
        return self

    def look(self) -> None:
        """Notes them during a request; the service's own tasks are the wire."""
        for task in asyncio.all_tasks():
            self._texts.append(repr(task))
            for frame in _frames(task):
                if not is_test_code(frame.f_code.co_filename):
                    self._texts += items(dict(frame.f_locals))

    def texts(self, happening: Happening) -> list[str]:
        """What was noted."""
        texts, self._texts = self._texts, []
        return texts


class Dumps(Channel):
    """The dump of all threads that a crashing process writes."""

    def __enter__(self) -> Self:
        self._file = tempfile.TemporaryFile()
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def look(self) -> None:
        """Writes it during a request."""
        faulthandler.dump_traceback(self._file, all_threads=True)

    def texts(self, happening: Happening) -> list[bytes]:
        """What was written."""
        self._file.seek(0)
        text = self._file.read()
        self._file.seek(0)
        self._file.truncate()
        return [text]
