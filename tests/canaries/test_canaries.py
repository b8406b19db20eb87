"""No secret leaks: each operation meets each fault, and every channel is searched for canaries.

``BOXAPIS_CANARIES=all`` runs the whole product of operations, faults and ways, which takes long.
"""

import base64
import gc
from collections.abc import Callable

import pytest
import trustme

from tests.canaries.cases import METHODS, ROUTES, TRANSPORTS, Case, cases_of
from tests.canaries.channels import CHANNELS, Happening
from tests.canaries.fault import Fault
from tests.canaries.faults import FAULTS
from tests.canaries.happening import happen
from tests.canaries.looking import Lookout
from tests.canaries.operations import OPERATIONS, Operation
from tests.canaries.values import CORES, ENCODINGS
from tests.canaries.world import World, a_world

pytestmark = pytest.mark.servers

_LEAST = 700_000


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
async def test_nothing_leaks(
    operation: Operation,
    authority: trustme.CA,
    record_property: Callable[[str, object], None],
) -> None:
    """Whatever goes wrong on whichever way: no channel but the request itself has a secret."""
    cases = list(cases_of(operation))
    with Lookout() as lookout:
        async with a_world(authority) as world:
            for number, case in enumerate(cases, OPERATIONS.index(operation)):
                happening = await happen(world, case, lookout.begin(number), lookout.options)
                lookout.read(case, happening)
                check_the_wire(world, case)
            assert world.strangers == 0
        gc.collect()  # objects that were not closed warn now
        lookout.read("afterwards", Happening(None, None, ()))
    record_property("canaries", lookout.tried)
    assert lookout.tried > len(cases) * len(ENCODINGS) * (len(CHANNELS) - 2)
    assert lookout.seen == []


def check_the_wire(world: World, case: Case) -> None:
    """Checks that without a fault each canary of an operation is sent."""
    if case.fault.name != "none at all":
        return
    sent = b"\n".join(world.service.received).decode("latin-1")
    for line in sent.splitlines():
        name, _, value = line.partition(": Basic ")
        if name == "Authorization":
            sent += base64.b64decode(value).decode()
    missing = [kind for kind in case.operation.wire if _beginning(kind) not in sent]
    assert missing == []


def _beginning(kind: str) -> str:
    return CORES[1] if kind == "card" else f"{CORES[0]}{kind}"


def test_the_plan_does_not_shrink() -> None:
    """The number of cases, channels and encodings does not shrink."""
    cases = sum(len(list(cases_of(operation))) for operation in OPERATIONS)
    assert (len(OPERATIONS), len(CHANNELS), len(ENCODINGS)) >= (25, 20, 21)
    assert sum(cases // channel.every for channel in CHANNELS) * len(ENCODINGS) >= _LEAST


def test_every_fault_has_a_name_of_its_own() -> None:
    """No fault is listed twice, and no number of network, framing or contents is missing."""
    names = [fault.name for fault in FAULTS]
    assert len(names) == len(set(names))
    rows = {int(name[1:3]) for name in names if name.startswith("F")}
    reachable = {*range(1, 68)} - {10, 13, 15, 17, 48, 49, 51, 52, 54, 62, 63, 64, 65}
    assert reachable <= rows


@pytest.mark.parametrize(
    "fault", [one for one in FAULTS if one.turn is None], ids=lambda fault: fault.name
)
def test_every_fault_meets_every_way(fault: Fault) -> None:
    """Over all operations, each fault is met on each route, by each transport and method."""
    met = [case for one in OPERATIONS for case in cases_of(one) if case.fault is fault]
    assert {case.transport for case in met} == {*TRANSPORTS}
    assert {case.method for case in met} == {*METHODS}
    assert fault.place or {case.route for case in met} == {*ROUTES}


@pytest.mark.parametrize("door", ["tracker", "boxc"])
def test_faults_in_turn_meet_every_way(door: str) -> None:
    """Each of many similar faults meets some operations, and together they meet every way."""
    turned = [one for one in FAULTS if one.turn is not None and one.door == door]
    met = [case for one in OPERATIONS for case in cases_of(one) if case.fault in turned]
    assert {case.fault.name for case in met} == {fault.name for fault in turned}
    assert len({(case.transport, case.route) for case in met}) == len(TRANSPORTS) * len(ROUTES)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation_goes_every_way(operation: Operation) -> None:
    """Each operation takes each route by each transport, with each method."""
    ways = {(case.transport, case.route, case.method) for case in cases_of(operation)}
    assert len(ways) == len(TRANSPORTS) * len(ROUTES) * len(METHODS)
