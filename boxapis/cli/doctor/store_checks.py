"""Checks the store of ``BOXAPIS_STORE``: which it is, whether it does a step, and its server."""

import secrets
import sqlite3
import stat
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
from attrs import evolve

from boxapis import BoxTracker, ConfigurationError, Secret
from boxapis._core.loop_guard import wrong_loop
from boxapis._core.store import Store
from boxapis._http.messages import Origin
from boxapis._sansio.boxtracker.leases import Claim
from boxapis._settings.settings import Settings
from boxapis.cli.doctor.advice import explain
from boxapis.cli.doctor.check import Check, failed, passed, skipped
from boxapis.stores import SQLiteStore
from boxapis.stores._from_settings import open_store

__all__ = ["check_store"]

_TIMEOUT = 10.0
_FILE = "sqlite:"
_OF_A_CLUSTER = (
    "the server is one of a cluster",
    "give the clients of your program store=RedisStore(client=RedisCluster(...)) instead",
)
_PROBLEMS = {
    "AuthenticationError": (
        "the server refuses the user or the password",
        "check both in BOXAPIS_STORE; in a URL, special characters are percent-encoded",
    ),
    "NoPermissionError": (
        "the server lacks a right for this user",
        "give the user the rights that the documentation of RedisStore lists",
    ),
    "ReadOnlyError": (
        "the server is a read-only replica",
        "use the address of the primary, or a client of Sentinel",
    ),
    "MovedError": _OF_A_CLUSTER,
    "OutOfMemoryError": ("the server's memory is full", "raise maxmemory, or use another server"),
    "SSLError": ("the server's certificate is not trusted", "check the name, and the server's CA"),
    "TimeoutError": (
        "no answer in time",
        "check the address, the firewall, and whether the server is overloaded",
    ),
    "ConnectionError": (
        "the server cannot be reached",
        "check the address, the firewall, and whether it expects TLS (rediss://)",
    ),
    "FileNotFoundError": ("the folder of the file does not exist", "create the folder"),
    "PermissionError": (
        "the file may not be opened, or others may read it",
        "it must be this user's own, with mode 0600, in a folder that this user may write to",
    ),
    "OSError": ("the file cannot be opened", "check that it is a file, and its disk"),
    "DatabaseError": (
        "SQLite cannot use the file",
        "it must be free, on a disk of this machine with room, and made by boxapis",
    ),
}
"""Messages and advice by the name of an error's class or of one of its bases."""

_FIT_POLICIES = ("noeviction", "volatile-ttl")


async def check_store(settings: Settings) -> AsyncIterator[Check]:
    """Yields each check of the store once it is made; none where the settings name no store."""
    async for check in _checks(settings):
        yield evolve(check, service="Store")


async def _checks(settings: Settings) -> AsyncIterator[Check]:
    try:
        text, store = settings.get("BOXAPIS_STORE"), open_store(settings)
        if store is not None and settings.has("BOXTRACKER_USERNAME"):
            BoxTracker("none", "none", store=store)  # this needs a package more
    except ConfigurationError as error:
        yield explain("configuration", error)
        return
    if text is None or store is None:
        return
    yield passed("configuration", f"{_place(text)} from {settings.source}")
    async with store:
        step = await _check_step(store)
        yield step
        if step.verdict != "ok":
            return
        if isinstance(store, SQLiteStore):
            yield _check_file(store.path)
        else:
            async for check in _check_server(store, text):
                yield check


def _place(text: Secret) -> str:
    """Where the store is, without user and password."""
    if text.reveal().startswith(_FILE):
        return text.reveal()
    parts = urlsplit(text.reveal())
    at = Origin(parts.scheme, parts.hostname or "", parts.port or 6379)
    return f"{at.scheme}://{at.host_and_port}{parts.path}"


async def _check_step(store: Store) -> Check:
    """Writes a session's slot under a random name, which the store forgets in milliseconds."""
    name = f"doctor-{secrets.token_hex(8)}"
    step = Claim(name, known=0, owner="doctor", lease=1, fresh=1, limit=1)
    connection = store.here()  # past the patience of `Store.run`, which hides the reason
    if connection is None:
        raise wrong_loop("doctor")
    try:
        with anyio.fail_after(_TIMEOUT):
            await connection.run(step)  # connects, too
            began = time.perf_counter()
            await connection.run(step)
            taken = time.perf_counter() - began
    except Exception as error:  # noqa: BLE001 - an engine's library may raise anything
        problem = error
    else:
        return passed("step", f"done in {taken * 1000:.1f} ms")
    return _explained(problem)


def _explained(error: Exception) -> Check:
    causes = [error, error.__cause__, error.__context__]
    kinds = [kind.__name__ for cause in causes for kind in type(cause).__mro__]
    if str(error).startswith("MOVED "):  # older versions of redis have no class for it
        kinds.insert(0, "MovedError")
    # The problem of TLS is the cause of a failed connection, and says more.
    for name in ("SSLError", *kinds):
        if name in kinds and name in _PROBLEMS:
            message, advice = _PROBLEMS[name]
            return failed("step", f"{message} ({type(error).__name__})", advice)
    return failed("step", f"the store failed ({type(error).__name__})", "see its log")


def _check_file(path: Path) -> Check:
    """Looks at the file: who may read it, and whether several processes can write to it."""
    mode = stat.S_IMODE(path.stat().st_mode)
    address = f"{path.as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as database:
        (journal,) = database.execute("pragma journal_mode").fetchone()
    return passed("file", f"mode {mode:04o}, journal {journal}")


async def _check_server(store: Store, text: Secret) -> AsyncIterator[Check]:
    """Looks at what a server says of itself, if it does so to this user."""
    connection: Any = store.here()
    try:
        with anyio.fail_after(_TIMEOUT):
            told = await connection._send("INFO")  # noqa: SLF001 - the store itself needs no INFO
    except Exception as error:  # noqa: BLE001 - as above
        why = f"not shown ({type(error).__name__})"
        yield skipped("server", why)
        yield skipped("eviction", why)
        return
    lines = (line.partition(":") for line in told.decode().splitlines())
    said = {name: value for name, _, value in lines}
    tls = "TLS" if text.reveal().startswith("rediss:") else "without TLS, on this machine"
    name, version = said.get("server_name", "redis"), said.get("redis_version")
    if said.get("cluster_enabled") == "1":
        yield failed("server", *_OF_A_CLUSTER)
    else:
        yield passed("server", f"{name} {said.get(f'{name}_version', version)}, {tls}")
    policy = said.get("maxmemory_policy")
    if said.get("maxmemory", "0") == "0":
        yield passed("eviction", "none: the server's memory is not limited")
    elif policy in _FIT_POLICIES:
        yield passed("eviction", f"{policy}")
    else:
        message = f"{policy} drops sessions and the rate limit while they are used"
        yield failed("eviction", message, "set maxmemory-policy to noeviction or volatile-ttl")
