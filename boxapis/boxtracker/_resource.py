"""Base of Box Tracker's resources: one record, lists by offset, and commands that only report.

Promises: a response without the record that was asked for is an `InvalidResponseError` with its
JSON path. What would be sent to another record than the caller means is refused.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar, Optional, TypeVar

from attrs import Attribute, field, fields_dict

from boxapis._http.messages import Unpicklable
from boxapis._sansio import shapes
from boxapis._sansio.boxtracker.arguments import seal_arguments
from boxapis._sansio.boxtracker.catalogue import COMMANDS
from boxapis._sansio.boxtracker.commands import Body
from boxapis._sansio.boxtracker.nested_json import expand
from boxapis._sansio.kinds import Flag
from boxapis._sansio.text import exact_int, exact_text
from boxapis.boxtracker._call import Caller
from boxapis.boxtracker._listing import OffsetListing, without_envelope
from boxapis.errors import BoxAPIError, ConfigurationError

__all__ = [
    "LARGEST_ID",
    "OffsetListing",
    "Resource",
    "Saved",
    "checked_id",
    "folded",
    "in_order",
    "merged",
    "optional",
    "saved_as",
    "several",
    "whole_record",
]

T = TypeVar("T")
V = TypeVar("V")

_FLAGS = (Flag, Optional[Flag])  # noqa: UP045 - of an alias, which `|` does not take everywhere

LARGEST_ID = 10**11 - 1
"""The largest number of a record: ids are int(11), and the numbers of cards are longer."""


class Resource(Unpicklable):
    """A resource of Box Tracker, as an attribute of a customer or the client."""

    __slots__ = ("_caller",)

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def _read(
        self,
        cls: type[T],
        key: str,
        command: str,
        arguments: Mapping[str, object],
        adjust: Callable[[T], T] | None = None,
    ) -> T:
        """Returns the one record below a key of the response.

        Args:
            cls: The attrs class of the record.
            key: The key, for instance ``"jobSiteObj"``; ``""`` for the response itself.
            command: The command.
            arguments: The service's arguments; None leaves one out.
            adjust: Returns the record with what only the call knows.
        """
        read = partial(_one, cls, key, command, adjust)
        record: T = await self._caller.call(seal_arguments(command, arguments), read)
        return record

    async def _read_as(
        self,
        make: Callable[[T], V],
        cls: type[T],
        command: str,
        arguments: Mapping[str, object],
    ) -> V:
        """Returns what is made of the whole response; the other arguments are those of `_read`."""
        made: V = await self._caller.call(
            seal_arguments(command, arguments), partial(_one, cls, "", command, make)
        )
        return made

    async def _do(self, command: str, arguments: Mapping[str, object]) -> None:
        """Runs a command whose response has nothing but a status."""
        nothing: None = await self._caller.call(seal_arguments(command, arguments), _nothing)
        return nothing  # a `RawResponse`, if the calls are raw

    def _list(
        self, cls: type[T], key: str, command: str, arguments: Mapping[str, object]
    ) -> "OffsetListing[T]":
        """Returns the pages of a list; nothing is sent yet. Arguments as for `_read`."""
        return OffsetListing(self._caller, cls, key, command, arguments)


def optional(name: str, argument: str = "", form: str = "") -> Any:
    """Returns a field of a record, None by default; the annotation has its type.

    Args:
        name: The JSON name.
        argument: The argument that saves it; empty if nothing does.
        form: The service's name for it where it says what must be filled in; empty if unknown.
    """
    return field(default=None, metadata={"wire_name": name, "argument": argument, "form": form})


def several(name: str) -> Any:
    """Returns a field of a record that is a tuple, empty by default, with its JSON name."""
    return field(default=(), metadata=shapes.wire_name(name))


def in_order(_: type, found: "list[Attribute[Any]]") -> "list[Attribute[Any]]":
    """Puts the id of a class first, and ``extra`` last; bases would come before."""
    return sorted(found, key=lambda one: (one.name != "id", one.name == "extra"))


class Saved:
    """Base class of a record that can be saved, with every field at once."""

    __slots__ = ()

    PROPERTIES: ClassVar[Mapping[str, tuple[str, str]]] = {}
    """Argument and name in the service's form of properties, as `optional` has them of fields."""

    required_fields: tuple[str, ...]

    @property
    def required(self) -> tuple[str, ...]:
        """The attributes that must be filled in; names that no source explains are left out."""
        names = {form: name for name, (_, form) in saved_as(type(self)).items() if form}
        return tuple(names[form] for form in self.required_fields if form in names)


def saved_as(cls: type[Saved]) -> Mapping[str, tuple[str, str]]:
    """Returns argument and name in the service's form of all that can be saved of a record."""
    marks = {name: one.metadata for name, one in _fields_of(cls).items()}
    found = {name: (mark.get("argument", ""), mark.get("form", "")) for name, mark in marks.items()}
    return {name: pair for name, pair in {**found, **cls.PROPERTIES}.items() if pair[0]}


def _fields_of(cls: Any) -> "dict[str, Attribute[Any]]":
    return fields_dict(cls)


def folded(value: object) -> str:
    """Returns a text to compare by, without case and blanks: the service may change both."""
    return "".join((exact_text(value) or "").split()).casefold()


def checked_id(value: object, name: str, *, text_of_zero: str = "") -> int:
    """Returns an id that can be sent.

    Args:
        value: What the caller gave.
        name: The name of the argument, for the error.
        text_of_zero: What 0 would mean to the service, for the error.

    Raises:
        ConfigurationError: it is no whole number, 1 or more, of 11 digits at most.
    """
    number = exact_int(value)
    if number is not None and 1 <= number <= LARGEST_ID:
        return number
    meaning = f"; 0 {text_of_zero}" if number == 0 and text_of_zero else ""
    message = f"{name} must be a whole number, 1 or more, of 11 digits at most{meaning}"
    raise ConfigurationError(message)


def whole_record(record: object, cls: type[T], method: str) -> T:
    """Returns a record that has every field, and not one of a list, which has a part of them.

    Raises:
        ConfigurationError: it is of another class. Sent, it would blank the other fields.
    """
    if isinstance(record, cls):
        return record
    message = f"save takes a {cls.__name__}, as {method} returns it, not a {type(record).__name__}"
    raise ConfigurationError(message)


def merged(record: Saved, changes: Mapping[str, object]) -> dict[str, object]:
    """Returns the argument of each field: the change where there is one, else as in the record.

    None becomes empty text, or 0 for a flag, as in the vendor's client.

    Args:
        record: The record.
        changes: New values by field; None blanks one.

    Raises:
        ConfigurationError: a change is of no known field.
    """
    names = saved_as(type(record))
    unknown = sorted(set(changes) - set(names))
    if unknown:
        message = f"there is no field {', '.join(unknown)}; those that can be saved are"
        raise ConfigurationError(f"{message} {', '.join(names)}")
    known = _fields_of(type(record))
    arguments: dict[str, object] = {}
    for name, (argument, _) in names.items():
        value = changes.get(name, getattr(record, name))
        blank = False if name in known and known[name].type in _FLAGS else ""
        arguments[argument] = blank if value is None else value
    return arguments


def _one(
    cls: type[T], key: str, command: str, adjust: Callable[[T], V] | None, body: Body
) -> T | V | BoxAPIError:
    fields = body.get(key) if key else without_envelope(body)
    if COMMANDS[command].family == "web":
        fields = expand(fields, cls)
    path = f"$.{key}" if key else "$"
    record = shapes.read(
        cls, fields, path=path, operation=command, changing=COMMANDS[command].kind != "read"
    )
    return record if adjust is None or isinstance(record, BoxAPIError) else adjust(record)


def _nothing(_: Body) -> None:
    return None
