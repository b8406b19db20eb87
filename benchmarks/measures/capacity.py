"""Measures the capacity of the origin, with bare sockets that only send and receive.

All requests are the same prepared bytes, and no response is read. The result must be far above
every contender, otherwise the origin would be the bottleneck.
"""

import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlencode, urlsplit

from benchmarks import wire
from benchmarks.machine import cpu_time_of
from benchmarks.measures.job import Job, Numbers

__all__ = ["measure"]

_MOST_ROUNDS = 10_000_000


def measure(job: Job) -> Numbers:
    """Keeps one request in flight on each of ``tasks`` connections."""
    job.control_origin({"action": "reset"})
    parts = urlsplit(job.url)
    arguments = wire.customer_command(wire.api_key(1), wire.customer_key(1))
    request = (
        f"GET {wire.CONTROLLER}?{urlencode(arguments)} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n"
    ).encode()
    with _connections(parts.hostname or "", parts.port or 0, job.tasks) as connections:
        _pump(connections, request, job.warm)
        origin, cpu, wall = cpu_time_of(job.origin_pid), time.process_time(), time.perf_counter()
        calls = _pump(connections, request, job.seconds)
        seconds = time.perf_counter() - wall
        used, by_origin = time.process_time() - cpu, cpu_time_of(job.origin_pid) - origin
    return {
        "calls": calls,
        "seconds": seconds,
        "rate": calls / seconds,
        "cpu_us": 1e6 * used / calls,
        "busy": used / seconds,
        "origin_busy": by_origin / seconds,
        "origin_us": 1e6 * by_origin / calls,
    }


@contextmanager
def _connections(host: str, port: int, number: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        connections = [
            stack.enter_context(socket.create_connection((host, port))) for _ in range(number)
        ]
        for connection in connections:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield connections


def _pump(connections: list[socket.socket], request: bytes, seconds: float) -> int:
    """Sends again on each connection as soon as it has its response; returns their number."""
    buffer, calls, end = bytearray(65536), 0, time.perf_counter() + seconds
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(connection, selectors.EVENT_READ, connection)
            connection.send(request)
        for _ in range(_MOST_ROUNDS):
            for key, _events in selector.select():
                key.data.recv_into(buffer)
                key.data.send(request)
                calls += 1
            if time.perf_counter() >= end:
                break
    for connection in connections:  # each has one response to come
        connection.recv_into(buffer)
    return max(1, calls)
