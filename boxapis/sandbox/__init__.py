"""A local stand-in for Box Tracker and BoxC, for tests and trials without the real services.

>>> from boxapis.sandbox import Sandbox
>>> with Sandbox() as sandbox:
...     sandbox.boxtracker_url.startswith("http://127.0.0.1:")
True
"""

import boxapis.sandbox._extra  # noqa: F401 - first of all
from boxapis.sandbox._boxc.authorization import OAuthClient
from boxapis.sandbox._boxc.bucket import RateLimit
from boxapis.sandbox._boxc.deliveries import RecordedDelivery
from boxapis.sandbox._boxc.faults import BoxCFault
from boxapis.sandbox._boxc.rules import BoxCRules
from boxapis.sandbox._boxc.service import BoxCService
from boxapis.sandbox._boxc.tokens import ALL_SCOPES
from boxapis.sandbox._boxtracker.data import RecordCounts, SandboxCustomer
from boxapis.sandbox._boxtracker.dialect import (
    BOTH,
    DOCUMENTED,
    OBSERVED,
    Dialect,
    DialectName,
)
from boxapis.sandbox._boxtracker.faults import BoxTrackerFault
from boxapis.sandbox._boxtracker.ledger import CardCharge, WebOrder
from boxapis.sandbox._boxtracker.rules import BoxTrackerRules
from boxapis.sandbox._boxtracker.service import BoxTrackerService
from boxapis.sandbox._clock import SandboxClock
from boxapis.sandbox._faults import Fault
from boxapis.sandbox._records import RecordedCommand, RecordedRequest
from boxapis.sandbox._response import SandboxResponse, WireFault
from boxapis.sandbox._sandbox import Sandbox

__all__ = [
    "ALL_SCOPES",
    "BOTH",
    "DOCUMENTED",
    "OBSERVED",
    "BoxCFault",
    "BoxCRules",
    "BoxCService",
    "BoxTrackerFault",
    "BoxTrackerRules",
    "BoxTrackerService",
    "CardCharge",
    "Dialect",
    "DialectName",
    "Fault",
    "OAuthClient",
    "RateLimit",
    "RecordCounts",
    "RecordedCommand",
    "RecordedDelivery",
    "RecordedRequest",
    "Sandbox",
    "SandboxClock",
    "SandboxCustomer",
    "SandboxResponse",
    "WebOrder",
    "WireFault",
]
