"""`Kind`: a kind of server or proxy, and `Site`: one that runs, with the service behind it."""

import json
import os
import shutil
import signal
import ssl
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import trustme
from attrs import frozen

from tests.servers.application import LEDGER
from tests.servers.program import Program, free_port
from tests.support.installed import PATH
from tests.support.peers import trusting

__all__ = ["PASSWORD", "SERVE", "USER", "Kind", "Place", "PythonServer", "Site", "running"]

USER, PASSWORD = "hauler", "hauler-password"

Role = Literal["origin", "reverse", "forward"]
"""Whether it is the service itself, stands before it, or is the client's proxy."""

SERVE = "import json, sys, uvicorn; uvicorn.run(sys.argv[1], **json.loads(sys.argv[2]))"


@frozen
class Place:
    """What a server's configuration is made of.

    Attributes:
        port: Where it listens.
        folder: A folder for its files.
        keep_alive: Seconds that it keeps an idle connection, where it takes fractions.
        backend: The port of the service behind it.
        certificate: A file with key and certificate of 127.0.0.1.
    """

    port: int
    folder: Path
    keep_alive: float
    backend: int
    certificate: Path

    def write(self, name: str, text: str) -> str:
        """Writes a file, and returns its path."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def as_root(self, line: str) -> str:
        """A line of configuration for root alone, who would otherwise become another user."""
        return line if os.geteuid() == 0 else ""

    @property
    def seconds(self) -> int:
        """`keep_alive` for servers that take whole seconds."""
        return max(1, round(self.keep_alive))


class Kind(ABC):
    """A kind of server.

    Attributes:
        name: The name in the ids of tests.
        needs: The program, or the module, that has to be installed.
        install: How to install it.
        is_optional: Whether it may be missing where all servers are required.
        role: Where it stands.
        is_secure: Whether the client speaks TLS, in a tunnel through a proxy.
        reload: The signal after which it reloads; None if there is none.
        keeps_reads: Whether no read may fail while it reloads.
    """

    name: str
    needs: str
    install: str
    is_optional = False
    role: Role = "origin"
    is_secure = False
    reload: int | None = signal.SIGHUP
    keeps_reads = True

    @property
    def is_installed(self) -> bool:
        """Whether it can be started here."""
        return shutil.which(self.needs, path=PATH) is not None

    @abstractmethod
    def command(self, place: Place) -> list[str]:
        """Writes its configuration, and returns the command that starts it in the foreground."""


class PythonServer(Kind):
    """A server of Python applications, installed as a package."""

    install = "pip install --group servers"

    @property
    def is_installed(self) -> bool:
        """Whether it can be started here."""
        return find_spec(self.needs) is not None


@frozen
class Site:
    """A server that runs, and the service behind it.

    Attributes:
        kind: The kind of server.
        front: The server.
        backend: The process that carries requests out: the service behind a proxy, or the server.
        ledger: The file in which the service writes what it carries out.
        ssl_context: TLS settings of the client; None for plain HTTP.
    """

    kind: Kind
    front: Program
    backend: Program
    ledger: Path
    ssl_context: ssl.SSLContext | None

    @property
    def port(self) -> int:
        """The port in the client's URLs."""
        return (self.backend if self.kind.role == "forward" else self.front).port

    @property
    def url(self) -> str:
        """The client's base URL."""
        return f"{'http' if self.ssl_context is None else 'https'}://127.0.0.1:{self.port}/v1"

    def proxy(self, password: str = PASSWORD) -> str | Literal[False]:
        """The client's proxy, with a password."""
        if self.kind.role != "forward":
            return False
        return f"http://{USER}:{password}@127.0.0.1:{self.front.port}"

    def counted(self) -> list[str]:
        """The method and nonce of each request that was carried out."""
        return self.ledger.read_text("utf-8").splitlines()


def running(kind: Kind, folder: Path, authority: trustme.CA, keep_alive: float) -> Iterator[Site]:
    """Starts a server, with the service behind it if it is a proxy, and ends both."""
    ledger = folder / "ledger"
    ledger.touch()
    certificate = folder / "certificate.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
    place = Place(free_port(), folder, keep_alive, free_port(), certificate)
    variables = {LEDGER: str(ledger), "PATH": PATH}
    trust = trusting(authority) if kind.is_secure else None
    is_tunnel = kind.role == "forward" and kind.is_secure
    programs: list[Program] = []
    if kind.role != "origin":
        files = {"ssl_keyfile": str(certificate), "ssl_certfile": str(certificate)}
        options = {"port": place.backend, "timeout_keep_alive": keep_alive, "log_level": "warning"}
        given = json.dumps(options | (files if is_tunnel else {}))
        command = [sys.executable, "-c", SERVE, "tests.servers.application:asgi", given]
        log, context = folder / "service.log", trust if is_tunnel else None
        programs.append(Program(command, place.backend, log, variables=variables, context=context))
    command, log = kind.command(place), folder / "server.log"
    context = None if is_tunnel else trust
    programs.append(Program(command, place.port, log, variables=variables, context=context))
    try:
        for program in programs:
            program.start()
        yield Site(kind, programs[-1], programs[0], ledger, trust)
    finally:
        for program in reversed(programs):
            program.stop()
