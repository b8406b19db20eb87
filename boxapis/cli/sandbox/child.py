"""A command that runs with a sandbox's variables, as if the program were that command."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from boxapis import ConfigurationError

__all__ = ["run_child"]

_CHOOSES_A_PROFILE = "BOXAPIS_PROFILE"


def run_child(command: Sequence[str], variables: Mapping[str, str]) -> int:
    """Runs a command and returns its exit status; 128 and more if a signal ended it.

    SIGTERM and SIGHUP are passed on, however early they come. Ctrl-C reaches the command from the
    terminal itself. What is ignored here is ignored there, as under nohup.

    Args:
        command: The program and its arguments.
        variables: Added to the environment, in which no profile is chosen.

    Raises:
        ConfigurationError: The program cannot be started.
    """
    kept = {name: value for name, value in os.environ.items() if name != _CHOOSES_A_PROFILE}
    with _signals_passed_on() as pass_on_to:
        try:
            process = subprocess.Popen(command, env=kept | dict(variables))  # noqa: S603 - the user's own
        except OSError as error:
            raise ConfigurationError(f"{command[0]} cannot be run: {error.strerror}") from None
        pass_on_to(process)
        status = process.wait()
    return status if status >= 0 else 128 - status


@contextlib.contextmanager
def _signals_passed_on() -> Iterator[Callable[["subprocess.Popen[bytes]"], None]]:
    """Gives a function that names the process; what comes before is kept for it."""
    early: list[int] = []
    receive: Callable[[int], object] = early.append

    def pass_on(number: int, _: object) -> None:
        receive(number)

    def start(process: "subprocess.Popen[bytes]") -> None:
        nonlocal receive
        receive = process.send_signal
        for number in early:
            process.send_signal(number)

    def leave(*_: object) -> None:
        """Does nothing, and unlike SIG_IGN is not inherited."""

    handlers: dict[str, Any] = {"SIGINT": leave, "SIGTERM": pass_on, "SIGHUP": pass_on}
    before = {
        number: signal.signal(number, handler)
        for name, handler in handlers.items()
        if (number := getattr(signal, name, None)) is not None  # Windows has no SIGHUP
        and signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield start
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
