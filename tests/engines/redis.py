"""`RedisServer`: Redis, or Valkey, on a port of loopback, with the faults that a test asks for."""

import contextlib
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import redis
import trustme
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.servers.program import Program, free_port
from tests.support.installed import program

__all__ = ["RedisServer", "until"]

_INSTALL = "apt-get install redis-server"
_PATIENCE = 60.0  # seconds until several servers have to agree
_PAUSE = 0.02  # seconds between two looks
_TIMEOUT = 10.0  # seconds for an answer


def until(condition: Callable[[], object], expected: str) -> None:
    """Waits until a condition holds.

    Args:
        condition: What is looked at; where a server does not answer, it does not hold.
        expected: The condition in words.
    """
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(redis.RedisError):
            if condition():
                return
        time.sleep(_PAUSE)
    raise AssertionError(f"not after {_PATIENCE:.0f} seconds: {expected}")


class RedisServer:
    """A server that keeps nothing on disk unless its settings say so, and is ended with `with`.

    Args:
        folder: A folder for its files, its log ``redis.log`` among them; made if missing.
        port: The port; by default a free one.
        password: The password of the user ``default``; None for none.
        users: Rules of ACL for further users: ``"store on >secret ~boxapis:* -@all +evalsha"``.
        authority: What signs its certificate; with it, it speaks TLS alone.
        replica_of: The server that it copies, refusing other changes.
        lines: Further lines of its configuration; with one for ``sentinel`` it is a sentinel.
        settings: Lines of its configuration, with ``_`` for ``-``:
            ``maxmemory="4mb", maxmemory_policy="noeviction"``.

    Attributes:
        port: The port.
        password: The password, also after `config` has changed it.
        authority_file: The certificate of `authority` in a file; None without TLS.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        password: str | None = None,
        users: Sequence[str] = (),
        authority: trustme.CA | None = None,
        replica_of: "RedisServer | None" = None,
        lines: Sequence[str] = (),
        **settings: object,
    ) -> None:
        executable = program("redis-server", "valkey-server", install=_INSTALL)
        folder.mkdir(parents=True, exist_ok=True)
        self.port = port or free_port()
        self.password = password
        self.authority_file: Path | None = None
        configuration = [
            "bind 127.0.0.1",
            f'dir "{folder}"',
            'save ""',
            "repl-diskless-sync-delay 0",
            f"port {self.port}" if authority is None else f"port 0\ntls-port {self.port}",
            *(f'{name.replace("_", "-")} "{value}"' for name, value in settings.items()),
            *(f"user {rule}" for rule in users),
            *lines,
        ]
        if password is not None:
            configuration += [f'requirepass "{password}"', f'masterauth "{password}"']
        if authority is not None:
            configuration += self._certified(folder, authority)
        if replica_of is not None:
            configuration += _copying(replica_of)
        file = folder / "redis.conf"
        file.write_text("\n".join(configuration) + "\n", encoding="utf-8")
        mode = ["--sentinel"] if any(line.startswith("sentinel ") for line in lines) else []
        self._program = Program(
            [executable, str(file), *mode],
            self.port,
            folder / "redis.log",
            is_ready=self._answers,
            folder=folder,
        )

    def _certified(self, folder: Path, authority: trustme.CA) -> list[str]:
        """Writes the files of TLS, and returns the lines that name them."""
        self.authority_file, own = folder / "authority.pem", folder / "server.pem"
        authority.cert_pem.write_to_path(str(self.authority_file))
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(own))
        return [
            f'tls-ca-cert-file "{self.authority_file}"',
            f'tls-cert-file "{own}"',
            f'tls-key-file "{own}"',
            "tls-auth-clients no",
            "tls-replication yes",
            "tls-cluster yes",
        ]

    @property
    def url(self) -> str:
        """The URL, without a password."""
        return f"{'redis' if self.authority_file is None else 'rediss'}://127.0.0.1:{self.port}/0"

    def client(self, **options: Any) -> redis.Redis:
        """A client that does not try again; the caller closes it.

        Args:
            options: Those of `redis.Redis`, in place of those that reach it as ``default``.
        """
        if self.authority_file is not None:
            options = {"ssl_ca_certs": str(self.authority_file), **options}
        return redis.Redis.from_url(
            self.url,
            **{
                "password": self.password,
                "decode_responses": True,
                "socket_timeout": _TIMEOUT,
                "retry": Retry(NoBackoff(), 0),
                **options,
            },
        )

    def call(self, *command: object) -> Any:
        """The answer to a command of the user ``default``: ``call("SET", "name", "value")``.

        It is that of the server, in strings, numbers and lists; the client reads nothing into it.
        """
        with self.client(protocol=2) as client:
            client.response_callbacks.clear()
            return client.execute_command(*command)

    def config(self, **settings: object) -> None:
        """Changes settings until it is restarted: ``config(maxmemory="2mb")``."""
        pairs = [(name.replace("_", "-"), value) for name, value in settings.items()]
        self.call("CONFIG", "SET", *(word for pair in pairs for word in pair))
        if "requirepass" in settings:
            self.password = str(settings["requirepass"]) or None

    def _answers(self) -> bool:
        try:
            role: list[Any] = self.call("ROLE")
        except redis.RedisError:
            return False
        return "slave" not in role or "connected" in role

    def start(self) -> None:
        """Starts it, and waits until it answers; a replica, until it has copied everything."""
        self._program.start()

    def stop(self) -> None:
        """Ends it as a service manager does, also if it is paused."""
        self.resume()
        self._program.stop()

    def kill(self) -> None:
        """Ends it at once, also if it is paused."""
        self._program.kill()

    def pause(self) -> None:
        """Stops its process, which keeps its port and connections and answers nothing."""
        self._program.signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Lets its process go on."""
        self._program.signal(signal.SIGCONT)

    def restart(self) -> None:
        """Kills it and starts it on the same port with its first settings; empty by default."""
        self.kill()
        self.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _copying(source: RedisServer) -> list[str]:
    lines = [f"replicaof 127.0.0.1 {source.port}"]
    return lines + ([f'masterauth "{source.password}"'] if source.password else [])
