"""The options of shared sessions, their seals, and what a client without a store is spared."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from traceback import walk_tb
from typing import Any, NoReturn

import pytest
from attrs import evolve

from boxapis import AuthenticationError, BoxTracker, ConfigurationError, SessionTiming
from boxapis.boxtracker import _sealing
from boxapis.boxtracker._sealing import Sealing
from boxapis.options import Sharing
from boxapis.secret import Secret
from tests.support.doubles import CUSTOMER, JOB_SITES, PORTAL, FakeClock, FakeTracker
from tests.support.fleet import Fleet, sealing_of
from tests.support.memory_store import Memory, MemoryStore, memory_store


@pytest.fixture
def store() -> MemoryStore:
    """A store."""
    return memory_store(Memory(FakeClock().clock))


@pytest.mark.parametrize("with_store", [False, True])
def test_notes_are_frequent_enough(store: MemoryStore, *, with_store: bool) -> None:
    """Uses are noted at least twice within the margin; by default as often as it needs."""
    given: dict[str, Any] = {"store": store if with_store else None}
    with pytest.raises(ConfigurationError, match="note_every"):
        BoxTracker("u", "p", sharing=Sharing(note_every=30.1), **given)
    with pytest.raises(ConfigurationError, match="note_every"):
        BoxTracker("u", "p", sharing=Sharing(), timing=SessionTiming(margin=59), **given)
    BoxTracker("u", "p", sharing=Sharing(note_every=30), **given)
    client = BoxTracker("u", "p", timing=SessionTiming(margin=10), **given)
    sharing: Any = client._sharing
    assert sharing is None or sharing._slots.sharing == Sharing(note_every=5)


@pytest.mark.parametrize("options", [{"store": object()}, {"store": "x.db"}, {"sharing": 3}])
def test_options_of_another_kind(options: dict[str, Any]) -> None:
    """A store or times of another kind are refused at once."""
    with pytest.raises(ConfigurationError, match="must be a"):
        BoxTracker("u", "p", **options)


def test_missing_package(store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package that seals, a client with a store is refused; the error says why."""
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'boxapis\[fleet\]'"):
        BoxTracker("u", "p", store=store)
    BoxTracker("u", "p")


def test_nothing_is_imported_without_a_store() -> None:
    """Without a store no module of it is loaded, nor is the package that seals."""
    program = """
import sys
from boxapis import BoxTracker
BoxTracker("u", "p").customer("c", "p")
words = ("cryptography", "boxapis.stores", "shared_s", "leases", "_sealing", "_core.store")
print([name for name in sys.modules if any(word in name for word in words)])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[]"


async def test_nothing_is_noted_without_a_store() -> None:
    """Without a store no session is ever due to be noted, and no task runs."""
    tracker = FakeTracker(FakeClock())
    async with BoxTracker("api-user", "api-password", transport=tracker) as client:
        customer = client.customer("jane", "jane-password")
        await customer.command(JOB_SITES)
        session = customer._session.current
        assert session is not None
        assert session.base is not None
        assert {session.note_at, session.base.note_at} == {float("inf")}
        assert (session.fence, session.base.fence) == (0, 0)
        assert len(asyncio.all_tasks()) == 1


# Seals.


async def ready(password: str, salt: str = "s", pepper: str | None = None) -> Sealing:
    """Keys as they are derived in earnest."""
    sealing = Sealing(Secret(password), salt, None if pepper is None else Secret(pepper))
    assert not sealing.is_ready
    await sealing.prepare()
    return sealing


async def test_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    """A record opens with the same passwords, in the slot it was sealed for, and as it was."""
    one, same = await ready("password"), await ready("password")
    others = [
        await ready("Password"),
        await ready("password", "t"),
        await ready("password", pepper="pepper"),
        await ready("password", pepper=""),
    ]
    values = {"key": Secret("the-key")}
    sealed = one.seal("slot", values)
    assert sealed != one.seal("slot", values)
    assert b"the-key" not in sealed
    opened = same.open("slot", sealed)
    assert opened is not None
    assert opened["key"].reveal() == "the-key"
    assert [other.open("slot", sealed) for other in others] == [None] * 4
    assert one.open("another slot", sealed) is None
    for damaged in (b"", sealed[:11], sealed[:12], sealed[:-1], sealed + b"x", b"x" + sealed[1:]):
        assert one.open("slot", damaged) is None
    monkeypatch.setattr(_sealing, "_FORM", 2)
    later = one.seal("slot", values)
    monkeypatch.undo()
    assert one.open("slot", later) is None


@pytest.mark.parametrize("step", ["seal", "open", "slot"])
async def test_no_frame_shows_a_secret(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """F257: an error in the encryption passes through no variable with a key or a password."""

    def fail(*_: object, **__: object) -> NoReturn:
        raise MemoryError

    sealing = await ready("password")
    key, sealed = Secret("the-key"), sealing.seal("slot", {"key": Secret("the-key")})
    steps: dict[str, Callable[[], object]] = {
        "seal": lambda: sealing.seal("slot", {"key": key}),
        "open": lambda: sealing.open("slot", sealed),
        "slot": lambda: sealing.slot("customer", "jane", key),
    }
    monkeypatch.setattr("hmac.new", fail)
    monkeypatch.setattr(Sealing, "_cipher", fail)
    with pytest.raises(MemoryError) as caught:
        steps[step]()
    frames = [frame for frame, _ in walk_tb(caught.tb)]
    ours = [frame for frame in frames if frame.f_code.co_filename == _sealing.__file__]
    assert ours
    assert not [frame for frame in ours if "the-key" in repr(frame.f_locals)]


async def test_names() -> None:
    """Names of slots tell every part from every other, and depend on the passwords."""
    one, same, other = await ready("password"), await ready("password"), await ready("Password")
    parts = [
        ("api", "a"),
        ("api", "b"),
        ("customer", "a", Secret("b")),
        ("customer", "a", Secret("c")),
        ("customer", "ab", Secret("")),
        ("customer", 'a", "b', Secret("")),
    ]
    names = [one.slot(*each) for each in parts]
    assert len(set(names)) == len(parts)
    assert {(len(name), name.strip("0123456789abcdef")) for name in names} == {(40, "")}
    assert names == [same.slot(*each) for each in parts]
    assert not set(names) & {other.slot(*each) for each in parts}
    assert one.slot("a", "b") == one.slot(Secret("a"), Secret("b"))


def test_seals_are_derived_before_use() -> None:
    """Nothing is sealed without keys."""
    with pytest.raises(RuntimeError, match="prepare"):
        Sealing(Secret("p"), "s", None).seal("slot", {})


async def test_keys_are_derived_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many sessions are opened at the same time, scrypt runs once for a client."""
    derived = []
    derive = Sealing._derived

    def counted(sealing: Sealing) -> tuple[bytes, bytes]:
        derived.append(sealing)
        return derive(sealing)

    monkeypatch.setattr(Sealing, "_derived", counted)
    async with Fleet(1) as fleet:
        worker = fleet.workers[0]
        sealing_of(worker.client)._keys = None
        joe = worker.client.customer("joe", "joe-password")
        calls = [
            worker.call(),
            joe.command(JOB_SITES),
            worker.client.command("cmdBoxTWebAPIPricing", zipPostalCode="1"),
        ]
        answers = await asyncio.gather(*calls)
        assert [answer["status"] for answer in answers] == [200] * 3
    assert len(derived) == 1


async def test_foreign_records() -> None:
    """A record moved into another customer's slot, or of a later form, is none."""
    async with Fleet(2) as fleet:
        one, other = fleet.workers
        joe = one.client.customer("joe", "joe-password")
        await fleet.run(one.call(), joe.command(JOB_SITES))
        states = fleet.memory.states
        first, second = [key for key, (_, slot) in states.items() if fleet_base(one, key, slot)]
        states[first], states[second] = states[second], states[first]
        answer = (await fleet.run(other.call()))[0]
        assert answer["arguments"]["session_key_customer"].startswith("jane-key-")
        assert fleet.tracker.counts[CUSTOMER] == 3


async def _failed(fleet: Fleet, command: str) -> dict[str, Any]:
    """Lets a handshake fail for all, and returns the slots."""
    answers = fleet.tracker.answers
    answers.append(lambda request: {"status": 500} if request.operation == command else None)
    failures = await fleet.run(*(worker.call() for worker in fleet.workers))
    assert {type(failure) for failure in failures} == {AuthenticationError}
    answers.clear()
    return {key: slot for key, (_, slot) in fleet.memory.states.items() if slot.failure}


@pytest.mark.parametrize("command", [PORTAL, CUSTOMER])
@pytest.mark.parametrize("failure", [b"", b"damaged"])
async def test_failures_that_do_not_count(command: str, failure: bytes) -> None:
    """F251: a failure that is damaged, or of a clock that was set back, stops no process."""
    async with Fleet(2) as fleet:
        for key, slot in (await _failed(fleet, command)).items():
            changed = evolve(slot, failure=failure or slot.failure, failure_ends=10**15)
            fleet.memory.states[key] = 10**15, changed
        joined = fleet.join()
        assert (await fleet.run(joined.call()))[0]["status"] == 200
        assert fleet.tracker.counts[command] == 2


async def test_failure_in_place_of_a_session() -> None:
    """F251: a failure that is moved into the place of its slot's session is none, and no error."""
    async with Fleet(1) as fleet:
        states = fleet.memory.states
        for key, slot in (await _failed(fleet, CUSTOMER)).items():
            moved = evolve(slot, record=slot.failure, record_fence=slot.fence, used_at=10**15)
            states[key] = 10**15, evolve(moved, failure=b"")
        joined = fleet.join()
        assert (await fleet.run(joined.call()))[0]["status"] == 200


def fleet_base(worker: Any, key: str, slot: Any) -> bool:
    """Whether a slot holds a customer's session."""
    values = sealing_of(worker.client).open(key, slot.record)
    return values is not None and bool(values["base"])
