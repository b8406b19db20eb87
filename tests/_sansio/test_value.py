"""`Value`: comparison, repr and ``extra`` written once for all records; names in camel case."""

import copy
import pickle
from collections.abc import Mapping
from typing import Any

import pytest
from attrs import evolve, field, fields, frozen

from boxapis._sansio import shapes
from boxapis._sansio.frozen_mapping import FrozenMapping
from boxapis._sansio.value import Value, camel_case
from boxapis.boxc.addresses import AddressMatch
from boxapis.boxc.goods import LineItem
from boxapis.boxc.labels import Label
from boxapis.boxc.returns import Return
from boxapis.boxc.shipments import Shipment
from boxapis.boxtracker.work_orders import WorkOrder
from boxapis.secret import Secret


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


def read_shipment(**fields: object) -> Any:
    """A shipment of decoded JSON."""
    return shapes.read(Shipment, {"id": 1, **fields}, path="$", operation="GET /shipments/{id}")


WAYS = {
    "pickle": lambda value: pickle.loads(pickle.dumps(value)),  # noqa: S301 - of our own
    "deepcopy": copy.deepcopy,
    "copy": copy.copy,
}


@pytest.mark.parametrize("way", WAYS)
def test_values_are_copied(way: str) -> None:
    """A value that was read is copied and pickled, with unknown fields and mappings, too."""
    for given in ({}, {"new": {"a": [1]}, "carrier_params": {"pickup_id": "1"}, "images": {}}):
        value = read_shipment(**given, labels=[{"id": 2, "new": 1}])
        assert WAYS[way](value) == value


@pytest.mark.parametrize("way", ["pickle", "deepcopy"])
@pytest.mark.parametrize("name", ["new", "carrier_params"])
def test_values_with_a_secret_are_not_copied(way: str, name: str) -> None:
    """A value that holds a secret is neither pickled nor copied deeply, and says why."""
    value = read_shipment(**{name: {"a": {"api_key": "hidden"}}})
    with pytest.raises(TypeError, match="a Secret cannot be pickled or copied"):
        WAYS[way](value)


def test_frozen_mapping() -> None:
    """It shows its names, equals any mapping of the same items, and cannot be changed."""
    items: Any = FrozenMapping({"a": 1})
    assert items == {"a": 1} == dict(items)
    assert (len(items), list(items), items["a"], repr(items)) == (1, ["a"], 1, "{a}")
    with pytest.raises(TypeError):
        items["a"] = 2
    with pytest.raises(TypeError):
        hash(items)


def test_mappings_of_any_fields() -> None:
    """Their values are sealed under sensitive names, and in no repr; other shapes do not fit."""
    value = read_shipment(carrier_params={"api_key": "hidden", "account": "shown nowhere"})
    assert isinstance(value.carrier_params["api_key"], Secret)
    assert "carrier_params={account, api_key}" in repr(value)
    assert "hidden" not in repr(value) + repr(value.carrier_params)
    assert "carrier_params=None" in repr(read_shipment())
    assert read_shipment(carrier_params="text").path == "$.carrier_params"
    assert "1234" not in repr(LineItem(compliance={"license": "1234"}))
    assert "1234" not in repr(WorkOrder(order_types={"license": "1234"}))


def test_an_empty_list_for_an_object() -> None:
    """What PHP writes for an object without fields is None, or an empty mapping."""
    value = read_shipment(images=[], errors=[], label=[], cod=[], to=[], carrier_params=[])
    assert value == Shipment(id=1, carrier_params={})
    assert read_shipment(images=[1]).path == "$.images"
    assert read_shipment(order_number=[]).path == "$.order_number"


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
