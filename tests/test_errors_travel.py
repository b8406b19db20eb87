"""Errors travel: every class found by walking the tree, with fields made at random."""

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
from tests.support.travel import JOURNEYS, Journey, another_process, assert_same


def family(kind: type[BoxAPIError]) -> Iterator[type[BoxAPIError]]:
    """A class of the package and all that are derived from it there."""
    if kind.__module__.split(".")[0] == "boxapis":
        yield kind
    for derived in kind.__subclasses__():
        yield from family(derived)


FAMILY = tuple(dict.fromkeys(family(BoxAPIError)))
every_class = pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)

PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
DETAILS = st.dictionaries(st.text(), PLAIN | st.lists(st.text()).map(tuple))


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Values for a keyword that is annotated so."""
    if hint == Mapping[str, Any] | None:
        return st.none() | DETAILS
    return st.from_type(hint).filter(lambda value: value == value)  # noqa: PLR0124 - but no NaN


def keywords(kind: type[BoxAPIError]) -> dict[str, Any]:
    """The keywords that a class and its ancestors take, with their annotations."""
    found: dict[str, Any] = {}
    for ancestor in kind.__mro__:
        if issubclass(ancestor, BoxAPIError) and "__init__" in vars(ancestor):
            hints = get_type_hints(ancestor.__init__)
            for parameter in inspect.signature(ancestor.__init__).parameters.values():
                if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
                    found.setdefault(parameter.name, hints[parameter.name])
    return found


@st.composite
def made(draw: st.DrawFn, kind: type[BoxAPIError]) -> BoxAPIError:
    """An error with every field drawn, those that are only set later too, and with notes."""
    given = {name: draw(values(hint)) for name, hint in keywords(kind).items()}
    error = kind(draw(st.text()), **given)
    for name, value in tuple(vars(error).items()):
        if isinstance(value, bool):
            setattr(error, name, draw(st.booleans()))
    for note in draw(st.lists(st.text(), max_size=2)):
        error.add_note(note)
    return error


@every_class
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_every_class_travels(kind: type[BoxAPIError], data: st.DataObject) -> None:
    """Copies and pickles of every protocol keep class, text, all fields and notes."""
    error = data.draw(made(kind))
    for journey in JOURNEYS.values():
        assert_same(journey(error), error)


@pytest.fixture(scope="module")
def abroad() -> Iterator[Journey]:
    """Another process, the same for all tests here."""
    with another_process() as journey:
        yield journey


@every_class
def test_every_class_comes_back_from_a_process(kind: type[BoxAPIError], abroad: Journey) -> None:
    """An error raised in the work of a process pool arrives whole, into and out of it."""
    error = kind("It broke.", operation="PUT /credentials/{id}", attempts=2, resume_token="t0k")
    error.add_note("in the third batch")
    assert_same(abroad(error), error)


def test_fields_of_a_process(abroad: Journey) -> None:
    """The fields that a caller decides by, by name."""
    lost = ConnectionLostError("lost", phase="read", sent=True, reused=True)
    back: Any = abroad(lost)
    assert (back.phase, back.sent, back.reused) == ("read", True, True)
    assert back.may_have_been_applied is True
    limited = RateLimitError("no", retry_after=3.5, code=1015, details={"a": ("b",)}, errors=["c"])
    back = abroad(limited)
    assert (back.retry_after, back.code, back.errors) == (3.5, 1015, ("c",))
    assert dict(back.details) == {"a": ("b",)}


def test_a_class_that_does_not_travel_is_seen() -> None:
    """The check can fail: on a class that needs more than a text, and on one that forgets."""

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
    assert not {DemandingError, ForgetfulError} & set(FAMILY)


def test_a_copy_is_its_own() -> None:
    """Every waiter gets a copy: what is set or noted on one is not on the others."""
    first = ServerError("what happened", attempts=1)
    first.add_note("for all")
    second = copy.copy(first)
    second.attempts = 3
    second.add_note("for the second alone")
    assert first.attempts == 1
    assert first.__notes__ == ["for all"]


def test_what_was_chained_stays_at_home() -> None:
    """A cause and a traceback, whose frames may hold anything, are neither copied nor pickled."""
    try:
        raise BoxAPIError("clean") from ValueError("Zq9X")
    except BoxAPIError as error:
        caught = error
    for journey in JOURNEYS.values():
        back: Any = journey(caught)
        assert (back.__cause__, back.__context__, back.__traceback__) == (None, None, None)
    assert b"Zq9X" not in pickle.dumps(caught)


@every_class
def test_the_text_of_a_class(kind: type[BoxAPIError]) -> None:
    """What happened; whether it was carried out; and a next step that is the class's own."""
    error = kind("PUT /x: it broke.")
    text = str(error)
    assert re.fullmatch(
        r"PUT /x: it broke\. (Nothing was (sent|changed)|It may have been carried out):"
        r" [a-z][^.]*[a-z]\.",
        text,
    )
    assert "_usual" in vars(kind)
    assert text.endswith(f": {error.next_step}.")
    assert ("It may have been" in text) is error.may_have_been_applied


@every_class
def test_the_text_of_an_open_outcome(kind: type[BoxAPIError]) -> None:
    """Where it may have been carried out, looking it up goes before any other advice."""
    error = kind("It broke", may_have_been_applied=True, next_step="call again")
    if isinstance(error, TransportError):
        error.sent = True
    assert str(error) == (
        "It broke. It may have been carried out: look it up before you repeat it."
    )


@every_class
def test_a_next_step_of_its_own(kind: type[BoxAPIError]) -> None:
    """Whoever makes an error may know better than its class what to do."""
    error = kind("It broke", may_have_been_applied=False, next_step="turn it off and on")
    assert error.next_step == "turn it off and on"
    assert str(error).endswith(": turn it off and on.")


def test_a_time_to_wait_is_told() -> None:
    """Where the service says how long, the text does; even if that is only found out later."""
    error = RateLimitError("Too many")
    assert str(error) == "Too many. Nothing was changed: wait, then call again."
    error.retry_after = 2.5
    assert str(error) == "Too many. Nothing was changed: wait 2.5 s, then call again."


def test_sent_and_not_judged() -> None:
    """A network error claims nothing for what was sent, until the client has judged it."""
    error = TransportError("It broke", sent=True)
    assert error.may_have_been_applied is True
    error.may_have_been_applied = False  # a read, for instance
    assert str(error).startswith("It broke. Nothing was changed: ")
    assert str(TransportError("It broke")).startswith("It broke. Nothing was sent: ")


def test_an_unknown_outcome_is_open_by_itself() -> None:
    """It needs no field to say so."""
    assert OutcomeUnknownError("It broke").may_have_been_applied is True


def test_a_resume_token_travels_unseen() -> None:
    """It is for the program that goes on with the list, and is not printed."""
    error = APIError("It broke", resume_token="Zq9X")
    assert pickle.loads(pickle.dumps(error)).resume_token == "Zq9X"  # noqa: S301 - our own
    assert "Zq9X" not in str(error) + repr(error)
