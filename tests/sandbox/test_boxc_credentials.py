"""BoxC credentials: create, read, update and delete; secret values are never shown."""

from typing import Any

import httpx
import pytest

from boxapis.sandbox import (
    BoxCRules,
    Sandbox,
)
from tests.support.boxc_calls import CREDENTIALS, full_error

PARAMS = {"client_id": "the-id", "client_secret": "the-secret"}


async def create(boxc: httpx.AsyncClient, carrier: str = "DHLeC") -> dict[str, Any]:
    """Create a credential and return it as the response shows it."""
    response = await boxc.post(
        CREDENTIALS, json={"credential": {"carrier": carrier, "params": PARAMS}}
    )
    assert response.status_code == 201
    shown: dict[str, Any] = response.json()["credential"]
    return shown


async def test_created_credential_is_shown_without_its_values(
    sandbox: Sandbox, boxc: httpx.AsyncClient
) -> None:
    """The response shows the names of the params with empty values; the values are stored."""
    shown = await create(boxc)
    assert shown == {
        "id": 1234567,
        "user_id": 12006,
        "carrier": "DHLeC",
        "params": {"client_id": "", "client_secret": ""},
        "updated": "2026-01-01 00:00:00",
        "created": "2026-01-01 00:00:00",
        "deleted": False,
    }
    assert sandbox.boxc.stored_params(1234567) == PARAMS


async def test_stored_params_of_an_unknown_credential_raise(sandbox: Sandbox) -> None:
    """The params of a credential that never existed raise LookupError."""
    with pytest.raises(LookupError, match="no credential has the ID 5"):
        sandbox.boxc.stored_params(5)


async def test_credential_can_be_read(boxc: httpx.AsyncClient) -> None:
    """Reading returns the same object as creating."""
    shown = await create(boxc)
    assert (await boxc.get(f"{CREDENTIALS}/{shown['id']}")).json() == {"credential": shown}


async def test_forms_of_params_and_deleted_are_settings(
    sandbox: Sandbox, boxc: httpx.AsyncClient
) -> None:
    """With the settings, `params` is left out and `deleted` is null."""
    sandbox.boxc.rules = BoxCRules(masked="absent", undeleted=None)
    shown = await create(boxc)
    assert "params" not in shown
    assert shown["deleted"] is None


async def test_update_replaces_all_params(sandbox: Sandbox, boxc: httpx.AsyncClient) -> None:
    """An update, with the same carrier or none, replaces all params and changes `updated`."""
    shown = await create(boxc)
    path = f"{CREDENTIALS}/{shown['id']}"
    sandbox.clock.advance(61)
    alone = await boxc.put(path, json={"credential": {"params": {"client_id": "new"}}})
    both = await boxc.put(path, json={"credential": {"carrier": "DHLeC", "params": {"x": "y"}}})
    assert alone.json()["credential"]["params"] == {"client_id": ""}
    assert alone.json()["credential"]["updated"] == "2026-01-01 00:01:01"
    assert alone.json()["credential"]["created"] == "2026-01-01 00:00:00"
    assert both.status_code == 200
    assert sandbox.boxc.stored_params(shown["id"]) == {"x": "y"}


async def test_carrier_cannot_be_changed(sandbox: Sandbox, boxc: httpx.AsyncClient) -> None:
    """An update with another carrier gets 1454 and changes nothing."""
    shown = await create(boxc)
    body = {"credential": {"carrier": "SPL", "params": {"x": "y"}}}
    response = await boxc.put(f"{CREDENTIALS}/{shown['id']}", json=body)
    assert full_error(response) == (400, 1454, "The carrier can't be changed")
    assert sandbox.boxc.stored_params(shown["id"]) == PARAMS


async def test_update_may_need_the_carrier(sandbox: Sandbox, boxc: httpx.AsyncClient) -> None:
    """With the setting, an update without the carrier is refused."""
    sandbox.boxc.rules = BoxCRules(update_needs_carrier=True)
    shown = await create(boxc)
    path = f"{CREDENTIALS}/{shown['id']}"
    without = await boxc.put(path, json={"credential": {"params": PARAMS}})
    both = await boxc.put(path, json={"credential": {"carrier": "DHLeC", "params": PARAMS}})
    assert without.json()["errors"] == [
        "/credential: The required properties (carrier) are missing"
    ]
    assert both.status_code == 200


@pytest.mark.parametrize("params", [None, "text", ["a"], {"client_id": 7}, {"client_id": None}])
async def test_params_must_be_an_object_of_texts(boxc: httpx.AsyncClient, params: Any) -> None:
    """Values that are not strings are refused when updating and when creating."""
    shown = await create(boxc)
    body = {"credential": {"carrier": "DHLeC", "params": params}}
    updated = await boxc.put(f"{CREDENTIALS}/{shown['id']}", json=body)
    created = await boxc.post(CREDENTIALS, json=body)
    assert full_error(updated) == full_error(created) == (400, 1000, "params: Params are not valid")
    assert updated.json()["errors"] == ["params: Params are not valid"]


@pytest.mark.parametrize(
    ("body", "item"),
    [
        ({}, "/: The required properties (credential) are missing"),
        ({"credential": 1}, "/: The required properties (credential) are missing"),
        (
            {"credential": {"params": {}}},
            "/credential: The required properties (carrier) are missing",
        ),
        (
            {"credential": {"carrier": "SPL"}},
            "/credential: The required properties (params) are missing",
        ),
        (
            {"credential": {"carrier": 7, "params": {}}},
            "/credential/carrier: Carrier is not valid",
        ),
        (
            {"credential": {"carrier": "", "params": {}}},
            "/credential/carrier: Carrier is not valid",
        ),
    ],
)
async def test_incomplete_bodies_are_named(boxc: httpx.AsyncClient, body: Any, item: str) -> None:
    """A validation error names what is missing, and has the `status` that only code 1000 has."""
    response = await boxc.post(CREDENTIALS, json=body)
    assert response.status_code == 400
    assert response.json() == {
        "code": 1000,
        "message": f"Validation Error. {item}",
        "errors": [item],
        "status": "error",
    }


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"text"', b"\xff"])
async def test_malformed_bodies_are_refused(boxc: httpx.AsyncClient, content: bytes) -> None:
    """A body that is not a JSON object is malformed."""
    response = await boxc.post(CREDENTIALS, content=content)
    assert full_error(response) == (400, 1000, "Request is malformed.")
    assert response.json()["errors"] == ["Request is malformed."]


async def test_delete_returns_an_empty_body(sandbox: Sandbox, boxc: httpx.AsyncClient) -> None:
    """Deleting gets 200 without body or content type; a second delete gets 1450."""
    shown = await create(boxc)
    path = f"{CREDENTIALS}/{shown['id']}"
    deleted = await boxc.delete(path)
    assert (deleted.status_code, deleted.content) == (200, b"")
    assert deleted.headers["content-length"] == "0"
    assert "content-type" not in deleted.headers
    again, read = await boxc.delete(path), await boxc.get(path)
    update = await boxc.put(path, json={"credential": {"params": PARAMS}})
    assert (
        full_error(again)
        == full_error(read)
        == full_error(update)
        == (404, 1450, "Credential not found")
    )
    assert (await boxc.get(CREDENTIALS)).json()["credentials"] == []
    assert sandbox.boxc.stored_params(shown["id"]) == PARAMS


async def test_deleted_credentials_can_stay_visible(
    sandbox: Sandbox, boxc: httpx.AsyncClient
) -> None:
    """With the setting, a deleted credential is shown with the time of its deletion."""
    sandbox.boxc.rules = BoxCRules(soft_delete_visible=True)
    shown = await create(boxc)
    sandbox.clock.advance(5)
    await boxc.delete(f"{CREDENTIALS}/{shown['id']}")
    read = (await boxc.get(f"{CREDENTIALS}/{shown['id']}")).json()["credential"]
    listed = (await boxc.get(CREDENTIALS)).json()["credentials"]
    assert read["deleted"] == "2026-01-01 00:00:05"
    assert listed == [read]
    assert (await boxc.delete(f"{CREDENTIALS}/{shown['id']}")).status_code == 404


@pytest.mark.parametrize("number", ["1", "abc", "-1", "9" * 30, "\u0661"])
async def test_unknown_numbers_are_not_found(boxc: httpx.AsyncClient, number: str) -> None:
    """An ID that is not a number or does not exist gets 1450."""
    response = await boxc.get(f"{CREDENTIALS}/{number}")
    assert full_error(response) == (404, 1450, "Credential not found")


async def test_credentials_of_another_user_are_not_found(
    sandbox: Sandbox, boxc: httpx.AsyncClient
) -> None:
    """Another user's credential is not found and not listed."""
    number = sandbox.boxc.add_credential("SPL", {"username": "u"}, user_id=77)
    assert (await boxc.get(f"{CREDENTIALS}/{number}")).status_code == 404
    assert (await boxc.get(CREDENTIALS)).json() == {"credentials": [], "next_page": None}
    assert [item["user_id"] for item in sandbox.boxc.credentials] == [77]


async def test_records_of_requests_hide_every_value(
    sandbox: Sandbox, boxc: httpx.AsyncClient
) -> None:
    """A recorded body keeps names and the carrier; all other values are masked."""
    await create(boxc)
    await boxc.post(CREDENTIALS, json=["secret"])
    await boxc.post(CREDENTIALS, content=b"secret")
    bodies = [record.body for record in sandbox.boxc.requests]
    masked = {"client_id": "[secret]", "client_secret": "[secret]"}
    assert bodies == [
        {"credential": {"carrier": "DHLeC", "params": masked}},
        ["[secret]"],
        None,
    ]
