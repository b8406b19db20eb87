"""The default TLS context: built once, shared, and never without root certificates."""

import asyncio
import ssl
from pathlib import Path

import pytest

from boxapis.transports import _tls as _contexts


async def test_built_once() -> None:
    """Clients that start together, and later ones, share one context that verifies certificates."""
    first = await _contexts.default_context()
    others = await asyncio.gather(*(_contexts.default_context() for _ in range(3)))
    assert all(other is first for other in others)
    assert (first.verify_mode, first.check_hostname) == (ssl.CERT_REQUIRED, True)


async def test_built_at_once_by_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that build it at the same time get the same context."""
    monkeypatch.setattr(_contexts, "_built", [])
    made = await asyncio.gather(*(_contexts.default_context() for _ in range(3)))
    assert all(one is made[0] for one in made)


def test_system_without_roots(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the system has no root certificates, those of certifi are trusted."""
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    places = ssl.get_default_verify_paths()._replace(capath=str(tmp_path))
    monkeypatch.setattr(ssl, "create_default_context", lambda: bare)
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: places)
    assert _contexts._build().cert_store_stats()["x509_ca"] > 100
