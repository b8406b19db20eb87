"""``boxapis boxc credentials carriers``: the carriers and the names of what each of them wants."""

from rich import box
from rich.table import Table

from boxapis import CARRIER_PARAMETERS
from boxapis.cli.console import on_stdout, print_json
from boxapis.cli.options import AsJson

__all__ = ["EXAMPLE", "list_carriers"]

EXAMPLE = "Example: boxapis boxc credentials carriers --json"


def list_carriers(*, as_json: AsJson = False) -> None:
    """List carriers and parameters; asks nobody."""
    carriers = {carrier: sorted(names) for carrier, names in CARRIER_PARAMETERS.items()}
    if as_json:
        print_json(carriers)
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    table.add_column("carrier", no_wrap=True)
    table.add_column("parameters", overflow="fold")
    for carrier, names in carriers.items():
        table.add_row(carrier, ", ".join(names))
    on_stdout().print(table)
