"""Errors and warnings that come when Python can import nothing more."""

import subprocess
import sys

import pytest

pytest.importorskip("resource", reason="limits the file descriptors, as on POSIX")

DESCRIPTORS = """
import asyncio, os, resource, warnings
from boxapis import BoxC, BoxTracker
from boxapis.transports import Response, ScriptedTransport

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
"""
BOXC = """
BODY = b'{"status": 400, "code": 1000, "message": "R&eacute;fus&eacute;", "errors": ["x &amp; y"]}'

async def main():
    boxc = BoxC("token", transport=ScriptedTransport([Response(400, (), BODY)] * 2))
    async with boxc:
        use_up_descriptors()
        await error_of(boxc.request("GET", "/warehouses"))
        await error_of(boxc.with_options(trace=lambda trace: None).request("GET", "/warehouses"))

asyncio.run(main())
"""

BOXTRACKER = """
BODIES = [b'{"status": 200, "sessionKey": "k"}', b'{"status": 303}']

async def main():
    transport = ScriptedTransport([Response(200, (), body) for body in BODIES])
    async with BoxTracker("api-user", "api-password", transport=transport) as tracker:
        use_up_descriptors()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            await error_of(tracker.command("cmdBoxTWebAPIPricing", zipPostalCod="1"))
        print("mean zipPostalCode?" in str(caught[0].message))

asyncio.run(main())
"""


def printed(program: str) -> list[str]:
    """Runs a program in an interpreter of its own and returns the words that it printed."""
    command = [sys.executable, "-c", DESCRIPTORS + program]
    run = subprocess.run(command, check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout.split()


def test_service_errors_without_descriptors() -> None:
    """F269: the first errors of a plain and of a traced call are read without an import."""
    assert printed(BOXC) == ["ValidationError", "ValidationError"]


def test_unknown_names_without_descriptors() -> None:
    """F269: a misspelt argument is warned of, and 303 says what was not given."""
    assert printed(BOXTRACKER) == ["ValidationError", "True"]
