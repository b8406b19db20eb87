"""Copying and pickling errors, and their texts; for every class, with random attributes."""

import copy
import inspect
import pickle
import re
from collections.abc import Iterator, Mapping
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxapis.errors import (
    APIError,
    BoxAPIError,
    ConnectionLostError,
    OutcomeUnknownError,
    RateLimitError,
    ServerError,
    TransportError,
)
from tests.support.error_copies import COPIERS, Copier, another_process, assert_same


def classes_below(kind: type[BoxAPIError]) -> Iterator[type[BoxAPIError]]:
    """Yields a class of the package and its subclasses there."""
    if kind.__module__.split(".")[0] == "boxapis":
        yield kind
    for derived in kind.__subclasses__():
        yield from classes_below(derived)


CLASSES = tuple(dict.fromkeys(classes_below(BoxAPIError)))
every_class = pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)

PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
DETAILS = st.dictionaries(st.text(), PLAIN | st.lists(st.text()).map(tuple))


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Draws values for a keyword with this annotation."""
    if hint == Mapping[str, Any] | None:
        return st.none() | DETAILS
    if hint is Any:
        return PLAIN
    return st.from_type(hint).filter(lambda value: value == value)  # noqa: PLR0124 - but no NaN


def keywords(kind: type[BoxAPIError]) -> dict[str, Any]:
    """Returns the keywords of a class and its ancestors, with their annotations."""
    found: dict[str, Any] = {}
    for ancestor in kind.__mro__:
        if issubclass(ancestor, BoxAPIError) and "__init__" in vars(ancestor):
            hints = get_type_hints(ancestor.__init__)
            for parameter in inspect.signature(ancestor.__init__).parameters.values():
                if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
                    found.setdefault(parameter.name, hints[parameter.name])
    return found


@st.composite
def errors_of(draw: st.DrawFn, kind: type[BoxAPIError]) -> BoxAPIError:
    """Draws an error with every attribute, including those that are set later, and notes."""
    given = {name: draw(values(hint)) for name, hint in keywords(kind).items()}
    error = kind(draw(st.text()), **given)
    for name, value in tuple(vars(error).items()):
        if isinstance(value, bool):
            setattr(error, name, draw(st.booleans()))
    for note in draw(st.lists(st.text(), max_size=2)):
        error.add_note(note)
    return error


@every_class
@settings(max_examples=40)
@given(data=st.data())
def test_every_class_can_be_copied(kind: type[BoxAPIError], data: st.DataObject) -> None:
    """Copies and pickles of every protocol keep class, text, attributes and notes."""
    error = data.draw(errors_of(kind))
    for copier in COPIERS.values():
        assert_same(copier(error), error)


@pytest.fixture(scope="module")
def other_process() -> Iterator[Copier]:
    """Copies errors through another process, shared by all tests here."""
    with another_process() as copier:
        yield copier


@every_class
def test_every_class_passes_between_processes(
    kind: type[BoxAPIError], other_process: Copier
) -> None:
    """An error passed to a process pool and raised in it arrives complete."""
    error = kind("It broke.", operation="PUT /credentials/{id}", attempts=2, resume_token="t0k")
    error.add_note("in the third batch")
    assert_same(other_process(error), error)


def test_attributes_from_another_process(other_process: Copier) -> None:
    """The attributes that callers decide by have the right values."""
    lost = ConnectionLostError("lost", phase="read", sent=True, reused=True)
    copied: Any = other_process(lost)
    assert (copied.phase, copied.sent, copied.reused) == ("read", True, True)
    assert copied.may_have_been_applied is True
    limited = RateLimitError("no", retry_after=3.5, code=1015, details={"a": ("b",)}, errors=["c"])
    copied = other_process(limited)
    assert (copied.retry_after, copied.code, copied.errors) == (3.5, 1015, ("c",))
    assert dict(copied.details) == {"a": ("b",)}


def test_the_check_can_fail() -> None:
    """It fails for a class that needs more than a text, and for one that loses attributes."""

    class DemandingError(BoxAPIError):
        def __init__(self, message: str, *, needed: int) -> None:
            super().__init__(f"{message} {needed}")

    class ForgetfulError(BoxAPIError):
        def __reduce__(self) -> Any:
            return type(self), self.args

    with pytest.raises(TypeError):
        copy.copy(DemandingError("text", needed=1))
    forgetful = ForgetfulError("text", attempts=2)
    with pytest.raises(AssertionError):
        assert_same(copy.copy(forgetful), forgetful)
    assert not {DemandingError, ForgetfulError} & set(CLASSES)


def test_a_copy_is_independent() -> None:
    """Attributes and notes of a copy are not on the original."""
    first = ServerError("what happened", attempts=1)
    first.add_note("for all")
    second = copy.copy(first)
    second.attempts = 3
    second.add_note("for the second alone")
    assert first.attempts == 1
    assert first.__notes__ == ["for all"]


def test_causes_are_not_copied() -> None:
    """A cause and a traceback, whose frames may hold secrets, are neither copied nor pickled."""
    try:
        raise BoxAPIError("clean") from ValueError("Zq9X")
    except BoxAPIError as error:
        caught = error
    for copier in COPIERS.values():
        copied: Any = copier(caught)
        assert (copied.__cause__, copied.__context__, copied.__traceback__) == (None, None, None)
    assert b"Zq9X" not in pickle.dumps(caught)


@every_class
def test_the_text_of_a_class(kind: type[BoxAPIError]) -> None:
    """It has three parts: what happened, the outcome, and the next step of the class."""
    error = kind("PUT /x: it broke.")
    text = str(error)
    assert re.fullmatch(
        r"PUT /x: it broke\."
        r" (Nothing was (sent|changed)|No further item was begun|It may have been carried out):"
        r" [a-z][^.]*[a-z]\.",
        text,
    )
    assert "_default_next_step" in vars(kind)
    assert text.endswith(f": {error.next_step}.")
    assert ("It may have been" in text) is error.may_have_been_applied


@every_class
def test_the_text_of_an_open_outcome(kind: type[BoxAPIError]) -> None:
    """If it may have been carried out, the next step is to look it up, whatever else was given."""
    error = kind("It broke", may_have_been_applied=True, next_step="call again")
    if isinstance(error, TransportError):
        error.sent = True
    assert str(error) == (
        "It broke. It may have been carried out: look it up before you repeat it."
    )


@every_class
def test_a_given_next_step(kind: type[BoxAPIError]) -> None:
    """A next step that is passed replaces that of the class."""
    error = kind("It broke", may_have_been_applied=False, next_step="turn it off and on")
    assert error.next_step == "turn it off and on"
    assert str(error).endswith(": turn it off and on.")


def test_the_text_has_the_time_to_wait() -> None:
    """The text says how long to wait if the service does, even if it is set later."""
    error = RateLimitError("Too many")
    assert str(error) == "Too many. Nothing was changed: wait, then call again."
    error.retry_after = 2.5
    assert str(error) == "Too many. Nothing was changed: wait 2.5 s, then call again."


def test_a_sent_request_is_open_at_first() -> None:
    """A network error may have been carried out if it was sent, until the client corrects it."""
    error = TransportError("It broke", sent=True)
    assert error.may_have_been_applied is True
    error.may_have_been_applied = False  # a read, for instance
    assert str(error).startswith("It broke. Nothing was changed: ")
    assert str(TransportError("It broke")).startswith("It broke. Nothing was sent: ")


def test_an_unknown_outcome_may_have_been_applied() -> None:
    """`OutcomeUnknownError` says so by default."""
    assert OutcomeUnknownError("It broke").may_have_been_applied is True


def test_a_resume_token_is_not_printed() -> None:
    """It is pickled, for the program that continues the list, but is in no text."""
    error = APIError("It broke", resume_token="Zq9X")
    assert pickle.loads(pickle.dumps(error)).resume_token == "Zq9X"  # noqa: S301 - made here
    assert "Zq9X" not in str(error) + repr(error)
