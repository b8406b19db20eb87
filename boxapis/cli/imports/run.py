"""Runs an import: reads the manifest, plans, sends, and reports the result."""

import warnings
from asyncio import CancelledError
from functools import partial
from pathlib import Path

import anyio
import typer
from attrs import frozen

from boxapis import ConfigurationError, CredentialParameterWarning
from boxapis.batch import read_journal
from boxapis.cli.clients import boxc_client, command_settings
from boxapis.cli.console import print_error, print_json, stderr_console, stdout_console
from boxapis.cli.exit_status import FAILED, INTERRUPTED, OUTCOME_UNKNOWN, PARTLY_DONE
from boxapis.cli.imports.execute import execute_plan
from boxapis.cli.imports.manifest import ManifestFormat, read_manifest
from boxapis.cli.imports.plan import ImportPlan, make_plan
from boxapis.cli.imports.progress import ProgressMeter
from boxapis.cli.imports.report import plan_data, print_issues, print_plan, print_result
from boxapis.cli.imports.results import ImportResult, known_ids, write_results
from boxapis.cli.imports.rows import check_rows

__all__ = ["ImportOptions", "run_import"]


@frozen(kw_only=True)
class ImportOptions:
    """The options of an import.

    Attributes:
        file: The manifest; ``-`` is standard input.
        format: Format of the manifest; None takes the one of its suffix.
        journal: File that records every call.
        output: File for the results, or None.
        dry_run: Whether to print the plan and send nothing.
        again: Whether to send rows that are done.
        repeat_unknown: Whether to create again what an earlier run may have created.
        any_carrier: Whether to accept carriers that this version does not know.
        as_is: Whether to accept doubtful values and misspelt parameters.
        as_json: Whether to print JSON.
        profile: Name of the profile with the settings, or None.
    """

    file: Path
    format: ManifestFormat | None
    journal: Path
    output: Path | None
    dry_run: bool
    again: bool
    repeat_unknown: bool
    any_carrier: bool
    as_is: bool
    as_json: bool
    profile: str | None


def run_import(options: ImportOptions) -> int:
    """Runs an import and returns its exit status.

    Raises:
        ConfigurationError: An option, setting or file cannot be used. Nothing was sent.
    """
    _check_paths(options)
    plan = _make_plan(options)
    if options.dry_run:
        if options.as_json:
            print_json(plan_data(plan))
        else:
            print_plan(stdout_console(), plan)
        return _status(len(plan.rows), len(plan.problems))
    result = _execute(plan, options)
    written = options.output is None or _write(options.output, result)
    if options.as_json:
        print_json(result.as_data())
    else:
        print_result(stdout_console(), result)
    if result.failure:
        print_error(result.failure)
    if result.interrupted:
        return INTERRUPTED
    if result.count("unknown"):
        return OUTCOME_UNKNOWN
    good = sum(row.ok for row in result.rows)
    is_whole = written and not result.failure
    return _status(good, len(result.rows) - good) or (0 if is_whole else PARTLY_DONE)


def _check_paths(options: ImportOptions) -> None:
    output = options.output
    paths = [path for path in (options.file, options.journal, output) if path is not None]
    if len({path.resolve() for path in paths}) < len(paths):
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


def _make_plan(options: ImportOptions) -> ImportPlan:
    checked = check_rows(
        read_manifest(options.file, options.format),
        any_carrier=options.any_carrier,
        as_is=options.as_is,
    )
    return make_plan(
        checked,
        results={} if options.output is None else known_ids(options.output),
        entries=read_journal(options.journal),
        again=options.again,
        repeat_unknown=options.repeat_unknown,
    )


def _execute(plan: ImportPlan, options: ImportOptions) -> ImportResult:
    client = boxc_client(command_settings(options.profile))
    print_issues(plan)
    with warnings.catch_warnings(), ProgressMeter(stderr_console()) as meter:
        warnings.simplefilter("ignore", CredentialParameterWarning)  # printed by print_issues
        execute = partial(
            execute_plan,
            repeat_unknown=options.repeat_unknown,
            on_progress=meter,
            notify=print_error,
        )
        try:
            return anyio.run(execute, plan, client, options.journal)
        except CancelledError:  # a second Ctrl-C
            raise typer.Abort from None


def _write(output: Path, result: ImportResult) -> bool:
    try:
        write_results(output, result.rows)
    except OSError as error:
        print_error(f"{output.name} cannot be written: {error.strerror}; the journal has the ids")
        return False
    return True


def _status(good: int, bad: int) -> int:
    if not bad:
        return 0
    return PARTLY_DONE if good else FAILED
