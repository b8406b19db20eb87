"""`Load`: calls with a nonce each, and what their callers were told, against the ledger."""

import asyncio
from collections import Counter
from itertools import count, cycle
from typing import Any

from attrs import frozen

from boxapis import BoxAPIError, BoxC, RawResponse, Retries
from tests.servers.site import Site

__all__ = ["RETRIES", "Load", "Result"]

RETRIES = Retries(wait_initial=0.02, wait_min=0.001, wait_max=0.1, cost=0)
"""Short pauses, and no budget, so that a server's absence does not last in the client."""

_METHODS = ("GET", "POST", "GET", "PUT")
"""Reads, changing and idempotent operations in turn."""

_ENOUGH = 30  # calls that are answered until a load ends
_MOST = 20_000  # calls until a load is given up
_numbers = count()


@frozen
class Result:
    """What became of a call.

    Attributes:
        method: The HTTP method.
        nonce: The number that only this call has sent.
        error: The error, or None.
        response: The response, or None.
    """

    method: str
    nonce: str
    error: BoxAPIError | None
    response: RawResponse | None

    @property
    def is_read(self) -> bool:
        """Whether it only reads."""
        return self.method == "GET"

    @property
    def denies(self) -> bool:
        """Whether the caller was told that nothing was changed."""
        error = self.error
        return error is not None and not (self.is_read or error.may_have_been_applied)

    @property
    def worker(self) -> str:
        """The process that has answered, as the server in front or the service names it."""
        if self.response is None:
            return ""
        return self.response.header("x-worker") or str(self.response.decoded["worker"])


class Load:
    """Callers of one client.

    Attributes:
        results: What became of each call so far.
    """

    def __init__(self, site: Site, client: BoxC) -> None:
        self._site = site
        self._client = client
        self.results: list[Result] = []

    async def call(self, method: str, prefix: str = "", **options: Any) -> Result:
        """Makes one call; a response has to repeat its nonce."""
        nonce = f"{prefix}{next(_numbers)}"
        caller = self._client.with_options(**options).raw
        error = response = None
        try:
            if method == "POST":
                response = await caller.request(method, "/shops", json={"nonce": nonce})
            else:
                response = await caller.request(method, f"/shops/{nonce}")
        except BoxAPIError as caught:
            error = caught
        assert response is None or response.decoded["nonce"] == nonce
        result = Result(method, nonce, error, response)
        self.results.append(result)
        return result

    async def burst(self, methods: dict[str, int], **options: Any) -> list[Result]:
        """Makes many calls at once."""
        calls = [
            self.call(method, **options) for method, times in methods.items() for _ in range(times)
        ]
        return await asyncio.gather(*calls)

    async def keep_up(self, acting: "asyncio.Future[object]", old: frozenset[str]) -> list[Result]:
        """Makes calls of all kinds without a pause, until the server answers after an act.

        Args:
            acting: What is done to the server.
            old: The processes whose answers do not count.
        """
        before = len(self.results)
        left = _ENOUGH

        async def caller(number: int) -> None:
            nonlocal left
            for method in cycle(_METHODS[number:] + _METHODS[:number]):
                is_after = acting.done()
                result = await self.call(method)
                left -= is_after and result.error is None and result.worker not in old
                if left <= 0:
                    return
                assert len(self.results) - before < _MOST, "the server does not come back"

        await asyncio.gather(*(caller(number) for number in range(len(_METHODS))))
        return self.results[before:]

    def check(self) -> None:
        """Compares what callers were told with what was carried out."""
        carried_out = Counter(self._site.counted())
        for result in self.results:
            times = carried_out[f"{result.method} {result.nonce}"]
            told = (result.method, times, result.error)
            assert times <= 1 or result.method != "POST", told
            assert times >= 1 or result.error is not None, told
            assert times == 0 or not result.denies, told
            assert times == 0 or "Nothing was" not in str(result.error) or result.is_read, told
            assert times == 0 or "Nothing was sent" not in str(result.error), told
