"""`Value`: comparison, repr and ``extra`` written once for all records; names in camel case."""

import pickle
from collections.abc import Mapping
from typing import Any

import pytest
from attrs import evolve, field, fields, frozen

from boxapis._sansio import shapes
from boxapis._sansio.value import Value, camel_case
from boxapis.boxc.addresses import AddressMatch
from boxapis.boxc.labels import Label
from boxapis.boxc.returns import Return
from boxapis.boxc.shipments import Shipment


@frozen(kw_only=True)
class Plain:
    """A value with the methods of attrs."""

    id: int
    note: str | None = field(default=None, repr=False)
    inner: object = None
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)


@frozen(kw_only=True, repr=False, eq=False)
class Same(Value):
    """The same value with the methods of its base class."""

    id: int
    note: str | None = field(default=None, repr=False)
    inner: object = None


def test_repr_is_that_of_attrs() -> None:
    """The repr has the same fields as that of attrs, in the same form, and leaves out the same."""
    given: dict[str, Any] = {"id": 1, "note": "a", "extra": {"b": "hidden", "a": 2}}
    plain, same = Plain(**given, inner=Plain(id=2)), Same(**given, inner=Same(id=2))
    assert repr(same) == repr(plain).replace("Plain", "Same")
    assert repr(same) == "Same(id=1, inner=Same(id=2, inner=None, extra={}), extra={a, b})"


def test_extra_is_last() -> None:
    """A class of a class has its own fields before ``extra``, too."""
    assert repr(Return(id=1)).endswith("messages=(), images=(), extra={})")


def test_comparison_is_that_of_attrs() -> None:
    """Values of one class with equal fields are equal; they are unhashable, as with attrs."""
    assert Same(id=1, note="a") == Same(id=1, note="a")
    assert Same(id=1, note="a") != Same(id=1, note="b")
    assert Same(id=1, extra={"a": 1}) != Same(id=1)
    assert Same(id=1) != Plain(id=1)
    for value in (Same(id=1), Plain(id=1)):
        with pytest.raises(TypeError, match="unhashable"):
            hash(value)


def test_values_stay_attrs_values() -> None:
    """A value is frozen, has slots and no ``__dict__``, and can be evolved and pickled."""
    label = Label(id=2, extra={"a": 1})
    assert not hasattr(label, "__dict__")
    with pytest.raises(AttributeError):
        label.id = 3  # type: ignore[misc]  # it is frozen
    assert evolve(label, id=3) == Label(id=3, extra={"a": 1})
    assert pickle.loads(pickle.dumps(label)) == label  # noqa: S301 - of our own


def test_values_of_a_shipment() -> None:
    """A shipment shows its labels; what the documentation does not list, by name only."""
    shipment = Shipment(id=1, labels=(Label(id=2, extra={"key": "hidden"}),))
    assert repr(shipment).startswith("Shipment(id=1, order_number=None")
    assert "labels=(Label(id=2," in repr(shipment)
    assert "extra={key}" in repr(shipment)
    assert "hidden" not in repr(shipment)


def test_camel_case() -> None:
    """Names on the wire are those of the fields in camel case, but for inherited fields."""

    @frozen(kw_only=True, repr=False, eq=False, field_transformer=camel_case)
    class Camel(Same):
        zip_code_extension: str | None = None
        city: str | None = None

    names = [one.metadata.get("wire_name") for one in fields(Camel)]
    assert names == [None, None, None, None, "zipCodeExtension", "city"]
    assert fields(AddressMatch).usps_data.metadata == {"wire_name": "uspsData"}
    assert fields(AddressMatch).postal_code.metadata == {}
