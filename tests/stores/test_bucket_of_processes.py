"""One rate limit for real processes, which meet in a real store; the sandbox counts."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from boxapis.sandbox import Sandbox
from tests.engines.fixtures import StartRedis

pytestmark = pytest.mark.servers

PROCESSES, CALLS = 4, 9
USER = 123_456_789
PROGRAM = f"""
import asyncio, sys
from boxapis import BoxC
from boxapis.stores import RedisStore, SQLiteStore

async def main(at, token, url):
    store = RedisStore(at) if at.startswith("redis") else SQLiteStore(at)
    async with store, BoxC(token, base_url=url, store=store) as boxc:
        await asyncio.gather(*(boxc.request("GET", "/shops") for _ in range({CALLS})))

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize("engine", ["sqlite", "redis"])
def test_processes_share_a_bucket(tmp_path: Path, start_redis: StartRedis, engine: str) -> None:
    """F233, F239: 4 processes meet no 429, and neither user nor token lies in the store."""
    server = start_redis() if engine == "redis" else None
    at = str(tmp_path / "store.db") if server is None else server.url
    with Sandbox() as sandbox:
        token = sandbox.boxc.issue_token(user_id=USER)
        command = [sys.executable, "-c", PROGRAM, at, token, sandbox.boxc_url]
        processes = [subprocess.Popen(command) for _ in range(PROCESSES)]
        assert [process.wait() for process in processes] == [0] * PROCESSES
        statuses = Counter(request.status for request in sandbox.boxc.requests)
    assert statuses == {200: PROCESSES * CALLS}
    if server is None:
        content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    else:
        hashes = {key: server.call("HGETALL", key) for key in server.call("KEYS", "*")}
        content = repr(hashes).encode()
    assert len(content) > 64  # the key alone
    assert str(USER).encode() not in content
    assert token.encode() not in content
