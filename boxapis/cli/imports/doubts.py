"""Doubtful values: text that a tool left in a manifest where a secret was meant.

A spreadsheet, a mask, a template or a second store of secrets leaves text that the service would
store without complaint. A value is compared with the table of reasons; nothing else is looked at.
"""

import re
from collections.abc import Callable

from boxapis.cli.imports.names import INVISIBLE

__all__ = ["doubt"]


def _has_outer_blank(value: str) -> bool:
    """Whether blanks stand around a value; a key in PEM may end with one line end."""
    text = value.removesuffix("\n").removesuffix("\r")
    return (text if "\n" in text else value) != text.strip()


def _found(pattern: str) -> Callable[[str], object]:
    return re.compile(pattern).search


_REASONS: tuple[tuple[Callable[[str], object], str], ...] = (
    (_has_outer_blank, "begins or ends with a blank or a line end"),
    (INVISIBLE.search, "has an invisible or control character in it"),
    (
        _found(r'^".*"$|^\'.*\'$|^[“„«].*[”“»]$|^\u2018.*\u2019$'),
        "stands in quotes that are part of it",
    ),
    (_found(r'^="'), 'is a formula of a spreadsheet, ="..."'),
    (_found(r"^'[\d+=-]"), "begins with an apostrophe, by which spreadsheets mark text"),
    (_found(r"^[+-]?\d([.,]\d+)?[Ee][+-]\d{2,3}$"), "is a number that a spreadsheet has shortened"),
    (_found(r"^\d{4,}[.,]0$"), "is a whole number with a decimal behind it"),
    (_found(r"^#(N/A|NV|[A-ZÀ-Þ_/0-9]+[!?])$|^#{3,}$"), "is an error of a spreadsheet"),
    (_found(r"^(?i:null|none|nil|nan|n/a|undefined|\\N)$"), "is a word for no value"),
    (_found(r"[*•●]{3}"), "is masked"),
    (
        _found(r"^(\[[A-Za-z][\w .-]*\]|<[A-Za-z][\w .-]*>)$"),
        "is a placeholder in brackets",
    ),
    (
        _found(
            r"^(op|vault|secrets?|bw|pass|akv|sm|awssm|gcpsm)://|^ref\+|^vault:|^arn:aws:(secrets|ssm)"
            r"|^@Microsoft\.KeyVault\(|\$\{[^{}$]*\}|\{\{[^{}]*\}\}|^\$\(.*\)$|^\$[A-Z][A-Z0-9_]{2,}$|^%\w+%$"
        ),
        "is a reference that nothing has replaced",
    ),
    (
        _found(r"^(?i:env|file|keyring|prompt) ?:"),
        "is a reference, which is written env:NAME",
    ),
    (
        _found(r"^\$ANSIBLE_VAULT;|^ENC\[|^-----BEGIN (PGP MESSAGE|AGE ENCRYPTED)"),
        "is encrypted",
    ),
)
"""What finds something in a value, and what is said of a value in which it is found."""


def doubt(value: str) -> str | None:
    """Why a value is doubtful, as the rest of a sentence that begins with its name, or None.

    The reason quotes nothing of the value.
    """
    return next((reason for finds, reason in _REASONS if finds(value)), None)
