"""Options that several commands have."""

from enum import StrEnum
from typing import Annotated

import typer

__all__ = ["AsJson", "Method", "MethodOption"]


class Method(StrEnum):
    """How commands of Box Tracker are sent."""

    GET = "GET"
    POST = "POST"


AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]

MethodOption = Annotated[
    Method,
    typer.Option(case_sensitive=False, metavar="GET|POST", help="POST keeps secrets out of URLs."),
]
