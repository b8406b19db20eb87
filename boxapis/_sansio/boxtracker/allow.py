"""The commands of Box Tracker that the option ``allow`` lets through, judged by what is sent.

A command outside the catalogue counts as real. Of what changes something, only orders of the web
API have a test mode: the argument ``Mode``, which the vendor's own client spells ``mode``. An order
with ``TEST`` does not appear in Box Tracker; no source says whether a card in it is looked at.
Source: request-service.html and direct-booking.html under https://www.dumpster.software/api/.
"""

from urllib.parse import unquote

from boxapis._sansio.boxtracker.arguments import SealedArguments
from boxapis._sansio.operation import not_allowed
from boxapis.errors import ConfigurationError
from boxapis.options import Allow
from boxapis.secret import skeleton

__all__ = ["permitted"]

_ORDERS = frozenset({"cmdBoxTWebAPIRequestService", "cmdBoxTWebAPIDirectBooking"})


def permitted(arguments: SealedArguments, allow: Allow) -> SealedArguments | ConfigurationError:
    """Returns a command as it may be sent, or its error.

    Args:
        arguments: The command and its arguments.
        allow: ``"reads"``, or ``"tests"``, which adds the mode TEST to an order without a mode.
    """
    command = arguments.command
    if command is None or command.kind == "read":
        return arguments
    if allow == "reads" or command.name not in _ORDERS:
        return not_allowed(command.name, allow)
    pairs = [pair for pair in arguments.encoded.split("&") if _is_mode(pair.partition("=")[0])]
    if not pairs:
        encoded, names = f"{arguments.encoded}&Mode=TEST", (*arguments.names, "Mode")
        return SealedArguments(command, encoded, names, arguments.secrets)
    if {"Mode=TEST", "mode=TEST"}.issuperset(pairs):
        return arguments
    return not_allowed(command.name, allow, 'give Mode="TEST"')


def _is_mode(name: str) -> bool:
    return skeleton(unquote(name)).startswith("mode")  # `MODE` and `Mode[0]`, too
