"""Box Tracker's three handshakes: what they give and what they refuse."""

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
    customer_answer,
    data_status,
    log_in,
)


async def test_portal_handshake_gives_a_key_of_eighteen_letters_and_digits(
    http: httpx.AsyncClient,
) -> None:
    """The portal handshake answers 200 and a fresh key of the documented form."""
    first, second = await api_key(http), await api_key(http)
    assert first.isalnum()
    assert len(first) == 18
    assert first != second


async def test_web_handshake_also_gives_tax_classes(http: httpx.AsyncClient) -> None:
    """The web API handshake answers with a key and the list `txnClasses`."""
    opened = await ask(http, "cmdBoxTWebAPIHandShake", username=USER, password=PASSWORD)
    assert opened["status"] == 200
    assert isinstance(opened["sessionKey"], str)
    assert all(isinstance(name, str) for name in opened["txnClasses"])


async def test_customer_handshake_gives_key_and_number(http: httpx.AsyncClient) -> None:
    """The customer handshake answers with a key and a numeric customerID."""
    opened = await customer_answer(http, await api_key(http), password_customer=JANE_PASSWORD)
    assert opened["status"] == 200
    assert opened["customerID"] == JANE_ID


@pytest.mark.parametrize("command", ["cmdBoxTPortalHandShake", "cmdBoxTWebAPIHandShake"])
async def test_api_handshake_refusals(http: httpx.AsyncClient, command: str) -> None:
    """Unknown user 502, wrong password 500, nothing or emptiness 303."""
    unknown = await ask(http, command, username="nobody", password=PASSWORD)
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
        (502, {"password_customer": JANE_PASSWORD, "username_api": "nobody"}),
        (502, {"password_customer": JANE_PASSWORD, "username_customer": "nobody"}),
        (508, {"password_customer": JANE_PASSWORD, "session_key_api": "nokey"}),
        (508, {"session_key_customer": "nokey"}),
        (303, {}),
        (303, {"password_customer": JANE_PASSWORD, "username_customer": ""}),
    ]
    got = [(await customer_answer(http, key, **more))["status"] for _, more in cases]
    assert got == [status for status, _ in cases]


async def test_credential_statuses_are_settings(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """Which handshake answers which status is not documented and can be set."""
    sandbox.boxtracker.rules = BoxTrackerRules(
        api_password_status=305, customer_password_status=500, unknown_user_status=305
    )
    wrong = await ask(http, "cmdBoxTPortalHandShake", username=USER, password="guess")
    unknown = await ask(http, "cmdBoxTPortalHandShake", username="nobody", password="guess")
    customer = await customer_answer(http, await api_key(http), password_customer="guess")
    assert [wrong["status"], unknown["status"], customer["status"]] == [305, 305, 500]


async def test_handshake_with_a_key_confirms_and_extends(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """A handshake with a living key gives the same key and keeps it alive."""
    session = await log_in(http)
    key = session["session_key_customer"]
    sandbox.clock.advance(200)
    confirmed = await customer_answer(http, session["session_key_api"], session_key_customer=key)
    assert confirmed == {"status": 200, "sessionKey": key, "customerID": JANE_ID}
    sandbox.clock.advance(200)
    assert await data_status(http, session) == 200


async def test_confirmation_may_give_a_new_key_or_none(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """By setting a confirmation brings another key or no key, and the old one stays good."""
    session = await log_in(http)
    api, key = session["session_key_api"], session["session_key_customer"]
    sandbox.boxtracker.rules = BoxTrackerRules(confirm_returns="new")
    renewed = await customer_answer(http, api, session_key_customer=key)
    sandbox.boxtracker.rules = BoxTrackerRules(confirm_returns="none")
    silent = await customer_answer(http, api, session_key_customer=key)
    assert renewed["sessionKey"] != key
    assert silent == {"status": 200, "customerID": JANE_ID}
    assert await data_status(http, session) == 200


async def test_dead_key_with_password_is_decided_by_the_password(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """With both, a dead key is no obstacle for the right password and no help for a wrong one."""
    session = await log_in(http)
    sandbox.boxtracker.expire_sessions()
    api, dead = await api_key(http), session["session_key_customer"]
    alone = await customer_answer(http, api, session_key_customer=dead)
    right = await customer_answer(
        http, api, session_key_customer=dead, password_customer=JANE_PASSWORD
    )
    wrong = await customer_answer(http, api, session_key_customer=dead, password_customer="guess")
    assert [alone["status"], right["status"], wrong["status"]] == [507, 200, 305]
    assert right["sessionKey"] != dead


async def test_awkward_keys_need_encoding_and_come_back_whole(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """Keys with reserved characters work when they are percent-encoded."""
    sandbox.boxtracker.rules = BoxTrackerRules(awkward_keys=True)
    session = await log_in(http)
    assert set("&+%=") <= set(session["session_key_api"])
    assert await data_status(http, session) == 200


def test_service_has_users_of_its_own_when_told() -> None:
    """API users can be given; the service then knows nobody else."""
    service = BoxTrackerService(users={"me": "mine"})
    assert service.users == {"me": "mine"}
    refused = service.handle(
        "GET",
        {"command": "cmdBoxTPortalHandShake", "username": USER, "password": PASSWORD},
    )
    assert b"502" in refused.body


async def test_wrong_address_is_509(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """With a list of addresses every other caller is refused, before anything else."""
    rules = sandbox.boxtracker.rules
    sandbox.boxtracker.rules = evolve(rules, allowed_addresses=frozenset({"192.0.2.1"}))
    refused = await ask(http, "cmdBoxTPortalHandShake", username=USER, password=PASSWORD)
    sandbox.boxtracker.rules = evolve(rules, allowed_addresses=frozenset({"127.0.0.1"}))
    let_in = await ask(http, "cmdBoxTPortalHandShake", username=USER, password=PASSWORD)
    assert [refused["status"], let_in["status"]] == [509, 200]
