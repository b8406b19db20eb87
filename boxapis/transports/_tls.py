"""TLS contexts: the default one is built once, off the loop, and shared by all clients.

This cache is the one piece of global state in the library: building a context reads a few hundred
certificates, which takes longer than many requests.
"""

import asyncio
import ssl
from pathlib import Path

__all__ = ["default_context"]

_built: list[ssl.SSLContext] = []


async def default_context() -> ssl.SSLContext:
    """A context that trusts the system's roots, or certifi's where the system has none."""
    if not _built:
        context = await asyncio.to_thread(_build)
        _built[:] = _built or [context]
    return _built[0]


def _build() -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not _has_roots(context):
        import certifi  # noqa: PLC0415 - only where the system has no roots

        context.load_verify_locations(certifi.where())
    return context


def _has_roots(context: ssl.SSLContext) -> bool:
    """Whether there is any; those in a folder are read one by one when a server shows up."""
    folder = ssl.get_default_verify_paths().capath
    return context.cert_store_stats()["x509_ca"] > 0 or (
        folder is not None and any(Path(folder).iterdir())
    )
