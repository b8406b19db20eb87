"""Box Tracker sessions: expiry, refusals and log-out."""

import httpx

from boxapis.sandbox import BoxTrackerRules, Sandbox
from tests.support.tracker_calls import (
    JANE_ID,
    PASSWORD,
    USER,
    api_key,
    ask,
    customer_data_status,
    log_in,
)


async def test_unknown_key_is_508_with_the_documented_text(http: httpx.AsyncClient) -> None:
    """An unknown key gets 508, be it the API's or the customer's."""
    session = await log_in(http)
    response = await ask(
        http,
        "cmdBoxTPortalCustomerData",
        **{**session, "session_key_api": "nokey", "customer_id": JANE_ID},
    )
    assert response == {"status": 508, "errorString": "ERROR: Invalid Session Key"}
    assert await customer_data_status(http, session, session_key_customer="nokey") == 508


async def test_key_of_another_user_is_600(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """A live key with another user name gets 600."""
    sandbox.boxtracker.add_user("other-api", "other")
    session = await log_in(http)
    assert await customer_data_status(http, session, username_api="other-api") == 600
    assert await customer_data_status(http, session, username_customer="omar") == 600


async def test_portal_and_web_api_do_not_share_keys(http: httpx.AsyncClient) -> None:
    """A portal key is unknown to the web API."""
    arguments = {"username": USER, "key": await api_key(http), "zipPostalCode": "03060"}
    assert (await ask(http, "cmdBoxTWebAPIPricing", **arguments))["status"] == 508


async def test_session_expires_after_five_idle_minutes(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """A session idle for 299 seconds is alive; after 300 seconds it has expired (507)."""
    session = await log_in(http)
    sandbox.clock.advance(299)
    assert await customer_data_status(http, session) == 200
    sandbox.clock.advance(299)
    assert await customer_data_status(http, session) == 200
    sandbox.clock.advance(300)
    assert await customer_data_status(http, session) == 507


async def test_customer_command_extends_both_sessions_by_default(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """A customer's commands keep the API session alive too, unless set otherwise."""
    session = await log_in(http)
    sandbox.boxtracker.rules = BoxTrackerRules(customer_command_extends="customer")
    sandbox.clock.advance(200)
    assert await customer_data_status(http, session) == 200
    sandbox.clock.advance(200)
    assert sandbox.boxtracker.live_sessions == {"customer": 1}
    assert await customer_data_status(http, session) == 507


async def test_several_api_keys_live_side_by_side(http: httpx.AsyncClient) -> None:
    """A customer key works with any API key of the user, earlier or later."""
    session = await log_in(http)
    later = await api_key(http)
    assert await customer_data_status(http, session, session_key_api=later) == 200
    assert await customer_data_status(http, session) == 200


async def test_earlier_keys_can_be_dropped(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """With the setting, a new handshake makes earlier keys of the same user unknown."""
    sandbox.boxtracker.rules = BoxTrackerRules(earlier_keys="dropped")
    session = await log_in(http)
    await api_key(http)
    assert await customer_data_status(http, session) == 508


async def test_log_out_ends_the_customer_session_only(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """After the log-out the customer key is unknown and the API key valid."""
    session = await log_in(http)
    left = await ask(http, "cmdBoxTPortalCustomerLogOut", **session)
    assert left == {"status": 200}
    assert await customer_data_status(http, session) == 508
    assert sandbox.boxtracker.live_sessions == {"portal": 1}
    again = await ask(http, "cmdBoxTPortalCustomerLogOut", **session)
    assert again["status"] == 508


async def test_forgotten_sessions_are_unknown(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """After a restart of the service every key gets 508."""
    session = await log_in(http)
    sandbox.boxtracker.forget_sessions()
    assert await customer_data_status(http, session) == 508


async def test_live_sessions_are_counted_by_kind(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """Live sessions are counted by kind."""
    await log_in(http)
    await ask(http, "cmdBoxTWebAPIHandShake", username=USER, password=PASSWORD)
    assert sandbox.boxtracker.live_sessions == {"portal": 1, "customer": 1, "web": 1}
