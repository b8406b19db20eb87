"""The doctor's visit to one service: configuration, the way there, and whether one is let in."""

from collections.abc import AsyncIterator

from attrs import evolve

from boxapis import BoxAPIError, ConfigurationError, Secret
from boxapis._http.messages import Origin, parse_base_url
from boxapis.cli.doctor.advice import told
from boxapis.cli.doctor.network import check_way
from boxapis.cli.doctor.services import C, Service
from boxapis.cli.doctor.values import Check, failed, fine, skipped

__all__ = ["visit"]

_CONFIGURATION = "configuration"


async def visit(service: Service[C]) -> AsyncIterator[Check]:
    """Every check of a service, as soon as it is made; what rests on a failed one is skipped."""
    async for check in _checks(service):
        yield evolve(check, service=service.title)


async def _checks(service: Service[C]) -> AsyncIterator[Check]:
    first, client = _configured(service)
    yield first
    if client is None:
        return
    reached = True
    async with client:
        for url in _addresses(service):
            async for check in check_way(url):
                reached = reached and check.verdict != "failed"
                yield check
        if not reached:
            for name in service.entries:
                yield skipped(name, "the service is out of reach")
            return
        async for check in _entries(service, client):
            yield check


def _configured(service: Service[C]) -> tuple[Check, C | None]:
    settings = service.settings
    given = [name for name in settings.names() if name.startswith(service.prefix)]
    if not given:
        return skipped(_CONFIGURATION, f"nothing is set for it in {settings.place}"), None
    lacking = [name for name in service.needed if not settings.has(name)]
    if lacking:
        said = f"{' and '.join(lacking)} missing in {settings.place}"
        return failed(_CONFIGURATION, said, settings.lack(*lacking)), None
    try:
        client = service.make()
    except ConfigurationError as error:
        return told(_CONFIGURATION, error), None
    return fine(_CONFIGURATION, f"{', '.join(given)} from {settings.place}"), client


def _addresses(service: Service[C]) -> list[Secret]:
    """Each address that is called, once for each origin."""
    found: dict[Origin, Secret] = {}
    for name, usual in service.addresses.items():
        url = service.settings.find(name) or Secret(usual)
        found.setdefault(parse_base_url(url)[0], url)
    return list(found.values())


async def _entries(service: Service[C], client: C) -> AsyncIterator[Check]:
    before = ""
    for name, entry in service.entries.items():
        if before:
            yield skipped(name, f"it needs the {before}")
            continue
        try:
            yield fine(name, await entry(client))
        except BoxAPIError as error:
            before, check = name, told(name, error)
            yield check
