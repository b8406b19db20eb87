"""Asyncio client for Box Tracker (waste hauling) and BoxC (cross-border shipping)."""

from boxapis._sansio.carriers import CARRIER_PARAMETERS
from boxapis._version import __version__
from boxapis.boxc._caller import Page
from boxapis.boxc._client import BoxC
from boxapis.boxc.credentials import Credential, CredentialParameterWarning
from boxapis.boxtracker._client import BoxTracker, Customer
from boxapis.boxtracker.handshakes import CustomerHandshake, PortalHandshake, WebApiHandshake
from boxapis.errors import (
    APIError,
    AuthenticationError,
    BoxAPIError,
    ClientClosedError,
    ConfigurationError,
    ConflictError,
    ConnectError,
    ConnectionLostError,
    InvalidResponseError,
    NotFoundError,
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
)
from boxapis.options import Limits, Retries, SessionTiming, Timeouts
from boxapis.secret import SENSITIVE_FIELDS, Secret

__all__ = [
    "CARRIER_PARAMETERS",
    "SENSITIVE_FIELDS",
    "APIError",
    "AuthenticationError",
    "BoxAPIError",
    "BoxC",
    "BoxTracker",
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
    "NotFoundError",
    "OutcomeUnknownError",
    "Page",
    "PaginationError",
    "PaymentError",
    "PermissionDeniedError",
    "PortalHandshake",
    "RateLimitError",
    "RequestTimeoutError",
    "Retries",
    "Secret",
    "ServerError",
    "SessionExpiredError",
    "SessionTiming",
    "TLSError",
    "Timeouts",
    "TransportError",
    "UnknownStatusError",
    "ValidationError",
    "WebApiHandshake",
    "__version__",
]
