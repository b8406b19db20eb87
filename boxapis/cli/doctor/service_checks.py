"""Checks one service: its configuration, the route to it, and whether it accepts the user."""

from collections.abc import AsyncIterator

from attrs import evolve

from boxapis import BoxAPIError, ConfigurationError, Secret
from boxapis._http.messages import Origin, parse_base_url
from boxapis.cli.doctor.advice import explain
from boxapis.cli.doctor.check import Check, failed, passed, skipped
from boxapis.cli.doctor.network import check_route
from boxapis.cli.doctor.services import C, CheckedService

__all__ = ["check_service"]

_CONFIGURATION = "configuration"


async def check_service(service: CheckedService[C]) -> AsyncIterator[Check]:
    """Yields each check of a service once it is made; skips those that need a failed one."""
    async for check in _checks(service):
        yield evolve(check, service=service.title)


async def _checks(service: CheckedService[C]) -> AsyncIterator[Check]:
    first, client = _check_configuration(service)
    yield first
    if client is None:
        return
    reached = True
    async with client:
        for url in _addresses(service):
            async for check in check_route(url):
                reached = reached and check.verdict != "failed"
                yield check
        if not reached:
            for name in service.logins:
                yield skipped(name, "the service cannot be reached")
            return
        async for check in _check_logins(service, client):
            yield check


def _check_configuration(service: CheckedService[C]) -> tuple[Check, C | None]:
    settings = service.settings
    present = [name for name in settings.variables() if name.startswith(service.prefix)]
    if not present:
        return skipped(_CONFIGURATION, f"nothing is set for it in {settings.source}"), None
    missing = [name for name in service.required if not settings.has(name)]
    if missing:
        message = f"{' and '.join(missing)} missing in {settings.source}"
        return failed(_CONFIGURATION, message, settings.how_to_set(*missing)), None
    try:
        client = service.make_client()
    except ConfigurationError as error:
        return explain(_CONFIGURATION, error), None
    return passed(_CONFIGURATION, f"{', '.join(present)} from {settings.source}"), client


def _addresses(service: CheckedService[C]) -> list[Secret]:
    """The addresses that are called, one per origin."""
    found: dict[Origin, Secret] = {}
    for name, default in service.addresses.items():
        url = service.settings.get(name) or Secret(default)
        found.setdefault(parse_base_url(url)[0], url)
    return list(found.values())


async def _check_logins(service: CheckedService[C], client: C) -> AsyncIterator[Check]:
    failure = ""
    for name, login in service.logins.items():
        if failure:
            yield skipped(name, f"it needs the {failure}")
            continue
        try:
            yield passed(name, await login(client))
        except BoxAPIError as error:
            failure, check = name, explain(name, error)
            yield check
