"""niquests: an `AsyncSession` with room for all tasks."""

from typing import Any

import niquests  # type: ignore[import-not-found,unused-ignore]  # may be absent

from benchmarks.contenders._peer import Fields, Peer


class Contender(Peer):
    """One session, and its own query building and decoding."""

    async def setup(self, url: str, tasks: int, authority: str | None = None) -> None:
        """Opens the session; revocation is not asked for, because nobody here could answer."""
        self._url = url
        self._session = niquests.AsyncSession(
            pool_maxsize=tasks,
            timeout=60.0,
            verify=authority or True,
            revocation_configuration=None,
        )

    async def fetch(self, path: str, params: Fields, headers: dict[str, str]) -> Any:
        """GETs a path and decodes the JSON."""
        texts = {name: str(value) for name, value in params.items()}  # it takes no numbers
        response = await self._session.get(self._url + path, params=texts, headers=headers)
        response.raise_for_status()
        return response.json()

    async def close(self) -> None:
        """Closes the session."""
        await self._session.close()
