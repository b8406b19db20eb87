"""The resource Credentials: write-only carrier secrets (https://docs.boxc.com/#tag/Credentials)."""

import warnings
from collections.abc import Coroutine, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Literal

from attrs import field, frozen

from boxapis._core.awaitable import named, returns_coroutine
from boxapis._sansio import shapes
from boxapis._sansio.boxc.carriers import SealedParameters, seal_parameters, unknown_parameters
from boxapis._sansio.boxc.identity import mismatched_carrier
from boxapis._sansio.boxc.rest import PreparedRequest
from boxapis._sansio.text import exact_int, exact_text
from boxapis._sansio.value import Value
from boxapis.boxc._pages import Page
from boxapis.boxc._resource import Listing, Resource, given, prepare
from boxapis.errors import ConfigurationError
from boxapis.secret import Secret

__all__ = ["Credential", "CredentialParameterWarning", "Credentials"]

Order = Literal["asc", "desc"]
Sort = Literal["id", "carrier"]
Params = Mapping[str, str | Secret]

_LIMITS = range(1, 101)
_LARGEST_ID = 2**63 - 1


class CredentialParameterWarning(UserWarning):
    """A parameter name that BoxC does not document, or an empty value, which wipes a secret."""


@frozen(kw_only=True, repr=False, eq=False)
class Credential(Value):
    """Carrier secrets kept by BoxC. The values never come back.

    Attributes:
        id: The number that shipments give as ``credentials_id``.
        user_id: The number of the owner.
        carrier: The carrier's code, for instance ``"DHL Express"``; fixed at creation.
        params: Parameter names, each with what the service shows of its value, which is nothing.
        updated: Time of the last update, in UTC; equal to ``created`` before the first one.
        deleted: Time of deletion, in UTC; None if it was not deleted.
    """

    id: int
    user_id: int
    carrier: str
    params: Mapping[str, Secret] = field(repr=shapes.names_only)
    created: datetime
    updated: datetime
    deleted: datetime | None = None


class Credentials(Resource):
    """Credentials of the token's user, as ``boxc.credentials``.

    For an ``id`` that is not there, or not yours, methods raise `NotFoundError`; for one that is no
    whole number, 1 or more, `ConfigurationError`, and nothing was sent.
    """

    __slots__ = ()

    def list(
        self,
        *,
        limit: int | None = None,
        order: Order | None = None,
        sort: Sort | None = None,
        page_token: str | None = None,
    ) -> Listing[Credential]:
        """Lists all credentials, page after page.

        Kind: read. Scope: ``read_credentials``. A wrong argument is a `ConfigurationError` before
        the first page; nothing is sent.

        Args:
            limit: Credentials per page, 1 to 100; the service documents 50 to 100, default 50.
            order: ``"asc"``, or ``"desc"``, the service's default.
            sort: ``"id"``, the service's default, or ``"carrier"``.
            page_token: The page to start with, for instance an error's ``resume_token``.
        """
        query = given(limit=limit, order=order, sort=sort, page_token=page_token)
        operation, problem = "GET /credentials", _problem(query)
        return Listing(self._caller, Credential, "credentials", operation, query, problem)

    async def page(
        self,
        *,
        limit: int | None = None,
        order: Order | None = None,
        sort: Sort | None = None,
        page_token: str | None = None,
    ) -> Page[Credential]:
        """Returns one page, as ``list(...).page()`` does. Kind: read. Scope: ``read_credentials``.

        Args:
            limit, order, sort: As for `list`.
            page_token: A page's ``next_page``; None for the first page.

        Raises:
            ConfigurationError: an argument is out of its range. Nothing was sent.
        """
        return await self.list(limit=limit, order=order, sort=sort, page_token=page_token).page()

    async def get(self, id: int) -> Credential:
        """Returns one credential. Kind: read. Scope: ``read_credentials``."""
        prepared = prepare("GET /credentials/{id}", _checked(id))
        return await self._read(Credential, "credential", prepared)

    @returns_coroutine
    def create(self, carrier: str, params: Params) -> Coroutine[Any, Any, Credential]:
        """Stores a new credential. Kind: changing. Scope: ``write_credentials``.

        There is no way to make this safe to repeat: after an `OutcomeUnknownError` list the
        credentials before you create another.

        Args:
            carrier: The carrier's code, for instance ``"DHLeC"``.
            params: Every secret the carrier needs.

        Raises:
            ConfigurationError: ``params`` is no mapping of text to text, or a part is empty.
            ValidationError: the service does not accept carrier or parameters.
            OutcomeUnknownError: it was sent and no response settled it.
        """
        sealed = seal_parameters(params)
        del params
        return named(self._create(carrier, sealed), "Credentials.create")

    @returns_coroutine
    def update(
        self, id: int, params: Params, *, carrier: str | None = None
    ) -> Coroutine[Any, Any, Credential]:
        """Replaces *all* parameters of a credential.

        Kind: idempotent. Scope: ``write_credentials``.

        The whole ``params`` object is replaced: send every value each time, changed or not. Never
        send back what `get` gave: stored values cannot be read, so that would wipe them. To
        rotate secrets, update rather than create anew, because labels that were made keep
        pointing at the id, and their tracking depends on its values.

        Args:
            params: Every secret the carrier needs.
            carrier: Sent only when given: one source wants it, the other does not know it. It
                must be the credential's own.

        Raises:
            ConfigurationError: ``params`` is no mapping of text to text, or a part is empty.
            ConflictError: the carrier is another one, or the credential cannot be updated.
        """
        sealed = seal_parameters(params)
        del params
        return named(self._update(id, sealed, carrier), "Credentials.update")

    async def delete(self, id: int) -> None:
        """Deletes a credential. Kind: idempotent. Scope: ``write_credentials``."""
        return await self._do(prepare("DELETE /credentials/{id}", _checked(id)))

    async def _create(self, carrier: str, sealed: SealedParameters) -> Credential:
        operation = "POST /credentials"
        code = _check_write(carrier, sealed, operation)
        _warn(code, sealed, operation)
        body = {"credential": {"carrier": code, "params": sealed.params}}
        return await self._write(prepare(operation, json=body), code)

    async def _update(self, id: int, sealed: SealedParameters, carrier: str | None) -> Credential:
        operation, number = "PUT /credentials/{id}", _checked(id)
        code = _check_write("any" if carrier is None else carrier, sealed, operation)
        named = None if carrier is None else code
        _warn(named, sealed, operation)
        body = {"credential": given(carrier=named, params=sealed.params)}
        return await self._write(prepare(operation, number, json=body), named)

    async def _write(self, prepared: PreparedRequest, carrier: str | None) -> Credential:
        check = None if carrier is None else partial(mismatched_carrier, carrier=carrier)
        return await self._read(Credential, "credential", prepared, check)


def _check_write(carrier: object, sealed: SealedParameters, operation: str) -> str:
    """Returns the carrier as an exact ``str`` after checking that both can be sent."""
    code = exact_text(carrier)
    problem = sealed.problem if code else "carrier must be a non-empty str"
    if problem is not None or code is None:
        raise ConfigurationError(f"{operation}: {problem}")
    return code


def _warn(carrier: str | None, sealed: SealedParameters, operation: str) -> None:
    unknown = unknown_parameters(carrier, sealed.params)
    empty = sorted(name for name, value in sealed.params.items() if not value.reveal())
    owner = f"carrier {carrier}" if carrier else "any carrier"
    if unknown:
        text = f"{operation}: not a known parameter of {owner}: {', '.join(unknown)}"
        warnings.warn(text, CredentialParameterWarning, stacklevel=3)
    if empty:
        text = f"{operation}: stores an empty value for {', '.join(empty)}"
        warnings.warn(text, CredentialParameterWarning, stacklevel=3)


def _checked(identifier: object) -> int:
    number = exact_int(identifier)
    if number is None or not 1 <= number <= _LARGEST_ID:
        message = "the id of a credential must be a whole number, 1 or more and below 2**63"
        raise ConfigurationError(message)
    return number


def _problem(query: Mapping[str, object]) -> str | None:
    """Returns what is wrong with the arguments of a list; None when they can be sent."""
    if "limit" in query and exact_int(query["limit"]) not in _LIMITS:
        return "limit must be a whole number from 1 to 100"
    if "order" in query and exact_text(query["order"]) not in ("asc", "desc"):
        return 'order must be "asc" or "desc"'
    if "sort" in query and exact_text(query["sort"]) not in ("id", "carrier"):
        return 'sort must be "id" or "carrier"'
    if "page_token" in query and not exact_text(query["page_token"]):
        return "page_token must be a non-empty str"
    return None
