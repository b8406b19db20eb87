"""Clients of BoxC against the sandbox, where both sides must agree: OAuth, parcels and webhooks."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from boxapis import AuthenticationError, BoxC
from boxapis.boxc.overpacks import Overpacks
from boxapis.boxc.webhooks import verify
from boxapis.sandbox import Sandbox
from tests.support.boxc_records import SHIPMENT
from tests.support.receiver import receiving

pytestmark = pytest.mark.servers

BACK = "https://shop.example/back"
KEY = "k" * 20


def client_of(sandbox: Sandbox) -> BoxC:
    """Returns a client with the sandbox's client credentials."""
    return BoxC(
        client_id=sandbox.boxc.client.client_id,
        client_secret=sandbox.boxc.client.secret,
        base_url=sandbox.boxc_url,
        accounts_url=sandbox.accounts_url,
    )


async def test_a_user_allows_access_and_ends_it() -> None:
    """The code of a redirection becomes a token, which works until it is revoked."""
    with Sandbox() as sandbox:
        async with client_of(sandbox) as boxc, httpx.AsyncClient() as browser:
            sent = await browser.get(boxc.oauth.authorize_url(BACK, "state", "nonce"))
            query = parse_qs(urlsplit(sent.headers["location"]).query)
            tokens = await boxc.oauth.exchange(query["code"][0], BACK)
            async with BoxC(tokens.access_token, base_url=sandbox.boxc_url) as theirs:
                user = await theirs.users.me()
                await boxc.oauth.revoke(user.id)
                with pytest.raises(AuthenticationError) as caught:
                    await theirs.users.me()
    assert query["state"] == ["state"]
    assert caught.value.code == 1008


async def test_an_update_adds_parcels_to_an_overpack() -> None:
    """Parcels that were in an overpack stay in it until each is taken out."""
    with Sandbox() as sandbox:
        async with client_of(sandbox) as boxc:
            given: Any = {**SHIPMENT, "create_label": True}
            first, second = [await boxc.shipments.create(given) for _ in range(2)]
            overpack = await boxc.overpacks.create([{"id": first.id}])
            both = await boxc.overpacks.update(overpack.id, [{"id": second.id}])
            await boxc.labels.take_out(first.labels[0].id)
            rest = await boxc.overpacks.get(overpack.id)
    assert [parcel.id for parcel in both.shipments] == [first.id, second.id]
    assert [parcel.id for parcel in rest.shipments] == [second.id]
    assert "Adds parcels" in str(Overpacks.update.__doc__)


async def test_delivery_is_verified() -> None:
    """A delivery of the sandbox passes the check with its key, and with no other."""
    with Sandbox() as sandbox, receiving() as receiver:
        async with client_of(sandbox) as boxc:
            webhook = await boxc.webhooks.create(receiver.address, "orders_status", KEY)
            await boxc.webhooks.queue(webhook.id, {"order": {"id": 7, "url": "a/b"}})
        sandbox.boxc.wait_deliveries(1)
        ((_, headers, body),) = receiver.deliveries
    delivery = verify(body, headers, KEY)
    assert (delivery.topic, delivery.account) == ("orders_status", str(sandbox.boxc.user_id))
    assert delivery.payload == {"order": {"id": 7, "url": "a/b"}}
    with pytest.raises(AuthenticationError):
        verify(body, headers, "l" * 20)
