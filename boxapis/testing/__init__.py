"""pytest fixtures for tests without an account: a sandbox of Box Tracker and one of BoxC.

With this package and its extra ``testing`` installed, every test may use the fixtures

- ``boxtracker_sandbox``, a `BoxTrackerSandbox`,
- ``boxc_sandbox``, a `BoxCSandbox`, and
- ``boxapis_offline``, which makes each connection of this library to another machine an error.

Both sandboxes are served by one server on a free loopback port. It starts when a test first uses
one of them, and is reset before each test. The fixtures are synchronous: they work with
pytest-asyncio, with anyio's plugin, and with tests that are not asynchronous.

Importing this module imports neither pytest nor the sandbox.
"""

from boxapis.testing._boxc import BoxCSandbox
from boxapis.testing._boxtracker import BoxTrackerSandbox

__all__ = ["BoxCSandbox", "BoxTrackerSandbox"]
