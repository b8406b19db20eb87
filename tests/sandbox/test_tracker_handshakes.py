"""Box Tracker's three handshakes: keys and refusals."""

import httpx
import pytest
from attrs import evolve

from boxapis.sandbox import BoxTrackerRules, BoxTrackerService, Sandbox
from tests.support.tracker_calls import (
    JANE_ID,
    JANE_PASSWORD,
    PASSWORD,
    USER,
    api_key,
    ask,
    customer_data_status,
    customer_handshake,
    log_in,
)


async def test_portal_handshake_gives_a_key_of_eighteen_letters_and_digits(
    http: httpx.AsyncClient,
) -> None:
    """The portal handshake returns 200 and a new key of the documented form."""
    first, second = await api_key(http), await api_key(http)
    assert first.isalnum()
    assert len(first) == 18
    assert first != second


async def test_web_handshake_also_gives_tax_classes(http: httpx.AsyncClient) -> None:
    """The web API handshake returns a key and the list `txnClasses`."""
    opened = await ask(http, "cmdBoxTWebAPIHandShake", username=USER, password=PASSWORD)
    assert opened["status"] == 200
    assert isinstance(opened["sessionKey"], str)
    assert all(isinstance(name, str) for name in opened["txnClasses"])


async def test_customer_handshake_gives_key_and_number(http: httpx.AsyncClient) -> None:
    """The customer handshake returns a key and a numeric `customerID`."""
    opened = await customer_handshake(http, await api_key(http), password_customer=JANE_PASSWORD)
    assert opened["status"] == 200
    assert opened["customerID"] == JANE_ID


@pytest.mark.parametrize("command", ["cmdBoxTPortalHandShake", "cmdBoxTWebAPIHandShake"])
async def test_api_handshake_refusals(http: httpx.AsyncClient, command: str) -> None:
    """An unknown user gets 502, a wrong password 500, missing or empty arguments 303."""
    unknown = await ask(http, command, username="unknown", password=PASSWORD)
    wrong = await ask(http, command, username=USER, password="guess")
    empty = await ask(http, command, username=USER, password="")
    assert [unknown["status"], wrong["status"], empty["status"]] == [502, 500, 303]
    assert wrong["errorString"] == "ERROR: Invalid Credentials"


async def test_customer_handshake_refusals(http: httpx.AsyncClient) -> None:
    """Each wrong part of the customer handshake has its own status."""
    key = await api_key(http)
    cases: list[tuple[int, dict[str, str]]] = [
        (305, {"password_customer": "guess"}),
        (500, {"password_customer": JANE_PASSWORD, "password_api": "guess"}),
        (502, {"password_customer": JANE_PASSWORD, "username_api": "unknown"}),
        (502, {"password_customer": JANE_PASSWORD, "username_customer": "unknown"}),
        (508, {"password_customer": JANE_PASSWORD, "session_key_api": "nokey"}),
        (508, {"session_key_customer": "nokey"}),
        (303, {}),
        (303, {"password_customer": JANE_PASSWORD, "username_customer": ""}),
    ]
    got = [(await customer_handshake(http, key, **more))["status"] for _, more in cases]
    assert got == [status for status, _ in cases]


async def test_credential_statuses_are_settings(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """The statuses of refused handshakes are settings, since they are not documented."""
    sandbox.boxtracker.rules = BoxTrackerRules(
        api_password_status=305, customer_password_status=500, unknown_user_status=305
    )
    wrong = await ask(http, "cmdBoxTPortalHandShake", username=USER, password="guess")
    unknown = await ask(http, "cmdBoxTPortalHandShake", username="unknown", password="guess")
    customer = await customer_handshake(http, await api_key(http), password_customer="guess")
    assert [wrong["status"], unknown["status"], customer["status"]] == [305, 305, 500]


async def test_handshake_with_a_key_confirms_and_extends(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """A handshake with a live key returns the same key and keeps it alive."""
    session = await log_in(http)
    key = session["session_key_customer"]
    sandbox.clock.advance(200)
    confirmed = await customer_handshake(http, session["session_key_api"], session_key_customer=key)
    assert confirmed == {"status": 200, "sessionKey": key, "key": key, "customerID": JANE_ID}
    sandbox.clock.advance(200)
    assert await customer_data_status(http, session) == 200


async def test_confirmation_may_give_a_new_key_or_none(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """With the settings, a confirmation returns a new key or none; the old one stays valid."""
    session = await log_in(http)
    api, key = session["session_key_api"], session["session_key_customer"]
    sandbox.boxtracker.rules = BoxTrackerRules(confirm_returns="new")
    renewed = await customer_handshake(http, api, session_key_customer=key)
    sandbox.boxtracker.rules = BoxTrackerRules(confirm_returns="none")
    silent = await customer_handshake(http, api, session_key_customer=key)
    assert renewed["sessionKey"] != key
    assert silent == {"status": 200, "customerID": JANE_ID}
    assert await customer_data_status(http, session) == 200


async def test_expired_key_with_password_is_decided_by_the_password(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """With an expired key and a password, the password alone decides."""
    session = await log_in(http)
    sandbox.boxtracker.expire_sessions()
    api, expired = await api_key(http), session["session_key_customer"]
    alone = await customer_handshake(http, api, session_key_customer=expired)
    right = await customer_handshake(
        http, api, session_key_customer=expired, password_customer=JANE_PASSWORD
    )
    wrong = await customer_handshake(
        http, api, session_key_customer=expired, password_customer="guess"
    )
    assert [alone["status"], right["status"], wrong["status"]] == [507, 200, 305]
    assert right["sessionKey"] != expired


async def test_awkward_keys_need_encoding_and_come_back_whole(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """Keys with reserved characters work when they are percent-encoded."""
    sandbox.boxtracker.rules = BoxTrackerRules(awkward_keys=True)
    session = await log_in(http)
    assert set("&+%=") <= set(session["session_key_api"])
    assert await customer_data_status(http, session) == 200


def test_service_can_have_users_of_its_own() -> None:
    """A service with API users of its own knows no others."""
    service = BoxTrackerService(users={"me": "mine"})
    assert service.users == {"me": "mine"}
    refused = service.handle(
        "GET",
        {"command": "cmdBoxTPortalHandShake", "username": USER, "password": PASSWORD},
    )
    assert b"502" in refused.body


async def test_wrong_address_is_509(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """With a list of addresses every other caller is refused, before any other check."""
    rules = sandbox.boxtracker.rules
    sandbox.boxtracker.rules = evolve(rules, allowed_addresses=frozenset({"192.0.2.1"}))
    refused = await ask(http, "cmdBoxTPortalHandShake", username=USER, password=PASSWORD)
    sandbox.boxtracker.rules = evolve(rules, allowed_addresses=frozenset({"127.0.0.1"}))
    accepted = await ask(http, "cmdBoxTPortalHandShake", username=USER, password=PASSWORD)
    assert [refused["status"], accepted["status"]] == [509, 200]
