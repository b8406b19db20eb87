"""BoxC records that share one set of rules: their kinds, their samples and their store."""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from functools import cache
from importlib.resources import files
from itertools import count
from types import MappingProxyType
from typing import Any, Final

import orjson
from attrs import define, field, frozen

from boxapis.sandbox._boxc.pages import PageQuery, page_token
from boxapis.sandbox._boxc.refusals import invalid, invalid_page_token, refused

Record = dict[str, Any]
Filter = Callable[[Mapping[str, Any], str], bool]

_TIMES: Final = ("created", "updated", "created_at", "updated_at")
_NONE: Final[Mapping[str, Any]] = MappingProxyType({})
_FIRST_ID: Final = 1000
_SEEDS: Final = 100
_JSON_TYPES: Final[Mapping[type, str]] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    type(None): "null",
}
_WIDER: Final[Mapping[str, tuple[str, ...]]] = {
    # Texts such as postal codes and HS codes are accepted as numbers, as in the description.
    "integer": ("number", "string"),
    "number": ("string",),
}


@frozen(kw_only=True)
class Kind:
    """One kind of record, and the rules that differ between kinds.

    Attributes:
        path: Path of the list; also the name of the kind's sample.
        key: Key of one record in a body.
        keys: Key of the array in a list.
        missing: Error code for a record that does not exist or belongs to another user.
        required: Fields that a new record must have.
        required_on_update: Fields that an update must have.
        start: Values of a new record in place of the sample's.
        unset: Fields of the sample that a new record does not have.
        seeds: Records that every user has from the start.
        unlisted: Fields that a list leaves out.
        list_only: Fields that only a list shows.
        counted: Arrays of which a list shows the length.
        hidden: Fields that no response shows.
        filters: Filters of the list by the name of the query parameter.
        sorts: Fields by which the list can be sorted.
        smallest_page: Smallest `limit` where the rules refuse or move small ones.
        has_pdf: Whether a record can be read as a PDF.
        created_status: HTTP status of a creation.
        is_named: Whether the caller gives the ID.
    """

    path: str
    key: str
    keys: str
    missing: int
    required: tuple[str, ...] = ()
    required_on_update: tuple[str, ...] = ()
    start: Mapping[str, Any] = _NONE
    unset: frozenset[str] = frozenset()
    seeds: tuple[Mapping[str, Any], ...] = ()
    unlisted: frozenset[str] = frozenset()
    list_only: frozenset[str] = frozenset()
    counted: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    filters: Mapping[str, Filter] = _NONE
    sorts: tuple[str, ...] = ("id",)
    smallest_page: int = 50
    has_pdf: bool = False
    created_status: int = 201
    is_named: bool = False

    def taken(self, sent: Mapping[str, Any]) -> Record:
        """The fields of a request that the service keeps; all others are ignored.

        Raises:
            Refusal: code 1000, because a field has another type than the description says.
        """
        taken = samples()[self.path]["taken"]
        found = {name: sent[name] for name in taken if name in sent}
        for name, value in found.items():
            kind, types = _json_type(value), taken[name]
            if not {kind, *_WIDER.get(kind, ())}.intersection(types):
                problem = f"The data ({kind}) must match the type: {'|'.join(types)}"
                raise invalid(f"/{self.key}/{name}: {problem}")
        return found

    def example(self, fields: Mapping[str, Any]) -> Record:
        """A complete record: the fields given, and examples of all others."""
        return {**samples()[self.path]["given"], **self.start, **fields}

    def new(self, fields: Mapping[str, Any]) -> Record:
        """A record with the fields given, filled up from the kind's sample."""
        filled = samples()[self.path]["filled"]
        given = {name: value for name, value in filled.items() if name not in self.unset}
        return deepcopy({**given, **self.start, **fields})

    def shown(self, record: Mapping[str, Any], *, in_list: bool = False) -> Record:
        """The record as a response shows it."""
        left_out = self.hidden | (self.unlisted if in_list else self.list_only)
        counted = self.counted if in_list else frozenset()
        return {
            name: len(value) if name in counted else value
            for name, value in record.items()
            if name not in left_out
        }


@cache
def samples() -> dict[str, dict[str, Any]]:
    """For each path the fields that the service fills in, and those it takes, with examples.

    ``python -m tests.contract.samples`` makes the file from the service's description.
    """
    found: dict[str, dict[str, Any]] = orjson.loads(
        files("boxapis.sandbox._boxc").joinpath("samples.json").read_bytes()
    )
    return found


@define(eq=False)
class RecordStore:
    """Every record of every user, by kind and ID."""

    _records: dict[tuple[str, int], dict[str, Record]] = field(init=False, factory=dict, repr=False)
    _numbers: dict[str, "count[int]"] = field(init=False, factory=dict, repr=False)
    _late: list[tuple[float, Callable[[], None]]] = field(init=False, factory=list, repr=False)

    def finish_at(self, moment: float, action: Callable[[], None]) -> None:
        """Finish a record at a time of the service's clock."""
        self._late.append((moment, action))

    def finish_due(self, now: float) -> None:
        """Finish the records whose time has come, in order of creation."""
        due = [action for moment, action in self._late if moment <= now]
        self._late = [late for late in self._late if late[0] > now]
        for action in due:
            action()

    def create(
        self, kind: Kind, user_id: int, fields: Mapping[str, Any], now: str, **own: Any
    ) -> Record:
        """Store a new record; `own` are fields that no request can set."""
        number = next(self._numbers.setdefault(kind.path, count(_first_id(kind))))
        record = kind.new({**fields, **own})
        if kind.is_named:
            record.setdefault("id", f"{kind.key}-{number}")
        else:
            record["id"] = number
        record |= dict.fromkeys([name for name in _TIMES if name in record], now)
        self._of(kind, user_id)[str(record["id"])] = record
        return record

    def get(self, kind: Kind, user_id: int, identifier: object) -> Record:
        """A user's record by its ID; raises Refusal with the kind's code, also for another's."""
        try:
            return self._of(kind, user_id)[str(identifier)]
        except KeyError:
            raise refused(kind.missing, 404) from None

    def find(self, kind: Kind, user_id: int, **fields: object) -> Record | None:
        """The first record of a user whose fields have these values."""
        for record in self.all(kind, user_id):
            if all(record.get(name) == value for name, value in fields.items()):
                return record
        return None

    def delete(self, kind: Kind, user_id: int, identifier: object) -> None:
        """Delete a user's record; raises Refusal with the kind's code."""
        self.get(kind, user_id, identifier)
        del self._of(kind, user_id)[str(identifier)]

    def all(self, kind: Kind, user_id: int) -> list[Record]:
        """A user's records of a kind in order of creation."""
        return list(self._of(kind, user_id).values())

    def of_all_users(self, kind: Kind) -> list[Record]:
        """Every user's records of a kind."""
        users = [user_id for path, user_id in self._records if path == kind.path]
        return [record for user_id in users for record in self.all(kind, user_id)]

    def page(self, kind: Kind, user_id: int, query: PageQuery) -> tuple[list[Record], str | None]:
        """One page of a user's records and the token of the next, or None after the last."""
        ordered = _sorted(self.all(kind, user_id), query)
        if query.last_id is not None:
            ids = [str(record["id"]) for record in ordered]
            if query.last_id not in ids:
                raise invalid_page_token()
            ordered = ordered[ids.index(query.last_id) + 1 :]
        rest = [record for record in ordered if _passes(record, kind, query.filters)]
        found, more = rest[: query.limit], len(rest) > query.limit
        return found, page_token(query, found[-1]["id"]) if more else None

    def _of(self, kind: Kind, user_id: int) -> dict[str, Record]:
        place = (kind.path, user_id)
        if place not in self._records:
            seeds = map(kind.new, kind.seeds)
            self._records[place] = {str(record["id"]): record for record in seeds}
        return self._records[place]


def _json_type(value: object) -> str:
    return _JSON_TYPES.get(type(value), "object")


def _first_id(kind: Kind) -> int:
    sample = samples()[kind.path]["filled"].get("id")
    # Seeds have IDs of their own below it.
    return sample + _SEEDS if isinstance(sample, int) else _FIRST_ID


def _sorted(records: Iterable[Record], query: PageQuery) -> list[Record]:
    ordered = list(records)
    if query.sort != "id":
        ordered.sort(key=lambda record: (record[query.sort], record["id"]))
    return ordered if query.order == "asc" else ordered[::-1]


def _passes(record: Record, kind: Kind, filters: Mapping[str, str]) -> bool:
    return all(kind.filters[name](record, value) for name, value in filters.items())
