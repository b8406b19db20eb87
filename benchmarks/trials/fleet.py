"""Fleet of a trial: the sandbox, the store and the workers, and what they count together."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from attrs import define, field, frozen

from benchmarks.processes import Child
from benchmarks.trials.stores import TrialStore, running_store

__all__ = ["CUSTOMER", "LOG_OUT", "PORTAL", "Fleet", "Load", "State", "running_fleet"]

PORTAL: Final = "cmdBoxTPortalHandShake"
CUSTOMER: Final = "cmdBoxTPortalCustomerHandShake"
LOG_OUT: Final = "cmdBoxTPortalCustomerLogOut"

_JOB_WITHIN: Final = 900.0
_OK: Final = 200


@frozen
class Load:
    """The calls of several workers.

    Attributes:
        answered: Calls that were answered.
        errors: Failed calls by class of the error.
        slowest: Seconds of the longest call.
        seconds: Seconds of each worker from the first start to its own end.
        warnings: Warnings of the library since the workers were started.
    """

    answered: int
    errors: Counter[str]
    slowest: float
    seconds: list[float]
    warnings: int

    @property
    def failed(self) -> int:
        """Calls that failed."""
        return self.errors.total()

    def __add__(self, other: "Load") -> "Load":
        """The calls of both."""
        return Load(
            self.answered + other.answered,
            self.errors + other.errors,
            max(self.slowest, other.slowest),
            self.seconds + other.seconds,
            self.warnings + other.warnings,
        )

    @classmethod
    def of(cls, results: Sequence[dict[str, Any]]) -> "Load":
        """Returns the calls of the workers that gave these results."""
        start = min(result["started"] for result in results)
        errors: Counter[str] = Counter()
        for result in results:
            errors.update(result["errors"])
        return cls(
            sum(result["answered"] for result in results),
            errors,
            max(result["slowest"] for result in results),
            [result["ended"] - start for result in results],
            sum(result["warnings"] for result in results),
        )


@frozen
class State:
    """What the sandbox has counted until a moment.

    Attributes:
        now: The moment, in seconds of the sandbox's clock.
        statuses: Number of Box Tracker's requests by command and status.
        handshakes: Time, command and status of each handshake.
        boxc: Number of BoxC's requests by status.
        boxc_times: Times of BoxC's first and last answered request.
    """

    now: float
    statuses: dict[str, int]
    handshakes: list[tuple[float, str, int]]
    boxc: dict[str, int]
    boxc_times: list[float]

    def count(self, command: str, *, refused: bool = False, since: float = 0.0) -> int:
        """Returns the number of handshakes of a kind that were granted, or that were refused."""
        return sum(
            time >= since and (name, status != _OK) == (command, refused)
            for time, name, status in self.handshakes
        )

    @property
    def refused_keys(self) -> int:
        """Commands that were refused; handshakes and log-outs do not count."""
        left_out = (PORTAL, CUSTOMER, LOG_OUT)
        return sum(
            number
            for key, number in self.statuses.items()
            if key.split()[0] not in left_out and not key.endswith(f" {_OK}")
        )

    @property
    def log_outs(self) -> int:
        """Log-outs, refused ones included."""
        return sum(n for key, n in self.statuses.items() if key.startswith(LOG_OUT))


@define(eq=False)
class Fleet:
    """A sandbox, a store, and workers that are started as they are needed."""

    store: TrialStore
    _sandbox: Child
    _ready: dict[str, Any]
    _workers: list[Child] = field(factory=list)

    def start(self, count: int) -> list[Child]:
        """Starts workers and returns them; `open` waits until they can work."""
        workers = [Child("trials.worker") for _ in range(count)]
        self._workers += workers
        return workers

    def open(
        self, workers: Sequence[Child], *, change: dict[str, str] | None = None, **options: Any
    ) -> None:
        """Opens the clients of workers.

        Args:
            workers: The workers.
            change: Variables of the user that differ from the sandbox's.
            options: Options of `benchmarks.trials.worker.Worker.open`.
        """
        options["environment"] = self._ready["environment"] | (change or {})
        options |= {"credential": self._ready["credential"], "store": self.store.address}
        self.send(workers, job="open", **options)
        for worker in workers:
            worker.receive()

    def send(self, workers: Sequence[Child], **job: Any) -> None:
        """Gives each worker a job."""
        for worker in workers:
            worker.send(job)

    def receive(self, workers: Sequence[Child]) -> Load:
        """Waits for the calls of workers."""
        return Load.of([worker.receive(_JOB_WITHIN) for worker in workers])

    def load(self, workers: Sequence[Child], **options: Any) -> Load:
        """Lets workers call; the options are those of `benchmarks.trials.worker.Worker.load`."""
        self.send(workers, job="load", **options)
        return self.receive(workers)

    def sandbox(self, action: str = "read", **values: Any) -> State:
        """Sends the sandbox a command and returns what it has counted."""
        return State(**self._sandbox.request({"action": action, **values}))

    def close(self) -> None:
        """Ends the workers and then the sandbox."""
        for child in (*self._workers, self._sandbox):
            child.close()


@contextmanager
def running_fleet(store: str, **rules: Any) -> Iterator[Fleet]:
    """Gives a new fleet without workers, and ends it afterwards.

    Args:
        store: Kind of the store.
        rules: Rules of the sandbox that are not the default.
    """
    with running_store(store) as opened:
        sandbox = Child("trials.sandbox")
        fleet = Fleet(opened, sandbox, sandbox.receive())
        try:
            fleet.sandbox("rules", **rules)
            yield fleet
        finally:
            fleet.close()
