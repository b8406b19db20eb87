"""Counter of a service's requests in flight, and a gate that holds their responses."""

import asyncio
import threading
from collections.abc import Generator
from concurrent.futures import Future
from contextlib import contextmanager

from attrs import define, field


@define(eq=False)
class Traffic:
    """Requests between arrival and response; usable from several threads and event loops."""

    in_flight: int = field(init=False, default=0)
    peak: int = field(init=False, default=0)
    _until: int = field(init=False, default=0)
    _gate: Future[None] | None = field(init=False, default=None, repr=False)
    _lock: threading.Condition = field(init=False, factory=threading.Condition, repr=False)

    @contextmanager
    def request(self) -> Generator[None]:
        """Count one request for as long as the block runs."""
        self._enter()
        try:
            yield
        finally:
            with self._lock:
                self.in_flight -= 1

    def wait(self, count: int, seconds: float) -> None:
        """Block until `count` requests are in flight; raises TimeoutError after `seconds`."""
        with self._lock:
            if not self._lock.wait_for(lambda: self.in_flight >= count, seconds):
                raise TimeoutError(
                    f"{self.in_flight} of {count} requests in flight after {seconds} s"
                )

    def hold(self, until: int) -> None:
        """Close the gate until `until` requests are in flight at once."""
        with self._lock:
            self._until = until
            self._gate = self._gate or Future()

    def release(self) -> None:
        """Open the gate."""
        with self._lock:
            gate, self._gate = self._gate, None
        if gate is not None:
            gate.set_result(None)

    async def wait_for_release(self) -> None:
        """Wait while the gate is closed."""
        if (gate := self._gate) is not None:
            # A request that is cancelled must not open the gate for the others.
            await asyncio.shield(asyncio.wrap_future(gate))

    def reset(self) -> None:
        """Open the gate and forget the peak."""
        self.release()
        with self._lock:
            self.peak = self.in_flight

    def _enter(self) -> None:
        with self._lock:
            self.in_flight += 1
            self.peak = max(self.peak, self.in_flight)
            self._lock.notify_all()
            full = self._gate is not None and self.in_flight >= self._until
        if full:
            self.release()
