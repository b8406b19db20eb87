"""The log-out of a session that several processes share through a store."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from boxapis import Customer
from boxapis.boxtracker._client import BoxTracker
from boxapis.sandbox import Sandbox
from boxapis.stores import SQLiteStore

pytestmark = pytest.mark.servers


async def test_log_out_of_what_another_opened(tmp_path: Path) -> None:
    """A customer that has made no call here ends the session of all; without one it does nothing.

    F249.
    """
    async with AsyncExitStack() as stack:
        sandbox = stack.enter_context(Sandbox())
        given, service = sandbox.environment, sandbox.boxtracker
        jane = given["BOXTRACKER_CUSTOMER_USERNAME"], given["BOXTRACKER_CUSTOMER_PASSWORD"]

        async def customer() -> Customer:
            """A customer as in a process of its own."""
            user = given["BOXTRACKER_USERNAME"], given["BOXTRACKER_PASSWORD"]
            store = await stack.enter_async_context(SQLiteStore(tmp_path / "store.db"))
            tracker = BoxTracker(*user, base_url=given["BOXTRACKER_BASE_URL"], store=store)
            return (await stack.enter_async_context(tracker)).customer(*jane)

        def counted() -> list[int]:
            """The numbers of handshakes and of log-outs."""
            names = ("HandShake", "CustomerHandShake", "CustomerLogOut")
            return [service.counts[f"cmdBoxTPortal{name}"] for name in names]

        caller, leaver, late = [await customer() for _ in range(3)]
        await caller.profile.get()
        await leaver.logout()
        assert counted() == [1, 1, 1]
        await late.logout()
        await leaver.logout()
        assert counted() == [1, 1, 1]
        await caller.profile.get()  # the refusal does not tell which of the two sessions is over
        assert counted() == [2, 2, 1]
        await leaver.logout()  # it has not logged in since
        assert counted() == [2, 2, 1]
