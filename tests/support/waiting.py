"""The frames of tasks that wait."""

import asyncio
from collections.abc import Iterator
from types import FrameType
from typing import Any

__all__ = ["waiting_frames"]


def waiting_frames(task: "asyncio.Task[Any]") -> Iterator[FrameType]:
    """The frames of a waiting task, from its outermost one to the one that waits.

    ``Task.get_stack`` returns the outermost one alone.
    """
    waiting: Any = task.get_coro()
    while waiting is not None:
        frame = getattr(waiting, "cr_frame", None) or getattr(waiting, "ag_frame", None)
        if frame is not None:
            yield frame
        waiting = getattr(waiting, "cr_await", None) or getattr(waiting, "ag_await", None)
