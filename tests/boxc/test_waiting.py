"""Waiting for labels, manifests and estimates on the sandbox's time; requests are counted."""

import math
from collections.abc import AsyncIterator
from typing import Any

import pytest
from attrs import evolve

from boxapis import BoxC, ConfigurationError, ConflictError, WaitTimeoutError
from boxapis._core.clock import clocked
from boxapis.boxc.labels import Label
from boxapis.sandbox import BoxCRules, Sandbox, SandboxClock
from boxapis.transports import Request, Response, ScriptedTransport
from tests.support.boxc_records import ADDRESS, SHIPMENT
from tests.support.doubles import FakeClock
from tests.support.moved_time import shared_clock
from tests.support.receiver import receiving

pytestmark = pytest.mark.servers

GET = "GET /labels/{id}"


@pytest.fixture
def sandbox() -> Any:
    """A sandbox that serves, whose labels, manifests and estimates take 20 s."""
    with Sandbox(clock=SandboxClock(running=False)) as sandbox:
        sandbox.boxc.rules = BoxCRules(ready_after=20)
        yield sandbox


@pytest.fixture
async def boxc(sandbox: Sandbox) -> AsyncIterator[BoxC]:
    """A client on the sandbox's time."""
    client = clocked(BoxC, shared_clock(sandbox))
    async with client(sandbox.boxc.ready_token, base_url=sandbox.boxc_url) as boxc:
        yield boxc


async def label_of(boxc: BoxC, **fields: Any) -> Label:
    """Buys a label."""
    given: Any = {**SHIPMENT, "create_label": True, **fields}
    return (await boxc.shipments.create(given)).labels[0]


async def test_a_label_that_is_late(sandbox: Sandbox, boxc: BoxC) -> None:
    """F157: it is waited for, with five looks in the 20 seconds, and can be downloaded then."""
    label = await label_of(boxc)
    assert not label.is_ready
    with pytest.raises(ConflictError) as caught:
        await boxc.labels.pdf(label.id)
    assert caught.value.code == 1207
    before = sandbox.boxc.counts[GET]
    ready = await boxc.labels.wait(label.id, deadline=60)
    assert (ready.id, ready.is_ready) == (label.id, True)
    assert sandbox.boxc.counts[GET] - before == 5
    assert sandbox.clock.now() == 30
    assert (await boxc.labels.pdf(label.id)).startswith(b"%PDF")


async def test_a_cancelled_label(sandbox: Sandbox, boxc: BoxC) -> None:
    """F157: the wait ends with the first look; the error has no code, since nothing was refused."""
    label = await label_of(boxc)
    await boxc.labels.cancel(label.id)
    with pytest.raises(ConflictError, match="cancelled, so it will not become ready") as caught:
        await boxc.labels.wait(str(label.tracking_number), deadline=600)
    assert (caught.value.code, caught.value.service) == (None, "boxc")
    assert sandbox.boxc.counts[GET] == 1


async def test_a_label_that_is_never_ready(sandbox: Sandbox, boxc: BoxC) -> None:
    """F157: the wait ends at the deadline, with the label as it was seen last."""
    sandbox.boxc.rules = evolve(sandbox.boxc.rules, ready_after=math.inf)
    label = await label_of(boxc)
    with pytest.raises(WaitTimeoutError) as caught:
        await boxc.labels.wait(label.id, deadline=60)
    assert caught.value.value == label
    assert (caught.value.operation, caught.value.attempts) == (GET, 7)
    assert sandbox.boxc.counts[GET] == 7
    assert sandbox.clock.now() == 59


async def test_failures_on_the_way(sandbox: Sandbox, boxc: BoxC) -> None:
    """F158: 500, 429 and a lost response, more than a call repeats, do not end the wait."""
    label = await label_of(boxc)
    sandbox.boxc.fault("server_error", times=3, operation=GET)
    sandbox.boxc.fault("rate_limited", times=6, operation=GET)
    sandbox.boxc.fault("lost_response", times=3, operation=GET)
    assert (await boxc.labels.wait(label.id, deadline=120)).is_ready


async def test_a_manifest(sandbox: Sandbox, boxc: BoxC) -> None:
    """F157: it is complete when its shipments are counted, and its forms are there then."""
    label = await label_of(boxc)
    sizes: Any = {"weight": 1, "height": 1, "length": 1, "width": 1}
    overpack = await boxc.overpacks.create([{"label_id": label.id}], **sizes)
    made = await boxc.manifests.create([overpack.id])
    assert (made.total_shipments, made.warehouse_no) == (None, None)
    ready = await boxc.manifests.wait(made.id, deadline=60)
    assert (ready.total_shipments, sandbox.boxc.counts["GET /manifests/{id}"]) == (1, 5)
    assert (await boxc.manifests.pdf(made.id)).startswith(b"%PDF")


async def test_an_estimate(sandbox: Sandbox, boxc: BoxC) -> None:
    """F157: the fee of one return is there with the first look, that of several comes later."""
    numbers = [one.id async for one in boxc.returns.list()]
    given: Any = {"to": ADDRESS, "contents": "Shirts", "value": 9.5, "returns": numbers}
    made = await boxc.reshipments.create(given)
    with pytest.raises(ConflictError):
        await boxc.reshipments.approve(made.id)
    ready = await boxc.reshipments.wait(made.id, deadline=60)
    assert ready.estimated_reship_fee
    await boxc.reshipments.decline(made.id)
    given["returns"] = numbers[:1]
    one = await boxc.reshipments.create(given)
    before = sandbox.clock.now()
    assert await boxc.reshipments.wait(one.id, deadline=60) == one
    assert sandbox.clock.now() - before == 1


async def test_the_event_of_a_late_label(sandbox: Sandbox, boxc: BoxC) -> None:
    """The sandbox delivers the event of a label when it is ready, and not when it is bought."""
    with receiving() as receiver:
        await boxc.webhooks.create(receiver.address, "shipments_label", "k" * 20)
        label = await label_of(boxc)
        assert not receiver.deliveries
        await boxc.labels.wait(label.id, deadline=60)
        sandbox.boxc.wait_deliveries(1)
        assert len(receiver.deliveries) == 1


async def test_pdfs_of_late_labels(sandbox: Sandbox, boxc: BoxC) -> None:
    """The sandbox refuses the PDF of many labels with 1205 until all of them are ready."""
    first, second = await label_of(boxc), await label_of(boxc)
    (sheet,) = [sheet async for sheet in boxc.labels.pdfs([first.id, second.id])]
    assert (sheet.pdf, sheet.missing) == (None, (first.id, second.id))
    sandbox.clock.advance(20)
    (sheet,) = [sheet async for sheet in boxc.labels.pdfs([first.id, second.id])]
    assert (sheet.ids, sheet.missing) == ((first.id, second.id), ())


async def test_declined_reshipment() -> None:
    """F157: one that was declined without an estimate ends the wait at once."""
    answer = {"reshipment": {"id": 7, "status": "Declined", "estimated_reship_fee": 0}}
    time = FakeClock(flows=True)
    transport = ScriptedTransport([answer])
    async with clocked(BoxC, time.clock)("token", transport=transport) as boxc:
        with pytest.raises(ConflictError, match="declined"):
            await boxc.reshipments.wait(7, deadline=60)


async def test_looks_end_with_the_deadline() -> None:
    """F158: no request of a look may outlast the wait, nor a call's own deadline."""
    time, left = FakeClock(flows=True), []

    class Slow:
        """A transport that uses up all the time that it is given."""

        async def send(self, request: Request, *, deadline: float) -> Response:
            """Notes the time, lets it pass, and answers that the label is not ready."""
            del request
            left.append(deadline - time.moment)
            time.advance(left[-1])
            return Response(200, (), b'{"label": {"id": 7, "is_ready": false}}')

        async def aclose(self) -> None:
            """Does nothing."""

    async with clocked(BoxC, time.clock)("token", transport=Slow()) as boxc:
        with pytest.raises(WaitTimeoutError):
            await boxc.with_options(deadline=5).labels.wait(7, deadline=20)
        with pytest.raises(WaitTimeoutError):
            await boxc.labels.wait(7, deadline=20)
    assert left == pytest.approx([5, 5, 20 - 1 * 0.875 - 5 - 1.75 - 5 - 3.5, 20 - 0.875])


async def test_wrong_deadline_of_a_wait() -> None:
    """A wait without an end is refused, and nothing is sent; raw calls wait for values, too."""
    script: Any = [{"label": {"id": 7, "is_ready": True}}]
    transport, time = ScriptedTransport(script), FakeClock(flows=True)
    async with clocked(BoxC, time.clock)("token", transport=transport) as boxc:
        with pytest.raises(ConfigurationError):
            await boxc.labels.wait(7, deadline=math.inf)
        assert transport.requests == []
        assert await boxc.raw.labels.wait(7, deadline=1) == Label(id=7, is_ready=True)
