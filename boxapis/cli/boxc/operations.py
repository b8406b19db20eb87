"""``boxapis boxc operations``: lists the operations of BoxC, or describes one."""

import inspect
from collections.abc import Callable, Iterator
from typing import Annotated, Any, get_args

import typer
from rich.table import Table
from rich.text import Text

from boxapis._sansio.boxc.operations import OPERATIONS, Operation
from boxapis.cli.catalogue import REPETITION, find
from boxapis.cli.completion.suggestions import suggest_operations
from boxapis.cli.console import stdout_console
from boxapis.cli.options import JsonOption
from boxapis.cli.output.data import for_people, print_data
from boxapis.cli.output.tables import new_table, print_table

__all__ = ["EXAMPLE", "operations"]

EXAMPLE = "Example: boxapis boxc operations labels.create"

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

_SCOPE_WIDTH = 17  # leaves room for most paths in a terminal of 80 columns


def operations(
    name: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME",
            autocompletion=suggest_operations,
            help="What to describe, such as labels.get or POST /labels.",
        ),
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List the operations of BoxC, or describe one; makes no call.

    The kind says what a repetition does: 'read' changes nothing, 'idempotent' nothing more,
    and 'changing' is never sent twice. The scope is what a token needs; none means any token.
    'boxapis boxc request' calls an operation, and Python does by its method.
    """
    if not name:
        found = sorted(OPERATIONS.values(), key=_place)
        if for_people(as_json=as_json):
            print_table(stdout_console(), _table(found))
        else:
            print_data([_data(operation) for operation in found], as_json=as_json)
        return
    operation = _find(" ".join(name))
    if for_people(as_json=as_json):
        _print_details(operation)
    else:
        print_data(_data(operation), as_json=as_json)


def _place(operation: Operation) -> tuple[str, int]:
    method, path = operation.name.split()
    return path, _METHODS.index(method)


def _find(name: str) -> Operation:
    """Returns the operation with this name or method, in any case."""
    methods = {method: one for one in OPERATIONS.values() for method in one.methods}
    return find(name, {**OPERATIONS, **methods}, "operation", "boxapis boxc operations")


def _data(operation: Operation) -> dict[str, object]:
    method, path = operation.name.split()
    return {
        "method": method,
        "path": path,
        "scope": operation.scope,
        "kind": operation.kind,
        "typed_methods": list(operation.methods),
    }


def _table(found: list[Operation]) -> Table:
    table = new_table()
    table.add_column("operation", overflow="fold")
    table.add_column("kind", no_wrap=True)
    table.add_column("scope", max_width=_SCOPE_WIDTH)
    table.add_column("method", no_wrap=True)
    for one in found:
        table.add_row(one.name, one.kind, one.scope, "\n".join(one.methods))
    return table


def _print_details(operation: Operation) -> None:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column(overflow="fold")
    for title, text in {
        "operation": operation.name,
        "kind": f"{operation.kind}; {REPETITION[operation.kind]}",
        "scope": operation.scope or "any token will do",
    }.items():
        grid.add_row(title, Text(text))
    console = stdout_console()
    console.print(grid)
    shared: dict[str, None] = {}
    for method in operation.methods:
        cls, function = _method(method)
        console.print(Text(f"\nboxc.{method}{_arguments(function)}", style="bold"))
        console.print(Text(inspect.getdoc(function) or ""))
        shared |= dict.fromkeys(_said_of_all_methods(cls))
    for text in shared:
        console.print(Text(f"\n{text}"))


def _method(method: str) -> tuple[type[Any], Callable[..., Any]]:
    """Returns the class of a resource and the function of one of its methods."""
    # Slow to import, and not needed for the list.
    from boxapis.boxc._resources import Resources  # noqa: PLC0415

    resource, _, name = method.partition(".")
    cls: type[Any] = vars(Resources)[resource].load()
    return cls, getattr(cls, name)


def _said_of_all_methods(cls: type[Any]) -> list[str]:
    """Returns what a resource and its base class say of errors, below their first lines."""
    texts = (inspect.cleandoc(one.__doc__ or "") for one in cls.__mro__[:2])
    return [rest for text in texts if (rest := text.partition("\n\n")[2])]


def _arguments(function: Callable[..., Any]) -> str:
    """The arguments without their types, in parentheses."""
    signature = inspect.signature(function)
    _, *given = signature.parameters.values()
    bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in _each(given)]
    return str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))


def _each(parameters: list[inspect.Parameter]) -> Iterator[inspect.Parameter]:
    """Yields parameters, and in the place of ``**pages`` each page option."""
    for parameter in parameters:
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            for name in get_args(parameter.annotation)[0].__annotations__:
                yield inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None)
        else:
            yield parameter
