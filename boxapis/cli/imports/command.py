"""``boxapis credentials import``: carrier secrets out of a file, many at once."""

import warnings
from asyncio import CancelledError
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import anyio
import typer

from boxapis import ConfigurationError
from boxapis.cli.clients import boxc
from boxapis.cli.console import complain, on_stderr, on_stdout, print_json
from boxapis.cli.options import AsJson
from boxapis.cli.settings.settings import Profile, load

if TYPE_CHECKING:
    from boxapis.cli.imports.plan import Plan
    from boxapis.cli.imports.results import Total

__all__ = ["EXAMPLE", "import_credentials"]

EXAMPLE = "Example: boxapis credentials import secrets.csv --dry-run"

_FAILED, _PARTLY, _INTERRUPTED = 1, 3, 130


def import_credentials(
    file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False)],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan only.")] = False,
    journal: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Not FILE.journal but this.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Results with ids: .csv or .json.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Send done rows, too.")] = False,
    repeat_unknown: Annotated[
        bool, typer.Option("--repeat-unknown", help="Create what may be there.")
    ] = False,
    any_carrier: Annotated[bool, typer.Option("--any-carrier", help="Send unknown ones.")] = False,
    as_json: AsJson = False,
    profile: Profile = None,
) -> None:
    """Store carrier secrets from CSV, JSON, YAML or TOML.

    A row: id (updates it), name (the row's), carrier, params; in CSV a column each. Values
    may be env:NAME or file:PATH. An update replaces ALL params. Run again to go on after a
    kill: done rows are skipped. Exit: 0 all done, 3 some, 1 none, 2 wrong usage, 130 Ctrl-C.
    """
    journal = journal or file.with_name(f"{file.name}.journal")
    _check_paths(file, journal, output)
    plan = _plan(file, journal, output, (any_carrier, again, repeat_unknown))
    if dry_run:
        _show_plan(plan, as_json=as_json)
        raise typer.Exit(_status(len(plan.steps), len(plan.problems)))
    total = _sent(plan, profile, journal, repeat_unknown=repeat_unknown)
    written = output is None or _written(output, total)
    _show_total(total, as_json=as_json)
    if total.trouble:
        complain(total.trouble)
    good = sum(result.ok for result in total.results)
    status = _INTERRUPTED if total.interrupted else _status(good, len(total.results) - good)
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
        message = "--output must lie in a folder that is there"
        raise ConfigurationError(message)


def _plan(
    file: Path, journal: Path, output: Path | None, switches: tuple[bool, bool, bool]
) -> "Plan":
    from boxapis.batch import read_journal  # noqa: PLC0415 - help needs none of it
    from boxapis.cli.imports.manifest import read_manifest  # noqa: PLC0415 - the same
    from boxapis.cli.imports.plan import made_plan  # noqa: PLC0415 - the same
    from boxapis.cli.imports.results import known_ids  # noqa: PLC0415 - the same
    from boxapis.cli.imports.rows import check  # noqa: PLC0415 - the same

    any_carrier, again, repeat_unknown = switches
    checked = check(read_manifest(file), any_carrier=any_carrier)
    results = {} if output is None else known_ids(output)
    entries = read_journal(journal)
    return made_plan(checked, entries, results, again=again, repeat_unknown=repeat_unknown)


def _sent(plan: "Plan", profile: str | None, journal: Path, *, repeat_unknown: bool) -> "Total":
    from boxapis import CredentialParameterWarning  # noqa: PLC0415 - help needs none of it
    from boxapis.cli.imports.execute import carry_out  # noqa: PLC0415 - the same
    from boxapis.cli.imports.progress import Meter  # noqa: PLC0415 - the same
    from boxapis.cli.imports.report import say_remarks  # noqa: PLC0415 - the same

    client = boxc(load(profile))
    say_remarks(plan)
    with warnings.catch_warnings(), Meter(on_stderr()) as meter:
        warnings.simplefilter("ignore", CredentialParameterWarning)  # the remarks have said it
        work = partial(carry_out, repeat_unknown=repeat_unknown, on_progress=meter, say=complain)
        try:
            return anyio.run(work, plan, client, journal)
        except CancelledError:  # a second Ctrl-C
            raise typer.Abort from None


def _written(output: Path, total: "Total") -> bool:
    from boxapis.cli.imports.results import write_results  # noqa: PLC0415 - help needs none of it

    try:
        write_results(output, total.results)
    except OSError as error:
        complain(f"{output.name} cannot be written: {error.strerror}; the journal has the ids")
        return False
    return True


def _show_plan(plan: "Plan", *, as_json: bool) -> None:
    from boxapis.cli.imports.report import plan_data, print_plan  # noqa: PLC0415 - as above

    if as_json:
        print_json(plan_data(plan))
    else:
        print_plan(on_stdout(), plan)


def _show_total(total: "Total", *, as_json: bool) -> None:
    from boxapis.cli.imports.report import print_total  # noqa: PLC0415 - as above

    if as_json:
        print_json(total.as_data())
    else:
        print_total(on_stdout(), total)


def _status(good: int, bad: int) -> int:
    if not bad:
        return 0
    return _PARTLY if good else _FAILED
