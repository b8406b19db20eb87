"""What was last sent to each credential of an account, by whichever import of this user.

Promises: what is recorded here before it is sent keeps another journal from taking its own older
entry for what is stored: a manifest that is imported again after a newer one is sent again. It is a
file in the state folder with a line per update, which holds no value. A line that was cut off says
nothing, and only makes the journal's word count.
"""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from boxapis import ConfigurationError
from boxapis._settings.folders import state_folder
from boxapis._settings.state_files import open_file, read_file

__all__ = ["LastSent"]

_LINE = re.compile(rb"^(\d{1,18}) ([0-9a-f]{64})$", re.MULTILINE)


class LastSent:
    """The record of one account.

    Args:
        scope: Account and key of the digests.
    """

    def __init__(self, scope: Mapping[str, str]) -> None:
        name = sha256(repr(sorted(scope.items())).encode()).hexdigest()[:16]
        self._file: Path = state_folder() / f"import.{name}.sent"

    def read(self) -> dict[int, str]:
        """The digest of what was last sent, by id of the credential.

        Raises:
            ConfigurationError: It cannot be read.
        """
        data = b""
        problem = None
        try:
            with suppress(FileNotFoundError, NotADirectoryError):
                data = read_file(self._file)
        except OSError as error:
            problem = error.strerror or type(error).__name__
        if problem is not None:
            raise ConfigurationError(f"{self._file} cannot be read: {problem}")
        return {int(number): digest.decode() for number, digest in _LINE.findall(data)}

    def record(self, number: int, digest: str) -> None:
        """Records what is about to be sent.

        Raises:
            ConfigurationError: It cannot be written, so nothing may be sent.
        """
        line = f"\n{number} {digest}\n".encode()  # a line that was cut off ends here
        try:
            descriptor = open_file(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            try:
                written = os.write(descriptor, line)
            finally:
                os.close(descriptor)
            problem = None if written == len(line) else "the disk is full"
        except OSError as error:
            problem = error.strerror or type(error).__name__
        if problem is not None:
            raise ConfigurationError(f"{self._file} cannot be written: {problem}")
