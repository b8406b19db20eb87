"""Single values of JSON: money, texts written as numbers, flags, local times and open words."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Literal

import pytest
from attrs import frozen

from boxapis._http.failures import unwrapped
from boxapis._sansio import kinds, shapes
from boxapis.errors import InvalidResponseError

Size = Literal["small", "large"] | str


@frozen(kw_only=True)
class Parcel:
    """A value with every special kind of field."""

    weight: Decimal | None = None
    postal_code: kinds.Scalar | None = None
    insured: kinds.Flag | None = None
    seen: kinds.LocalMoment | None = None
    created: datetime | None = None
    size: Size | None = None
    first_size: Size = "small"
    ready: bool | None = None
    sizes: tuple[Size, ...] = ()


def read(**fields: Any) -> Parcel:
    """Reads a value, or raises its error."""
    parcel: Parcel = unwrapped(shapes.read(Parcel, fields, path="$", operation="x"))
    return parcel


AT = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 - local on purpose

FITTING: dict[str, tuple[str, object, object]] = {
    "money": ("weight", 9.95, Decimal("9.95")),
    "whole money": ("weight", 9, Decimal(9)),
    "money as text": ("weight", "1.00", Decimal("1.00")),
    "huge float": ("weight", 1e22, Decimal("1E+22")),
    "postal code": ("postal_code", "02139", "02139"),
    "postal code as number": ("postal_code", 75150, "75150"),
    "fraction as text": ("postal_code", 1.5, "1.5"),
    "flag": ("insured", 1, True),
    "flag as text": ("insured", "0", False),
    "flag as boolean": ("insured", True, True),
    "local time": ("seen", "2026-01-02 03:04:05", AT),
    "time with its zone": (
        "seen",
        "2026-01-02T03:04:05+08:00",
        AT.replace(tzinfo=timezone(timedelta(hours=8))),
    ),
    "time in UTC": ("created", "2026-01-02 03:04:05", AT.replace(tzinfo=UTC)),
    "no time": ("created", False, None),
    "known word": ("size", "small", "small"),
    "new word": ("size", "enormous", "enormous"),
    "new word that must be there": ("first_size", "enormous", "enormous"),
    "words": ("sizes", ["small", "new"], ("small", "new")),
    "null for words": ("sizes", None, ()),
    "boolean": ("ready", False, False),
}


@pytest.mark.parametrize(("name", "value", "expected"), FITTING.values(), ids=FITTING)
def test_fitting(name: str, value: object, expected: object) -> None:
    """Each kind of field takes every form in which the services write it."""
    assert repr(getattr(read(**{name: value}), name)) == repr(expected)


@pytest.mark.parametrize(
    "name", ["weight", "postal_code", "insured", "seen", "created", "size", "ready"]
)
def test_null(name: str) -> None:
    """Null is None, as a missing field is."""
    assert read(**{name: None}) == read() == Parcel()


UNFIT: dict[str, tuple[str, object, str]] = {
    "true for money": ("weight", True, "a number"),
    "exponent as text": ("weight", "1e3", "a number"),
    "blank for money": ("weight", " 1", "a number"),
    "nan": ("weight", float("nan"), "a number"),
    "infinite": ("weight", float("inf"), "a number"),
    "list for money": ("weight", [1], "a number"),
    "true for text": ("postal_code", True, "text"),
    "object for text": ("postal_code", {}, "text"),
    "two for a flag": ("insured", 2, "0 or 1"),
    "word for a flag": ("insured", "yes", "0 or 1"),
    "list for a flag": ("insured", [], "0 or 1"),
    "day for a local time": ("seen", "2026-01-02", "a date and time"),
    "no day for a local time": ("seen", "2026-02-30 00:00:00", "a date and time"),
    "number for a local time": ("seen", 5, "a date and time"),
    "number for a word": ("size", 5, "text"),
    "null for a word that must be there": ("first_size", None, "text"),
    "number for a boolean": ("ready", 1, "true or false"),
    "number among words": ("sizes", ["small", 5], "text"),
}


@pytest.mark.parametrize(("name", "value", "expected"), UNFIT.values(), ids=UNFIT)
def test_unfit(name: str, value: object, expected: str) -> None:
    """F43: nothing is rounded, trimmed or guessed."""
    with pytest.raises(InvalidResponseError, match=f"expected {expected}") as caught:
        read(**{name: value})
    assert caught.value.path is not None
    assert caught.value.path.startswith(f"$.{name}")


@pytest.mark.parametrize(
    "moment",
    [
        AT,
        AT.replace(tzinfo=UTC),
        AT.replace(microsecond=9),
        datetime(2026, 1, 2, 11, 4, 5, tzinfo=timezone(timedelta(hours=8))),
    ],
    ids=["local", "UTC", "fraction", "zone"],
)
def test_written_times(moment: datetime) -> None:
    """A time goes out in BoxC's form, in UTC if it has a zone."""
    assert kinds.format_datetime(moment) == "2026-01-02 03:04:05"


def test_a_value_without_unknown_fields_allocates_none() -> None:
    """The ``extra`` of a value in which every field is known is one shared constant."""

    @frozen(kw_only=True)
    class Noted:
        id: int
        extra: Any = shapes.NO_FIELDS

    noted = unwrapped(shapes.read(Noted, {"id": 1}, path="$", operation="x"))
    assert noted.extra is shapes.NO_FIELDS


def test_arrays() -> None:
    """An array is read at once; the error names the item that does not fit."""
    fields = [{"weight": 1}, {"weight": "x"}]
    first = shapes.read_array(Parcel, fields[:1], path="$.a", operation="x")
    assert first == (Parcel(weight=Decimal(1)),)
    error = shapes.read_array(Parcel, fields, path="$.a", operation="x", changing=True)
    assert isinstance(error, InvalidResponseError)
    assert (error.path, error.may_have_been_applied) == ("$.a[1].weight", True)
