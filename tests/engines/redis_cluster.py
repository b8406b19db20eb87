"""`RedisCluster`: three masters that share the slots of a cluster."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from tests.engines.redis import RedisServer, until
from tests.servers.program import free_port

__all__ = ["RedisCluster"]

_SLOTS = 16384
_MASTERS = 3


class RedisCluster:
    """A cluster without replicas, ended with `with`.

    Args:
        folder: A folder for the files of its servers.
        options: Arguments of each `RedisServer`.

    Attributes:
        servers: The masters, in the order of their slots.
    """

    def __init__(self, folder: Path, **options: Any) -> None:
        buses = [free_port() for _ in range(_MASTERS)]
        self._buses = buses
        self.servers = [
            RedisServer(
                folder / f"master{index}",
                cluster_enabled="yes",
                cluster_port=bus,
                cluster_node_timeout=5000,
                **options,
            )
            for index, bus in enumerate(buses)
        ]
        self._ending = ExitStack()

    @property
    def url(self) -> str:
        """The URL of the first master, from which a client learns of the others."""
        return self.servers[0].url

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            for server in self.servers:
                starting.enter_context(server)
            self._assign()
            self._ending = starting.pop_all()
        return self

    def _assign(self) -> None:
        """Gives each master its slots, introduces them, and waits until they agree."""
        for index, server in enumerate(self.servers):
            first, end = (_SLOTS * number // _MASTERS for number in (index, index + 1))
            server.call("CLUSTER", "ADDSLOTSRANGE", first, end - 1)
            server.call("CLUSTER", "SET-CONFIG-EPOCH", index + 1)
        for server, bus in zip(self.servers[1:], self._buses[1:], strict=True):
            self.servers[0].call("CLUSTER", "MEET", "127.0.0.1", server.port, bus)
        until(lambda: all(map(_is_whole, self.servers)), "the cluster is whole")

    def owner(self, key: str) -> RedisServer:
        """The master that has a key."""
        slot = int(self.servers[0].call("CLUSTER", "KEYSLOT", key))
        return self.servers[next(i for i in range(_MASTERS) if slot < _SLOTS * (i + 1) // _MASTERS)]

    def __exit__(self, *_: object) -> None:
        self._ending.close()


def _is_whole(server: RedisServer) -> bool:
    info: str = server.call("CLUSTER", "INFO")
    return {"cluster_state:ok", f"cluster_known_nodes:{_MASTERS}"} <= set(info.split())
