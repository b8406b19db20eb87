"""The errors: their tree, and what they carry; `test_errors_travel` has what becomes of it."""

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


@pytest.mark.parametrize("kind", PARENTS, ids=lambda kind: kind.__name__)
def test_errors_need_only_a_text(kind: type[BoxAPIError]) -> None:
    """A text is enough; then nothing is claimed to have happened, but by the class itself."""
    error = kind("what happened")
    assert error.args == ("what happened",)
    assert (error.operation, error.attempts) == ("", 0)
    assert error.may_have_been_applied is (kind is OutcomeUnknownError)
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
