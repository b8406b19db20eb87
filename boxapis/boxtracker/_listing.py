"""`OffsetListing`: a list of Box Tracker, whose pages are numbered by the place of their records.

Promises: a walk ends, whatever the service counts, and gives no record twice. A walk that the
service cuts short by repeating itself ends with an error, not as if it were complete.
"""

from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence
from functools import partial
from typing import Any, Generic, TypeVar, cast

from attrs import field, frozen

from boxapis._core.awaitable import AsyncListing
from boxapis._http.messages import Unpicklable
from boxapis._http.raw_response import RawResponse
from boxapis._sansio import shapes
from boxapis._sansio.boxtracker.arguments import seal_arguments
from boxapis._sansio.boxtracker.commands import Body
from boxapis._sansio.kinds import parse_int
from boxapis._sansio.sensitive import seal_sensitive
from boxapis._sansio.text import exact_int
from boxapis.boxtracker._call import Caller
from boxapis.errors import BoxAPIError, ConfigurationError, PaginationError

__all__ = ["OffsetListing", "OffsetPage", "without_envelope"]

T = TypeVar("T")

_MAX_REPEATED_PAGES = 20


@frozen(kw_only=True)
class OffsetPage(Generic[T]):
    """One page of a list of Box Tracker, 50 records at most by its documentation.

    Attributes:
        items: The records, in the service's order.
        total: The number of records on all pages; None if the service does not say.
        next_offset: Pass it as ``offset`` for the next page; None on the last one.
        extra: Further fields of the response, for instance ``custEmail`` in a list of transactions;
            values under sensitive names are `Secret`.
    """

    items: Sequence[T]
    total: int | None
    next_offset: int | None
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)


class OffsetListing(AsyncListing, AsyncIterable[T], Unpicklable, Generic[T]):
    """A list of Box Tracker: iterate over its records with ``async for``, or take single pages.

    Nothing is sent before that. Each ``async for`` begins anew. The service numbers records by
    their place: one that is added while you iterate moves others to the next page, and such a
    record is given once; one that is removed may make the walk skip another.
    """

    __slots__ = ("_arguments", "_caller", "_cls", "_command", "_key", "_total")

    def __init__(
        self, caller: Caller, cls: type[T], key: str, command: str, arguments: Mapping[str, object]
    ) -> None:
        self._caller = caller
        self._cls = cls
        self._key = key
        self._command = command
        self._arguments = arguments
        self._total: int | None = None

    @property
    def total(self) -> int | None:
        """The number of all records, by the page read last; None before, or if it does not say."""
        return self._total

    async def __aiter__(self) -> AsyncIterator[T]:
        """Iterates over the records of all pages.

        Raises:
            PaginationError: twenty pages in a row brought no record that was not given before; or
                the last page brought none, and the service counts more records than it gave.
            BoxAPIError: what a page failed with; ``resume_token`` is the offset of that page.
        """
        seen: set[object] = set()
        repeated, offset = 0, 0
        while True:
            page = await self._fetch(offset)
            fresh = [item for item in page.items if _is_new(item, seen)]
            for item in fresh:
                yield item
            repeated = 0 if fresh or not page.items else repeated + 1
            # Without a count, a page of known records is the only sign of an end.
            is_last = page.next_offset is None or (page.total is None and not fresh)
            if is_last and not (repeated and len(seen) < (page.total or 0)):
                return
            offset = page.next_offset or offset
            if is_last or repeated >= _MAX_REPEATED_PAGES:
                raise _stuck(self._command, repeated, offset)

    async def page(self, offset: int = 0) -> OffsetPage[T]:
        """Returns one page.

        Args:
            offset: The place of its first record, counted from 0; a page's ``next_offset``, or an
                error's ``resume_token`` as a number.

        Raises:
            ConfigurationError: an argument of the list cannot be sent. Nothing was sent.
            BoxAPIError: see `boxapis.errors`.
        """
        start = exact_int(offset)
        if start is None or start < 0:
            message = f"{self._command}: offset must be a whole number, 0 or more"
            raise ConfigurationError(message)
        arguments = {"offset": start, **self._arguments}
        read = partial(_page, self._cls, self._key, self._command, start)
        page: Any = await self._caller.call(seal_arguments(self._command, arguments), read)
        self._total = (page.decoded if isinstance(page, RawResponse) else page).total
        return cast("OffsetPage[T]", page)

    async def _fetch(self, offset: int) -> OffsetPage[T]:
        try:
            page: Any = await self.page(offset)
        except BoxAPIError as error:
            error.resume_token = str(offset)
            raise
        fetched: OffsetPage[T] = page.decoded if isinstance(page, RawResponse) else page
        return fetched


def _is_new(item: Any, seen: set[object]) -> bool:
    if item.id in seen:
        return False
    seen.add(item.id)
    return True


def _page(
    cls: type[T], key: str, command: str, offset: int, body: Body
) -> OffsetPage[T] | BoxAPIError:
    total = parse_int(body.get("recordCount"))
    total = None if total is not None and total < 0 else total
    entries = body.get(key, [] if total == 0 else "")
    if isinstance(entries, dict):  # as the documentation says; the vendor's client reads an array
        entries = list(entries.values())
    if entries is None:
        entries = []
    if not isinstance(entries, list):
        why = "expected an array"
        return shapes.misshapen(f"$.{key}", why, operation=command, changing=False)
    items = shapes.read_array(cls, entries, path=f"$.{key}", operation=command)
    if isinstance(items, BoxAPIError):
        return items
    after = offset + len(items)
    is_last = not items or (total is not None and after >= total)
    known = {key, "recordCount", "offset"}
    rest = {name: value for name, value in without_envelope(body).items() if name not in known}
    return OffsetPage(
        items=items,
        total=total,
        next_offset=None if is_last else after,
        extra=seal_sensitive(rest) if rest else shapes.NO_FIELDS,
    )


def without_envelope(body: Body) -> Body:
    """Returns a body without its status."""
    return {name: body[name] for name in body if name not in ("status", "errorString")}


def _stuck(command: str, pages: int, offset: int) -> PaginationError:
    return PaginationError(
        f"{command}: the last {pages} pages held no new record, and the service counts more than"
        " were given, so it repeats itself. All records up to here were returned.",
        operation=command,
        resume_token=str(offset),
        next_step="take page() with resume_token as its offset to go on",
    )
