"""The requests of a sandbox, one line each on stderr, with their secrets masked."""

import contextlib
import json
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from boxapis.cli.console import printable

if TYPE_CHECKING:
    from boxapis.sandbox import RecordedCommand, RecordedRequest, Sandbox

__all__ = ["show_requests"]


def show_requests(sandbox: "Sandbox") -> None:
    """Prints each request of both services once it is answered."""
    sandbox.boxtracker.on_request = _show_command
    sandbox.boxc.on_request = _show_request


def _show_command(record: "RecordedCommand") -> None:
    arguments = " ".join(f"{name}={value}" for name, value in record.arguments.items())
    _show(f"{record.method} {record.command or '(no command)'} {arguments} -> {record.status}")


def _show_request(record: "RecordedRequest") -> None:
    query = f"?{urlencode(record.query)}" if record.query else ""
    body = "" if record.body is None else f" {json.dumps(record.body)}"
    code = "" if record.code is None else f" ({record.code})"
    _show(f"{record.method} {record.path}{query}{body} -> {record.status}{code}")


def _show(line: str) -> None:
    with contextlib.suppress(OSError):  # a reader who has left changes no response
        print(printable(line), file=sys.stderr, flush=True)
