"""What a contender is, and what every plain HTTP client has in common: it holds its own keys.

A peer gets the session keys for nothing and keeps no session, so its call is the bare request:
build the query, send it, decode the JSON.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable
from typing import Any, Protocol

from benchmarks import wire

Fields = dict[str, str | int]


class Contender(Protocol):
    """What the benchmark drives. A contender that can do nothing with BoxC lacks the last two."""

    async def setup(self, url: str, tasks: int, authority: str | None = None) -> None:
        """Makes ready for so many tasks at once; ``authority`` is a file of roots to trust."""

    def call(self) -> Awaitable[Any]:
        """One warm customer command: the decoded answer."""

    async def close(self) -> None:
        """Ends everything that is open."""


class Peer(ABC):
    """A plain HTTP client: it sets up, fetches and closes, and the rest follows."""

    url: str

    @abstractmethod
    async def setup(self, url: str, tasks: int, authority: str | None = None) -> None:
        """Makes ready for so many tasks at once."""

    @abstractmethod
    def fetch(self, path: str, params: Fields, headers: dict[str, str]) -> Awaitable[Any]:
        """GETs a path and decodes the JSON."""

    @abstractmethod
    async def close(self) -> None:
        """Ends everything that is open."""

    def call(self) -> Awaitable[Any]:
        """One customer command, with the keys of the first handshake."""
        arguments = wire.customer_command(wire.api_key(1), wire.customer_key(1))
        return self.fetch(wire.CONTROLLER, arguments, {})

    def boxc_get(self) -> Awaitable[Any]:
        """One credential of BoxC."""
        return self.fetch(wire.CREDENTIAL, {}, _authorization())

    async def boxc_list(self) -> int:
        """All credentials, page after page; how many there were."""
        params: Fields = {"limit": wire.PAGE}
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
