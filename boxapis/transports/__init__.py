"""Transports and their protocol; each transport loads its HTTP library when it is first used."""

from importlib import import_module
from typing import TYPE_CHECKING

from boxapis._http.messages import Origin, Request, Response, Transport, Watch

if TYPE_CHECKING:
    from boxapis.transports.direct import DirectTransport
    from boxapis.transports.httpx import HttpxTransport
    from boxapis.transports.scripted import ScriptedTransport

__all__ = [
    "DirectTransport",
    "HttpxTransport",
    "Origin",
    "Request",
    "Response",
    "ScriptedTransport",
    "Transport",
    "Watch",
]

_MODULES = {"DirectTransport": "direct", "HttpxTransport": "httpx", "ScriptedTransport": "scripted"}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
