"""`Page`, one page of a list; `PageOptions`, which pages; and `walk`, which goes over all of them.

Promises: a walk ends, whatever page tokens the service sends.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from hashlib import blake2b
from typing import Generic, Literal, TypedDict, TypeVar

from attrs import frozen

from boxapis.errors import BoxAPIError, PaginationError

__all__ = ["Page", "PageOptions", "walk"]

T = TypeVar("T")

_MAX_EMPTY_PAGES = 20
_INVALID_PAGE_TOKEN = 1025


@frozen(kw_only=True)
class Page(Generic[T]):
    """One page of a list.

    Attributes:
        items: The items, in the service's order.
        next_page: Pass it as ``page_token`` for the next page; None on the last one.
    """

    items: Sequence[T]
    next_page: str | None


class PageOptions(TypedDict, total=False):
    """Arguments of a list that say which pages to ask for, and in which order.

    Attributes:
        limit: Items per page, 50 to 100; the service's default is 50.
        order: ``"asc"``, or ``"desc"``, the service's default.
        page_token: The page to start with, for instance an error's ``resume_token``.
    """

    limit: int | None
    order: Literal["asc", "desc"] | None
    page_token: str | None


async def walk(
    fetch: Callable[[str | None], Awaitable[Page[T]]], page_token: str | None, operation: str
) -> AsyncIterator[T]:
    """Iterates over the items of all pages, from a page token on.

    Raises:
        PaginationError: when a token comes again, or twenty pages in a row are empty.
        BoxAPIError: what a page failed with; ``resume_token`` goes on with that page.
    """
    seen = set() if page_token is None else {_digest(page_token)}
    empty = 0
    while True:
        page = await _fetched(fetch, page_token, operation)
        for item in page.items:
            yield item
        empty = 0 if page.items else empty + 1
        if page.next_page is None:
            return
        page_token = page.next_page
        digest = _digest(page_token)
        if digest in seen:
            raise _stuck(operation, "the service sent the same page token again", page_token)
        if empty >= _MAX_EMPTY_PAGES:
            raise _stuck(operation, f"{empty} pages in a row were empty", page_token)
        seen.add(digest)


def _digest(page_token: str) -> bytes:
    """Returns a short digest of a page token; a long list has many, and each is long."""
    return blake2b(page_token.encode("utf-8", "surrogatepass"), digest_size=16).digest()


async def _fetched(
    fetch: Callable[[str | None], Awaitable[Page[T]]], page_token: str | None, operation: str
) -> Page[T]:
    try:
        return await fetch(page_token)
    except BoxAPIError as error:
        failure = error
    failure.resume_token = page_token
    if getattr(failure, "code", None) == _INVALID_PAGE_TOKEN:
        failure = PaginationError(
            f"{operation}: the service does not know this page token (code 1025).",
            operation=operation,
            attempts=failure.attempts,
            next_step="start the list again",
        )
    failure.__context__ = None
    raise failure


def _stuck(operation: str, why: str, token: str) -> PaginationError:
    return PaginationError(
        f"{operation}: {why}, so the list would never end. All items up to here were returned.",
        operation=operation,
        resume_token=token,
        next_step="pass resume_token as page_token to go on",
    )
