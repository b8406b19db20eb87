"""Protocol of contenders, and the base classes of plain HTTP clients, untyped and typed.

A plain client gets the session keys without a handshake and keeps no session, so its call is the
bare request: build the query, send it, decode the JSON.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable
from typing import Any, Final, Protocol

from benchmarks import wire

QueryParameters = dict[str, str | int]

AUTHORIZATION: Final = {"Authorization": f"Bearer {wire.TOKEN}"}


class Contender(Protocol):
    """A contender; those that support BoxC also have the ``boxc_`` methods of `PlainClient`."""

    async def setup(self, url: str, tasks: int, ca_file: str | None = None) -> None:
        """Prepares for ``tasks`` concurrent tasks; ``ca_file`` has CA certificates to trust."""

    def call(self) -> Awaitable[Any]:
        """Sends a customer command and returns the decoded response."""

    async def close(self) -> None:
        """Closes all connections."""


class PlainClient(ABC):
    """A plain HTTP client; a subclass provides `setup`, `fetch`, `store` and `close`."""

    url: str

    @abstractmethod
    async def setup(self, url: str, tasks: int, ca_file: str | None = None) -> None:
        """Prepares for ``tasks`` concurrent tasks."""

    @abstractmethod
    def fetch(self, path: str, params: QueryParameters, headers: dict[str, str]) -> Awaitable[Any]:
        """Gets a path and decodes the JSON."""

    @abstractmethod
    def store(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> Awaitable[Any]:
        """Posts JSON to a path and decodes that of the response."""

    @abstractmethod
    async def close(self) -> None:
        """Closes all connections."""

    def call(self) -> Awaitable[Any]:
        """Sends a customer command with the origin's first session keys."""
        arguments = wire.customer_command(wire.api_key(1), wire.customer_key(1))
        return self.fetch(wire.CONTROLLER, arguments, {})

    def boxc_get(self) -> Awaitable[Any]:
        """Gets one BoxC credential."""
        return self.fetch(wire.CREDENTIAL, {}, AUTHORIZATION)

    def boxc_request(self) -> Awaitable[Any]:
        """Gets one BoxC credential; without types it is the same call."""
        return self.boxc_get()

    def boxc_create(self) -> Awaitable[Any]:
        """Stores a BoxC credential."""
        return self.store(wire.CREDENTIALS, wire.new_credential(), AUTHORIZATION)

    async def boxc_list(self) -> tuple[int, Any]:
        """Gets all credentials, page after page; returns the sum of their ids, and the last."""
        params: QueryParameters = {"limit": wire.PAGE}
        total, last = 0, None
        for _ in range(wire.ITEMS):
            page = await self.fetch(wire.CREDENTIALS, params, AUTHORIZATION)
            for last in page["credentials"]:
                total += last["id"]
            if page["next_page"] is None:
                break
            params = {"page_token": page["next_page"]}
        return total, last


class TypedClient(PlainClient):
    """A plain HTTP client that validates a page of credentials; a subclass has `fetch_page`."""

    @abstractmethod
    async def fetch_page(self, params: QueryParameters) -> Any:
        """Gets one page of credentials as a typed value."""

    async def boxc_list(self) -> tuple[int, Any]:
        """Gets all credentials as typed values; returns the sum of their ids, and the last."""
        params: QueryParameters = {"limit": wire.PAGE}
        total, last = 0, None
        for _ in range(wire.ITEMS):
            page = await self.fetch_page(params)
            for last in page.credentials:
                total += last.id
            if page.next_page is None:
                break
            params = {"page_token": page.next_page}
        return total, last
