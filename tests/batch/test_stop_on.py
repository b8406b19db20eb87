"""Errors that every item would meet end a batch; those of one item do not."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from boxapis import (
    AuthenticationError,
    BatchStoppedError,
    BoxAPIError,
    BoxC,
    ClientClosedError,
    ConfigurationError,
    ConflictError,
    ConnectError,
    ConnectionLostError,
    InvalidResponseError,
    NotFoundError,
    NotProcessedError,
    OutcomeUnknownError,
    PaymentError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    SessionExpiredError,
    TLSError,
    ValidationError,
    batch,
)
from boxapis._sansio.boxc.codes import BOXC_CODES
from boxapis._sansio.boxtracker.catalogue import STATUSES
from boxapis.batch import Settlement, meets_every_item, read_journal
from boxapis.sandbox import Sandbox
from boxapis.transports import DirectTransport, HttpxTransport
from tests.support.batch_doubles import no_task_left, outcomes_of, raising
from tests.support.boxc_records import SHIPMENT

REFUSED = AuthenticationError("refused", service="boxc", status=401, code=1005)
ENDING = {
    "boxc": {1003, 1004, 1005, 1007, 1008, 1009, 1080},
    "boxtracker": {305, 308, 327, 328, 329, 500, 502, 509},
}


def test_codes_that_end_a_batch() -> None:
    """F165: of all codes of both services, authorization, funds and merchant services."""
    found: dict[str, set[int]] = {"boxc": set(), "boxtracker": set()}
    for code, kind in BOXC_CODES.items():
        error = kind("no", service="boxc", status=400, code=code)
        found["boxc"] |= {code} if meets_every_item(error) else set()
    for code, meaning in STATUSES.items():
        if meaning.error is not None:
            told = meaning.error("no", service="boxtracker", status=200, code=code)
            found["boxtracker"] |= {code} if meets_every_item(told) else set()
    assert found == ENDING


@pytest.mark.parametrize(
    ("error", "ends"),
    [
        (AuthenticationError("no", service="boxc", status=401), True),
        (NotFoundError("a page", service="boxc", status=404), True),
        (NotProcessedError("misdirected", status=421), True),
        (NotProcessedError("proxy", status=407), True),
        (TLSError("no trust", phase="tls", retry_stopped_by="permanent"), True),
        (ConnectError("proxy", phase="proxy", retry_stopped_by="permanent"), True),
        (AuthenticationError("signature of one webhook", service="boxc"), False),
        (PermissionDeniedError("a firewall's page", status=403), False),
        (PaymentError("a page", service="boxc", status=402), False),
        (NotFoundError("not there", service="boxc", status=404, code=1210), False),
        (NotProcessedError("one item too large", status=413), False),
        (ConnectError("down for now", phase="connect", retry_stopped_by="attempts"), False),
        (ConnectError("no tunnel", phase="proxy", retry_stopped_by="attempts"), False),
        (ConnectionLostError("lost", phase="read", sent=True), False),
        (SessionExpiredError("expired", code=507), False),
        (RateLimitError("wait", status=429), False),
        (ServerError("down", status=503), False),
        (ConflictError("state", code=1201), False),
        (ValidationError("no", status=400), False),
        (ConfigurationError("an argument of one item"), False),
        (InvalidResponseError("a page"), False),
        (OutcomeUnknownError("lost"), False),
        (ClientClosedError("logged out"), False),
        (BoxAPIError("any"), False),
    ],
    ids=lambda value: f"{type(value).__name__}-{value.args[0]}" if value not in (0, 1) else "",
)
def test_errors_that_end_a_batch(error: BoxAPIError, ends: bool) -> None:  # noqa: FBT001
    """F165: a wrong address does; what passes by itself or concerns one item does not."""
    assert meets_every_item(error) is ends


@pytest.mark.parametrize("kind", [DirectTransport, HttpxTransport])
@pytest.mark.parametrize(("problem", "ends"), [("NONAME", True), ("AGAIN", False)])
async def test_a_host_that_does_not_exist(
    monkeypatch: pytest.MonkeyPatch,
    kind: Any,
    problem: str,
    ends: bool,  # noqa: FBT001
) -> None:
    """F165: a name that does not exist ends a batch, a look-up that failed for now does not."""

    def fail(*_: object, **__: object) -> Any:
        raise socket.gaierror(getattr(socket, f"EAI_{problem}"), "look-up")

    monkeypatch.setattr("socket.getaddrinfo", fail)
    async with BoxC("token", base_url="https://boxc.invalid", transport=kind(proxy=False)) as boxc:
        with pytest.raises(ConnectError) as caught:
            await boxc.shops.get("7")
    assert (caught.value.phase, meets_every_item(caught.value)) == ("dns", ends)


@pytest.mark.servers
async def test_insufficient_funds_end_a_batch_of_5000(tmp_path: Path) -> None:
    """F166: after the first few, the rest is not begun, and the reason is given once."""
    path = tmp_path / "job.journal"
    with Sandbox() as sandbox:
        sandbox.boxc.fault("insufficient_funds", times=5000)
        token = sandbox.environment["BOXC_TOKEN"]
        async with BoxC(token, base_url=sandbox.boxc_url) as boxc:

            async def make(order: int) -> int:
                """Makes the shipment of one order."""
                given: Any = {**SHIPMENT, "order_number": str(order)}
                return (await boxc.shipments.create(given)).id

            found: list[batch.Outcome[int]] = []
            running = batch.run(make, range(5000), client=boxc, key=str, journal=path)
            with pytest.raises(BatchStoppedError, match="code 1080") as caught:
                async with running as outcomes:
                    async for outcome in outcomes:
                        found.append(outcome)  # noqa: PERF401 - it raises under way
        requests = sandbox.boxc.counts["POST /shipments"]
    assert {outcome.status for outcome in found} == {"failed"}
    assert 1 <= len(found) == requests <= boxc.limits.max_connections
    assert read_journal(path).keys() == {outcome.key for outcome in found}
    assert outcomes.progress.left == 5000 - len(found)
    assert (caught.value.reason, caught.value.code) == ("PaymentError", 1080)
    assert caught.value.__cause__ in [outcome.error for outcome in found]


async def test_the_reason_is_given_once() -> None:
    """F166: the outcomes come first, then the error, then the end; no task is left."""
    begun: list[int] = []

    async def refuse_third(item: int) -> int:
        """Is refused from the third item on."""
        begun.append(item)
        await asyncio.sleep(0)
        if item >= 2:
            raise REFUSED
        return item

    found: list[str] = []
    async with no_task_left(), batch.run(refuse_third, range(99), concurrency=2) as outcomes:
        with pytest.raises(BatchStoppedError) as caught:
            async for outcome in outcomes:
                found.append(outcome.status)  # noqa: PERF401 - it raises under way
        assert [outcome async for outcome in outcomes] == []
    assert found[:2] == ["done", "done"]
    assert len(found) == len(begun) <= 5
    assert caught.value.__cause__ is REFUSED
    assert not caught.value.may_have_been_applied


async def test_it_can_be_turned_off_or_replaced() -> None:
    """With a function of the caller's the default says nothing."""
    options: dict[str, Any] = {"concurrency": 1, "stop_on": lambda _: False}
    found = await outcomes_of(batch.run(raising(REFUSED), range(9), **options))
    assert len(found) == 9
    seen: list[BoxAPIError] = []

    def note(error: BoxAPIError) -> bool:
        """Ends the batch at once."""
        seen.append(error)
        return True

    conflict = ConflictError("state", code=1201)
    async with batch.run(raising(conflict), range(9), concurrency=1, stop_on=note) as outcomes:
        with pytest.raises(BatchStoppedError):
            async for _ in outcomes:
                pass
    assert seen == [conflict]
    foreign = await outcomes_of(batch.run(raising(KeyError()), range(3), stop_on=note))
    assert (len(foreign), seen) == (3, [conflict])


async def test_a_rule_that_fails_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """What it raises is logged by type alone, and no item is affected."""

    def fail(_: BoxAPIError) -> bool:
        raise KeyError("secret-in-a-rule")

    with caplog.at_level(logging.WARNING, "boxapis"):
        found = await outcomes_of(batch.run(raising(REFUSED), range(3), stop_on=fail))
    assert len(found) == 3
    assert {record.getMessage() for record in caplog.records} == {"stop_on failed with KeyError"}


async def test_an_unknown_item_is_looked_up_but_not_begun_again() -> None:
    """An error that ends the batch may itself leave an item unknown."""
    error = AuthenticationError("refused", status=401, may_have_been_applied=True)
    looked_up: list[str] = []

    async def look_up(item: str) -> Settlement:
        """Finds nothing."""
        looked_up.append(item)
        return Settlement.not_done()

    async with batch.run(raising(error), ["x"], settle=look_up) as outcomes:
        outcome = await anext(outcomes)
        with pytest.raises(BatchStoppedError):
            await anext(outcomes)
    assert (outcome.status, outcome.attempts, looked_up) == ("unknown", 1, ["x"])


async def test_an_error_of_the_look_up(tmp_path: Path) -> None:
    """F204: what every look-up would meet ends the batch, and unknown items stay as they were."""
    path = tmp_path / "job.journal"
    options: Any = {"key": str, "journal": path, "concurrency": 2}
    look_up: Any = raising(REFUSED)
    lost = raising(OutcomeUnknownError("lost"))
    await outcomes_of(batch.run(lost, range(100), **options))
    earlier = read_journal(path)
    async with batch.run(lost, range(100), settle=look_up, **options) as outcomes:
        with pytest.raises(BatchStoppedError) as caught:
            async for outcome in outcomes:
                assert (outcome.status, outcome.attempts) == ("unknown", 1)
        assert outcomes.progress.finished <= 4
    assert caught.value.__cause__ is REFUSED
    assert read_journal(path) == earlier


async def test_the_first_reason_is_given() -> None:
    """F205: a source of items that fails while the batch ends does not hide why it ended."""

    async def items() -> AsyncIterator[int]:
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            raise KeyError("source")

    async with batch.run(raising(REFUSED), items()) as outcomes:
        await anext(outcomes)
        with pytest.raises(BatchStoppedError):
            await anext(outcomes)


async def test_the_error_says_what_to_do() -> None:
    """What the reason is, that nothing further was begun, and how to go on."""
    text = "POST /shipments: code 1080 (HTTP 402)."
    cause = PaymentError(text, service="boxc", code=1080, operation="POST /shipments")
    async with batch.run(raising(cause), [1]) as outcomes:
        await anext(outcomes)
        with pytest.raises(BatchStoppedError) as caught:
            await anext(outcomes)
    assert str(caught.value) == (
        "POST /shipments: code 1080 (HTTP 402); every other item would meet that, so the batch was"
        " ended. No further item was begun: check the card, the balance and the merchant's payment"
        " settings, then run the batch again."
    )


@pytest.mark.parametrize(
    "error",
    [SystemExit(1), KeyboardInterrupt(), asyncio.CancelledError(), GeneratorExit()],
    ids=repr,
)
async def test_whatever_a_display_raises(
    caplog: pytest.LogCaptureFixture, error: BaseException
) -> None:
    """F164: a display whose terminal is gone exits; the batch goes on."""

    def fail(_: batch.Progress) -> None:
        raise error

    with caplog.at_level(logging.WARNING, "boxapis"):
        found = await outcomes_of(batch.run(raising(KeyError()), range(3), on_progress=fail))
    assert [outcome.status for outcome in found] == ["unknown"] * 3
    assert f"on_progress failed with {type(error).__name__}" in caplog.text
