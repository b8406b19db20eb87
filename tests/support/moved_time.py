"""Time shared by two processes: sleeping in the program under test moves the sandbox's clock.

Run as a program, it is ``boxapis`` on that time; arguments: the shared file, then the program's.
"""

import asyncio
import math
import mmap
import struct
import sys
from pathlib import Path

from boxapis._core.client import Client
from boxapis._core.clock import Clock
from boxapis.sandbox import Sandbox, SandboxClock

_MOMENT, _END, _ASLEEP = range(3)
_SIZE = 8
_START = SandboxClock(running=False).utc().timestamp()


class SharedTime:
    """Three numbers in a file: the time, its end, and whether a sleep waits forever at the end."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(struct.pack("3d", 0.0, math.inf, 0.0))
        with path.open("r+b") as file:
            self._numbers = mmap.mmap(file.fileno(), 3 * _SIZE)

    def now(self) -> float:
        """The shared time, in seconds."""
        return self._read(_MOMENT)

    def advance(self, seconds: float) -> None:
        """Moves the time."""
        self._write(_MOMENT, self.now() + seconds)

    def end_at(self, moment: float) -> None:
        """Sets the time that no sleep passes."""
        self._write(_END, moment)
        self._write(_ASLEEP, 0.0)

    @property
    def is_at_its_end(self) -> bool:
        """Whether a sleep would pass that time, and so waits forever."""
        return self._read(_ASLEEP) > 0

    async def sleep(self, seconds: float) -> None:
        """Moves the time instead of waiting, up to the end."""
        if self.now() + seconds > self._read(_END):
            self._write(_ASLEEP, 1.0)
            await asyncio.Event().wait()
        self.advance(seconds)
        await asyncio.sleep(0)

    def _read(self, place: int) -> float:
        (number,) = struct.unpack_from("d", self._numbers, place * _SIZE)
        return float(number)

    def _write(self, place: int, number: float) -> None:
        struct.pack_into("d", self._numbers, place * _SIZE, number)


def shared_clock(sandbox: Sandbox) -> Clock:
    """A client's clock that is the sandbox's, in one process: sleeping moves it."""

    async def sleep(seconds: float) -> None:
        sandbox.clock.advance(seconds)
        await asyncio.sleep(0)

    return Clock(sandbox.clock.now, sleep, lambda: 0.0)


class MovedClock(SandboxClock):
    """The sandbox's clock on shared time."""

    def __init__(self, time: SharedTime) -> None:
        super().__init__(running=False)
        object.__setattr__(self, "_time", time)

    def now(self) -> float:
        """The shared time, in seconds."""
        time: SharedTime = self.__dict__["_time"]
        return time.now()


def main() -> None:
    """Runs the program."""
    from boxapis.__main__ import main as program  # noqa: PLC0415 - where a program runs

    time = SharedTime(Path(sys.argv.pop(1)))
    Client._clock = Clock(time.now, time.sleep, wall=lambda: _START + time.now())
    program()


if __name__ == "__main__":
    main()
