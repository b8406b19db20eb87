"""`RedisSentinel`: a master, its replica, and three sentinels that replace a master that fails."""

from contextlib import ExitStack
from pathlib import Path
from typing import Self

from tests.engines.redis import RedisServer, until

__all__ = ["RedisSentinel"]

_SENTINELS = 3
_QUORUM = 2
_DOWN_AFTER = 3000  # milliseconds of silence: pings come each second, and the machine may be busy


class RedisSentinel:
    """Two servers that are watched by three, all ended with `with`.

    Args:
        folder: A folder for the files of its servers.
        password: The password of the master and its replica; the sentinels have none.

    Attributes:
        name: The name under which a client asks for the master.
        master: The master: the other server after `fail_over`.
        replica: The server that copies it, or did before it failed.
        sentinels: The servers that watch.
    """

    name = "boxapis"

    def __init__(self, folder: Path, *, password: str | None = None) -> None:
        self.master = RedisServer(folder / "first", password=password)
        self.replica = RedisServer(folder / "second", password=password, replica_of=self.master)
        lines = [
            f"sentinel monitor {self.name} 127.0.0.1 {self.master.port} {_QUORUM}",
            f"sentinel down-after-milliseconds {self.name} {_DOWN_AFTER}",
            f"sentinel failover-timeout {self.name} 5000",
        ]
        if password is not None:
            lines.append(f"sentinel auth-pass {self.name} {password}")
        self.sentinels = [
            RedisServer(folder / f"sentinel{index}", lines=lines) for index in range(_SENTINELS)
        ]
        self._ending = ExitStack()

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """The addresses of the sentinels, as `redis.sentinel.Sentinel` takes them."""
        return [("127.0.0.1", sentinel.port) for sentinel in self.sentinels]

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            for server in (self.master, self.replica, *self.sentinels):
                starting.enter_context(server)
            until(lambda: all(map(self._sees_all, self.sentinels)), "the sentinels see all servers")
            self._ending = starting.pop_all()
        return self

    def _sees_all(self, sentinel: RedisServer) -> bool:
        others, replicas = (
            len(sentinel.call("SENTINEL", kind, self.name)) for kind in ("SENTINELS", "REPLICAS")
        )
        return (others, replicas) == (_SENTINELS - 1, 1)

    def fail_over(self) -> None:
        """Kills the master, and waits until each sentinel names the replica instead."""
        self.master.kill()
        self.master, self.replica = self.replica, self.master
        until(self._is_replaced, "the replica is the master")

    def _is_replaced(self) -> bool:
        address = ["127.0.0.1", str(self.master.port)]
        question = ("SENTINEL", "GET-MASTER-ADDR-BY-NAME", self.name)
        named = [sentinel.call(*question) for sentinel in self.sentinels]
        return named == [address] * _SENTINELS and self.master.call("ROLE")[0] == "master"

    def __exit__(self, *_: object) -> None:
        self._ending.close()
