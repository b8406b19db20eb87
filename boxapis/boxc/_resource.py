"""Base of BoxC's resources: one record, whole arrays, pages and PDFs.

Promises: ids go into the path percent-encoded, and cannot lead to another path. What a caller gives
is encoded before the first request. A response without the record that was asked for is an
`InvalidResponseError` with its JSON path.
"""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Coroutine, Iterable, Mapping
from functools import partial
from typing import Any, Generic, Literal, TypeVar, cast

from boxapis._core.awaitable import AsyncListing
from boxapis._core.polling import poll
from boxapis._http.messages import Unpicklable
from boxapis._http.raw_response import RawResponse
from boxapis._sansio import shapes
from boxapis._sansio.boxc import rest
from boxapis._sansio.boxc.rest import PDF, PDF_START, PreparedRequest
from boxapis._sansio.boxc.templates import id_text, template_of
from boxapis._sansio.text import exact_text
from boxapis.boxc._call import Caller, IdentityCheck
from boxapis.boxc._pages import Page, PageOptions, walk
from boxapis.errors import BoxAPIError, ConfigurationError, ConflictError, InvalidResponseError

__all__ = [
    "PDF", "Listing", "PageOptions", "Resource", "filled", "given", "never_ready", "prepare",
    "prepare_ids",
]  # fmt: skip

T = TypeVar("T")

_ID = "must be a whole number, 1 or more and below 2**63, or a text"
_NO_FILTERS: Mapping[str, object] = {}


class Resource(Unpicklable):
    """A resource of BoxC, as an attribute of the client. It has a caller, and never the client.

    Methods raise errors of `boxapis.errors`, and list those with a meaning of their own. All may
    raise `PermissionDeniedError`, where the token lacks the scope, and `ValidationError` (1000),
    where the service does not accept an argument or a field of it.
    """

    __slots__ = ("_caller",)

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def _read(
        self, cls: type[T], key: str, prepared: PreparedRequest, check: IdentityCheck | None = None
    ) -> Coroutine[Any, Any, T]:
        """Returns, as a coroutine, the one record below a key of the response.

        Args:
            cls: The attrs class of the record.
            key: The key, for instance ``"label"``.
            prepared: The request.
            check: Finds a response of another request, beside its id.
        """
        return self._caller.call(prepared, check, partial(_one, cls, key, prepared))

    async def _read_all(self, cls: type[T], key: str, prepared: PreparedRequest) -> tuple[T, ...]:
        """Returns every record of an array that comes without pages; arguments as for `_read`."""
        read = partial(_many, cls, key, prepared)
        records: tuple[T, ...] = await self._caller.call(prepared, None, read)
        return records

    async def _read_file(self, prepared: PreparedRequest) -> bytes:
        """Returns the bytes of a PDF."""
        content: bytes = await self._caller.call(prepared, None, partial(_file, prepared))
        return content

    async def _do(self, prepared: PreparedRequest) -> None:
        """Runs an operation whose response is empty."""
        nothing: None = await self._caller.call(prepared, None, partial(_nothing, prepared))
        return nothing  # a `RawResponse`, if the calls are raw

    async def _wait(
        self, operation: str, id: int | str, is_ready: Callable[[T], bool], deadline: float
    ) -> T:
        """Returns the record of an id once it is ready; see `poll` for arguments and errors."""

        async def look(seconds: float) -> T:
            resource: Any = type(self)(self._caller.look(seconds))
            record: T = await resource.get(id)
            return record

        return await poll(operation, look, is_ready, deadline, self._caller.dispatcher.clock)

    def _list(
        self,
        cls: type[T],
        key: str,
        operation: str,
        filters: Mapping[str, object] = _NO_FILTERS,
        *,
        limit: int | None = None,
        order: Literal["asc", "desc"] | None = None,
        page_token: str | None = None,
    ) -> "Listing[T]":
        """Returns the pages of a list, by `PageOptions` and its own filters; nothing is sent yet.

        A filter of None is left out; ``key`` and ``operation`` are as for `_read`.
        """
        pages = given(limit=limit, order=order, page_token=page_token)
        return Listing(self._caller, cls, key, operation, {**filters, **pages})


class Listing(AsyncListing, AsyncIterable[T], Unpicklable, Generic[T]):
    """A list of BoxC: iterate over its items with ``async for``, or take single pages.

    Nothing is sent before that. Each ``async for`` begins anew.
    """

    __slots__ = ("_caller", "_cls", "_key", "_operation", "_problem", "_query")

    def __init__(
        self,
        caller: Caller,
        cls: type[T],
        key: str,
        operation: str,
        query: Mapping[str, object],
        problem: str | None = None,  # what is wrong with the query
    ) -> None:
        self._caller = caller
        self._cls = cls
        self._key = key
        self._operation = operation
        self._query = query
        self._problem = problem

    def __aiter__(self) -> AsyncIterator[T]:
        start = exact_text(self._query.get("page_token"))
        return walk(self._fetch, start, self._operation)

    async def page(self, page_token: str | None = None) -> Page[T]:
        """Returns one page.

        Args:
            page_token: A page's ``next_page``, or an error's ``resume_token``; None for the page
                that the list begins with.

        Raises:
            ConfigurationError: an argument of the list cannot be sent. Nothing was sent.
            BoxAPIError: see `boxapis.errors`.
        """
        if self._problem is not None:
            raise ConfigurationError(self._problem)
        # A page token holds the query it came from; nothing else is needed beside it.
        query = self._query if page_token is None else {"page_token": page_token}
        prepared = prepare(self._operation, params=query)
        read = partial(_page, self._cls, self._key, prepared)
        page: Page[T] = await self._caller.call(prepared, None, read)
        return page

    async def _fetch(self, page_token: str | None) -> Page[T]:
        page: Any = await self.page(page_token)
        fetched: Page[T] = page.decoded if isinstance(page, RawResponse) else page
        return fetched


def prepare(
    operation: str,
    *ids: int | str,
    params: Mapping[str, object] | None = None,
    json: object = None,
    accept: str = rest.JSON,
) -> PreparedRequest:
    """Encodes the request of an operation; never raises, so no traceback shows its values.

    Args:
        operation: A name of `OPERATIONS`, for instance ``"GET /labels/{id}"``.
        ids: A whole number, 1 or more and below 2**63, or a text for each ``{...}``, in order.
        params: The parameters of the query; None leaves one out.
        json: The body.
        accept: The media type of the response.
    """
    template = template_of(operation)
    path, is_plain = template.fill(ids)
    if path is None:
        return PreparedRequest(operation=operation, problem=f"an id {_ID}")
    if is_plain:
        return rest.prepare_known(template, path, params, json, accept)
    method = template.method
    return rest.prepare(method, path, params=params, json=json, accept=accept, operation=operation)


def prepare_ids(operation: str, key: str, ids: Iterable[int | str], accept: str) -> PreparedRequest:
    """Encodes the request of an operation on several ids, which are sent as texts in the body.

    Args:
        key: The key of the ids in the body; the other arguments are as for `prepare`.
    """
    texts = _id_texts(ids)
    if texts is None:
        problem = f"{key} must be a list, and an id in it {_ID}"
        return PreparedRequest(operation=operation, problem=problem)
    return prepare(operation, json={key: texts}, accept=accept)


def _id_texts(ids: object) -> list[str] | None:
    if issubclass(type(ids), (str, bytes, bytearray)):  # an id, and no list of its characters
        return None
    try:
        texts = [id_text(identifier) for identifier in cast("Iterable[object]", ids)]
    except Exception:  # noqa: BLE001 - whatever a value does, its error would show this frame
        return None
    exact = [text for text in texts if text is not None]
    return exact if len(exact) == len(texts) else None


def filled(value: object, name: str) -> str:
    """Returns a text to search for; an empty filter would not be sent, and find everything.

    Raises:
        ConfigurationError: it is no text, or a blank one. Nothing was sent.
    """
    text = exact_text(value)
    if text is None or not text.strip():
        raise ConfigurationError(f"{name} must be a text that is not blank")
    return text


def given(**fields: object) -> dict[str, object]:
    """Returns the fields that are not None: None says that an argument was not given."""
    return {name: value for name, value in fields.items() if value is not None}


def never_ready(operation: str, why: str) -> ConflictError:
    """The error of a wait for what cannot become ready any more; no code of the service."""
    message = f"{operation}: {why}, so it will not become ready."
    return ConflictError(message, service="boxc", operation=operation)


def _one(cls: type[T], key: str, prepared: PreparedRequest, body: object) -> T | BoxAPIError:
    fields = body.get(key) if isinstance(body, dict) else None
    changing = prepared.kind != "read"
    return shapes.read(
        cls, fields, path=f"$.{key}", operation=prepared.operation, changing=changing
    )


def _many(
    cls: type[T], key: str, prepared: PreparedRequest, body: object
) -> tuple[T, ...] | BoxAPIError:
    entries = body.get(key) if isinstance(body, dict) else None
    if not isinstance(entries, list):
        return _misshapen(prepared, f"$.{key}", "an array")
    changing = prepared.kind != "read"
    return shapes.read_array(
        cls, entries, path=f"$.{key}", operation=prepared.operation, changing=changing
    )


def _page(cls: type[T], key: str, prepared: PreparedRequest, body: object) -> Page[T] | BoxAPIError:
    token = body.get("next_page") if isinstance(body, dict) else None
    items = _many(cls, key, prepared, body)
    if isinstance(items, BoxAPIError):
        return items
    if token is not None and not isinstance(token, str):
        return _misshapen(prepared, "$.next_page", "text or null")
    return Page(items=items, next_page=token or None)


def _file(prepared: PreparedRequest, body: object) -> bytes | BoxAPIError:
    if isinstance(body, bytes) and body.startswith(PDF_START):
        return body
    return _misshapen(prepared, "$", "a PDF")


def _nothing(prepared: PreparedRequest, body: object) -> BoxAPIError | None:
    if body is None or body is True or body in ({}, []):
        return None
    return _misshapen(prepared, "$", "an empty body")


def _misshapen(prepared: PreparedRequest, path: str, expected: str) -> InvalidResponseError:
    return shapes.misshapen(
        path,
        f"expected {expected}",
        operation=prepared.operation,
        changing=prepared.kind != "read",
    )
