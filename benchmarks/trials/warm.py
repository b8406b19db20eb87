"""Trial of warm calls: what a store costs while no handshake is needed.

The calls go to the origin of the benchmark, which answers faster than the sandbox, so that the
client is the bottleneck. A second client without a store shows what chance does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any, Final

from benchmarks import wire
from benchmarks.machine import pick_cores
from benchmarks.processes import Child
from benchmarks.trials.report import Report, Setup
from benchmarks.trials.stores import running_store

__all__ = ["warm"]

_ROUND: Final = 1.0  # seconds
_ENVIRONMENT: Final = {
    "BOXTRACKER_USERNAME": wire.API_USER,
    "BOXTRACKER_PASSWORD": wire.API_PASSWORD,
    "BOXTRACKER_CUSTOMER_USERNAME": wire.CUSTOMER,
    "BOXTRACKER_CUSTOMER_PASSWORD": wire.CUSTOMER_PASSWORD,
    "BOXC_TOKEN": wire.TOKEN,
}


def warm(setup: Setup) -> Report:
    """Compares calls per second and CPU time per call in rounds of a second that take turns.

    ``seconds`` is the number of rounds. A ratio is the median of the ratios of the rounds.
    """
    columns = ("calls/s", "ratio", "CPU µs per call", "ratio of CPU", "failed")
    report = Report(f"{setup.tasks} tasks, medians of {setup.seconds:g} rounds", columns)
    with running_store(setup.store) as store:
        names = {"none": "", "none, again": "", store.name: store.address}
        with _clients(names, setup.tasks) as clients:
            rounds = _rounds(clients, setup.tasks, int(setup.seconds))
    plain = rounds["none"]
    for name, results in rounds.items():
        report.add(
            name,
            median(map(_rate, results)),
            median(_rate(r) / _rate(p) for r, p in zip(results, plain, strict=True)),
            median(map(_cpu, results)),
            median(_cpu(r) / _cpu(p) for r, p in zip(results, plain, strict=True)),
            failed := sum(sum(result["errors"].values()) for result in results),
        )
        report.check(f"{name}: failed calls", failed, 0)
    return report


def _rounds(clients: dict[str, Child], tasks: int, count: int) -> dict[str, list[dict[str, Any]]]:
    """Returns the results of each client; every round begins with another one."""
    rounds: dict[str, list[dict[str, Any]]] = {name: [] for name in clients}
    names = list(clients)
    for _ in range(max(1, count)):
        names.append(names.pop(0))
        for name in names:
            job = {"job": "load", "tasks": tasks, "seconds": _ROUND}
            rounds[name].append(clients[name].request(job))
    return rounds


@contextmanager
def _clients(addresses: dict[str, str], tasks: int) -> Iterator[dict[str, Child]]:
    """Gives a warm client for each address of a store, all on the same core."""
    client_core, origin_core = pick_cores()
    children = [Child("origin", origin_core)]
    try:
        url = children[0].receive()["url"]
        urls = {"BOXTRACKER_BASE_URL": url + wire.CONTROLLER, "BOXC_BASE_URL": url + wire.BOXC_PATH}
        options = {"environment": _ENVIRONMENT | urls, "connections": tasks}
        clients = {}
        for name, address in addresses.items():
            clients[name] = child = Child("trials.worker", client_core)
            children.append(child)
            child.request({"job": "open", "store": address, **options})
            child.request({"job": "load", "tasks": tasks, "seconds": _ROUND / 2})
        yield clients
    finally:
        for child in reversed(children):
            child.close()


def _rate(result: dict[str, Any]) -> float:
    rate: float = result["answered"] / (result["ended"] - result["started"])
    return rate


def _cpu(result: dict[str, Any]) -> float:
    used: float = 1e6 * result["cpu"] / max(1, result["answered"])
    return used
