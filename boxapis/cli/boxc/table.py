"""BoxC credentials on the screen and as data: names of parameters, never a value."""

from datetime import datetime
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from boxapis.cli.console import harmless

if TYPE_CHECKING:
    from boxapis import Credential

__all__ = ["as_data", "print_table"]

_WIDE = 100
_DATE, _DATE_AND_TIME = 10, 16


def as_data(credential: "Credential") -> dict[str, object]:
    """A credential for programs."""
    return {
        "id": credential.id,
        "user_id": credential.user_id,
        "carrier": credential.carrier,
        "parameters": sorted(credential.params),
        "created": credential.created.isoformat(),
        "updated": credential.updated.isoformat(),
        "deleted": credential.deleted and credential.deleted.isoformat(),
    }


def print_table(console: Console, credentials: "list[Credential]") -> None:
    """All of them, or a word when there are none."""
    if credentials:
        console.print(_table(credentials, console.width))
    else:
        console.print("No credentials.")


def _table(credentials: "list[Credential]", room: int) -> Table:
    """In 80 columns a time stands below its date, which leaves room for the names."""
    moment = _DATE_AND_TIME if room >= _WIDE else _DATE
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.show_edge, table.caption = False, "times in UTC"
    table.add_column("id", no_wrap=True)
    table.add_column("carrier", overflow="fold")
    table.add_column("parameters", overflow="fold")
    for name in ("created", "updated", "deleted"):
        table.add_column(name, width=moment)
    for credential in credentials:
        table.add_row(*_cells(credential))
    return table


def _cells(credential: "Credential") -> list[Text]:
    texts = (
        str(credential.id),
        credential.carrier,
        ", ".join(sorted(credential.params)),
        _moment(credential.created),
        _moment(credential.updated),
        _moment(credential.deleted),
    )
    return [Text(harmless(text)) for text in texts]


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M}"
