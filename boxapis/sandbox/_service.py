"""What both services share: the lock, the records of requests, the answers laid down."""

import threading
from collections import Counter, deque
from collections.abc import Mapping
from typing import Generic, TypeVar

from attrs import evolve

from boxapis.sandbox._clock import SandboxClock
from boxapis.sandbox._faults import NO_TROUBLE, Trouble, chosen
from boxapis.sandbox._prepared import ANY_OPERATION, Script
from boxapis.sandbox._traffic import Traffic

_REMEMBERED_REQUESTS = 10_000

RecordT = TypeVar("RecordT")
AnswerT = TypeVar("AnswerT")


class Service(Generic[RecordT, AnswerT]):
    """The controls that both services have. Every one may be used from any thread."""

    def __init__(self, clock: SandboxClock | None) -> None:
        self.clock = clock or SandboxClock()
        self.traffic = Traffic()
        self._lock = threading.RLock()
        self._counts: Counter[str] = Counter()
        self._requests: deque[RecordT] = deque(maxlen=_REMEMBERED_REQUESTS)
        self._script: Script[AnswerT] = Script()
        self._troubles: Script[Trouble] = Script()
        self._on_reuse: Script[Trouble] = Script()
        self._struck: Counter[str] = Counter()

    def use_clock(self, clock: SandboxClock) -> None:
        """Read the time from another clock from now on."""
        with self._lock:
            self.clock = clock

    @property
    def counts(self) -> Counter[str]:
        """How often each operation was asked for."""
        with self._lock:
            return self._counts.copy()

    @property
    def requests(self) -> list[RecordT]:
        """The last 10,000 requests, oldest first, without secret values."""
        with self._lock:
            return list(self._requests)

    @property
    def struck(self) -> Counter[str]:
        """How often each fault has struck that `fault()` laid down."""
        with self._lock:
            return self._struck.copy()

    @property
    def in_flight(self) -> int:
        """How many requests have arrived and are not answered yet."""
        return self.traffic.in_flight

    @property
    def peak_in_flight(self) -> int:
        """The most requests that were ever in flight together."""
        return self.traffic.peak

    def wait_in_flight(self, count: int, seconds: float = 10.0) -> None:
        """Block the calling thread until `count` requests are in flight.

        Raises TimeoutError when that takes longer than `seconds`.
        """
        self.traffic.wait(count, seconds)

    def hold_answers(self, until: int) -> None:
        """Carry requests out but keep their answers back until `until` are in flight together."""
        self.traffic.hold(until)

    def release_answers(self) -> None:
        """Let the answers go that `hold_answers()` keeps back."""
        self.traffic.release()

    def answer_next_twice(self, operation: str = ANY_OPERATION, times: int = 1) -> None:
        """Send the answers to the next `times` requests of `operation` twice over.

        Both go out in one piece, so that no client has time to look in between. The second one
        nobody asked for: whoever uses the connection again and does not see it, takes it for the
        answer to the next request, and every later answer reaches the wrong caller. ``*`` stands
        for every operation. Without a socket, as under an ASGI transport, there is no second one.
        """
        self.befall_next(Trouble(mishap="twice"), operation, times)

    def answer_next_for_another(self, operation: str = ANY_OPERATION, times: int = 1) -> None:
        """Answer the next `times` requests of `operation` with somebody else's data.

        Everything is checked and carried out as usual; only what is shown belongs to another
        customer or user. ``*`` stands for every operation. Answers that show nobody's data are as
        they always are.
        """
        self.befall_next(Trouble(another=True), operation, times)

    def befall_next(self, trouble: Trouble, operation: str = ANY_OPERATION, times: int = 1) -> None:
        """Let a trouble befall the next `times` requests of `operation`; ``*`` stands for every.

        One request meets one trouble: of several, those that were laid down first come first, and
        those for its very operation before those for any.
        """
        with self._lock:
            queue = self._on_reuse if trouble.on_reuse else self._troubles
            queue.lay(operation, trouble, times)

    def _lay_fault(
        self, troubles: Mapping[str, Trouble], name: str, operation: str, times: int
    ) -> None:
        if times < 1:
            message = "a fault strikes at least once"
            raise ValueError(message)
        self.befall_next(evolve(chosen(troubles, name), name=name), operation, times)

    def _befalling(self, *operations: str, reused: bool) -> Trouble:
        """What befalls the request at hand; what comes before it is done."""
        trouble = self._on_reuse.take(*operations) if reused else None
        trouble = trouble or self._troubles.take(*operations) or NO_TROUBLE
        if trouble.name:
            self._struck[trouble.name] += 1
        if trouble.before is not None:
            trouble.before()
        return trouble

    def _remember(self, operation: str, record: RecordT) -> None:
        self._counts[operation] += 1
        self._requests.append(record)

    def _forget_requests(self) -> None:
        self._counts.clear()
        self._requests.clear()
        self._struck.clear()
        for script in (self._script, self._troubles, self._on_reuse):
            script.clear()
        self.traffic.reset()
