"""`read` converts decoded JSON strictly, and names the field that does not fit."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import field, frozen

from boxapis._http.failures import unwrapped
from boxapis._sansio import shapes
from boxapis._sansio.kinds import parse_datetime, parse_int
from boxapis._sansio.shapes import names_only, wire_name
from boxapis.errors import InvalidResponseError
from boxapis.secret import Secret


def read(cls: type[Any], value: object, **fields: Any) -> Any:
    """Returns the value, or raises its error."""
    return unwrapped(shapes.read(cls, value, **fields))


@frozen(kw_only=True)
class Site:
    """An attrs value inside another."""

    id: int = field(metadata=wire_name("txtJSID"))
    name: str = field(metadata=wire_name("JobName"))
    opened: datetime | None = None


@frozen(kw_only=True)
class Answer:
    """An attrs class with every kind of field."""

    number: int
    key: Secret = field(metadata=wire_name("sessionKey"))
    since: datetime
    deleted: datetime | None = None
    sites: tuple[Site, ...] = field(default=(), metadata=wire_name("jobSiteObjList"))
    tags: tuple[str, ...] = ()
    params: Mapping[str, Secret] = field(factory=dict, repr=names_only)
    extra: Mapping[str, Any] = field(factory=dict, repr=names_only)


@frozen
class Bare:
    """An attrs class that drops unknown fields."""

    number: int
    weight: float = 0.0


LEAST: dict[str, Any] = {"number": 7, "sessionKey": "Zq9X", "since": "2020-10-20 10:11:12"}
SINCE = datetime(2020, 10, 20, 10, 11, 12, tzinfo=UTC)


def read_answer(**fields: Any) -> Answer:
    """Reads a value from the required fields and some more."""
    answer: Answer = read(Answer, {**LEAST, **fields}, path="$.answer", operation="GET /answer")
    return answer


INTEGERS: dict[str, tuple[object, int | None]] = {
    "number": (7, 7),
    "zero": (0, 0),
    "negative": (-7, -7),
    "text": ("7", 7),
    "text of zeros": ("007", 7),
    "negative text": ("-7", -7),
    "18 digits": ("9" * 18, 10**18 - 1),
    "19 digits": ("9" * 19, None),
    "huge": (2**70, 2**70),
    "whole float": (7.0, 7),
    "largest float": (float(2**53 - 1), 2**53 - 1),
    "too large a float": (float(2**53), None),
    "fraction": (1.7, None),
    "nan": (float("nan"), None),
    "infinite": (float("inf"), None),
    "true": (True, None),
    "false": (False, None),
    "null": (None, None),
    "blank before": (" 13", None),
    "blank after": ("13 ", None),
    "line break": ("13\n", None),
    "full width": ("\uff11\uff13", None),
    "arabic": ("\u0661\u0663", None),
    "fraction as text": ("13.0", None),
    "exponent": ("1e3", None),
    "plus": ("+13", None),
    "underscore": ("1_3", None),
    "empty": ("", None),
    "minus": ("-", None),
    "two minus": ("--1", None),
    "list": ([13], None),
    "bytes": (b"13", None),
}


@pytest.mark.parametrize(("value", "expected"), INTEGERS.values(), ids=INTEGERS)
def test_integers(value: object, expected: int | None) -> None:
    """F43: an integer may come as text; nothing is rounded, trimmed or guessed."""
    result = parse_int(value)
    assert result == expected
    assert type(result) is (int if expected is not None else type(None))


MOMENTS: dict[str, tuple[object, datetime | None]] = {
    "plain": ("2020-10-20 10:11:12", SINCE),
    "offset": ("2020-10-20T12:11:12+02:00", SINCE),
    "negative offset": ("2020-10-20T05:11:12-05:00", SINCE),
    "zulu": ("2020-10-20T10:11:12Z", SINCE),
    "fraction": ("2020-10-20T10:11:12.5+00:00", SINCE.replace(microsecond=500_000)),
    "micro": ("2020-10-20T10:11:12.123456Z", SINCE.replace(microsecond=123_456)),
    "leap day": ("2020-02-29 00:00:00", datetime(2020, 2, 29, tzinfo=UTC)),
    "no leap day": ("2021-02-29 00:00:00", None),
    "month": ("2020-13-01 00:00:00", None),
    "minute": ("2020-10-20 10:60:00", None),
    "no date": ("0000-00-00 00:00:00", None),
    "before time": ("0001-01-01T00:00:00+05:00", None),
    "after time": ("9999-12-31T23:59:59-05:00", None),
    "without offset": ("2020-10-20T10:11:12", None),
    "plain with offset": ("2020-10-20 10:11:12+00:00", None),
    "day": ("2020-10-20", None),
    "short": ("2020-1-2 3:4:5", None),
    "blank": (" 2020-10-20 10:11:12", None),
    "line break": ("2020-10-20 10:11:12\n", None),
    "full width": ("\uff12020-10-20 10:11:12", None),
    "seven digits": ("2020-10-20T10:11:12.1234567Z", None),
    "words": ("now", None),
    "empty": ("", None),
    "NUL for seconds": ("2020-10-20 10:11:Z\0", None),
    "NUL for minutes": ("2020-10-20 10:Z\0:12", None),
    "no seconds": ("2020-10-20 10:11:", None),
    "number": (1603188672, None),
    "null": (None, None),
    "false": (False, None),
}


@pytest.mark.parametrize(("value", "expected"), MOMENTS.values(), ids=MOMENTS)
def test_moments(value: object, expected: datetime | None) -> None:
    """F258: dates and times are in UTC; malformed ones are None."""
    result = parse_datetime(value)
    assert result == expected
    assert result is None or result.tzinfo is UTC


def test_the_least() -> None:
    """Fields with a default may be missing."""
    answer = read_answer()
    assert (answer.number, answer.key, answer.since) == (7, Secret("Zq9X"), SINCE)
    assert (answer.deleted, answer.sites, answer.tags) == (None, (), ())
    assert (dict(answer.params), dict(answer.extra)) == ({}, {})


def test_the_most() -> None:
    """JSON names, nested values and numbers as text are read."""
    sites = [{"txtJSID": "1", "JobName": "a", "opened": "2020-10-20T10:11:12Z"}]
    answer = read_answer(
        number="8",
        deleted="2020-10-20 10:11:12",
        jobSiteObjList=sites,
        tags=["x", ""],
        params={"a": "Zq9X", "b": None, "c": 5},
    )
    assert answer.number == 8
    assert answer.deleted == SINCE
    assert answer.sites == (Site(id=1, name="a", opened=SINCE),)
    assert answer.tags == ("x", "")
    assert dict(answer.params) == {"a": "Zq9X", "b": "", "c": "5"}


@pytest.mark.parametrize("value", [None, False], ids=repr)
def test_no_moment(value: object) -> None:
    """False and null both mean that there is no date."""
    assert read_answer(deleted=value).deleted is None


@pytest.mark.parametrize("value", [{}, []], ids=repr)
def test_no_parameters(value: object) -> None:
    """An empty list is read as an object without fields."""
    assert dict(read_answer(params=value).params) == {}


def test_null_for_an_array() -> None:
    """Null for an array is an array without items, as a missing one is."""
    assert read_answer(tags=None, jobSiteObjList=None).tags == ()


def test_unknown_fields_are_kept() -> None:
    """F43: unknown fields are kept read-only in ``extra``, one of that name included."""
    answer = read_answer(new={"a": [1]}, extra="x")
    assert dict(answer.extra) == {"new": {"a": [1]}, "extra": "x"}
    with pytest.raises(TypeError):
        answer.extra["new"] = 1  # type: ignore[index]  # that is the point


def test_unknown_fields_are_passed_over() -> None:
    """A class without ``extra`` drops unknown fields."""
    assert read(Bare, {"number": 1, "new": 2}, path="$", operation="x") == Bare(1)


NUMBER, TEXT = "expected a whole number", "expected text"
OBJECT, WHEN = "expected an object", "expected a date and time"
ARRAY, MISSING = "expected an array", "a required field is missing"

UNFIT: dict[str, tuple[dict[str, Any], str, str]] = {
    "true for a number": ({"number": True}, ".number", NUMBER),
    "fraction for a number": ({"number": 1.7}, ".number", NUMBER),
    "blank for a number": ({"number": " 13"}, ".number", NUMBER),
    "full width for a number": ({"number": "\uff11\uff13"}, ".number", NUMBER),
    "null for a number": ({"number": None}, ".number", NUMBER),
    "null for a secret": ({"sessionKey": None}, ".sessionKey", TEXT),
    "number for a secret": ({"sessionKey": 5}, ".sessionKey", TEXT),
    "null for a date": ({"since": None}, ".since", WHEN),
    "false for a date": ({"since": False}, ".since", WHEN),
    "day for a date": ({"since": "2020-10-20"}, ".since", WHEN),
    "true for no date": ({"deleted": True}, ".deleted", f"{WHEN}, false or null"),
    "zero for no date": ({"deleted": 0}, ".deleted", f"{WHEN}, false or null"),
    "empty for no date": ({"deleted": ""}, ".deleted", f"{WHEN}, false or null"),
    "text for an object": ({"params": "Zq9X"}, ".params", OBJECT),
    "list for an object": ({"params": ["Zq9X"]}, ".params", OBJECT),
    "null for an object": ({"params": None}, ".params", OBJECT),
    "text for an array": ({"tags": "Zq9X"}, ".tags", ARRAY),
    "object for an array": ({"tags": {"Zq9X": 1}}, ".tags", ARRAY),
    "number in an array": ({"tags": ["a", 5]}, ".tags[1]", TEXT),
    "null in an array": ({"tags": [None]}, ".tags[0]", TEXT),
    "object for values": ({"jobSiteObjList": {"1": {}}}, ".jobSiteObjList", ARRAY),
    "text within": (
        {"jobSiteObjList": [{"txtJSID": 1, "JobName": "a"}, {"txtJSID": "x", "JobName": "b"}]},
        ".jobSiteObjList[1].txtJSID",
        NUMBER,
    ),
    "null for text": (
        {"jobSiteObjList": [{"txtJSID": 1, "JobName": None}]},
        ".jobSiteObjList[0].JobName",
        TEXT,
    ),
    "missing within": (
        {"jobSiteObjList": [{"JobName": "a"}]},
        ".jobSiteObjList[0].txtJSID",
        MISSING,
    ),
    "no object within": ({"jobSiteObjList": ["Zq9X"]}, ".jobSiteObjList[0]", OBJECT),
}


@pytest.mark.parametrize(("fields", "where", "why"), UNFIT.values(), ids=UNFIT)
def test_unfit(fields: dict[str, Any], where: str, why: str) -> None:
    """F43: the error has the JSON name of the first mismatch, without its value."""
    with pytest.raises(InvalidResponseError) as caught:
        read_answer(**fields)
    error = caught.value
    assert error.args == (
        f"GET /answer: the response is not of the documented shape: {why} at $.answer{where}.",
    )
    assert (error.path, error.operation) == (f"$.answer{where}", "GET /answer")
    assert (error.may_have_been_applied, error.retry_stopped_by) == (False, "permanent")
    assert error.__cause__ is None
    assert error.__context__ is None


def test_other_types_are_left_to_cattrs() -> None:
    """No text of cattrs is passed on, because it may quote the value."""
    with pytest.raises(
        InvalidResponseError, match=r"a value of another type at \$\.weight"
    ) as caught:
        read(Bare, {"number": 1, "weight": "Zq9X"}, path="$", operation="x")
    assert "Zq9X" not in str(caught.value)


@pytest.mark.parametrize("name", LEAST)
def test_missing(name: str) -> None:
    """F43: a missing required field is an error."""
    fields = {key: value for key, value in LEAST.items() if key != name}
    with pytest.raises(InvalidResponseError, match=rf"{MISSING} at \$\.{name}\."):
        read(Answer, fields, path="$", operation="x")


@pytest.mark.parametrize("value", [None, [], "Zq9X", 5, True], ids=repr)
@pytest.mark.parametrize("kind", [Answer, Bare], ids=["keeping", "passing over"])
def test_no_object(kind: type[object], value: object) -> None:
    """F42: only an object is read as an attrs value."""
    with pytest.raises(InvalidResponseError, match=r"expected an object at \$\.x\.") as caught:
        read(kind, value, path="$.x", operation="x", changing=True)
    assert caught.value.may_have_been_applied is True


def test_no_repr_shows_a_value() -> None:
    """The repr masks secrets, and shows only the names in objects."""
    text = repr(read_answer(params={"b": "Zq9X", "a": "Zq9X"}, new="Zq9X"))
    assert "key=[secret]" in text
    assert "params={a, b}" in text
    assert "extra={new}" in text
    assert "Zq9X" not in text


def test_names_only() -> None:
    """The repr of a mapping is its sorted names in braces."""
    assert names_only({"b": 1, "a": 2}) == "{a, b}"
    assert names_only({}) == "{}"
