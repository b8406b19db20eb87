"""One rate limit for real processes, which meet in a file of SQLite; the sandbox counts."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from boxapis.sandbox import Sandbox

pytestmark = pytest.mark.servers

PROCESSES, CALLS = 4, 9
USER = 123_456_789
PROGRAM = f"""
import asyncio, sys
from boxapis import BoxC
from boxapis.stores import SQLiteStore

async def main(path, token, url):
    async with SQLiteStore(path) as store, BoxC(token, base_url=url, store=store) as boxc:
        await asyncio.gather(*(boxc.request("GET", "/shops") for _ in range({CALLS})))

asyncio.run(main(*sys.argv[1:]))
"""


def test_processes_share_a_bucket(tmp_path: Path) -> None:
    """F233, F239: 4 processes meet no 429, and neither user nor token lies in the file."""
    path = tmp_path / "store.db"
    with Sandbox() as sandbox:
        token = sandbox.boxc.issue_token(user_id=USER)
        command = [sys.executable, "-c", PROGRAM, str(path), token, sandbox.boxc_url]
        processes = [subprocess.Popen(command) for _ in range(PROCESSES)]
        assert [process.wait() for process in processes] == [0] * PROCESSES
        statuses = Counter(request.status for request in sandbox.boxc.requests)
    assert statuses == {200: PROCESSES * CALLS}
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert str(USER).encode() not in content
    assert token.encode() not in content
