"""The demo's BoxC steps: credentials made, listed, replaced and deleted with one token."""

import secrets
from collections.abc import Iterable

from anyio import create_task_group

from boxapis import CARRIER_PARAMETERS, BoxC, Credential
from boxapis.cli.demo.counting import Tally
from boxapis.cli.demo.values import Check, Finding, Plan
from boxapis.sandbox import Sandbox

__all__ = ["BoxCDemo"]

_CARRIERS = ("AUSPost", "DHL Express", "DHLeC", "Janio", "PostNL")
_SERVICE = "BoxC"
_PAGE = 2
_CREATE, _LIST = "POST /credentials", "GET /credentials"
_UPDATE, _DELETE = "PUT /credentials/{id}", "DELETE /credentials/{id}"
_TOKEN = "POST /auth/v1/token"  # noqa: S105 - an operation
_TOO_MANY = 429


class BoxCDemo:
    """The credentials of one user, from the first to the last."""

    def __init__(self, sandbox: Sandbox, boxc: BoxC) -> None:
        self._service = sandbox.boxc
        self._boxc = boxc
        self._begun = Tally(sandbox.boxc)
        self._sent: dict[int, dict[str, str]] = {}

    def plans(self) -> tuple[Plan, ...]:
        """The steps in their order."""
        return (
            Plan(_SERVICE, "Create credentials", self.create),
            Plan(_SERVICE, "List them", self.list_all),
            Plan(_SERVICE, "Update one", self.update),
            Plan(_SERVICE, "Delete all", self.delete_all),
            Plan(_SERVICE, "One token for all", self.one_token),
        )

    async def create(self) -> Finding:
        """Creates one credential for each carrier, all at once, with made-up secrets."""
        tally = Tally(self._service)
        async with create_task_group() as group:
            for carrier in _CARRIERS:
                group.start_soon(self._create, carrier)
        return Finding(
            f"{len(self._sent)} at once, each for a carrier, {tally.of(_TOKEN)} token request",
            (
                Check("requests", len(_CARRIERS), tally.of(_CREATE)),
                Check("token requests", 1, tally.of(_TOKEN)),
                self._stored_rightly(),
            ),
        )

    async def list_all(self) -> Finding:
        """Lists them over several pages; no value comes back."""
        tally = Tally(self._service)
        found = [item async for item in self._boxc.credentials.list(limit=_PAGE)]
        pages, shown = tally.of(_LIST), sum(map(_values_shown, found))
        return Finding(
            f"{len(found)} on {pages} pages of {_PAGE}, {shown} secret values shown",
            (
                Check("credentials", len(_CARRIERS), len({item.id for item in found})),
                Check("requests", -(-len(_CARRIERS) // _PAGE), pages),
                Check("secret values shown", 0, shown),
            ),
        )

    async def update(self) -> Finding:
        """Replaces every parameter of one credential."""
        tally = Tally(self._service)
        number, params = next(iter(self._sent.items()))
        self._sent[number] = _made_up(params)
        credential = await self._boxc.credentials.update(number, self._sent[number])
        return Finding(
            f"all {len(params)} parameters of {credential.carrier} replaced",
            (
                Check("credential id", number, credential.id),
                Check("requests", 1, tally.of(_UPDATE)),
                self._stored_rightly(),
            ),
        )

    async def delete_all(self) -> Finding:
        """Deletes all of them at once; the list is empty then."""
        tally = Tally(self._service)
        async with create_task_group() as group:
            for number in self._sent:
                group.start_soon(self._boxc.credentials.delete, number)
        left = [item async for item in self._boxc.credentials.list()]
        return Finding(
            f"{tally.of(_DELETE)} requests, {len(left)} left in the list",
            (
                Check("requests", len(_CARRIERS), tally.of(_DELETE)),
                Check("credentials left", 0, len(left)),
            ),
        )

    async def one_token(self) -> Finding:
        """Adds up: one token served every call, and the rate limit was never reached."""
        tokens, refused = self._begun.of(_TOKEN), self._begun.answered_with(_TOO_MANY)
        calls = sum(map(self._begun.of, (_CREATE, _LIST, _UPDATE, _DELETE)))
        return Finding(
            f"{tokens} token request for {calls} calls, {refused} refused as too many",
            (Check("token requests", 1, tokens), Check("refused as too many", 0, refused)),
        )

    async def _create(self, carrier: str) -> None:
        params = _made_up(CARRIER_PARAMETERS[carrier])
        credential = await self._boxc.credentials.create(carrier, params)
        self._sent[credential.id] = params

    def _stored_rightly(self) -> Check:
        stored = [
            self._service.stored_params(number) == self._sent[number] for number in self._sent
        ]
        return Check("stored as sent", len(_CARRIERS), sum(stored))


def _made_up(names: Iterable[str]) -> dict[str, str]:
    return {name: secrets.token_urlsafe() for name in names}


def _values_shown(credential: Credential) -> int:
    return sum(value != "" for value in credential.params.values())
