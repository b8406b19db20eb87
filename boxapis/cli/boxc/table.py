"""Credentials as a table and as JSON: names of parameters, never a value."""

from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from boxapis.cli.console import printable, stdout_console
from boxapis.cli.output.data import for_people, print_data
from boxapis.cli.output.tables import new_table, print_table

if TYPE_CHECKING:
    from boxapis import Credential

__all__ = ["CREDENTIAL_FIELDS", "credential_data", "print_credential", "print_credentials"]

CREDENTIAL_FIELDS = ("id", "user_id", "carrier", "parameters", "created", "updated", "deleted")
"""The names of `credential_data`."""

_WIDE = 100
_DATE, _DATE_AND_TIME = 10, 16


def credential_data(credential: "Credential") -> dict[str, object]:
    """A credential as JSON values."""
    return {
        "id": credential.id,
        "user_id": credential.user_id,
        "carrier": credential.carrier,
        "parameters": sorted(credential.params),
        "created": credential.created.isoformat(),
        "updated": credential.updated.isoformat(),
        "deleted": credential.deleted and credential.deleted.isoformat(),
    }


def print_credential(credential: "Credential", *, as_json: bool) -> None:
    """Prints one credential on stdout, as a table or as JSON."""
    if for_people(as_json=as_json):
        print_credentials(stdout_console(), [credential])
    else:
        print_data(credential_data(credential), as_json=as_json)


def print_credentials(console: Console, credentials: "list[Credential]") -> None:
    """Prints a table of credentials."""
    if credentials:
        print_table(console, _table(credentials, console.width))
    else:
        console.print("No credentials.")


def _table(credentials: "list[Credential]", width: int) -> Table:
    """In a narrow terminal the time stands below its date, which leaves room for the names."""
    time_width = _DATE_AND_TIME if width >= _WIDE else _DATE
    table = new_table()
    table.caption = "times in UTC"
    table.add_column("id", no_wrap=True)
    table.add_column("carrier", overflow="fold")
    table.add_column("parameters", overflow="fold")
    for name in ("created", "updated", "deleted"):
        table.add_column(name, width=time_width)
    for credential in credentials:
        table.add_row(*_cells(credential))
    return table


def _cells(credential: "Credential") -> list[Text]:
    texts = (
        str(credential.id),
        credential.carrier,
        ", ".join(sorted(credential.params)),
        _format_time(credential.created),
        _format_time(credential.updated),
        _format_time(credential.deleted),
    )
    return [Text(printable(text)) for text in texts]


def _format_time(time: datetime | None) -> str:
    return "" if time is None else f"{time:%Y-%m-%d %H:%M}"
