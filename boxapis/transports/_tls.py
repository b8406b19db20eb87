"""The default TLS context: built once, in a thread, and shared by all clients.

This cache is the only global state in the library: building a context reads a few hundred
certificates, which takes longer than many requests.
"""

import asyncio
import ssl
from pathlib import Path

__all__ = ["default_context"]

_built: list[ssl.SSLContext] = []


async def default_context() -> ssl.SSLContext:
    """Returns a context that trusts the system's roots, or certifi's where the system has none."""
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
    """Whether there are any; OpenSSL reads those in a folder only when it needs them."""
    folder = ssl.get_default_verify_paths().capath
    return context.cert_store_stats()["x509_ca"] > 0 or (
        folder is not None and any(Path(folder).iterdir())
    )
