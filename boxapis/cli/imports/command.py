"""``boxapis credentials import``: stores carrier secrets from a file."""

import warnings
from asyncio import CancelledError
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import anyio
import typer

from boxapis import ConfigurationError
from boxapis.cli.clients import boxc_client
from boxapis.cli.console import print_error, print_json, stderr_console, stdout_console
from boxapis.cli.options import JsonOption, ProfileOption
from boxapis.cli.settings.settings import load_settings

if TYPE_CHECKING:
    from boxapis.cli.imports.plan import ImportPlan
    from boxapis.cli.imports.results import ImportResult

__all__ = ["EXAMPLE", "import_credentials"]

EXAMPLE = "Example: boxapis credentials import secrets.csv --dry-run"

_FAILED, _PARTLY, _INTERRUPTED = 1, 3, 130


def import_credentials(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", show_default=False, help="Manifest to import.")
    ],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the plan and send nothing.")
    ] = False,
    journal: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Journal; default: FILE.journal.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Results with ids: .csv or .json.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Send done rows, too.")] = False,
    repeat_unknown: Annotated[
        bool, typer.Option("--repeat-unknown", help="Create what may exist already.")
    ] = False,
    any_carrier: Annotated[
        bool, typer.Option("--any-carrier", help="Accept unknown carriers.")
    ] = False,
    as_json: JsonOption = False,
    profile: ProfileOption = None,
) -> None:
    """Store carrier secrets from CSV, JSON, YAML or TOML.

    A row has id (to update), name (of the row), carrier, params; in CSV a column each. Values
    may be env:NAME or file:PATH. An update replaces ALL params. Run it again to resume: done
    rows are skipped. Exit: 0 all done, 3 some, 1 none, 2 usage error, 130 Ctrl-C.
    """
    journal = journal or file.with_name(f"{file.name}.journal")
    _check_paths(file, journal, output)
    plan = _make_plan(file, journal, output, (any_carrier, again, repeat_unknown))
    if dry_run:
        _print_plan(plan, as_json=as_json)
        raise typer.Exit(_status(len(plan.rows), len(plan.problems)))
    result = _execute(plan, profile, journal, repeat_unknown=repeat_unknown)
    written = output is None or _write(output, result)
    _print_result(result, as_json=as_json)
    if result.failure:
        print_error(result.failure)
    good = sum(row.ok for row in result.rows)
    status = _INTERRUPTED if result.interrupted else _status(good, len(result.rows) - good)
    raise typer.Exit(status or (0 if written else _FAILED))


def _check_paths(file: Path, journal: Path, output: Path | None) -> None:
    used = [path.resolve() for path in (file, journal, output) if path is not None]
    if len(set(used)) < len(used):
        message = "FILE, --journal and --output must be different files"
        raise ConfigurationError(message)
    if output is None:
        return
    if output.suffix.lower() not in (".csv", ".json"):
        message = "--output must end in .csv or .json"
        raise ConfigurationError(message)
    if not output.parent.is_dir():
        message = "--output must be in an existing folder"
        raise ConfigurationError(message)


def _make_plan(
    file: Path, journal: Path, output: Path | None, switches: tuple[bool, bool, bool]
) -> "ImportPlan":
    from boxapis.batch import read_journal  # noqa: PLC0415 - not needed for --help
    from boxapis.cli.imports.manifest import read_manifest  # noqa: PLC0415 - the same
    from boxapis.cli.imports.plan import make_plan  # noqa: PLC0415 - the same
    from boxapis.cli.imports.results import known_ids  # noqa: PLC0415 - the same
    from boxapis.cli.imports.rows import check_rows  # noqa: PLC0415 - the same

    any_carrier, again, repeat_unknown = switches
    checked = check_rows(read_manifest(file), any_carrier=any_carrier)
    results = {} if output is None else known_ids(output)
    entries = read_journal(journal)
    return make_plan(checked, entries, results, again=again, repeat_unknown=repeat_unknown)


def _execute(
    plan: "ImportPlan", profile: str | None, journal: Path, *, repeat_unknown: bool
) -> "ImportResult":
    from boxapis import CredentialParameterWarning  # noqa: PLC0415 - not needed for --help
    from boxapis.cli.imports.execute import execute_plan  # noqa: PLC0415 - the same
    from boxapis.cli.imports.progress import ProgressMeter  # noqa: PLC0415 - the same
    from boxapis.cli.imports.report import print_issues  # noqa: PLC0415 - the same

    client = boxc_client(load_settings(profile))
    print_issues(plan)
    with warnings.catch_warnings(), ProgressMeter(stderr_console()) as meter:
        warnings.simplefilter("ignore", CredentialParameterWarning)  # printed by print_issues
        work = partial(
            execute_plan, repeat_unknown=repeat_unknown, on_progress=meter, notify=print_error
        )
        try:
            return anyio.run(work, plan, client, journal)
        except CancelledError:  # a second Ctrl-C
            raise typer.Abort from None


def _write(output: Path, result: "ImportResult") -> bool:
    from boxapis.cli.imports.results import write_results  # noqa: PLC0415 - not needed for --help

    try:
        write_results(output, result.rows)
    except OSError as error:
        print_error(f"{output.name} cannot be written: {error.strerror}; the journal has the ids")
        return False
    return True


def _print_plan(plan: "ImportPlan", *, as_json: bool) -> None:
    from boxapis.cli.imports.report import plan_data, print_plan  # noqa: PLC0415 - as above

    if as_json:
        print_json(plan_data(plan))
    else:
        print_plan(stdout_console(), plan)


def _print_result(result: "ImportResult", *, as_json: bool) -> None:
    from boxapis.cli.imports.report import print_result  # noqa: PLC0415 - as above

    if as_json:
        print_json(result.as_data())
    else:
        print_result(stdout_console(), result)


def _status(good: int, bad: int) -> int:
    if not bad:
        return 0
    return _PARTLY if good else _FAILED
