"""All operations of the sandbox's BoxC over real HTTP."""

import httpx
import pytest

from boxapis.sandbox import Sandbox
from tests.contract.description import DESCRIBED
from tests.contract.tour import toured

pytestmark = pytest.mark.servers


async def test_every_operation() -> None:
    """All 83 operations succeed with the described status."""
    with Sandbox() as sandbox:
        responses = await toured(sandbox, httpx.AsyncHTTPTransport(), sandbox.accounts_url)
    assert len(responses) == 83
    assert {name: one.status_code for name, one in responses.items()} == {
        described.name: described.status for described in DESCRIBED.values()
    }
