"""The values of the three handshakes: fields of both dialects, and no key in a repr."""

import copy
import pickle
from typing import Any

import pytest
from attrs.exceptions import FrozenInstanceError

from boxapis._http.failures import unwrapped
from boxapis._sansio import shapes
from boxapis.boxtracker._account import checked_login
from boxapis.boxtracker._client import BoxTracker
from boxapis.boxtracker.handshakes import (
    CustomerHandshake,
    PortalHandshake,
    WebApiHandshake,
    customer_value,
)
from boxapis.errors import (
    AuthenticationError,
    BoxAPIError,
    ConfigurationError,
    InvalidResponseError,
    PermissionDeniedError,
    SessionExpiredError,
)
from boxapis.secret import Secret
from boxapis.transports.scripted import ScriptedTransport
from tests.support.doubles import closed_later

pytestmark = pytest.mark.usefixtures("closing")

PORTAL = "cmdBoxTPortalHandShake"
WEB = "cmdBoxTWebAPIHandShake"
CUSTOMER = "cmdBoxTPortalCustomerHandShake"


def tracker(*answers: Any) -> tuple[BoxTracker, ScriptedTransport]:
    """A client with scripted answers."""
    transport = ScriptedTransport(answers)
    client = BoxTracker("api-user", "api-password", transport=transport)
    return closed_later(client), transport


@pytest.mark.parametrize("name", ["sessionKey", "key"])
async def test_portal(name: str) -> None:
    """The key under either name; unknown fields are kept, the envelope is not."""
    client, transport = tracker({"status": "200", "errorString": "", name: "Zq9X", "new": [1]})
    handshake = await client.handshakes.portal()
    assert handshake == PortalHandshake(session_key=Secret("Zq9X"), extra={"new": [1]})
    assert transport.requests[0].arguments == {
        "command": PORTAL,
        "username": "api-user",
        "password": "api-password",
    }


async def test_web_api() -> None:
    """The web API's handshake has the tax selectors."""
    body = {"status": 200, "sessionKey": "Zq9X", "txnClasses": ["Orleans", "Jefferson"]}
    client, transport = tracker(body)
    handshake = await client.handshakes.web_api()
    assert handshake.session_key == "Zq9X"
    assert handshake.txn_classes == ("Orleans", "Jefferson")
    assert dict(handshake.extra) == {}
    assert transport.requests[0].arguments["command"] == WEB


async def test_web_api_without_selectors() -> None:
    """Without the field there are no selectors."""
    client, _ = tracker({"status": 200, "key": "Zq9X"})
    assert (await client.handshakes.web_api()).txn_classes == ()


async def test_selectors_as_text() -> None:
    """F175: like other answers of the web API, the handshake may hold JSON inside of text."""
    client, _ = tracker({"status": 200, "key": "Zq9X", "txnClasses": '["Orleans", null]'})
    assert (await client.handshakes.web_api()).txn_classes == ("Orleans", "")


async def test_selectors_of_another_shape() -> None:
    """A text is not taken for a list of its characters."""
    client, _ = tracker({"status": 200, "key": "Zq9X", "txnClasses": "Orleans"})
    with pytest.raises(InvalidResponseError, match="expected an array") as caught:
        await client.handshakes.web_api()
    assert caught.value.path == "$.txnClasses"
    assert caught.value.operation == WEB


@pytest.mark.parametrize("number", [13913, "13913"], ids=repr)
async def test_customer_with_password(number: object) -> None:
    """The API session is opened first, then the customer's; the number may come as text."""
    client, transport = tracker(
        {"status": 200, "key": "api-key"},
        {"status": 200, "sessionKey": "Zq9X", "customerID": number, "new": True},
    )
    handshake = await client.handshakes.customer("jane", "jane-password")
    assert handshake == CustomerHandshake(
        session_key=Secret("Zq9X"), customer_id=13913, extra={"new": True}
    )
    assert [request.operation for request in transport.requests] == [PORTAL, CUSTOMER]
    assert transport.requests[1].arguments == {
        "command": CUSTOMER,
        "username_api": "api-user",
        "password_api": "api-password",
        "session_key_api": "api-key",
        "username_customer": "jane",
        "password_customer": "jane-password",
    }


async def test_customer_with_key() -> None:
    """A key is confirmed, and kept when the answer has none."""
    client, transport = tracker(
        {"status": 200, "key": "api-key"}, {"status": "200", "customerID": 13913}
    )
    handshake = await client.handshakes.customer("jane", session_key=Secret("Zq9X"))
    assert handshake.session_key == "Zq9X"
    assert handshake.customer_id == 13913
    arguments = transport.requests[1].arguments
    assert arguments["session_key_customer"] == "Zq9X"
    assert "password_customer" not in arguments


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (500, AuthenticationError),
        (502, AuthenticationError),
        (305, AuthenticationError),
        (509, PermissionDeniedError),
        (600, SessionExpiredError),
    ],
)
async def test_refusals(status: int, expected: type[BoxAPIError]) -> None:
    """A refused handshake raises the same error for each of the APIs."""
    client, _ = tracker(*[{"status": status}] * 2)
    with pytest.raises(expected):
        await client.handshakes.portal()
    with pytest.raises(expected):
        await client.handshakes.web_api()


async def test_a_refused_customer() -> None:
    """A customer's wrong password is an AuthenticationError, though the API user's was right."""
    client, _ = tracker({"status": 200, "key": "api-key"}, {"status": 500})
    with pytest.raises(AuthenticationError):
        await client.handshakes.customer("jane", "wrong")


async def test_a_customer_without_number() -> None:
    """An answer without ``customerID`` is an error: commands could not name the customer."""
    client, _ = tracker({"status": 200, "key": "api-key"}, {"status": 200, "key": "Zq9X"})
    with pytest.raises(InvalidResponseError) as caught:
        await client.handshakes.customer("jane", "jane-password")
    assert caught.value.path == "$.customerID"


@pytest.mark.parametrize(
    "given",
    [{}, {"password": "Zq9X", "session_key": "Zq9X"}],
    ids=["neither", "both"],
)
async def test_password_or_key(given: dict[str, str]) -> None:
    """Exactly one of password and key; nothing is sent otherwise."""
    client, transport = tracker()
    with pytest.raises(ConfigurationError, match="not both and not neither") as caught:
        await client.handshakes.customer("jane", **given)
    assert "Zq9X" not in str(caught.value)
    assert transport.requests == []


@pytest.mark.parametrize(
    ("username", "password", "key", "what"),
    [
        ("", "p", None, "the customer's user name"),
        (None, "p", None, "the customer's user name"),
        (5, "p", None, "the customer's user name"),
        ("jane\ud800", "p", None, "the customer's user name"),
        ("jane", "", None, "the customer's password"),
        ("jane", 5, None, "the customer's password"),
        ("jane", "p\ud800", None, "the customer's password"),
        ("jane", None, "", "session_key"),
        ("jane", None, b"k", "session_key"),
    ],
    ids=ascii,
)
async def test_what_cannot_be_sent(username: Any, password: Any, key: Any, what: str) -> None:
    """Empty, no text, or not encodable: refused by name before anything is sent."""
    client, transport = tracker()
    with pytest.raises(ConfigurationError, match=f"^{what} "):
        await client.handshakes.customer(username, password, session_key=key)
    assert transport.requests == []


def test_unknown_fields_have_a_default() -> None:
    """A value made by hand, for instance in a test, needs no unknown fields."""
    assert dict(PortalHandshake(session_key=Secret("x")).extra) == {}
    assert dict(CustomerHandshake(session_key=Secret("x"), customer_id=1).extra) == {}


def test_a_checked_login_passes_on() -> None:
    """Credentials that can be sent come back unchanged, absent parts stay absent."""
    secret = Secret("p")
    assert checked_login("jane", secret, None) == ("jane", secret, None)
    assert checked_login("jane", None, secret) == ("jane", None, secret)


def test_a_failed_handshake_is_raised() -> None:
    """An error returned as a value is raised unchanged."""
    error = SessionExpiredError("over")
    with pytest.raises(SessionExpiredError) as caught:
        customer_value(error)
    assert caught.value is error


VALUES = [
    PortalHandshake(session_key=Secret("Zq9X"), extra={"b": "Zq9X", "a": 1}),
    WebApiHandshake(session_key=Secret("Zq9X"), extra={"b": "Zq9X", "a": 1}),
    CustomerHandshake(session_key=Secret("Zq9X"), customer_id=13913, extra={"b": "Zq9X", "a": 1}),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_values_hide_the_key(value: Any) -> None:
    """The repr shows neither key nor unknown values; the value is frozen and not pickled."""
    assert "session_key=[secret]" in repr(value)
    assert "extra={a, b}" in repr(value)
    assert "Zq9X" not in repr(value)
    with pytest.raises(FrozenInstanceError):
        value.session_key = Secret("x")
    for way in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            way(value)


@pytest.mark.parametrize("cls", [PortalHandshake, WebApiHandshake], ids=["portal", "web"])
@pytest.mark.parametrize("key", [None, 5, ["Zq9X"]], ids=repr)
def test_a_key_is_text(cls: type[object], key: object) -> None:
    """A session key that is not text is refused."""
    with pytest.raises(InvalidResponseError, match=r"expected text at \$\.session_key") as caught:
        unwrapped(shapes.read(cls, {"session_key": key}, path="$", operation="x"))
    assert "Zq9X" not in str(caught.value)
