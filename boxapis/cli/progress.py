"""The sign on stderr that a call is under way, for people who wait longer than a second."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from rich.console import Console

from boxapis.cli.console import stderr_console

__all__ = ["show_progress"]

_PATIENCE = 1.0


@contextlib.asynccontextmanager
async def show_progress() -> AsyncIterator[None]:
    """Shows a spinner at a terminal while the block runs longer than a second."""
    console = stderr_console()
    if not console.is_terminal:
        yield
        return
    spinner = asyncio.create_task(_spin(console))
    try:
        yield
    finally:
        spinner.cancel()
        await asyncio.wait((spinner,))


async def _spin(console: Console) -> None:
    await asyncio.sleep(_PATIENCE)
    with contextlib.suppress(OSError), console.status("waiting for the service"):
        await asyncio.Event().wait()
