"""Fixtures of pytest for tests without an account: a sandbox of Box Tracker and one of BoxC.

With this package and its extra ``testing`` installed, every test may use the fixtures

- ``boxtracker_sandbox``, a `BoxTrackerSandbox`,
- ``boxtracker_dialect``, the form of its responses: ``"both"``; override it, or parametrize a test,
- ``boxc_sandbox``, a `BoxCSandbox`, and
- ``boxapis_offline``, which makes each connection of this library to another machine an error.

Both sandboxes are served by one server on a free loopback port. It starts when a test first uses
one of them, and is reset before each test. The fixtures are synchronous: they work with
pytest-asyncio, with anyio's plugin, and with tests that are not asynchronous.

``fault()`` strikes the next ``times`` requests, of one ``operation`` if you name it. An unknown
name raises an error that lists the known ones. ``clock.advance(seconds)`` moves the service's
clock; ``requests``, ``counts`` and ``fault_hits`` record what arrived; ``environment`` is for code
that uses ``from_env()``; ``service`` has everything else. ``usefixtures = ["boxapis_offline"]`` in
pytest's settings uses that fixture in every test.

``boxapis.testing.delivery(topic, key=...)`` makes a signed sample delivery, as BoxC posts it to a
webhook; it needs no extra.

**Other testing tools.** This is what they can do through `HttpxTransport`, and in the last two rows
the library's own:

| | own answers | counted | refused | time-out | sent values | replay | shows secrets in | default |
|---|---|---|---|---|---|---|---|---|
| respx | yes | yes | yes | yes | yes | no | queries | no |
| pytest-httpx | yes | yes | yes | yes | yes | no | nothing | no |
| `httpx.MockTransport` | yes | yes | after sending | yes | yes | no | nothing | no |
| `httpx.ASGITransport` | yes | yes | after sending | yes | yes | no | queries, headers | no |
| vcrpy | recorded | yes | no | no | headers | in order | headers, bodies, answers | no |
| `ScriptedTransport` | yes | yes | yes | yes | yes | no | nothing | no |
| sandbox, its fixtures | the service's | yes | after sending | yes | query | no | nothing | yes |

* *counted*: the requests are; *sent values*: what was sent can be looked at; *replay*: a recording
  can be made and replayed.
* *after sending*: a refused connection counts as one that was lost after the request was sent, so a
  changing call ends in `OutcomeUnknownError`.
* *in order*: a cassette holds no queries, so the responses for one path are replayed in the order
  in which they were recorded, whatever the query asks for. It does hold tokens, passwords in form
  bodies, and session keys; record from the sandbox, where all of them are made up.
* *default*: requests through `DirectTransport` reach the real service while one of these tools is
  active. So do those through `HttpxTransport` under pook, or respx with ``using="httpx"``, which
  replace parts of ``httpx.AsyncClient`` alone. `boxapis_offline` makes that an error.

A test without a server gives `boxapis.transports.ScriptedTransport` the responses in order:

    script = ScriptedTransport([{"status": 200, "sessionKey": "api-key"}])
    async with BoxTracker("api-user", "api-password", transport=script) as tracker:
        await tracker.handshakes.portal()
    assert script.requests[0].arguments["password"] == "api-password"

Importing this module imports neither pytest nor the sandbox.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from boxapis.testing._boxc import BoxCSandbox
from boxapis.testing._boxtracker import BoxTrackerSandbox

if TYPE_CHECKING:
    from boxapis.testing._deliveries import SampleDelivery, delivery

__all__ = ["BoxCSandbox", "BoxTrackerSandbox", "SampleDelivery", "delivery"]


def __getattr__(name: str) -> object:
    if name not in ("SampleDelivery", "delivery"):
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    # Not above: pytest imports this module in every run, and this one brings orjson along.
    return getattr(import_module("boxapis.testing._deliveries"), name)
