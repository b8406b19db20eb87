"""The doctor's look at the store that ``BOXAPIS_STORE`` names, with real files and servers."""

import json
import re
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import trustme

from boxapis.cli.run import run
from boxapis.sandbox import Sandbox
from tests.engines.fixtures import StartRedis
from tests.engines.redis_cluster import RedisCluster

pytestmark = pytest.mark.servers

PASSWORD = "hunter2hunter2"
RIGHTS = "~boxapis:* resetchannels -@all +evalsha +eval +hmget +hget +hset +hdel +pexpire +time"
Looked = Callable[[str], dict[str, Any]]


@pytest.fixture
def looked(
    served: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Looked:
    """Runs the doctor for a value of the variable; returns the store's checks by name."""

    def report(text: str) -> dict[str, Any]:
        monkeypatch.setenv("BOXAPIS_STORE", text)
        status = run(["doctor", "--json"])
        output, errors = capsys.readouterr()
        data = json.loads(output)
        ours = {check["name"]: check for check in data["checks"] if check["service"] == "Store"}
        others = {one["verdict"] for one in data["checks"] if one["service"] != "Store"}
        is_sound = all(check["verdict"] != "failed" for check in ours.values())
        assert (errors, others, status) == ("", {"ok", "skipped"}, 0 if is_sound else 1)
        assert data["passed"] == is_sound
        assert PASSWORD not in output
        return ours

    return report


def failures(checks: dict[str, Any]) -> list[str]:
    """The names of the checks that failed, each with advice."""
    found = [check for check in checks.values() if check["verdict"] == "failed"]
    assert all(check["advice"] for check in found)
    return [check["name"] for check in found]


def test_a_file(looked: Looked, tmp_path: Path) -> None:
    """A file is created and written to; what the doctor wrote goes with the next step."""
    checks = looked(f"sqlite:{tmp_path}/store.db")
    assert list(checks) == ["configuration", "step", "file"]
    assert checks["configuration"]["message"] == f"sqlite:{tmp_path}/store.db from the environment"
    assert checks["file"]["message"] == "mode 0600, journal wal"
    assert failures(checks) == []
    looked(f"sqlite:{tmp_path}/store.db")
    with closing(sqlite3.connect(tmp_path / "store.db")) as database:
        assert database.execute("select count(*) from slot").fetchone() == (1,)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.parent.rmdir(), "the folder of the file does not exist"),
        (lambda path: path.touch(0o644), "the file may not be opened, or others may read it"),
        (lambda path: path.write_bytes(b"no database" * 99), "SQLite cannot use the file"),
    ],
)
def test_a_file_that_cannot_be_used(
    looked: Looked, tmp_path: Path, spoil: Callable[[Path], object], words: str
) -> None:
    """F247: the report says why in words and by the class of the error; services are unaffected."""
    path = tmp_path / "folder" / "store.db"
    path.parent.mkdir()
    spoil(path)
    if path.exists() and path.stat().st_size:
        path.chmod(0o600)
    checks = looked(f"sqlite:{path}")
    assert failures(checks) == ["step"]
    assert checks["step"]["message"].startswith(words)


def test_a_wrong_form(looked: Looked) -> None:
    """F245: it is the store's configuration that fails, and no service's."""
    checks = looked(f"rediss://127.0.0.1?password={PASSWORD}")
    assert failures(checks) == ["configuration"]


@pytest.mark.parametrize(
    ("package", "address", "extra"),
    [("cryptography", "sqlite:{}/s.db", "fleet"), ("redis", "redis://127.0.0.1", "redis")],
)
def test_a_missing_package(
    looked: Looked,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    package: str,
    address: str,
    extra: str,
) -> None:
    """The report says what to install."""
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    checks = looked(address.format(tmp_path))
    assert failures(checks) == ["configuration"]
    assert f"pip install 'boxapis[{extra}]'" in checks["configuration"]["message"]


def test_a_server(looked: Looked, start_redis: StartRedis) -> None:
    """The report has the version and the eviction, and leaves no key behind for long."""
    server = start_redis(password=PASSWORD)
    checks = looked(server.url.replace("//", f"//:{PASSWORD}@"))
    assert list(checks) == ["configuration", "step", "server", "eviction"]
    assert checks["configuration"]["message"] == f"{server.url} from the environment"
    assert re.fullmatch(
        r"(redis|valkey) [\d.]+, without TLS, on this machine", checks["server"]["message"]
    )
    assert checks["eviction"]["message"] == "none: the server's memory is not limited"
    kept = [server.call("PTTL", key) for key in server.call("KEYS", "*")]  # -2 if it is gone
    assert not [left for left in kept if left == -1 or left > 1000]


@pytest.mark.parametrize(
    ("policy", "is_fit"), [("noeviction", True), ("volatile-ttl", True), ("allkeys-lru", False)]
)
def test_eviction(looked: Looked, start_redis: StartRedis, policy: str, *, is_fit: bool) -> None:
    """A policy that drops what is in use fails."""
    server = start_redis(maxmemory="100mb", maxmemory_policy=policy)
    checks = looked(server.url)
    assert failures(checks) == ([] if is_fit else ["eviction"])
    assert policy in checks["eviction"]["message"]


def test_least_rights(looked: Looked, start_redis: StartRedis) -> None:
    """A user with the rights of a store alone passes; what INFO would show is skipped."""
    server = start_redis(users=[f"fleet on >{PASSWORD} {RIGHTS}"])
    checks = looked(server.url.replace("//", f"//fleet:{PASSWORD}@"))
    assert {name: check["verdict"] for name, check in checks.items()} == {
        "configuration": "ok", "step": "ok", "server": "skipped", "eviction": "skipped"
    }  # fmt: skip
    assert checks["server"]["message"] == "not shown (NoPermissionError)"


def test_servers_that_cannot_be_used(looked: Looked, start_redis: StartRedis) -> None:
    """F247: refused, forbidden, read-only, full, of another machine, or not there."""
    server = start_redis(password=PASSWORD, users=[f"poor on >{PASSWORD} ~* -@all"])
    for user, words in (
        (":wrong", "the server refuses the user or the password"),
        (f"poor:{PASSWORD}", "the server lacks a right for this user"),
    ):
        checks = looked(server.url.replace("//", f"//{user}@"))
        assert failures(checks) == ["step"]
        assert checks["step"]["message"].startswith(words)
    replica = start_redis(replica_of=server)
    assert looked(replica.url)["step"]["message"].startswith("the server is a read-only")
    server.config(maxmemory="1")
    address = server.url.replace("//", f"//:{PASSWORD}@")
    assert looked(address)["step"]["message"].startswith("the server's memory is full")
    server.stop()
    assert looked(address)["step"]["message"].startswith("the server cannot be reached")


def test_one_of_a_cluster(looked: Looked, redis_cluster: RedisCluster) -> None:
    """F247: a server that has only a part of the keys fails, whether or not it has this one."""
    checks = looked(redis_cluster.url)
    (name,) = failures(checks)
    assert checks[name]["message"].startswith("the server is one of a cluster")


def test_tls(looked: Looked, start_redis: StartRedis) -> None:
    """Over TLS the report says so; a certificate that is not trusted is named as the reason."""
    server = start_redis(authority=trustme.CA())
    checks = looked(f"{server.url}?ssl_ca_certs={server.authority_file}")
    assert failures(checks) == []
    assert checks["server"]["message"].endswith(", TLS")
    assert looked(server.url)["step"]["message"].startswith("the server's certificate is not")
