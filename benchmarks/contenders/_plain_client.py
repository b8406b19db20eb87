"""Protocol of contenders, and the base class of plain HTTP clients.

A plain client gets the session keys without a handshake and keeps no session, so its call is the
bare request: build the query, send it, decode the JSON.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable
from typing import Any, Protocol

from benchmarks import wire

QueryParameters = dict[str, str | int]


class Contender(Protocol):
    """A contender; those that support BoxC also have ``boxc_get`` and ``boxc_list``."""

    async def setup(self, url: str, tasks: int, ca_file: str | None = None) -> None:
        """Prepares for ``tasks`` concurrent tasks; ``ca_file`` has CA certificates to trust."""

    def call(self) -> Awaitable[Any]:
        """Sends a customer command and returns the decoded response."""

    async def close(self) -> None:
        """Closes all connections."""


class PlainClient(ABC):
    """A plain HTTP client; a subclass provides `setup`, `fetch` and `close`."""

    url: str

    @abstractmethod
    async def setup(self, url: str, tasks: int, ca_file: str | None = None) -> None:
        """Prepares for ``tasks`` concurrent tasks."""

    @abstractmethod
    def fetch(self, path: str, params: QueryParameters, headers: dict[str, str]) -> Awaitable[Any]:
        """Gets a path and decodes the JSON."""

    @abstractmethod
    async def close(self) -> None:
        """Closes all connections."""

    def call(self) -> Awaitable[Any]:
        """Sends a customer command with the origin's first session keys."""
        arguments = wire.customer_command(wire.api_key(1), wire.customer_key(1))
        return self.fetch(wire.CONTROLLER, arguments, {})

    def boxc_get(self) -> Awaitable[Any]:
        """Gets one BoxC credential."""
        return self.fetch(wire.CREDENTIAL, {}, _authorization())

    async def boxc_list(self) -> int:
        """Gets all credentials, page after page, and returns their number."""
        params: QueryParameters = {"limit": wire.PAGE}
        found = 0
        for _ in range(wire.ITEMS):
            page = await self.fetch(wire.CREDENTIALS, params, _authorization())
            found += len(page["credentials"])
            if page["next_page"] is None:
                break
            params = {"page_token": page["next_page"]}
        return found


def _authorization() -> dict[str, str]:
    return {"Authorization": f"Bearer {wire.TOKEN}"}
