"""Fixtures of pytest for tests without an account: a sandbox of Box Tracker and one of BoxC.

With this package and its extra ``testing`` installed, every test may use the fixtures

- ``boxtracker_sandbox``, a `BoxTrackerSandbox`,
- ``boxc_sandbox``, a `BoxCSandbox`, and
- ``boxapis_offline``, which makes each connection of this library to another machine an error.

Both sandboxes are served by one server on a free loopback port. It starts when a test first uses
one of them, and is reset before each test. The fixtures are synchronous: they work with
pytest-asyncio, with anyio's plugin, and with tests that are not asynchronous.

``boxapis.testing.delivery(topic, key=...)`` makes a signed sample delivery, as BoxC posts it to a
webhook; it needs no extra.

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
