"""boxapis in synchronous code: an event loop in a thread, and one client in it, for each process.

Copy it beside your program; the recipes for Flask, Django under WSGI and Celery import it::

    tracker = Blocking(BoxTracker.from_env)

    async def sites(client: BoxTracker) -> list[str | None]:
        customer = client.customer("jane", "password")
        return [site.job_name async for site in customer.job_sites.list()]

    names = tracker.run(sites)  # in any thread, in as many at once as you like

The loop starts with the first `run`, so each worker that a server forks has its own, and all its
threads share one client with its connections and sessions. It ends when the process exits.
"""

import atexit
import os
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from threading import Lock
from typing import Any, Generic, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

from boxapis import BoxC, BoxTracker

C = TypeVar("C", bound=BoxTracker | BoxC)
T = TypeVar("T")


class Blocking(Generic[C]):
    """A client for threads without an event loop.

    Args:
        make: Makes the client, for instance `BoxTracker.from_env`; called in the loop, once.
        deadline: Seconds for each call, waiting included. It ends the call, and not the wait for
            it alone, so the error says what is known: may it have been carried out?
    """

    def __init__(self, make: Callable[[], C], deadline: float = 30) -> None:
        self._make = make
        self._deadline = deadline
        self._lock = Lock()
        self._opened: tuple[BlockingPortal, Any] | None = None
        self._ending = ExitStack()
        self._parents: list[ExitStack] = []
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._start_anew)

    def run(self, call: Callable[[C], Awaitable[T]]) -> T:
        """Runs an async function of the client in the loop, and waits for what it returns."""
        portal, client = self._open()
        return portal.call(call, client)

    def close(self) -> None:
        """Closes the client and ends the loop; the next `run` begins anew."""
        with self._lock:
            self._opened = None
            self._ending.close()

    def _open(self) -> tuple[BlockingPortal, Any]:
        with self._lock:
            if self._opened is None:
                with ExitStack() as stack:
                    portal = stack.enter_context(start_blocking_portal())
                    client = portal.call(self._make)
                    stack.enter_context(portal.wrap_async_context_manager(client))
                    self._ending = stack.pop_all()
                self._opened = portal, client.with_options(deadline=self._deadline)
                atexit.register(self.close)
            return self._opened

    def _start_anew(self) -> None:
        """Begins anew in a forked child, where the thread of the parent's loop does not run."""
        self._parents.append(self._ending)  # kept, since its end would wait for that thread
        self._lock, self._opened, self._ending = Lock(), None, ExitStack()
