"""aiohttp, with pages validated by pydantic."""

from benchmarks import wire
from benchmarks.contenders import with_aiohttp
from benchmarks.contenders._plain_client import AUTHORIZATION, QueryParameters, TypedClient
from benchmarks.contenders._pydantic_models import Page


class Contender(TypedClient, with_aiohttp.Contender):
    """Models validated from the bytes, which is faster than from decoded JSON."""

    async def fetch_page(self, params: QueryParameters) -> Page:
        """Gets one page of credentials."""
        call = self._session.get(wire.CREDENTIALS, params=params, headers=AUTHORIZATION)
        async with call as response:
            return Page.model_validate_json(await response.read())
