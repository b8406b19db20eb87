"""Runs an import: reads the manifest, plans, sends, and reports the result.

Promises: a dry run prints the plan that a run would carry out, also while another run is under way.
Whatever cannot be printed, the exit status is true: of a signal, else of unknown outcomes, else of
what was done in part; a report without a reader changes a 0 alone.
"""

import sys
import warnings
from pathlib import Path

import anyio
from attrs import frozen

from boxapis import BoxC, ConfigurationError, Credential, CredentialParameterWarning
from boxapis.batch import read_journal
from boxapis.cli.clients import boxc_client, command_settings
from boxapis.cli.console import discard, print_error, stderr_console, stdout_console
from boxapis.cli.exit_status import (
    BROKEN_PIPE,
    FAILED,
    OUTCOME_UNKNOWN,
    PARTLY_DONE,
    signal_status,
)
from boxapis.cli.imports.binding import Binding, bind
from boxapis.cli.imports.execute import Journaling, execute_plan
from boxapis.cli.imports.last_sent import LastSent
from boxapis.cli.imports.manifest import ManifestFormat, read_manifest
from boxapis.cli.imports.plan import Finding, ImportPlan, Past, make_plan
from boxapis.cli.imports.progress import ProgressMeter
from boxapis.cli.imports.report import plan_data, print_beginning, print_plan, print_result
from boxapis.cli.imports.results import ImportResult, known_results, write_results
from boxapis.cli.imports.rows import CheckedManifest, check_rows
from boxapis.cli.imports.unknown import UnknownRow, look_up
from boxapis.cli.output.data import for_people, print_data

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
        adopt: Whether to take credentials that fit for those of creations that were cut off.
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
    adopt: bool
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
    checked = _check_manifest(options)
    files = [path for path in (options.journal, options.output) if path is not None]
    if options.dry_run and not any(path.exists() for path in files):
        plan = make_plan(checked, Past(), {}, again=options.again, repeat_unknown=False)
        return _print_dry_run(plan, options)
    client = boxc_client(command_settings(options.profile))
    return anyio.run(_run, client, checked, options)


async def _run(client: BoxC, checked: CheckedManifest, options: ImportOptions) -> int:
    async with client:
        binding, past = await _read_past(client, options)
        findings = await _look_up(client, checked, past, options)
        plan = make_plan(
            checked, past, findings, again=options.again, repeat_unknown=options.repeat_unknown
        )
        if options.dry_run:
            return _print_dry_run(plan, options)
        result = await _execute(client, plan, past, binding, options)
    written = options.output is None or _write(options.output, result, binding, past)
    return _print_result(result, options, is_whole=written and not result.failure)


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


def _check_manifest(options: ImportOptions) -> CheckedManifest:
    return check_rows(
        read_manifest(options.file, options.format),
        any_carrier=options.any_carrier,
        as_is=options.as_is,
    )


async def _read_past(client: BoxC, options: ImportOptions) -> tuple[Binding, Past]:
    """The account of the import, and what earlier runs left for it."""
    entries = read_journal(options.journal)
    name = options.journal.name if entries else None
    binding = await bind(client, may_create=not options.dry_run, must_exist=name)
    return binding, Past(
        entries=read_journal(options.journal, scope=binding.scope),
        results={} if options.output is None else known_results(options.output, binding.account),
        last_sent=LastSent(binding.scope).read(),
        digest=binding.digest,
    )


async def _look_up(
    client: BoxC, checked: CheckedManifest, past: Past, options: ImportOptions
) -> dict[str, Finding]:
    """Settles the creations whose outcome an earlier run left unknown."""
    if options.repeat_unknown:
        return {}
    rows = {
        name: UnknownRow(row, entry.begun_at, past.sent_digest(row) == past.digest(row))
        for name, row in past.unknown_creations(checked).items()
        for entry in [past.entries[name]]
    }
    return await look_up(
        rows,
        lambda: _list_credentials(client),
        past.known_ids(checked),
        client._clock,  # noqa: SLF001 - the clock on which the journal's times were taken
        print_error,
        adopt=options.adopt,
    )


async def _list_credentials(client: BoxC) -> list[Credential]:
    return [one async for one in client.credentials.list(limit=100)]


async def _execute(
    client: BoxC, plan: ImportPlan, past: Past, binding: Binding, options: ImportOptions
) -> ImportResult:
    print_beginning(plan)
    journaling = Journaling(
        file=options.journal,
        scope=binding.scope,
        again=options.again,
        repeat_unknown=options.repeat_unknown,
    )
    with warnings.catch_warnings(), ProgressMeter(stderr_console()) as meter:
        warnings.simplefilter("ignore", CredentialParameterWarning)  # printed as an issue
        return await execute_plan(
            plan, past, client, journaling, on_progress=meter, notify=print_error
        )


def _write(output: Path, result: ImportResult, binding: Binding, past: Past) -> bool:
    try:
        write_results(output, result.rows, binding.account, past.results)
    except OSError as error:
        rest = "" if result.failure else "; the journal has the ids"
        print_error(f"{output.name} cannot be written: {error.strerror}{rest}")
        return False
    return True


def _print_dry_run(plan: ImportPlan, options: ImportOptions) -> int:
    if for_people(as_json=options.as_json, piped=True):
        print_plan(stdout_console(), plan)
    else:
        print_data(plan_data(plan), as_json=options.as_json)
    return _status(len(plan.rows), len(plan.problems))


def _print_result(result: ImportResult, options: ImportOptions, *, is_whole: bool) -> int:
    """Prints the result if its reader is there; returns the exit status."""
    if result.failure:
        print_error(result.failure)
    status = _result_status(result) or (0 if is_whole else PARTLY_DONE)
    try:
        if for_people(as_json=options.as_json, piped=True):
            print_result(stdout_console(), result)
        else:
            print_data(result.as_data(), as_json=options.as_json)
        sys.stdout.flush()
    except BrokenPipeError:
        discard(sys.stdout)
        return status or BROKEN_PIPE
    except OSError as error:
        discard(sys.stdout)
        print_error(f"the report cannot be written: {error.strerror or type(error).__name__}")
        return status or PARTLY_DONE
    return status


def _result_status(result: ImportResult) -> int:
    if result.signal_number is not None:
        return signal_status(result.signal_number)
    if result.count("unknown"):
        return OUTCOME_UNKNOWN
    good = sum(row.ok for row in result.rows)
    return _status(good, len(result.rows) - good)


def _status(good: int, bad: int) -> int:
    if not bad:
        return 0
    return PARTLY_DONE if good else FAILED
