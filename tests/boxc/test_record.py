"""Records: values whose comparison and repr are written once for all of them."""

from collections.abc import Mapping
from typing import Any

import pytest
from attrs import field, frozen

from boxapis._sansio import shapes
from boxapis.boxc._record import Record
from boxapis.boxc.labels import Label
from boxapis.boxc.shipments import Shipment


@frozen(kw_only=True)
class Plain:
    """A value with the methods of attrs."""

    id: int
    note: str | None = field(default=None, repr=False)
    inner: object = None
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)


@frozen(kw_only=True, repr=False, eq=False)
class Same(Record):
    """The same value as a record."""

    id: int
    note: str | None = field(default=None, repr=False)
    inner: object = None
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)


def test_repr_is_that_of_attrs() -> None:
    """The repr has the same fields as that of attrs, in the same form, and leaves out the same."""
    fields: dict[str, Any] = {"id": 1, "note": "a", "extra": {"b": "hidden", "a": 2}}
    plain, same = Plain(**fields, inner=Plain(id=2)), Same(**fields, inner=Same(id=2))
    assert repr(same) == repr(plain).replace("Plain", "Same")
    assert repr(same) == "Same(id=1, inner=Same(id=2, inner=None, extra={}), extra={a, b})"


def test_comparison_is_that_of_attrs() -> None:
    """Records of one class with equal fields are equal; they are unhashable, as with attrs."""
    assert Same(id=1, note="a") == Same(id=1, note="a")
    assert Same(id=1, note="a") != Same(id=1, note="b")
    assert Same(id=1) != Plain(id=1)
    for value in (Same(id=1), Plain(id=1)):
        with pytest.raises(TypeError, match="unhashable"):
            hash(value)


def test_values_of_a_shipment_are_records() -> None:
    """A shipment shows its labels; what the documentation does not list, by name only."""
    shipment = Shipment(id=1, labels=(Label(id=2, extra={"key": "hidden"}),))
    assert repr(shipment).startswith("Shipment(id=1, order_number=None")
    assert "labels=(Label(id=2," in repr(shipment)
    assert "extra={key}" in repr(shipment)
    assert "hidden" not in repr(shipment)
