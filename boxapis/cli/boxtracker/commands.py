"""``boxapis boxtracker commands``: lists the commands of Box Tracker, or describes one."""

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from boxapis._sansio.boxtracker.catalogue import COMMANDS, Command
from boxapis._sansio.boxtracker.command_arguments import ARGUMENTS
from boxapis.cli.catalogue import REPETITION, find
from boxapis.cli.completion.suggestions import suggest_commands
from boxapis.cli.console import stdout_console
from boxapis.cli.options import JsonOption
from boxapis.cli.output.data import for_people, print_data
from boxapis.cli.output.tables import new_table, print_table

__all__ = ["EXAMPLE", "commands"]

EXAMPLE = "Example: boxapis boxtracker commands cmdBoxTPortalProcessPayment"

_SESSIONS = {
    "none": "none; it opens one",
    "api": "the API user's",
    "customer": "a customer's: log in with 'boxapis boxtracker login'",
    "web": "the API user's, opened when needed",
}


def commands(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME", autocompletion=suggest_commands, help="The command to describe."
        ),
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List the commands, or describe one; makes no call.

    The kind says what a repetition does: 'read' changes nothing, 'idempotent' nothing more,
    and 'changing' is never sent twice. 'boxapis boxtracker command' runs a command; user names,
    passwords, keys and customer_id are added to the arguments listed here.
    """
    if name is None:
        if for_people(as_json=as_json):
            print_table(stdout_console(), _table())
        else:
            print_data([_data(command) for command in COMMANDS.values()], as_json=as_json)
        return
    command = find(name, COMMANDS, "command", "boxapis boxtracker commands")
    if for_people(as_json=as_json):
        _print_details(command)
    else:
        print_data(_data(command), as_json=as_json)


def _data(command: Command) -> dict[str, object]:
    return {
        "command": command.name,
        "kind": command.kind,
        "session": command.session_level,
        "arguments": [
            {
                "name": row.name,
                "type": row.type,
                "required": row.required,
                "meaning": row.meaning,
                "source": row.source,
            }
            for row in ARGUMENTS.get(command.name, ())
        ],
    }


def _table() -> Table:
    table = new_table()
    for title in ("command", "kind", "session", "arguments"):
        table.add_column(title, no_wrap=True)
    for command in COMMANDS.values():
        count = len(ARGUMENTS.get(command.name, ()))
        table.add_row(command.name, command.kind, command.session_level, str(count))
    return table


def _print_details(command: Command) -> None:
    console = stdout_console()
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column(overflow="fold")
    grid.add_row("command", Text(command.name))
    grid.add_row("kind", Text(f"{command.kind}; {REPETITION[command.kind]}"))
    grid.add_row("session", Text(_SESSIONS[command.session_level]))
    console.print(grid)
    rows = ARGUMENTS.get(command.name, ())
    if not rows:
        return
    table = new_table()
    table.add_column("argument", no_wrap=True)
    for title in ("type", "required", "meaning"):
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, (row.name, row.type, row.required, row.meaning)))
    console.print()
    print_table(console, table)
