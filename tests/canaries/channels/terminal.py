"""Tracebacks as rich prints them, which reads the attributes of attrs objects by itself."""

from collections.abc import Iterator

from rich.traceback import Traceback

from tests.canaries.channels.channel import Channel, Happening


class RichTracebacks(Channel):
    """Every local of every frame, expanded as for the terminal, and not truncated."""

    every = 2

    def texts(self, happening: Happening) -> Iterator[str]:
        """The locals of all frames and the texts of all errors."""
        error = happening.error
        if error is None:
            return
        trace = Traceback.extract(
            type(error),
            error,
            error.__traceback__,
            show_locals=True,
            locals_max_length=None,  # type: ignore[arg-type]  # rich takes None for "all"
            locals_max_string=None,  # type: ignore[arg-type]  # the same
        )
        for stack in trace.stacks:
            yield f"{stack.exc_type} {stack.exc_value} {stack.syntax_error}"
            for frame in stack.frames:
                yield from map(str, (frame.locals or {}).values())
