"""Error responses of Box Tracker: class, text, and whether a change may have been made."""

from typing import Any

import orjson
import pytest

from boxapis._http.messages import Response
from boxapis._sansio.boxtracker.catalogue import STATUSES
from boxapis._sansio.boxtracker.commands import decode
from boxapis._sansio.operation import Kind
from boxapis.errors import (
    APIError,
    BoxAPIError,
    OutcomeUnknownError,
    PaymentError,
    ServerError,
    SessionExpiredError,
    UnknownStatusError,
)
from boxapis.secret import MASK, Secret

NAME = "cmdBoxTPortalSaveWorkOrder"
AWKWARD = "Zq9X/+ =&\"'<é%"
KINDS: tuple[Kind, ...] = ("read", "idempotent", "changing")
REFUSALS = [status for status in STATUSES if status != 200]
LOOK_IT_UP = "It may have been carried out: look it up before you repeat it."


def refusal(kind: Kind = "read", secrets: tuple[Secret, ...] = (), **body: Any) -> BoxAPIError:
    """Returns the error of a response with these fields."""
    response = Response(200, (("X-Request-Id", "r-1"),), orjson.dumps(body))
    error = decode(response, NAME, kind, lambda: iter(secrets))
    assert isinstance(error, BoxAPIError)
    return error


def said_no(kind: Kind = "read", secrets: tuple[Secret, ...] = (), **body: Any) -> APIError:
    """Returns the `APIError` of a response with these fields."""
    error = refusal(kind, secrets, **body)
    assert isinstance(error, APIError)
    return error


@pytest.mark.parametrize("status", REFUSALS)
@pytest.mark.parametrize("as_text", [False, True], ids=["number", "text"])
def test_every_status_of_a_read(status: int, as_text: bool) -> None:  # noqa: FBT001 - a parameter
    """The error has the class of the table; a read never changes anything."""
    error = said_no(status=str(status) if as_text else status, errorString="ERROR: no")
    assert type(error) is STATUSES[status].error
    assert (error.service, error.status, error.code) == ("boxtracker", 200, status)
    assert (error.message, error.operation) == ("ERROR: no", NAME)
    assert error.may_have_been_applied is False
    assert error.request_id is None
    assert dict(error.details) == {}


@pytest.mark.parametrize("status", [status for status in REFUSALS if status != 700])
@pytest.mark.parametrize("kind", ["idempotent", "changing"])
def test_every_status_of_a_change(status: int, kind: Kind) -> None:
    """A refusal proves that nothing was changed, unless the server failed."""
    error = said_no(kind, status=status)
    assert type(error) is STATUSES[status].error
    assert error.may_have_been_applied is (STATUSES[status].error is ServerError)
    assert (LOOK_IT_UP in str(error)) is error.may_have_been_applied


@pytest.mark.parametrize("kind", ["idempotent", "changing"])
def test_a_session_that_was_not_updated(kind: Kind) -> None:
    """700 on a change does not prove that it was not carried out."""
    error = refusal(kind, status=700, errorString="Failed session update")
    assert type(error) is OutcomeUnknownError
    assert error.may_have_been_applied is True
    assert error.retry_stopped_by == "not-repeatable"
    assert error.operation == NAME
    assert "status 700" in str(error)


def test_a_read_whose_session_was_not_updated() -> None:
    """For a read, 700 means that the session must be renewed."""
    assert type(refusal(status=700)) is SessionExpiredError


@pytest.mark.parametrize("status", [555, 0, -1, 1, 201, 404, 999, 999_999])
@pytest.mark.parametrize("kind", KINDS)
def test_unknown_statuses(status: int, kind: Kind) -> None:
    """F60: an undocumented status is no success, and leaves open what was done."""
    error = said_no(kind, status=status, errorString="new")
    assert type(error) is UnknownStatusError
    assert error.code == status
    assert error.may_have_been_applied is (kind != "read")
    assert f"status {status}, an undocumented status" in str(error)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", [4929718203645519, "4929718203645519", 1_000_000], ids=repr)
def test_long_numbers_are_no_statuses(status: object, kind: Kind) -> None:
    """F149: a number of more than six digits is never shown as a status, and never a success."""
    error = said_no(kind, status=status, errorString="new")
    assert type(error) is UnknownStatusError
    assert error.code is None
    assert error.may_have_been_applied is (kind != "read")
    assert "status too long, an undocumented status" in str(error)


def test_the_whole_text() -> None:
    """The text has command, status, meaning, the service's text, outcome and advice."""
    error = said_no("changing", status=509, errorString="Wrong address 192.0.2.7")
    assert str(error) == (
        f"{NAME}: status 509, the request came from the wrong IP address."
        ' It says: "Wrong address 192.0.2.7". Nothing was changed:'
        " call from the one registered, static IP address that Box Tracker takes this user from,"
        " or through a proxy that does."
    )


def test_the_shortest_text() -> None:
    """Without advice in the table, the text ends with the advice of the class."""
    error = said_no(status=303)
    assert str(error) == (
        f"{NAME}: status 303, inputs are missing."
        " Nothing was changed: correct the arguments, then call again."
    )


@pytest.mark.parametrize(
    "text", ["", None, 5, True, ["x"], {"a": "b"}], ids=["empty", "null", "5", "true", "[]", "{}"]
)
def test_an_error_string_that_is_no_text(text: object) -> None:
    """A text of another type is left out of the error."""
    error = said_no(status=340, errorString=text)
    assert isinstance(error, PaymentError)
    assert error.message == ""
    assert "It says" not in str(error)


def test_secrets_are_taken_out_of_the_text() -> None:
    """Secrets that the service echoes are masked in text and message."""
    key = Secret("k3yW1th5ymb0ls")
    error = said_no(
        secrets=(Secret(AWKWARD), key),
        status=507,
        errorString=f"no session k3yW1th5ymb0ls for {AWKWARD}",
    )
    assert error.message == f"no session {MASK} for {MASK}"
    assert "Zq9X" not in str(error)
    assert "k3yW1th5ymb0ls" not in repr(error)


def test_a_short_secret_leaves_the_text() -> None:
    """F64, F133: a card's code is masked where it stands by itself; the text stays readable."""
    error = said_no("changing", (Secret("123"),), status=324, errorString="code 123 is wrong")
    assert error.message == f"code {MASK} is wrong"


def test_long_texts_are_cut() -> None:
    """The service's text is cut to 500 characters."""
    error = said_no(status=512, errorString="x" * 10_000)
    assert error.message == "x" * 499 + "…"
    assert len(str(error)) < 700


def test_details() -> None:
    """Similar orders and a test URL are kept in the details, masked and cut."""
    error = said_no(
        "changing",
        (Secret(AWKWARD),),
        status=303,
        similarWOs=["Order 7 on Jan 05, 2024", f"by {AWKWARD}", 5, None, {"ID": 1}, "x" * 600],
        TestURL=f"https://h.example/?key={AWKWARD}",
        sessionKey="Zq9X",
        other="x",
    )
    expected = {
        "similarWOs": ("Order 7 on Jan 05, 2024", f"by {MASK}", "x" * 499 + "…"),
        "TestURL": f"https://h.example/?key={MASK}",
    }
    assert dict(error.details) == expected


def test_long_details_are_cut() -> None:
    """F115: of megabytes of similar orders the first fifty are kept, and the others counted."""
    details = said_no(status=303, similarWOs=["Order 7"] * 200_000).details
    assert details["similarWOs"] == ("Order 7",) * 50 + ("… and 199950 more",)


@pytest.mark.parametrize("value", [None, 5, True, {"a": "b"}], ids=repr)
def test_details_of_another_type_are_left_out(value: object) -> None:
    """Details of another type are left out."""
    assert dict(said_no(status=303, similarWOs=value, TestURL=value).details) == {}


def test_secrets_are_asked_for_only_when_they_are_needed() -> None:
    """A successful response does not compute the secrets."""

    def never() -> tuple[Secret, ...]:
        raise AssertionError

    assert decode(Response(200, (), b'{"status":200}'), NAME, "read", never) == {"status": 200}


def test_a_declined_card_says_why() -> None:
    """F133: With a CVV and a month among the secrets, the service's text stays readable."""
    secrets = (Secret("4111111111111111"), Secret("737"), Secret("1"))
    error = said_no("changing", secrets, status=340, errorString="Card declined (4111): CVV 737.")
    assert error.message == f"Card declined (4111): CVV {MASK}."
