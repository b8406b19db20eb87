"""`PostgresServer`: PostgreSQL on a port of loopback, in a folder that goes with it."""

import os
import select
import shutil
import signal
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import Self

from tests.servers.program import Program, free_port
from tests.support.installed import missing, program

__all__ = ["PostgresServer", "open_folder"]

_INSTALL = "apt-get install postgresql"
_FOLDERS = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin")  # on Debian, and where RPMs put it
_USER = "postgres"
_PATIENCE = 10.0  # seconds until a killed process is gone

# What is written has to survive its processes, not the machine.
_SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
fsync = off
shared_buffers = 16MB
"""


class PostgresServer:
    """A server with one superuser, ``postgres``, who needs no password on loopback.

    It runs as the user of the tests, or as the system's user ``postgres`` where that one is root,
    as whom it refuses to run.

    Attributes:
        port: The port.
    """

    def __init__(self) -> None:
        self._server = program("postgres", install=_INSTALL, folders=_FOLDERS)
        self._user = _USER if os.geteuid() == 0 else None
        self.port = free_port()

    @property
    def url(self) -> str:
        """The URL of an empty database."""
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/{_USER}"

    def _tool(self, name: str) -> str:
        return str(Path(self._server).resolve().with_name(name))

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="postgres", dir=open_folder()))
        data = self._folder / "data"
        try:
            self._give_folder()
            self._initialise(data)
            self._program = Program(
                [self._server, "-D", str(data)],
                self.port,
                self._folder / "log",
                is_ready=self._answers,
                folder=self._folder,
                user=self._user,
            )
            self.start()
        except BaseException:
            shutil.rmtree(self._folder)
            raise
        return self

    def _give_folder(self) -> None:
        if self._user is not None:
            try:
                shutil.chown(self._folder, self._user, self._user)
            except LookupError:
                missing(f"there is no user {_USER}, as whom root starts PostgreSQL: {_INSTALL}")

    def _initialise(self, data: Path) -> None:
        options = ["--auth=trust", "--no-sync", "--locale=C", "--encoding=UTF8"]
        done = subprocess.run(
            [self._tool("initdb"), "-D", str(data), "-U", _USER, *options],
            cwd=self._folder,
            user=self._user,
            group=self._user,
            extra_groups=None if self._user is None else [],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(_SETTINGS.format(port=self.port))

    def _answers(self) -> bool:
        ready = [self._tool("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.call(ready) == 0

    def query(self, statement: str) -> str:
        """The answer to a statement of SQL: a line for each row, with ``|`` between columns."""
        command = [self._tool("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.url]
        done = subprocess.run(
            [*command, "-c", statement], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.rstrip("\n")

    def start(self) -> None:
        """Starts it with the data that it has, and waits until it takes connections."""
        self._program.start()

    def stop(self) -> None:
        """Ends it and its connections; what was done stays."""
        self._program.signal(signal.SIGINT)  # after SIGTERM it would wait for its clients
        self._program.stop()

    def kill(self) -> None:
        """Ends all its processes at once, as a crash does; what was committed stays."""
        self._program.signal(signal.SIGSTOP)  # so that it starts no more
        for process in self._program.children():  # in sessions of their own
            _kill(process)
        self._program.kill()

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        finally:
            shutil.rmtree(self._folder)


def open_folder() -> Path:
    """A folder for temporary files that every user may enter; that of the tests may be closed."""
    for folder in map(Path, (tempfile.gettempdir(), "/tmp", "/var/tmp")):  # noqa: S108 -- looked at
        parts = (folder.resolve(), *folder.resolve().parents)
        if all(part.is_dir() and part.stat().st_mode & stat.S_IXOTH for part in parts):
            return folder
    raise AssertionError("no folder for temporary files that every user may enter")


def _kill(process: int) -> None:
    """Kills a process and waits for its end, so that it holds none of the server's memory."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return
    try:
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        select.select([handle], [], [], _PATIENCE)
    finally:
        os.close(handle)
