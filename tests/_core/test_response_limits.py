"""The limits of a client on JSON, over a transport that has no limits of its own."""

from collections.abc import Callable
from typing import Any

import pytest

from boxapis import BoxC, BoxTracker, InvalidResponseError, Limits
from boxapis.transports import Request, Response, ScriptedTransport

DEEP = {"sessionKey": "k", "status": 200, "customerID": 1, "access_token": "t", "deep": [[[[[]]]]]}
GOOD = DEEP | {"deep": 1, "expires_in": 3600}
LIMITS = {
    "size": (Limits(max_json_bytes=140), "larger than 140 bytes"),
    "depth": (Limits(max_json_depth=5), "nested more than 5 levels deep"),
}


def wrong_at(operation: str, wrong: Any) -> Callable[[Request], Any]:
    """Returns a script that answers one operation wrongly, and the others well."""
    return lambda request: wrong if request.operation == operation else GOOD


async def command(script: ScriptedTransport, limits: Limits) -> None:
    """Calls a command of a customer, and closes his session."""
    async with BoxTracker("user", "password", transport=script, limits=limits) as tracker:
        customer = tracker.customer("jane", "pw")
        await customer.command("cmdBoxTPortalCustomerData")
        await customer.logout()


async def operation(script: ScriptedTransport, limits: Limits) -> None:
    """Calls an operation of BoxC."""
    client = BoxC(client_id="id", client_secret="s", transport=script, limits=limits)
    async with client as boxc:
        await boxc.request("GET", "/warehouses")


CALLS = {
    "cmdBoxTPortalHandShake": command,
    "cmdBoxTPortalCustomerHandShake": command,
    "cmdBoxTPortalCustomerData": command,
    "cmdBoxTPortalCustomerLogOut": command,
    "POST /auth/v1/token": operation,
    "GET /warehouses": operation,
}


@pytest.mark.parametrize("kind", LIMITS)
@pytest.mark.parametrize("name", CALLS)
async def test_every_response_is_bounded(name: str, kind: str) -> None:
    """F116: too large or too deep a response is an error, in calls, handshakes and tokens alike."""
    limits, problem = LIMITS[kind]
    wrong = DEEP if kind == "depth" else DEEP | {"long": "x" * 100}
    script = ScriptedTransport(wrong_at(name, wrong))
    with pytest.raises(InvalidResponseError, match=problem):
        await CALLS[name](script, limits)
    assert script.requests[-1].operation == name


async def test_a_file_is_no_json() -> None:
    """F116: bytes that are not parsed may be larger, and are returned as they are."""
    pdf = Response(200, (("Content-Type", "application/pdf"),), b"%PDF-" + b"[" * 1000)
    client = BoxC("token", transport=ScriptedTransport([pdf]), limits=Limits(max_json_bytes=10))
    async with client as boxc:
        assert await boxc.request("GET", "/labels/7") == pdf.body
