"""The quick reader of a class and the careful one agree, whatever JSON a service sends."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import pytest
from attrs import field, frozen

import boxapis.boxc
import boxapis.boxtracker
from boxapis._sansio import boxtracker, quick_reader, shapes

FORMS: tuple[Any, ...] = (
    *(None, True, False, 0, 1, 7, -1, 1.0, 1.5, 2**70, float("nan")),
    *("", "0", "1", "7", " 7", "x", "AUD", ".5", "YWI=", "{", "2020-10-20 10:11:12"),
    *("2020-10-20T10:11:12Z", "2020-10-20 10:11:Z\0", "2020-10-20 10:11:"),
    *([], [None], ["a"], ["a", 5], [{}], [["a"]], {}, {"a": "b"}, {"a": None}, {"a": 1.5}),
    *([{"ID": 1, "id": 1}], {"token": "Zq9X", "a": 0}, {"id": 1, "ID": 1, "password": "Zq9X"}),
)


def typed_classes() -> Iterator[type[Any]]:
    """Yields the classes of both services that keep unknown fields."""
    for package in (boxapis.boxc, boxapis.boxtracker, boxtracker):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(found.name)
            own = (
                one for one in vars(module).values() if getattr(one, "__module__", "") == found.name
            )
            for kind in filter(attrs.has, filter(inspect.isclass, own)):
                if "extra" in attrs.fields_dict(kind) and not hasattr(kind, "__parameters__"):
                    yield kind


CLASSES = list(typed_classes())


def outcome(kind: type[Any], value: object, *, is_quick: bool) -> tuple[Any, ...]:
    """Returns what a converter makes of a value, fields with their types; empty if it refuses."""
    try:
        read = shapes._converter(is_quick=is_quick).get_structure_hook(kind)(value, kind)
    except Exception:  # noqa: BLE001 - whatever it refuses with
        return ()
    return type(read), contents(read)


def contents(value: Any) -> Any:
    """Returns a value as plain parts that are compared with their types."""
    if attrs.has(type(value)):
        fields = {one.name: contents(getattr(value, one.name)) for one in attrs.fields(type(value))}
        return type(value), fields
    if isinstance(value, Mapping):
        return type(value), {name: contents(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value), [contents(inner) for inner in value]
    return type(value), value.reveal() if hasattr(value, "reveal") else repr(value)


def least(kind: type[Any]) -> dict[str, Any]:
    """Returns the fewest fields that a class is read from."""
    found: dict[str, Any] = {}
    for one in attrs.fields(kind):
        if one.default is attrs.NOTHING:
            hook = shapes._converter(is_quick=False).get_structure_hook(one.type)
            found[quick_reader.json_name(one)] = next(filter(accepts(hook, one.type), FORMS[3:]))
    return found


def accepts(hook: Any, kind: Any) -> Any:
    """Returns a function that says whether a hook reads a form."""

    def check(form: object) -> bool:
        try:
            hook(form, kind)
        except Exception:  # noqa: BLE001 - whatever it refuses with
            return False
        return True

    return check


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_both_readers_agree(kind: type[Any]) -> None:
    """F43: each field of each class, in each form, missing or beside others, is read alike."""
    some = least(kind)
    assert quick_reader.is_fillable(kind)
    assert outcome(kind, some, is_quick=True) == outcome(kind, some, is_quick=False) != ()
    names = [quick_reader.json_name(one) for one in attrs.fields(kind)]
    objects: list[Any] = [{**some, name: form} for name in names for form in FORMS]
    objects += [{**some, "new": form, "apiToken": "Zq9X"} for form in FORMS]
    objects += [{name: some[name] for name in some if name != left_out} for left_out in some]
    for value in (*objects, *FORMS):
        quick, careful = (outcome(kind, value, is_quick=is_quick) for is_quick in (True, False))
        assert quick == careful, value


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_a_value_is_frozen(kind: type[Any]) -> None:
    """A value that was filled is of the class itself, and nothing can be set or deleted."""
    value: Any = shapes.read(kind, least(kind), path="$", operation="x")
    assert type(value) is kind
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        value.extra = {}
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        del value.extra


def doubled(value: int) -> int:
    """Returns a number twice as large."""
    return 2 * value


@frozen
class Converting:
    """A class that changes an argument."""

    number: int = field(converter=doubled)


@frozen
class Validating:
    """A class that checks an argument."""

    number: int = field(validator=attrs.validators.lt(5))


@frozen
class Checking:
    """A class that checks itself."""

    number: int

    def __attrs_post_init__(self) -> None:
        """Refuses large numbers."""
        if self.number > 4:
            raise ValueError


@frozen
class Making:
    """A class with a default that is made anew each time."""

    number: int
    parts: Mapping[str, Any] = field(factory=dict)


@frozen
class Twice:
    """A class with two fields of one name."""

    number: int
    same: int = field(metadata=shapes.wire_name("number"))
    extra: Mapping[str, Any] = shapes.NO_FIELDS


@pytest.mark.parametrize("kind", [Converting, Validating, Checking, Making, Twice])
def test_what_an_init_does_is_not_left_out(kind: type[Any]) -> None:
    """A class whose ``__init__`` does more than store its arguments is created by it."""
    assert not quick_reader.is_fillable(kind)
    for number in (1, 7):
        read = outcome(kind, {"number": number, "new": 1}, is_quick=True)
        assert read == outcome(kind, {"number": number, "new": 1}, is_quick=False)
    assert outcome(Converting, {"number": 1}, is_quick=True) == (
        Converting, (Converting, {"number": (int, "2")})
    )  # fmt: skip
    assert outcome(Validating, {"number": 7}, is_quick=True) == ()
    assert outcome(Checking, {"number": 7}, is_quick=True) == ()
