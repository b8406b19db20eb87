"""pyreqwest, with pages decoded by msgspec."""

from datetime import datetime

import msgspec  # type: ignore[import-not-found,unused-ignore]  # may be absent

from benchmarks import wire
from benchmarks.contenders import with_pyreqwest
from benchmarks.contenders._plain_client import AUTHORIZATION, QueryParameters, TypedClient


class Credential(msgspec.Struct):
    """One credential."""

    id: int
    user_id: int
    carrier: str
    params: dict[str, str]
    created: datetime
    updated: datetime
    deleted: bool


class Page(msgspec.Struct):
    """A page of credentials."""

    credentials: list[Credential]
    next_page: str | None


_DECODER = msgspec.json.Decoder(Page)


class Contender(TypedClient, with_pyreqwest.Contender):
    """Structs decoded from the bytes."""

    async def fetch_page(self, params: QueryParameters) -> Page:
        """Gets one page of credentials."""
        request = self._client.get(self._url + wire.CREDENTIALS).query(params)
        response = await request.headers(AUTHORIZATION).build().send()
        return _DECODER.decode(await response.bytes())
