"""Base class of both services: their lock, records of requests, injected faults and controls."""

import threading
from abc import ABC, abstractmethod
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Mapping
from typing import ClassVar, Generic, Protocol, TypeVar

from attrs import define, evolve, field

from boxapis.sandbox._clock import SandboxClock
from boxapis.sandbox._faults import NO_FAULT, Fault
from boxapis.sandbox._traffic import Traffic

ANY_OPERATION = "*"

_RECORDED_REQUESTS = 10_000

ItemT = TypeVar("ItemT")
RecordT = TypeVar("RecordT")
ScriptedT = TypeVar("ScriptedT")


class ServiceState(Protocol):
    """What `Service` needs of a service's state."""

    clock: SandboxClock


StateT = TypeVar("StateT", bound=ServiceState)


@define(eq=False)
class OperationQueues(Generic[ItemT]):
    """Queues of scripted items, one for each operation and one for any operation."""

    _queues: defaultdict[str, deque[ItemT]] = field(
        init=False, factory=lambda: defaultdict(deque), repr=False
    )

    def add(self, operation: str, item: ItemT, times: int) -> None:
        """Queue `item` for the next `times` requests of `operation`."""
        self._queues[operation].extend([item] * times)

    def pop(self, *operations: str) -> ItemT | None:
        """Take the next item of the first of `operations` that has one."""
        for operation in operations:
            if queue := self._queues.get(operation):
                return queue.popleft()
        return None

    def clear(self) -> None:
        """Drop every item."""
        self._queues.clear()


class Service(ABC, Generic[StateT, RecordT, ScriptedT]):
    """The controls that both services have; all of them may be used from any thread.

    Attributes:
        on_request: Called in the server's thread with the record of each request once its response
            is made, before it is sent; None, the default, for nothing.
    """

    _operations: ClassVar[Collection[str]]

    def __init__(self, clock: SandboxClock | None) -> None:
        self.clock = clock or SandboxClock()
        self.traffic = Traffic()
        self.on_request: Callable[[RecordT], object] | None = None
        self._lock = threading.RLock()
        self._counts: Counter[str] = Counter()
        self._requests: deque[RecordT] = deque(maxlen=_RECORDED_REQUESTS)
        self._scripted: OperationQueues[ScriptedT] = OperationQueues()
        self._faults: OperationQueues[Fault] = OperationQueues()
        self._reuse_faults: OperationQueues[Fault] = OperationQueues()
        self._fault_hits: Counter[str] = Counter()
        self._state = self._new_state()

    def use_clock(self, clock: SandboxClock) -> None:
        """Read the time from another clock from now on."""
        with self._lock:
            self.clock = self._state.clock = clock

    @property
    def counts(self) -> Counter[str]:
        """Number of requests by operation."""
        with self._lock:
            return self._counts.copy()

    @property
    def requests(self) -> list[RecordT]:
        """The last 10,000 requests, oldest first, with secret values masked."""
        with self._lock:
            return list(self._requests)

    @property
    def fault_hits(self) -> Counter[str]:
        """Number of requests that each fault has struck, by the fault's name."""
        with self._lock:
            return self._fault_hits.copy()

    @property
    def in_flight(self) -> int:
        """Number of requests that have arrived and are not answered yet."""
        return self.traffic.in_flight

    @property
    def peak_in_flight(self) -> int:
        """Highest number of requests in flight at once since the last `reset()`."""
        return self.traffic.peak

    def wait_in_flight(self, count: int, seconds: float = 10.0) -> None:
        """Block the calling thread until `count` requests are in flight.

        Raises:
            TimeoutError: it took longer than `seconds`.
        """
        self.traffic.wait(count, seconds)

    def hold_responses(self, until: int) -> None:
        """Carry out requests but hold their responses until `until` requests are in flight."""
        self.traffic.hold(until)

    def release_responses(self) -> None:
        """Send the responses that `hold_responses()` holds."""
        self.traffic.release()

    def inject(self, fault: Fault, operation: str = ANY_OPERATION, times: int = 1) -> None:
        """Inject a fault of your own; `fault()` has those with a name.

        One request meets one fault: first those of its own operation, then those of any, each in
        the order of injection. Faults that wait for a reused connection come before all others.

        Args:
            fault: What goes wrong.
            operation: The operation it strikes; ``*``, the default, is any.
            times: Number of requests it strikes.
        """
        with self._lock:
            queues = self._reuse_faults if fault.on_reuse else self._faults
            queues.add(operation, fault, times)

    def reset(self) -> None:
        """Restore the initial settings and data; forget requests, faults and scripted responses."""
        with self._lock:
            self._state = self._new_state()
            self._counts.clear()
            self._requests.clear()
            self._fault_hits.clear()
            for queues in (self._scripted, self._faults, self._reuse_faults):
                queues.clear()
            self.traffic.reset()

    @abstractmethod
    def _new_state(self) -> StateT:
        """The state at the start."""

    def _inject_named(
        self,
        faults: Mapping[str, Fault],
        name: str,
        operation: str | None,
        times: int,
        default: str = ANY_OPERATION,
    ) -> None:
        _check_known("fault", name, faults)
        if operation is not None:
            _check_known("operation", operation, self._operations)
        if times < 1:
            raise ValueError(f"`times` must be at least 1, not {times}")
        self.inject(evolve(faults[name], name=name), operation or default, times)

    def _next_fault(self, *operations: str, reused: bool) -> Fault:
        """The fault of the request at hand, counted and with its `before` called."""
        fault = self._reuse_faults.pop(*operations) if reused else None
        fault = fault or self._faults.pop(*operations) or NO_FAULT
        if fault.name:
            self._fault_hits[fault.name] += 1
        if fault.before is not None:
            fault.before()
        return fault

    def _record(self, operation: str, record: RecordT) -> None:
        self._counts[operation] += 1
        self._requests.append(record)
        if self.on_request is not None:
            self.on_request(record)


def _check_known(what: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise ValueError(f"the sandbox has no {what} {name!r}; it has: {', '.join(sorted(known))}")
