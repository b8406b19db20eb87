"""Live objects: instances of the library, results, running tasks, and a dump of all threads."""

import asyncio
import faulthandler
import gc
import tempfile
from collections.abc import Iterator
from types import FrameType
from typing import Any, Self

from tests.canaries.channels.channel import Channel, Happening
from tests.canaries.channels.errors import items
from tests.support.paths import is_package_code, is_test_code
from tests.support.waiting import waiting_frames


class Instances(Channel):
    """The repr of every live object of the library, and of the call's result."""

    def __enter__(self) -> Self:
        gc.collect()
        gc.freeze()  # only objects made from here on are read
        self._texts: list[str] = []
        return self

    def __exit__(self, *_: object) -> None:
        gc.unfreeze()

    def look(self) -> None:
        """Reads the objects during a request."""
        self._texts += (
            repr(thing)
            for thing in gc.get_objects()
            if type(thing).__module__.split(".")[0] == "boxapis"
        )

    def texts(self, happening: Happening) -> Iterator[str]:
        """The objects read, and the client and the result as they are now."""
        texts, self._texts = self._texts, []
        yield from texts
        yield from map(repr, happening.living)
        if type(happening.result).__module__.startswith("boxapis"):  # others belong to the service
            yield repr(happening.result)


def _frames(task: "asyncio.Task[Any]") -> list[FrameType]:
    """The frames of a task, without the loop's own below them, which name all tests."""
    outermost = getattr(task.get_coro(), "cr_frame", None)
    stack = task.get_stack()
    return stack[stack.index(outermost) :] if outermost in stack else stack


class Tasks(Channel):
    """Every running task: its repr, its stack, and the locals of the library's frames."""

    def __enter__(self) -> Self:
        self._texts: list[str] = []
        return self

    def look(self) -> None:
        """Reads the tasks during a request; those of the service hold what is sent anyway."""
        for task in asyncio.all_tasks():
            self._texts.append(repr(task))
            for frame in _frames(task):
                if not is_test_code(frame.f_code.co_filename):
                    self._texts += items(dict(frame.f_locals))
            for frame in waiting_frames(task):
                if is_package_code(frame.f_code.co_filename):
                    self._texts += items(dict(frame.f_locals))

    def texts(self, happening: Happening) -> list[str]:
        """The texts of the tasks."""
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
        """Writes the dump during a request."""
        faulthandler.dump_traceback(self._file, all_threads=True)

    def texts(self, happening: Happening) -> list[bytes]:
        """The text of the dump."""
        self._file.seek(0)
        text = self._file.read()
        self._file.seek(0)
        self._file.truncate()
        return [text]
