"""All channels open at once, and the canaries found in them."""

import contextlib
from collections.abc import Callable, Iterable
from typing import Any, Self

from tests.canaries.channels import CHANNELS, Channel, Happening
from tests.canaries.values import ENCODINGS, leaks

__all__ = ["Lookout"]

_LOOK_EVERY = 6


class Lookout:
    """The channels, and every canary that was found in one of them."""

    def __init__(self, channels: Iterable[type[Channel]] = CHANNELS) -> None:
        self.channels = [channel() for channel in channels]
        self.seen: list[str] = []
        self.tried = 0
        self._number = 0
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        for channel in self.channels:
            self._stack.enter_context(channel)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def options(self) -> dict[str, Any]:
        """Options of clients that make them use the channels; functions are called one by one."""
        made: dict[str, Any] = {}
        for channel in self.channels:
            for name, value in channel.options().items():
                made[name] = _both(made[name], value) if name in made else value
        return made

    def begin(self, number: int) -> Callable[[], None]:
        """Begins a case; returns what must be called while its request is under way."""
        self._number = number
        for channel in self.channels:
            channel.begin(number)

        def look() -> None:
            if number % _LOOK_EVERY == 0:
                for channel in self.channels:
                    channel.look()

        return look

    def read(self, title: object, happening: Happening) -> None:
        """Reads every channel after a case."""
        for channel in self.channels:
            if self._number % channel.every:
                continue
            self.tried += len(ENCODINGS)
            place = f"{title}; {type(channel).__name__}"
            self.seen += (f"{place}; {leak}" for leak in leaks(channel.texts(happening)))


def _both(one: Callable[[Any], object], other: Callable[[Any], object]) -> Callable[[Any], None]:
    def call(value: Any) -> None:
        one(value)
        other(value)

    return call
