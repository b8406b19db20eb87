"""Pages of the BoxC credential list: query parameters and page tokens."""

import base64
import binascii
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs, urlencode

from attrs import asdict, evolve, frozen

from boxapis.sandbox._boxc.refusals import invalid_page_token, invalid_query
from boxapis.sandbox._boxc.rules import BoxCRules

_LIMIT: Final = "limit"
_DEFAULT_LIMIT: Final = 50
_SMALLEST: Final = 50
_LARGEST: Final = 100
_ORDERS: Final = ("asc", "desc")
_SORTS: Final = ("id", "carrier")
_LIMIT_DIGITS: Final = 9


@frozen
class PageQuery:
    """The page after the credential `last_id`, or the first page when it is None."""

    limit: int = _DEFAULT_LIMIT
    order: str = "desc"
    sort: str = "id"
    last_id: int | None = None


def parse_page_query(query: Mapping[str, str], rules: BoxCRules) -> PageQuery:
    """Parse the query of a list; raises Refusal with 1025 or 1031.

    A page token holds the whole query, so parameters beside it are ignored.
    """
    if token := query.get("page_token"):
        return _parse_token(token)
    return PageQuery(
        _limit(query.get(_LIMIT), rules),
        _choice(query, "order", _ORDERS, "desc"),
        _choice(query, "sort", _SORTS, "id"),
    )


def page_token(query: PageQuery, last_id: int) -> str:
    """The token of the page after the credential `last_id`."""
    fields = asdict(evolve(query, last_id=last_id))
    return base64.b64encode(urlencode(fields).encode()).decode()


def _parse_token(token: str) -> PageQuery:
    try:
        text = base64.b64decode(token, validate=True).decode()
        fields = {name: values[0] for name, values in parse_qs(text).items()}
        limit, last_id = int(fields["limit"]), int(fields["last_id"])
        query = PageQuery(limit, fields["order"], fields["sort"], last_id)
    except (binascii.Error, ValueError, KeyError):
        raise invalid_page_token() from None
    known = query.order in _ORDERS and query.sort in _SORTS
    if not (known and 1 <= query.limit <= _LARGEST):
        raise invalid_page_token()
    return query


def _limit(text: str | None, rules: BoxCRules) -> int:
    if not text:
        return _DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit() and len(text) <= _LIMIT_DIGITS):
        raise invalid_query(_LIMIT)
    limit = int(text)
    if rules.limits == "clamp":
        return min(max(limit, _SMALLEST), _LARGEST)
    smallest = 1 if rules.limits == "lenient" else _SMALLEST
    if not smallest <= limit <= _LARGEST:
        raise invalid_query(_LIMIT)
    return limit


def _choice(query: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
    value = query.get(name) or default
    if value not in allowed:
        raise invalid_query(name)
    return value
