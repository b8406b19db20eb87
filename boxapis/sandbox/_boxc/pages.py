"""Pages of BoxC lists: query parameters and page tokens."""

import base64
import binascii
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qs, urlencode

from attrs import frozen

from boxapis.sandbox._boxc.refusals import invalid_page_token, invalid_query
from boxapis.sandbox._boxc.rules import BoxCRules

_LIMIT: Final = "limit"
_DEFAULT_LIMIT: Final = 50
_SMALLEST: Final = 50
_LARGEST: Final = 100
_ORDERS: Final = ("asc", "desc")
_LIMIT_DIGITS: Final = 9
_OWN: Final = frozenset({_LIMIT, "order", "sort", "last_id"})


@frozen
class PageQuery:
    """The page after the record `last_id`, or the first page when it is None."""

    limit: int = _DEFAULT_LIMIT
    order: str = "desc"
    sort: str = "id"
    last_id: str | None = None
    filters: Mapping[str, str] = MappingProxyType({})


def parse_page_query(
    query: Mapping[str, str],
    rules: BoxCRules,
    *,
    sorts: tuple[str, ...],
    filters: Collection[str] = (),
    smallest: int = _SMALLEST,
) -> PageQuery:
    """Parse the query of a list; raises Refusal with 1025 or 1031.

    A page token holds the whole query, so parameters beside it are ignored, and so are unknown
    ones.
    """
    if token := query.get("page_token"):
        return _parse_token(token, sorts, filters)
    return PageQuery(
        _limit(query.get(_LIMIT), rules, smallest),
        _choice(query, "order", _ORDERS, "desc"),
        _choice(query, "sort", sorts, "id"),
        filters={name: value for name in filters if (value := query.get(name))},
    )


def page_token(query: PageQuery, last_id: object) -> str:
    """The token of the page after the record `last_id`."""
    own = {"limit": query.limit, "order": query.order, "sort": query.sort, "last_id": last_id}
    return base64.b64encode(urlencode({**query.filters, **own}).encode()).decode()


def _parse_token(token: str, sorts: tuple[str, ...], filters: Collection[str]) -> PageQuery:
    try:
        text = base64.b64decode(token, validate=True).decode()
        fields = {name: values[0] for name, values in parse_qs(text).items()}
        limit, rest = int(fields["limit"]), {n: v for n, v in fields.items() if n not in _OWN}
        query = PageQuery(limit, fields["order"], fields["sort"], fields["last_id"], rest)
    except (binascii.Error, ValueError, KeyError):
        raise invalid_page_token() from None
    known = query.order in _ORDERS and query.sort in sorts and rest.keys() <= set(filters)
    if not (known and 1 <= query.limit <= _LARGEST):
        raise invalid_page_token()
    return query


def _limit(text: str | None, rules: BoxCRules, smallest: int) -> int:
    if not text:
        return _DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit() and len(text) <= _LIMIT_DIGITS):
        raise invalid_query(_LIMIT)
    limit = int(text)
    if rules.limits == "clamp":
        return min(max(limit, smallest), _LARGEST)
    if not (1 if rules.limits == "lenient" else smallest) <= limit <= _LARGEST:
        raise invalid_query(_LIMIT)
    return limit


def _choice(query: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
    value = query.get(name) or default
    if value not in allowed:
        raise invalid_query(name)
    return value
