"""Tests without an account: a sandbox of Box Tracker and one of BoxC as fixtures for pytest.

With this package installed, and its extra ``sandbox``, every test may ask for

- ``boxtracker_sandbox``, a `BoxTrackerSandbox`, and
- ``boxc_sandbox``, a `BoxCSandbox`.

Behind both stands one server on a free port of this machine. It is started when a test first asks
for one of them, and taken back to its start before each test. The fixtures are plain ones: they
work with pytest-asyncio, with the plugin of anyio, and with tests that are not asynchronous.

Importing this module imports neither pytest nor the sandbox.
"""

from boxapis.testing._boxc import BoxCSandbox
from boxapis.testing._boxtracker import BoxTrackerSandbox

__all__ = ["BoxCSandbox", "BoxTrackerSandbox"]
