"""``boxapis doctor``: looks for what keeps calls from going well, and says what to do."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import anyio
import typer

from boxapis.cli.console import on_stdout, print_json
from boxapis.cli.doctor.report import as_data, print_check, print_verdict, save_picture
from boxapis.cli.doctor.values import Check, failed
from boxapis.cli.options import AsJson, Method, MethodOption
from boxapis.cli.settings.settings import Profile, Settings, load

__all__ = ["EXAMPLE", "doctor"]

EXAMPLE = "Example: boxapis doctor --profile sandbox"


def doctor(
    *,
    method: MethodOption = Method.GET,
    as_json: AsJson = False,
    svg: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep the report as a picture, too.")
    ] = None,
    profile: Profile = None,
) -> None:
    """Check settings, network, clock, handshake and token.

    For each service that is set up: configuration, DNS, TCP, proxy, TLS, HTTP, clock, and
    whether user, customer and token are taken. What is wrong comes with what to do about it;
    the exit status is then 1. Nothing is changed, and no secret is shown.
    """
    settings = load(profile)
    console = on_stdout(record=svg is not None)
    report: Callable[[Check], None] = (
        (lambda _: None) if as_json else lambda check: print_check(console, check)
    )
    checks = anyio.run(_look, settings, method, report)
    if as_json:
        print_json(as_data(checks))
    else:
        print_verdict(console, checks)
    if svg is not None:
        save_picture(console, svg)
    if any(check.verdict == "failed" for check in checks):
        raise typer.Exit(1)


async def _look(settings: Settings, method: Method, report: Callable[[Check], None]) -> list[Check]:
    # Slow to import, and help needs none of it.
    from boxapis.cli.doctor.service_checks import visit  # noqa: PLC0415
    from boxapis.cli.doctor.services import of_boxc, of_boxtracker  # noqa: PLC0415

    if not settings.names():
        nothing = failed(
            "configuration",
            f"nothing is set in {settings.place}",
            settings.lack("BOXTRACKER_USERNAME", "BOXTRACKER_PASSWORD, or BOXC_TOKEN"),
        )
        report(nothing)
        return [nothing]
    checks: list[Check] = []
    for checked in (visit(of_boxtracker(settings, method)), visit(of_boxc(settings))):
        async for check in checked:
            report(check)
            checks.append(check)
    return checks
