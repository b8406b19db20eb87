"""`encode_value` writes single values of a caller as text."""

import math
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxapis._sansio.text import encode_value
from boxapis.secret import Secret

ACCEPTED = "str, Secret, int, float, Decimal, bool, date or None"


class Color(Enum):
    """A value that is neither text nor number."""

    RED = "red"


class Mode(StrEnum):
    """An enumeration of texts."""

    TEST = "TEST"


class Size(IntEnum):
    """An enumeration of numbers."""

    LARGE = 30


class Measure(float):
    """A float with a repr of its own, as numpy's have."""

    def __repr__(self) -> str:
        return f"Measure({float(self)})"


TAKEN: dict[str, tuple[object, str]] = {
    "text": ("9.2 mi", "9.2 mi"),
    "empty text": ("", ""),
    "unicode": ("Łódź 😀", "Łódź 😀"),
    "secret": (Secret("Zq9X/+ =&"), "Zq9X/+ =&"),
    "text with a name": (Mode.TEST, "TEST"),
    "true": (True, "1"),
    "false": (False, "0"),
    "zero": (0, "0"),
    "number": (13913, "13913"),
    "negative": (-7, "-7"),
    "number with a name": (Size.LARGE, "30"),
    "huge": (10**30, "1" + "0" * 30),
    "too long for str": (10**5000, "1" + "0" * 5000),
    "float": (42.972452, "42.972452"),
    "negative float": (-71.4813866, "-71.4813866"),
    "whole float": (3.0, "3.0"),
    "float of a subclass": (Measure(1.5), "1.5"),
    "small float": (1e-7, "0.0000001"),
    "large float": (1e22, "10000000000000000000000"),
    "sum": (0.1 + 0.2, "0.30000000000000004"),
    "decimal": (Decimal("42.972452000"), "42.972452000"),
    "decimal with exponent": (Decimal("1E+3"), "1000"),
    "small decimal": (Decimal("1E-10"), "0.0000000001"),
    "date": (date(2024, 1, 5), "2024-01-05"),
    "early date": (date(33, 12, 25), "0033-12-25"),
}


@pytest.mark.parametrize(("value", "expected"), TAKEN.values(), ids=TAKEN)
def test_taken(value: object, expected: str) -> None:
    """Every accepted type has one form, numbers without an exponent."""
    assert encode_value(value) == (expected, None)


def test_none_is_left_out() -> None:
    """None has neither text nor problem."""
    assert encode_value(None) == (None, None)


@pytest.mark.parametrize(
    ("month", "name"),
    [
        *((1, "Jan"), (2, "Feb"), (3, "Mar"), (4, "Apr"), (5, "May"), (6, "Jun")),
        *((7, "Jul"), (8, "Aug"), (9, "Sep"), (10, "Oct"), (11, "Nov"), (12, "Dec")),
    ],
)
def test_named_months(month: int, name: str) -> None:
    """The portal's dates have English month names in any locale, and days of two digits."""
    assert encode_value(date(2024, month, 5), named_months=True) == (f"{name} 05, 2024", None)
    assert encode_value(date(987, month, 28), named_months=True) == (f"{name} 28, 0987", None)


def test_booleans_are_written_as_the_service_wants() -> None:
    """Booleans are 1 and 0 for Box Tracker, true and false for BoxC."""
    words = ("false", "true")
    assert encode_value(value=True, booleans=words) == ("true", None)
    assert encode_value(value=False, booleans=words) == ("false", None)
    assert encode_value(1, booleans=words) == ("1", None)


NOT_FINITE = [math.nan, math.inf, -math.inf, Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity")]


@pytest.mark.parametrize("value", NOT_FINITE, ids=repr)
def test_not_finite(value: object) -> None:
    """NaN and infinity are refused."""
    assert encode_value(value) == (None, "is not a finite number")


REFUSED: dict[str, object] = {
    "list": ["Zq9X"],
    "tuple": ("Zq9X",),
    "dict": {"Zq9X": 1},
    "set": {"Zq9X"},
    "bytes": b"Zq9X",
    "bytearray": bytearray(b"Zq9X"),
    "datetime": datetime(2024, 1, 5, 10, 0, tzinfo=UTC),
    "time": time(10, 0),
    "timedelta": timedelta(days=1),
    "complex": 1j,
    "Fraction": Fraction(1, 3),
    "Color": Color.RED,
    "UUID": UUID(int=0x2A9),
    "object": object(),
    "type": str,
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    """Other types are refused with the type's name; the value is not shown."""
    assert encode_value(REFUSED[name]) == (None, f"must be {ACCEPTED}, not {name}")


@given(
    value=st.one_of(
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.decimals(-(10**30), 10**30, allow_nan=False, places=8),
    )
)
def test_numbers_keep_their_value(value: Any) -> None:
    """Every number is read back unchanged, and written with digits only."""
    text, problem = encode_value(value)
    assert problem is None
    assert text is not None
    assert set(text) <= set("0123456789.-")
    assert type(value)(text) == value
