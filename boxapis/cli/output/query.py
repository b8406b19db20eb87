"""The option ``--query``: a JMESPath expression that picks from what ``--json`` would print.

An expression that cannot be read, or that calls a function JMESPath does not have, is a usage
error before the command begins. One that does not fit the data is noticed only afterwards: the
error then says that a command which changes something has been carried out.
"""

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import wraps
from typing import Annotated, Any

import typer
from attrs import frozen

from boxapis import BoxAPIError, ConfigurationError
from boxapis.cli.call_options import add_options
from boxapis.cli.extras import require_extra

__all__ = ["answers", "apply_query", "has_query"]

_QueryOption = Annotated[
    str | None,
    typer.Option("--query", metavar="EXPRESSION", help="Pick from the JSON by JMESPath."),
]


@frozen
class _Query:
    expression: Any
    changing: bool


_QUERY: ContextVar[_Query | None] = ContextVar("query", default=None)


def answers(command: Callable[..., Any], *, changing: bool = False) -> Callable[..., Any]:
    """Returns a command that also takes ``--query``.

    Args:
        command: The command; it prints by ``boxapis.cli.output.data.print_data``.
        changing: Whether it may change something at a service.
    """

    @wraps(command)
    def run(*args: Any, query: str | None, **options: Any) -> Any:
        token = _QUERY.set(None if query is None else _Query(_compile(query), changing))
        try:
            return command(*args, **options)
        finally:
            _QUERY.reset(token)

    return add_options(run, command, {"query": (_QueryOption, None)})


def has_query() -> bool:
    """Whether the running command has a ``--query``."""
    return _QUERY.get() is not None


def apply_query(data: Any) -> Any:
    """What the running command's ``--query`` picks from the data; all of them without one.

    Raises:
        ConfigurationError: The expression does not fit the data.
        BoxAPIError: The same, after a command that may have changed something.
    """
    query = _QUERY.get()
    if query is None:
        return data
    from jmespath.exceptions import JMESPathError  # noqa: PLC0415 - an optional extra

    try:
        return query.expression.search(data)
    except (JMESPathError, ArithmeticError, TypeError, ValueError) as error:
        kind = type(error).__name__
    message = f"--query does not fit the answer: {kind}"
    if query.changing:
        raise BoxAPIError(message, may_have_been_applied=True)
    raise ConfigurationError(message, next_step="look at the answer with --json")


def _compile(text: str) -> Any:
    with require_extra("cli"):
        import jmespath  # noqa: PLC0415 - an optional extra, and rarely needed
        from jmespath.exceptions import JMESPathError  # noqa: PLC0415
    try:
        expression = jmespath.compile(text)
    except JMESPathError as error:
        place = getattr(error, "lex_position", getattr(error, "lexer_position", None))
        where = "" if place is None else f" at character {place + 1}"
        # The expression is not quoted: it may be a secret in the wrong place.
        problem = f"--query is no JMESPath expression: it cannot be read{where}"
    else:
        problem = next(_wrong_calls(expression.parsed), "")
        if not problem:
            return expression
    raise ConfigurationError(problem, next_step="see https://jmespath.org/")


def _wrong_calls(node: Any) -> Iterator[str]:
    """Yields a sentence for each call of a function that there is not, or not so."""
    from jmespath.functions import Functions  # noqa: PLC0415 - an optional extra

    if node["type"] == "function_expression":
        known = Functions.FUNCTION_TABLE.get(node["value"])
        if known is None:
            yield "--query calls a function that JMESPath does not have"
        else:
            wanted, given = known["signature"], len(node["children"])
            variadic = bool(wanted) and wanted[-1].get("variadic", False)
            if given < len(wanted) or (given > len(wanted) and not variadic):
                yield f"--query gives {node['value']} {given} arguments: it takes {len(wanted)}"
    for child in node.get("children", ()):
        if isinstance(child, dict):
            yield from _wrong_calls(child)
