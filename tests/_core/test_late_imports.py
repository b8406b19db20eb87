"""Errors that come when Python can import nothing more."""

import subprocess
import sys

import pytest

pytest.importorskip("resource", reason="limits the file descriptors, as on POSIX")

PROGRAM = """
import asyncio, os, resource
from boxapis import BoxC
from boxapis.transports import Response, ScriptedTransport

BODY = b'{"status": 400, "code": 1000, "message": "R&eacute;fus&eacute;", "errors": ["x &amp; y"]}'

def use_up_descriptors():
    limit = max(map(int, os.listdir("/dev/fd"))) + 1
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    try:
        while True:
            os.open(os.devnull, os.O_RDONLY)
    except OSError:
        pass

async def error_of(call):
    try:
        await call
    except Exception as error:
        print(type(error).__name__)

async def main():
    boxc = BoxC("token", transport=ScriptedTransport([Response(400, (), BODY)] * 2))
    async with boxc:
        use_up_descriptors()
        await error_of(boxc.request("GET", "/warehouses"))
        await error_of(boxc.with_options(trace=lambda trace: None).request("GET", "/warehouses"))

asyncio.run(main())
"""


def test_service_errors_without_descriptors() -> None:
    """F269: the first errors of a plain and of a traced call are read without an import."""
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=False, capture_output=True, text=True
    )
    assert run.stdout.split() == ["ValidationError", "ValidationError"], run.stderr
