"""BoxC steps of the demo: credentials are created, listed, replaced and deleted."""

import secrets
from collections.abc import Iterable

from anyio import create_task_group

from boxapis import CARRIER_PARAMETERS, BoxC, Credential
from boxapis.cli.demo.request_counter import RequestCounter
from boxapis.cli.demo.steps import ActionResult, CountCheck, Step
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
    """The life of one user's credentials."""

    def __init__(self, sandbox: Sandbox, boxc: BoxC) -> None:
        self._service = sandbox.boxc
        self._boxc = boxc
        self._whole_demo = RequestCounter(sandbox.boxc)
        self._sent: dict[int, dict[str, str]] = {}

    def steps(self) -> tuple[Step, ...]:
        """The steps in order."""
        return (
            Step(_SERVICE, "Create credentials", self.create),
            Step(_SERVICE, "List them", self.list_all),
            Step(_SERVICE, "Update one", self.update),
            Step(_SERVICE, "Delete all", self.delete_all),
            Step(_SERVICE, "One token for all", self.one_token),
        )

    async def create(self) -> ActionResult:
        """Creates one credential per carrier at the same time, with made-up secrets."""
        counter = RequestCounter(self._service)
        async with create_task_group() as group:
            for carrier in _CARRIERS:
                group.start_soon(self._create, carrier)
        return ActionResult(
            f"{len(self._sent)} at once, each for a carrier, {counter.count(_TOKEN)} token request",
            (
                CountCheck("requests", len(_CARRIERS), counter.count(_CREATE)),
                CountCheck("token requests", 1, counter.count(_TOKEN)),
                self._stored_check(),
            ),
        )

    async def list_all(self) -> ActionResult:
        """Lists the credentials on several pages; no secret value is returned."""
        counter = RequestCounter(self._service)
        found = [item async for item in self._boxc.credentials.list(limit=_PAGE)]
        pages, shown = counter.count(_LIST), sum(map(_count_values, found))
        return ActionResult(
            f"{len(found)} on {pages} pages of {_PAGE}, {shown} secret values shown",
            (
                CountCheck("credentials", len(_CARRIERS), len({item.id for item in found})),
                CountCheck("requests", -(-len(_CARRIERS) // _PAGE), pages),
                CountCheck("secret values shown", 0, shown),
            ),
        )

    async def update(self) -> ActionResult:
        """Replaces every parameter of one credential."""
        counter = RequestCounter(self._service)
        number, params = next(iter(self._sent.items()))
        self._sent[number] = _random_params(params)
        credential = await self._boxc.credentials.update(number, self._sent[number])
        return ActionResult(
            f"all {len(params)} parameters of {credential.carrier} replaced",
            (
                CountCheck("credential id", number, credential.id),
                CountCheck("requests", 1, counter.count(_UPDATE)),
                self._stored_check(),
            ),
        )

    async def delete_all(self) -> ActionResult:
        """Deletes all credentials at the same time, and lists none afterwards."""
        counter = RequestCounter(self._service)
        async with create_task_group() as group:
            for number in self._sent:
                group.start_soon(self._boxc.credentials.delete, number)
        left = [item async for item in self._boxc.credentials.list()]
        return ActionResult(
            f"{counter.count(_DELETE)} requests, {len(left)} left in the list",
            (
                CountCheck("requests", len(_CARRIERS), counter.count(_DELETE)),
                CountCheck("credentials left", 0, len(left)),
            ),
        )

    async def one_token(self) -> ActionResult:
        """Counts over all steps: one token served every call, and no call was rate-limited."""
        tokens, refused = self._whole_demo.count(_TOKEN), self._whole_demo.count_status(_TOO_MANY)
        calls = sum(map(self._whole_demo.count, (_CREATE, _LIST, _UPDATE, _DELETE)))
        return ActionResult(
            f"{tokens} token request for {calls} calls, {refused} refused as too many",
            (
                CountCheck("token requests", 1, tokens),
                CountCheck("refused as too many", 0, refused),
            ),
        )

    async def _create(self, carrier: str) -> None:
        params = _random_params(CARRIER_PARAMETERS[carrier])
        credential = await self._boxc.credentials.create(carrier, params)
        self._sent[credential.id] = params

    def _stored_check(self) -> CountCheck:
        stored = [
            self._service.stored_params(number) == self._sent[number] for number in self._sent
        ]
        return CountCheck("stored as sent", len(_CARRIERS), sum(stored))


def _random_params(names: Iterable[str]) -> dict[str, str]:
    return {name: secrets.token_urlsafe() for name in names}


def _count_values(credential: Credential) -> int:
    return sum(value != "" for value in credential.params.values())
