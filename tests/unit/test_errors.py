"""The errors: their tree, what they carry, and that they travel between processes."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import boxapis
from boxapis import errors
from boxapis.errors import (
    APIError,
    AuthenticationError,
    BoxAPIError,
    ClientClosedError,
    ConfigurationError,
    ConflictError,
    ConnectError,
    ConnectionLostError,
    InvalidResponseError,
    NotFoundError,
    OutcomeUnknownError,
    PaginationError,
    PaymentError,
    PermissionDeniedError,
    RateLimitError,
    RequestTimeoutError,
    ServerError,
    SessionExpiredError,
    TLSError,
    TransportError,
    UnknownStatusError,
    ValidationError,
)

PARENTS: dict[type[BoxAPIError], tuple[type[Exception], ...]] = {
    BoxAPIError: (Exception,),
    ConfigurationError: (BoxAPIError, ValueError),
    ClientClosedError: (BoxAPIError,),
    TransportError: (BoxAPIError,),
    ConnectError: (TransportError,),
    TLSError: (TransportError,),
    RequestTimeoutError: (TransportError,),
    ConnectionLostError: (TransportError,),
    OutcomeUnknownError: (BoxAPIError,),
    InvalidResponseError: (BoxAPIError,),
    APIError: (BoxAPIError,),
    AuthenticationError: (APIError,),
    PermissionDeniedError: (APIError,),
    SessionExpiredError: (APIError,),
    ValidationError: (APIError,),
    NotFoundError: (APIError,),
    ConflictError: (APIError,),
    PaymentError: (APIError,),
    RateLimitError: (APIError,),
    ServerError: (APIError,),
    UnknownStatusError: (APIError,),
    PaginationError: (BoxAPIError,),
}

COMMON: dict[str, Any] = {
    "operation": "PUT /credentials/{id}",
    "attempts": 2,
    "may_have_been_applied": True,
    "retry_stopped_by": "budget",
    "resume_token": "bGltaXQ9NTA=",
}
API: dict[str, Any] = {
    "service": "boxc",
    "status": 429,
    "code": 1015,
    "text": "Too many requests.",
    "errors": ("first", "second"),
    "details": {"scope": "read_credentials", "similarWOs": ("one", "two")},
    "request_id": "r-1",
}
OWN: dict[type[BoxAPIError], dict[str, Any]] = {
    TransportError: {"phase": "tls", "sent": True},
    InvalidResponseError: {"path": "$.credential.created"},
    APIError: API,
    RateLimitError: {"retry_after": 3.0},
}


def by_pickle(protocol: int) -> Callable[[BoxAPIError], Any]:
    """There and back in one protocol."""
    return lambda error: pickle.loads(pickle.dumps(error, protocol))  # noqa: S301 - our own


ROUND_TRIPS: dict[str, Callable[[BoxAPIError], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{f"pickle {number}": by_pickle(number) for number in range(pickle.HIGHEST_PROTOCOL + 1)},
}


def fields_of(kind: type[BoxAPIError]) -> dict[str, Any]:
    """A value for every keyword that a class takes, those of its ancestors included."""
    fields = dict(COMMON)
    for ancestor in reversed(kind.__mro__):
        fields |= OWN.get(ancestor, {})
    return fields


def held(error: BoxAPIError, names: dict[str, Any]) -> dict[str, Any]:
    """What an error holds under the keywords that it was made with."""
    return {name: getattr(error, "message" if name == "text" else name) for name in names}


def test_the_tree_is_whole() -> None:
    """Every exception of the module stands in the tree, and nothing else."""
    classes = {
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, Exception)
    }
    assert set(PARENTS) == classes


@pytest.mark.parametrize("kind", PARENTS, ids=lambda kind: kind.__name__)
def test_parents(kind: type[BoxAPIError]) -> None:
    """Each class has exactly the parents that the tree draws."""
    assert kind.__bases__ == PARENTS[kind]


def test_public_names() -> None:
    """``__all__`` is sorted and complete: every class and every named type of a field."""
    names = {kind.__name__ for kind in PARENTS} | {"Phase", "RetryStop", "Service"}
    assert list(errors.__all__) == sorted(names)


def test_every_error_is_at_the_top() -> None:
    """All classes can be caught by their name in the package itself."""
    missing = {kind.__name__ for kind in PARENTS} - set(boxapis.__all__)
    assert not missing
    assert boxapis.BoxAPIError is BoxAPIError


@pytest.mark.parametrize("way", ROUND_TRIPS)
@pytest.mark.parametrize("kind", PARENTS, ids=lambda kind: kind.__name__)
def test_errors_travel(kind: type[BoxAPIError], way: str) -> None:
    """Pickling and copying keep class, text and every field, ``details`` too."""
    fields = fields_of(kind)
    back = ROUND_TRIPS[way](kind("what happened", **fields))
    assert type(back) is kind
    assert str(back) == "what happened"
    assert held(back, fields) == fields


@pytest.mark.parametrize("kind", PARENTS, ids=lambda kind: kind.__name__)
def test_errors_need_only_a_text(kind: type[BoxAPIError]) -> None:
    """A text is enough; then nothing is claimed to have happened."""
    error = kind("what happened")
    assert error.args == ("what happened",)
    assert (error.operation, error.attempts) == ("", 0)
    assert error.may_have_been_applied is False
    assert error.retry_stopped_by is None
    assert error.resume_token is None


def test_transport_defaults() -> None:
    """Without more a network error is a local one, and nothing was sent."""
    error = TransportError("what happened")
    assert (error.phase, error.sent) == ("local", False)


def test_api_defaults() -> None:
    """An answer without a number has no code, no text, no single errors and no details."""
    error = APIError("what happened")
    assert (error.service, error.status, error.code) == ("boxtracker", 0, None)
    assert (error.message, error.errors, error.request_id) == ("", (), None)
    assert dict(error.details) == {}


def test_invalid_response_defaults() -> None:
    """Without more the trouble is with the body as a whole."""
    assert InvalidResponseError("what happened").path == "$"


def test_rate_limit_defaults() -> None:
    """A service that does not say how long to wait gives no number."""
    assert RateLimitError("what happened").retry_after is None


def test_configuration_error_is_a_value_error() -> None:
    """Whoever catches ``ValueError`` for a bad argument catches this one."""
    with pytest.raises(ValueError, match="port"):
        raise ConfigurationError("a bad port")


def test_details_are_read_only_and_their_own() -> None:
    """Nobody changes an error's details: not by the property, nor by the mapping given."""
    given = {"scope": "read_credentials"}
    error = APIError("what happened", details=given)
    given["scope"] = "other"
    assert dict(error.details) == {"scope": "read_credentials"}
    with pytest.raises(TypeError):
        error.details["scope"] = "x"  # type: ignore[index]  # that is the point


def test_errors_become_a_tuple() -> None:
    """Single errors cannot be added to afterwards."""
    assert APIError("what happened", errors=["a", "b"]).errors == ("a", "b")


def test_a_copy_is_its_own() -> None:
    """Every waiter gets a copy: what is noted on one is not on the others."""
    first = ServerError("what happened", attempts=1)
    second = copy.copy(first)
    second.attempts = 3
    assert first.attempts == 1
    assert second is not first
