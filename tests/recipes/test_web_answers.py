"""The answers of a web service for every error, and its cookie, without a framework."""

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography.fernet import Fernet

import boxapis
from boxapis import BoxAPIError, OutcomeUnknownError, RateLimitError, RequestTimeoutError

STATUSES = {
    "AuthenticationError": 401,
    "SessionExpiredError": 401,
    "PaymentError": 402,
    "NotFoundError": 404,
    "ConflictError": 409,
    "ValidationError": 422,
    "ConfigurationError": 500,
    "ClientClosedError": 503,
    "ConnectError": 503,
    "RateLimitError": 503,
    "RequestTimeoutError": 504,
    "OutcomeUnknownError": 504,
}
"""All others are 502."""

ERRORS = sorted(name for name in boxapis.__all__ if name.endswith("Error"))


def imported(monkeypatch: pytest.MonkeyPatch, *keys: str) -> Any:
    """Returns the recipe for the cookie as a process with these keys imports it."""
    monkeypatch.setenv("COOKIE_KEYS", " ".join(keys))
    monkeypatch.syspath_prepend(Path(__file__).parent)
    sys.modules.pop("web_cookie", None)
    return importlib.import_module("web_cookie")


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The recipe for the answers."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return importlib.import_module("web_answers")


@pytest.mark.parametrize("name", ERRORS)
def test_every_error_has_a_status(answers: Any, name: str) -> None:
    """F267: the whole tree is answered, and only 503 asks to come again."""
    kind: type[BoxAPIError] = getattr(boxapis, name)
    status, headers, body = answers.answer_to(kind("It failed"))
    assert status == STATUSES.get(name, 502)
    assert ("Retry-After" in headers) == (status == 503)
    assert body["error"] == name


@pytest.mark.parametrize("name", ERRORS)
def test_what_may_have_been_carried_out(answers: Any, name: str) -> None:
    """F267: it is 504 whatever the error, and nothing invites a repetition."""
    error = getattr(boxapis, name)("It failed")
    error.may_have_been_applied = True
    status, headers, body = answers.answer_to(error)
    assert (status, headers, body["may_have_been_applied"]) == (504, {}, True)


def test_when_to_come_again(answers: Any) -> None:
    """F267: when the service says it, in whole seconds, and in five seconds otherwise."""
    assert answers.answer_to(RateLimitError("x", retry_after=7.2))[1] == {"Retry-After": "8"}
    assert answers.answer_to(RateLimitError("x"))[1] == {"Retry-After": "5"}
    assert answers.answer_to(RequestTimeoutError("x", phase="queue"))[0] == 503


def test_texts(answers: Any) -> None:
    """A refusal is shown in the service's own words; the faults of servers are not shown."""
    refused = boxapis.PaymentError("x", text="Card declined")
    assert answers.answer_to(refused)[2]["message"] == "Card declined"
    failed = boxapis.ServerError("x", text="at line 7")
    assert answers.answer_to(failed)[2]["message"] == ""
    assert answers.answer_to(OutcomeUnknownError("x"))[2]["message"] == ""


def test_one_line_of_the_log(answers: Any, caplog: pytest.LogCaptureFixture) -> None:
    """What the service says begins no line of its own, and does nothing in a terminal."""
    answers.answer_to(boxapis.ServerError("failed", text="x\r\nFAKE \x1b[31m"))
    answers.answer_to(boxapis.ServerError("x\r\nFAKE \x1b[31m"))
    assert len(caplog.messages) == 2
    assert all(line.isprintable() for line in caplog.messages)


def test_a_guesser(answers: Any) -> None:
    """F278: the answer to a wrong password is the one to a user name that does not exist."""
    texts = ("ERROR: Invalid User", "ERROR: Invalid Credentials")
    wrong = [answers.answer_to(boxapis.AuthenticationError("x", text=text)) for text in texts]
    assert wrong[0] == wrong[1]


def test_keys_that_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """F268: cookies under the key before are good as long as that key is given, too."""
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    cookie = imported(monkeypatch, old).sealed("jane", "jane-password")
    assert imported(monkeypatch, new, old).opened(cookie) == ("jane", "jane-password")
    assert imported(monkeypatch, new).opened(cookie) is None


@pytest.mark.parametrize("cookie", [None, "", "x", "\N{SNOWMAN}", "gAAAAA=="])
def test_what_is_no_cookie(monkeypatch: pytest.MonkeyPatch, cookie: str | None) -> None:
    """F268: whatever a browser sends is a cookie or none, and never an error of the service."""
    assert imported(monkeypatch, Fernet.generate_key().decode()).opened(cookie) is None
