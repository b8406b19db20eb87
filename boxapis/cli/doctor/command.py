"""``boxapis doctor``: finds out why calls fail, and says what to do."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Annotated

import typer

from boxapis._settings.settings import Settings
from boxapis.cli.clients import command_settings
from boxapis.cli.console import stdout_console
from boxapis.cli.doctor.check import Check, failed
from boxapis.cli.doctor.report import CheckPrinter, as_data, print_verdict, save_picture
from boxapis.cli.options import JsonOption, Method, MethodOption, ProfileOption
from boxapis.cli.output.data import for_people, print_data

__all__ = ["EXAMPLE", "doctor"]

EXAMPLE = "Example: boxapis doctor --profile sandbox"


def doctor(
    *,
    method: MethodOption = Method.GET,
    as_json: JsonOption = False,
    svg: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also save the report as an SVG picture.")
    ] = None,
    profile: ProfileOption = None,
) -> None:
    """Check settings, network, clock, handshake, token and store.

    Checks each service that is set up: configuration, DNS, TCP, proxy, TLS, HTTP, clock, and
    whether it accepts user, customer and token; and the store of BOXAPIS_STORE. A failed check
    comes with advice, and the exit status is 1. Nothing is changed, and no secret is shown.
    """
    import anyio  # noqa: PLC0415 - slow to import, and not needed for --help

    settings = command_settings(profile)
    console = stdout_console(record=svg is not None)
    shown = for_people(as_json=as_json, piped=True)
    report: Callable[[Check], None] = CheckPrinter(console) if shown else lambda _: None
    checks = anyio.run(_check_all, settings, method, report)
    if shown:
        print_verdict(console, checks)
    else:
        print_data(as_data(checks), as_json=as_json)
    if svg is not None:
        save_picture(console, svg)
    if any(check.verdict == "failed" for check in checks):
        raise typer.Exit(1)


async def _check_all(
    settings: Settings, method: Method, report: Callable[[Check], None]
) -> list[Check]:
    # Slow to import, and not needed for --help.
    from boxapis.cli.doctor.service_checks import check_service  # noqa: PLC0415
    from boxapis.cli.doctor.services import boxc_service, boxtracker_service  # noqa: PLC0415
    from boxapis.cli.doctor.store_checks import check_store  # noqa: PLC0415

    checks: list[Check] = []
    # The services are checked without the store, so that it is to blame for its own faults alone.
    alone = settings.without("BOXAPIS_STORE")
    if all(name.startswith("BOXAPIS_") for name in settings.variables()):
        groups = [_nothing_is_set(settings)]
    else:
        tracker, boxc = boxtracker_service(alone, method), boxc_service(alone)
        groups = [check_service(tracker), check_service(boxc)]
    for group in (*groups, check_store(settings)):
        async for check in group:
            report(check)
            checks.append(check)
    return checks


async def _nothing_is_set(settings: Settings) -> AsyncIterator[Check]:
    yield failed(
        "configuration",
        f"nothing is set in {settings.source}",
        settings.how_to_set("BOXTRACKER_USERNAME", "BOXTRACKER_PASSWORD, or BOXC_TOKEN"),
    )
