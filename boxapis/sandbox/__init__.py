"""A local stand-in for Box Tracker and BoxC, for tests and trials without the real services.

>>> from boxapis.sandbox import Sandbox
>>> with Sandbox() as sandbox:
...     sandbox.boxtracker_url.startswith("http://127.0.0.1:")
True

On ``sandbox.boxtracker`` and ``sandbox.boxc``, ``fault()`` injects a fault by name into the next
requests (``"expire_sessions"``, ``"stall"``, ``"lost_response"``, ...; its docstring lists them
all), ``respond_next()`` sets the status of the next response, and ``hold_responses()`` holds
responses back. It listens on loopback only, answers only requests whose Host is this machine, so
that no web page can reach it under another name, and writes no access log.

**BoxC.** All 83 operations are there, with scopes, pages, required fields, PDFs and the documented
error codes. Credentials, shipments and labels, overpacks and manifests, orders, returns and
reshipments depend on each other as documented: a shipment whose credential is missing is refused
with 1450, one with a label does not change, an overpack shows the parcels that it refused. What the
service would calculate, such as prices and duties, is what its description has as an example. Each
user has one invoice and two returns from the start; ``add_record()`` stores others in any state.
Webhooks are delivered, with the signature of the service, over http to loopback addresses only: by
``webhooks.queue``, by new labels, events and manifests, and by ``publish()``; ``wait_deliveries()``
waits for them. The authorization server gives codes at once, and accepts them, client credentials
and revocations. What is missing gets an ``{"error": "The sandbox ..."}``, which the service never
says.

**Box Tracker.** All 25 commands are carried out: what is saved is in the lists, a payment lowers
the balance and is among the transactions, similar orders are found, containers run out, an order of
the mode TEST leaves nothing but the address at which it could be looked at. ``charges`` has each
charge of a card, even one whose response was lost.

The sandbox is written from the documented facts and imports nothing of the client. Where sources
disagree (a key called ``sessionKey`` or ``key``, numbers as numbers or as text), it does both: the
``dialect`` of `Sandbox`, and of ``boxapis sandbox --dialect``, is ``"documented"``, ``"observed"``
(as the vendor's own clients read it) or, by default, ``"both"``, in which each kind of client finds
the key that it reads; the fixture ``boxtracker_dialect`` is for pytest. Where sources are silent,
its choice is a setting (`BoxTrackerRules`, `BoxCRules`).
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
