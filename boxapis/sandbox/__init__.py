"""A local stand-in for Box Tracker and BoxC, for tests and trials without the real services.

>>> from boxapis.sandbox import Sandbox
>>> with Sandbox() as sandbox:
...     sandbox.boxtracker_url.startswith("http://127.0.0.1:")
True
"""

from boxapis.sandbox._answer import Answer
from boxapis.sandbox._boxc import BoxCService
from boxapis.sandbox._boxc_rules import BoxCRules
from boxapis.sandbox._boxc_token_endpoint import OAuthClient
from boxapis.sandbox._boxc_troubles import BoxCFault
from boxapis.sandbox._boxtracker import BoxTrackerService
from boxapis.sandbox._boxtracker_data import Amounts, Customer
from boxapis.sandbox._boxtracker_rules import BoxTrackerRules
from boxapis.sandbox._boxtracker_troubles import BoxTrackerFault
from boxapis.sandbox._bucket import RateLimit
from boxapis.sandbox._clock import SandboxClock
from boxapis.sandbox._dialect import DOCUMENTED, OBSERVED, Dialect
from boxapis.sandbox._recorded import Recorded, RecordedCall
from boxapis.sandbox._sandbox import Sandbox
from boxapis.sandbox._tokens import ALL_SCOPES
from boxapis.sandbox._trouble import Trouble

__all__ = [
    "ALL_SCOPES",
    "DOCUMENTED",
    "OBSERVED",
    "Amounts",
    "Answer",
    "BoxCFault",
    "BoxCRules",
    "BoxCService",
    "BoxTrackerFault",
    "BoxTrackerRules",
    "BoxTrackerService",
    "Customer",
    "Dialect",
    "OAuthClient",
    "RateLimit",
    "Recorded",
    "RecordedCall",
    "Sandbox",
    "SandboxClock",
    "Trouble",
]
