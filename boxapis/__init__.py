"""Asyncio client for Box Tracker (waste hauling) and BoxC (cross-border shipping).

The two clients and their values are imported when they are first used, so that a user of one
service does not load the other; errors, options and `Secret` are imported at once.
`CARRIER_PARAMETERS` are the known parameter names of each carrier, `SENSITIVE_FIELDS` the names of
fields with secrets, for scrubbers; see `boxapis.secret`.

For type annotations, import the class of a resource from its own module, for instance
`boxapis.boxc.credentials.Credentials` or `boxapis.boxtracker.handshakes.Handshakes`. Lists of BoxC
are a `Listing` of `Page`, those of Box Tracker an `OffsetListing` of `OffsetPage`; ``boxc.raw`` is
a `RawRequests`, ``tracker.raw`` and ``customer.raw`` are `RawCommands`. What ``from_env`` takes are
`BoxCOptions` and `BoxTrackerOptions`. `boxapis.stores.Store` is the base class of both stores.

**Loops and processes.** A client lives on one event loop in one process, asyncio's own or uvloop.
Used on another loop after the first has stopped, it starts afresh; while the first still runs,
calls from elsewhere raise `ConfigurationError`, and so does every call under trio. In a forked
child (gunicorn's ``--preload``, ``multiprocessing``) it leaves the parent's connections alone and
makes new handshakes. A forked child needs a new loop under uvloop, which aborts when children go on
with their parent's. A client that is garbage-collected without being closed emits a
`ResourceWarning` and sends nothing.

**Coroutines.** `BoxTracker.command`, `Customer.command`, ``RawCommands.command``, `BoxC.request`,
``RawRequests.request``, ``create`` and ``update`` of credentials and webhooks, ``cards.store``,
``transactions.pay``, ``book`` and ``request_service`` of ``ordering``, and ``handshakes.customer``
are plain functions that return a coroutine, because they take secrets, which no stack frame may
keep. They are marked as coroutine functions: for asyncio and mocks always, for `inspect` from
Python 3.12 on. Decorators that ask `inspect`, such as ``stamina.retry``, therefore need Python
3.12.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from boxapis._version import __version__
from boxapis.errors import (
    APIError,
    AuthenticationError,
    BatchStoppedError,
    BoxAPIError,
    ClientClosedError,
    ConfigurationError,
    ConflictError,
    ConnectError,
    ConnectionLostError,
    InvalidResponseError,
    NotFoundError,
    NotProcessedError,
    OutcomeUnknownError,
    PaginationError,
    PaymentError,
    PermissionDeniedError,
    RateLimitError,
    RequestTimeoutError,
    ServerError,
    SessionExpiredError,
    TLSError,
    TransportError,
    UnknownStatusError,
    ValidationError,
    WaitTimeoutError,
)
from boxapis.options import Limits, Retries, SessionTiming, Sharing, Timeouts
from boxapis.secret import SENSITIVE_FIELDS, Secret

if TYPE_CHECKING:
    from boxapis import batch
    from boxapis._core.trace import CallTrace, RequestTrace
    from boxapis._http.raw_response import RawResponse
    from boxapis._sansio.boxc.carriers import CARRIER_PARAMETERS
    from boxapis.boxc._client import BoxC
    from boxapis.boxc._from_settings import BoxCOptions
    from boxapis.boxc._pages import Page, PageOptions
    from boxapis.boxc._raw import RawRequests
    from boxapis.boxc._resource import Listing
    from boxapis.boxc.credentials import Credential, CredentialParameterWarning
    from boxapis.boxtracker._client import BoxTracker
    from boxapis.boxtracker._customer import Customer
    from boxapis.boxtracker._from_settings import BoxTrackerOptions
    from boxapis.boxtracker._listing import OffsetListing, OffsetPage
    from boxapis.boxtracker._raw import RawCommands
    from boxapis.boxtracker._warnings import UnknownArgumentWarning, UnknownCommandWarning
    from boxapis.boxtracker.handshakes import (
        CustomerHandshake,
        PortalHandshake,
        WebApiHandshake,
    )

__all__ = [
    "CARRIER_PARAMETERS",
    "SENSITIVE_FIELDS",
    "APIError",
    "AuthenticationError",
    "BatchStoppedError",
    "BoxAPIError",
    "BoxC",
    "BoxCOptions",
    "BoxTracker",
    "BoxTrackerOptions",
    "CallTrace",
    "ClientClosedError",
    "ConfigurationError",
    "ConflictError",
    "ConnectError",
    "ConnectionLostError",
    "Credential",
    "CredentialParameterWarning",
    "Customer",
    "CustomerHandshake",
    "InvalidResponseError",
    "Limits",
    "Listing",
    "NotFoundError",
    "NotProcessedError",
    "OffsetListing",
    "OffsetPage",
    "OutcomeUnknownError",
    "Page",
    "PageOptions",
    "PaginationError",
    "PaymentError",
    "PermissionDeniedError",
    "PortalHandshake",
    "RateLimitError",
    "RawCommands",
    "RawRequests",
    "RawResponse",
    "RequestTimeoutError",
    "RequestTrace",
    "Retries",
    "Secret",
    "ServerError",
    "SessionExpiredError",
    "SessionTiming",
    "Sharing",
    "TLSError",
    "Timeouts",
    "TransportError",
    "UnknownArgumentWarning",
    "UnknownCommandWarning",
    "UnknownStatusError",
    "ValidationError",
    "WaitTimeoutError",
    "WebApiHandshake",
    "__version__",
    "batch",
]

_LAZY = {
    "CARRIER_PARAMETERS": "boxapis._sansio.boxc.carriers",
    "CallTrace": "boxapis._core.trace",
    "RequestTrace": "boxapis._core.trace",
    "RawResponse": "boxapis._http.raw_response",
    "BoxC": "boxapis.boxc._client",
    "BoxCOptions": "boxapis.boxc._from_settings",
    "Page": "boxapis.boxc._pages",
    "PageOptions": "boxapis.boxc._pages",
    "RawRequests": "boxapis.boxc._raw",
    "Listing": "boxapis.boxc._resource",
    "Credential": "boxapis.boxc.credentials",
    "CredentialParameterWarning": "boxapis.boxc.credentials",
    "BoxTracker": "boxapis.boxtracker._client",
    "Customer": "boxapis.boxtracker._customer",
    "BoxTrackerOptions": "boxapis.boxtracker._from_settings",
    "OffsetListing": "boxapis.boxtracker._listing",
    "OffsetPage": "boxapis.boxtracker._listing",
    "RawCommands": "boxapis.boxtracker._raw",
    "UnknownArgumentWarning": "boxapis.boxtracker._warnings",
    "UnknownCommandWarning": "boxapis.boxtracker._warnings",
    "CustomerHandshake": "boxapis.boxtracker.handshakes",
    "PortalHandshake": "boxapis.boxtracker.handshakes",
    "WebApiHandshake": "boxapis.boxtracker.handshakes",
}
"""Module of each name that is imported when it is first used."""


def __getattr__(name: str) -> Any:
    if name == "batch":
        return import_module("boxapis.batch")
    module = _LAZY.get(name)
    if module is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = globals()[name] = getattr(import_module(module), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
