"""A pseudo-terminal for one program: the test presses keys, and reads what is shown."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.command_line import START, surroundings
from tests.support.paths import ROOT

ROWS, COLUMNS = 24, 80

_PATIENCE = 30.0
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\x1b[()=>][A-Z0-9]?|\x07")

# Runs in the child: it makes the terminal its own, and lets Ctrl-C end it.
_BECOME = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])
"""


class Terminal:
    """A program in a terminal of 24 rows and 80 columns, which it cannot tell from any other.

    Attributes:
        shown: All output so far, with escape sequences.
    """

    def __init__(
        self, arguments: list[str], variables: dict[str, str], columns: int = COLUMNS
    ) -> None:
        self.shown = ""
        self._terminal, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))
        self._process = subprocess.Popen(
            [sys.executable, "-c", _BECOME, *arguments],
            cwd=ROOT,
            env=variables,
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
        )
        os.close(inner)

    @property
    def plain(self) -> str:
        """The output without escape sequences and with plain line ends."""
        return _ESCAPES.sub("", self.shown).replace("\r", "")

    @property
    def echoes(self) -> bool:
        """Whether the terminal shows the keys that are pressed."""
        return bool(termios.tcgetattr(self._terminal)[3] & termios.ECHO)

    def expect(self, text: str) -> None:
        """Waits until a text is shown, then forgets it and all output before it."""
        self.wait_for(text)
        self.shown = ""

    def wait_for(self, text: str) -> None:
        """Waits until a text is shown."""
        while text not in self.plain:
            assert self._read(), f"{text!r} was never shown, but {self.plain!r}"

    def press(self, keys: str) -> None:
        """Presses keys."""
        os.write(self._terminal, keys.encode())

    def send(self, number: int) -> None:
        """Sends the program a signal."""
        self._process.send_signal(number)

    def end(self) -> int:
        """Waits until the program ends; returns its exit status."""
        while self._read():
            pass
        return self._process.wait(_PATIENCE)

    def hang_up(self) -> int:
        """Closes the terminal, as a lost connection does; returns the program's exit status."""
        os.close(self._terminal)
        self._terminal = os.open(os.devnull, os.O_RDONLY)
        return self._process.wait(_PATIENCE)

    def close(self) -> None:
        """Ends the program, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        os.close(self._terminal)

    def _read(self) -> bool:
        """Reads new output; False when the program is gone."""
        ready, _, _ = select.select([self._terminal], [], [], _PATIENCE)
        assert ready, f"nothing came any more after {self.plain!r}"
        try:
            data = os.read(self._terminal, 65536)
        except OSError:  # Linux reports the closed end by this error
            return False
        self.shown += data.decode("utf-8", "replace")
        return bool(data)


def _variables(given: dict[str, str]) -> dict[str, str]:
    """An environment without a width, so that the terminal's own is used."""
    everything = surroundings(**{"TERM": "xterm-256color", **given})
    del everything["COLUMNS"]
    return everything


@contextmanager
def boxapis_in(*arguments: str, **variables: str) -> Iterator[Terminal]:
    """Starts the program in a terminal."""
    with boxapis_at(COLUMNS, *arguments, **variables) as terminal:
        yield terminal


@contextmanager
def boxapis_at(columns: int, *arguments: str, **variables: str) -> Iterator[Terminal]:
    """Starts the program in a terminal of another width."""
    program = [sys.executable, "-W", "error", "-c", START, *arguments]
    terminal = Terminal(program, _variables(variables), columns)
    try:
        yield terminal
    finally:
        terminal.close()


@contextmanager
def shell_in(*arguments: str, **variables: str) -> Iterator[Terminal]:
    """A shell in a terminal, with the program on its path."""
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])  # noqa: PTH120
    given = _variables({"PS1": "$ ", "PATH": path, "HISTFILE": "", **variables})
    terminal = Terminal(list(arguments), given)
    try:
        yield terminal
    finally:
        terminal.close()


@contextmanager
def bash_in(**variables: str) -> Iterator[Terminal]:
    """A bash in a terminal, with the program on its path, after its first prompt."""
    with shell_in("bash", "--norc", "--noprofile", "-i", **variables) as terminal:
        terminal.press("PS1='ready> '; set +o histexpand\n")
        terminal.expect("\nready> ")
        yield terminal
