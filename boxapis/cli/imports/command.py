"""``boxapis credentials import``: stores carrier secrets from a file."""

from pathlib import Path
from typing import Annotated

import typer

from boxapis.cli.options import JsonOption, ProfileOption

__all__ = ["EXAMPLE", "import_credentials"]

EXAMPLE = "Example: boxapis credentials import secrets.csv --dry-run"


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
    rows are skipped. Exit: 0 all done, 3 some, 1 none, 4 if a row may have been.
    """
    # Slow to import, and not needed for --help.
    from boxapis.cli.imports.run import ImportOptions, run_import  # noqa: PLC0415

    options = ImportOptions(
        file=file,
        journal=journal or file.with_name(f"{file.name}.journal"),
        output=output,
        dry_run=dry_run,
        again=again,
        repeat_unknown=repeat_unknown,
        any_carrier=any_carrier,
        as_json=as_json,
        profile=profile,
    )
    raise typer.Exit(run_import(options))
