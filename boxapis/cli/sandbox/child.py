"""A command that runs with a sandbox's variables, as if the program were that command."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from boxapis import ConfigurationError

__all__ = ["run_child"]

_CHOOSES_A_PROFILE = "BOXAPIS_PROFILE"


def run_child(command: Sequence[str], variables: Mapping[str, str]) -> int:
    """Runs a command and returns its exit status; 128 and more if a signal ended it.

    SIGTERM and SIGHUP are passed on. Ctrl-C reaches the command from the terminal itself.

    Args:
        command: The program and its arguments.
        variables: Added to the environment, in which no profile is chosen.

    Raises:
        ConfigurationError: The program cannot be started.
    """
    kept = {name: value for name, value in os.environ.items() if name != _CHOOSES_A_PROFILE}
    try:
        process = subprocess.Popen(command, env=kept | dict(variables))  # noqa: S603 - the user's own
    except OSError as error:
        raise ConfigurationError(f"{command[0]} cannot be run: {error.strerror}") from None
    with _signals_passed_on(process):
        status = process.wait()
    return status if status >= 0 else 128 - status


@contextlib.contextmanager
def _signals_passed_on(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    def pass_on(number: int, _: object) -> None:
        process.send_signal(number)

    handlers: dict[str, Any] = {"SIGINT": signal.SIG_IGN, "SIGTERM": pass_on, "SIGHUP": pass_on}
    before = {
        number: signal.signal(number, handler)
        for name, handler in handlers.items()
        if (number := getattr(signal, name, None)) is not None  # Windows has no SIGHUP
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
