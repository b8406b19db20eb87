"""The default TLS context: built once, in a thread, and shared by all clients.

This cache is the only global state in the library: building a context reads a few hundred
certificates, which takes longer than many requests.
"""

import asyncio
import os
import ssl
import threading
from concurrent.futures import Future
from pathlib import Path

__all__ = ["default_context"]

_built: "list[Future[ssl.SSLContext]]" = []


async def default_context() -> ssl.SSLContext:
    """Returns a context that trusts the system's roots, or certifi's where the system has none.

    It is built once for all who wait, on whichever loop, in a thread of its own, because the user's
    work may fill the pool of threads. A caller who is cancelled ends it for no other.

    Raises:
        RuntimeError: no thread can be started.
    """
    future = _built[0] if _built else _start()
    return future.result() if future.done() else await asyncio.wrap_future(future)


def _start() -> "Future[ssl.SSLContext]":
    future: Future[ssl.SSLContext] = Future()
    future.set_running_or_notify_cancel()  # so that no waiter can cancel it
    _built.append(future)
    try:
        threading.Thread(target=_build_into, args=(future,), daemon=True).start()
    except RuntimeError:
        _built.clear()
        raise
    return future


def _build_into(future: "Future[ssl.SSLContext]") -> None:
    try:
        future.set_result(_build())
    except Exception as error:  # noqa: BLE001 - raised by all who wait; the next caller tries again
        _built.clear()
        future.set_exception(error)


def _forget_unfinished() -> None:
    """In a forked child no thread of the parent runs."""
    _built[:] = [future for future in _built if future.done()]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_unfinished)


def _build() -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not _has_roots(context):
        import certifi  # noqa: PLC0415 - only where the system has no roots

        context.load_verify_locations(certifi.where())
    return context


def _has_roots(context: ssl.SSLContext) -> bool:
    """Whether there are any; OpenSSL reads those in a folder only when it needs them."""
    folder = ssl.get_default_verify_paths().capath
    return context.cert_store_stats()["x509_ca"] > 0 or (
        folder is not None and any(Path(folder).iterdir())
    )
