"""``boxapis credentials import``: stores carrier secrets from a file."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from boxapis import ConfigurationError
from boxapis.cli.options import JsonOption, ProfileOption

__all__ = ["EXAMPLE", "import_credentials"]

EXAMPLE = "Example: boxapis credentials import secrets.csv --dry-run"


class ManifestKind(StrEnum):
    """Format of a manifest."""

    CSV = "csv"
    JSON = "json"
    YAML = "yaml"


def _journal_beside(file: Path) -> Path:
    """The default journal of a manifest.

    Raises:
        ConfigurationError: It is a pipe, beside which nothing can be kept.
    """
    if str(file) == "-" or file.is_fifo() or file.is_char_device():
        raise ConfigurationError("a manifest from a pipe needs a journal: give --journal FILE")
    return file.with_name(f"{file.name}.journal")


def import_credentials(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", show_default=False, help="Manifest; - for stdin.")
    ],
    *,
    kind: Annotated[
        ManifestKind | None,
        typer.Option("--format", metavar="csv|json|yaml", help="Format; default: FILE's suffix."),
    ] = None,
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
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Update what a cut-off run may have created.")
    ] = False,
    any_carrier: Annotated[
        bool, typer.Option("--any-carrier", help="Accept unknown carriers.")
    ] = False,
    as_is: Annotated[bool, typer.Option("--as-is", help="Accept doubtful values.")] = False,
    as_json: JsonOption = False,
    profile: ProfileOption = None,
) -> None:
    """Store carrier secrets. A row has id (to update), name, carrier, ALL params."""
    # Slow to import, and not needed for --help.
    from boxapis.cli.imports.run import ImportOptions, run_import  # noqa: PLC0415

    options = ImportOptions(
        file=file,
        format=None if kind is None else kind.value,
        journal=journal or _journal_beside(file),
        output=output,
        dry_run=dry_run,
        again=again,
        repeat_unknown=repeat_unknown,
        adopt=adopt,
        any_carrier=any_carrier,
        as_is=as_is,
        as_json=as_json,
        profile=profile,
    )
    raise typer.Exit(run_import(options))
