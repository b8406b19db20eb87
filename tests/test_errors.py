"""The exception classes and their attributes; copies and texts are in `test_errors_copied`."""

import pytest

import boxapis
from boxapis import errors
from boxapis.errors import (
    APIError,
    AuthenticationError,
    BatchStoppedError,
    BoxAPIError,
    ClientClosedError,
    ConfigurationError,
    ConflictError,
    ConnectError,
    ConnectionLostError,
    InvalidResponseError,
    NotFoundError,
    NotProcessedError,
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
    WaitTimeoutError,
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
    NotProcessedError: (APIError,),
    ConflictError: (APIError,),
    PaymentError: (APIError,),
    RateLimitError: (APIError,),
    ServerError: (APIError,),
    UnknownStatusError: (APIError,),
    PaginationError: (BoxAPIError,),
    WaitTimeoutError: (BoxAPIError, TimeoutError),
    BatchStoppedError: (BoxAPIError,),
}


def test_the_tree_is_complete() -> None:
    """`PARENTS` has every exception of the module, and nothing else."""
    classes = {
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, Exception)
    }
    assert set(PARENTS) == classes


@pytest.mark.parametrize("kind", PARENTS, ids=lambda kind: kind.__name__)
def test_parents(kind: type[BoxAPIError]) -> None:
    """Each class has exactly these base classes."""
    assert kind.__bases__ == PARENTS[kind]


def test_public_names() -> None:
    """``__all__`` is sorted and has every class and every named type of an attribute."""
    names = {kind.__name__ for kind in PARENTS} | {"Phase", "RetryStop", "Service"}
    assert list(errors.__all__) == sorted(names)


def test_every_error_is_exported() -> None:
    """Each class can be imported from the package itself."""
    missing = {kind.__name__ for kind in PARENTS} - set(boxapis.__all__)
    assert not missing
    assert boxapis.BoxAPIError is BoxAPIError


@pytest.mark.parametrize("kind", PARENTS, ids=lambda kind: kind.__name__)
def test_errors_need_only_a_text(kind: type[BoxAPIError]) -> None:
    """A text is enough; only `OutcomeUnknownError` may have been carried out by default."""
    error = kind("what happened")
    assert error.args == ("what happened",)
    assert (error.operation, error.attempts) == ("", 0)
    assert error.may_have_been_applied is (kind is OutcomeUnknownError)
    assert error.retry_stopped_by is None
    assert error.resume_token is None


def test_transport_defaults() -> None:
    """The default phase is local, and nothing was sent."""
    error = TransportError("what happened")
    assert (error.phase, error.sent) == ("local", False)


def test_api_defaults() -> None:
    """The defaults are no code, no text, no list of errors and no details."""
    error = APIError("what happened")
    assert (error.service, error.status, error.code) == ("boxtracker", 0, None)
    assert (error.message, error.errors, error.request_id) == ("", (), None)
    assert dict(error.details) == {}


def test_invalid_response_defaults() -> None:
    """The default path is the whole body."""
    assert InvalidResponseError("what happened").path == "$"


def test_rate_limit_defaults() -> None:
    """The time to wait is unknown by default."""
    assert RateLimitError("what happened").retry_after is None


def test_configuration_error_is_a_value_error() -> None:
    """``except ValueError`` catches it."""
    with pytest.raises(ValueError, match="port"):
        raise ConfigurationError("a bad port")


def test_details_are_read_only() -> None:
    """Details cannot be changed, neither by the property nor by the mapping that was passed."""
    given = {"scope": "read_credentials"}
    error = APIError("what happened", details=given)
    given["scope"] = "other"
    assert dict(error.details) == {"scope": "read_credentials"}
    with pytest.raises(TypeError):
        error.details["scope"] = "x"  # type: ignore[index]  # that is the point


def test_errors_become_a_tuple() -> None:
    """The list of errors cannot be changed afterwards."""
    assert APIError("what happened", errors=["a", "b"]).errors == ("a", "b")
