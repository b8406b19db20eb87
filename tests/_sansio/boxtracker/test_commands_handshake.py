"""Responses to handshakes: the key has either name, and is required."""

from typing import Any

import orjson
import pytest

from boxapis._http.messages import Response
from boxapis._sansio.boxtracker.commands import Handshake, decode_handshake, missing_customer_id
from boxapis.errors import (
    AuthenticationError,
    BoxAPIError,
    InvalidResponseError,
    ServerError,
)
from boxapis.secret import MASK, Secret

NAME = "cmdBoxTPortalCustomerHandShake"
KEPT = Secret("kept")


def shaken(kept: Secret | None = None, http: int = 200, **body: Any) -> Handshake | BoxAPIError:
    """Returns the result of `decode_handshake` for these fields."""
    response = Response(http, (), orjson.dumps(body))
    return decode_handshake(response, NAME, lambda: (Secret("api-password"),), kept)


FOUND: dict[str, tuple[dict[str, Any], str]] = {
    "sessionKey": ({"sessionKey": "a1"}, "a1"),
    "key": ({"key": "b2"}, "b2"),
    "both": ({"key": "b2", "sessionKey": "a1"}, "a1"),
    "both alike": ({"key": "a1", "sessionKey": "a1"}, "a1"),
    "empty sessionKey": ({"sessionKey": "", "key": "b2"}, "b2"),
    "null sessionKey": ({"sessionKey": None, "key": "b2"}, "b2"),
    "number and text": ({"sessionKey": 5, "key": "b2"}, "b2"),
    "null key": ({"sessionKey": "a1", "key": None}, "a1"),
    "awkward": ({"sessionKey": "Zq9X/+ =&\"'<é%"}, "Zq9X/+ =&\"'<é%"),
}


@pytest.mark.parametrize("status", [200, "200"], ids=repr)
@pytest.mark.parametrize(("body", "expected"), FOUND.values(), ids=FOUND)
def test_keys(body: dict[str, Any], expected: str, status: object) -> None:
    """The key is ``sessionKey``, as documented, else ``key``, as the vendor's client reads it."""
    handshake = shaken(status=status, **body)
    assert isinstance(handshake, Handshake)
    assert handshake.key == expected
    assert handshake.body == {"status": status, **body}


MISSING: dict[str, dict[str, Any]] = {
    "none": {},
    "other case": {"SessionKey": "Zq9X", "sessionkey": "Zq9X", "Key": "Zq9X"},
    "empty": {"sessionKey": "", "key": ""},
    "null": {"sessionKey": None, "key": None},
    "number": {"sessionKey": 13913, "key": 5},
    "true": {"sessionKey": True},
    "list": {"sessionKey": ["Zq9X"]},
    "object": {"key": {"value": "Zq9X"}},
}


@pytest.mark.parametrize("body", MISSING.values(), ids=MISSING)
def test_no_key(body: dict[str, Any]) -> None:
    """A success without a key as text is an error."""
    error = shaken(status=200, **body)
    assert type(error) is InvalidResponseError
    assert str(error) == (
        f"{NAME}: status 200, but no session key. Nothing was changed: report it to the vendor."
    )
    assert (error.path, error.operation) == ("$.sessionKey", NAME)
    assert error.may_have_been_applied is False
    assert error.retry_stopped_by == "permanent"


@pytest.mark.parametrize("body", MISSING.values(), ids=MISSING)
def test_the_kept_key(body: dict[str, Any]) -> None:
    """A handshake that sent a key keeps it when the response has none."""
    handshake = shaken(KEPT, status=200, **body)
    assert isinstance(handshake, Handshake)
    assert handshake.key is KEPT


def test_a_new_key_replaces_the_kept_one() -> None:
    """A key in the response replaces the one that was sent."""
    handshake = shaken(KEPT, status=200, key="new")
    assert isinstance(handshake, Handshake)
    assert handshake.key == "new"


@pytest.mark.parametrize(
    ("number", "expected"),
    [(13913, 13913), ("13913", 13913), (None, None), ("", None), (True, None), ("x", None)],
    ids=repr,
)
def test_customer_id(number: object, expected: int | None) -> None:
    """A customer id is a number, possibly as text; others count as absent."""
    handshake = shaken(status=200, sessionKey="a1", customerID=number)
    assert isinstance(handshake, Handshake)
    assert handshake.customer_id == expected


def test_no_customer_id() -> None:
    """Portal and web API handshakes need no customer id."""
    handshake = shaken(status=200, sessionKey="a1")
    assert isinstance(handshake, Handshake)
    assert handshake.customer_id is None
    error = missing_customer_id(NAME)
    assert "status 200, but no customerID" in str(error)
    assert error.path == "$.customerID"


def test_a_refusal_wins_over_a_key() -> None:
    """A key in an error response is not used, and the password is masked in its text."""
    error = shaken(KEPT, status=500, sessionKey="a1", errorString="bad api-password")
    assert isinstance(error, AuthenticationError)
    assert error.message == f"bad {MASK}"


def test_a_failed_handshake_changed_nothing() -> None:
    """Handshakes count as reads: they may always be repeated."""
    error = shaken(http=503)
    assert isinstance(error, ServerError)
    assert error.may_have_been_applied is False


def test_no_repr_shows_the_key() -> None:
    """The repr shows neither the key nor the body."""
    handshake = shaken(status=200, sessionKey="Zq9X", customerID=13913)
    assert repr(handshake) == "Handshake(key=[secret], customer_id=13913)"
