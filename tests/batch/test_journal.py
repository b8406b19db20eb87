"""The journal: what it holds, when it is on the disk, what it saves from, and what it refuses."""

import asyncio
import errno
import json
import logging
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from boxapis import ConfigurationError, OutcomeUnknownError, Secret, ValidationError, batch
from boxapis.batch import JournalEntry, read_journal
from boxapis.batch._log_file import LogFile
from tests.support.batch_doubles import Job, outcomes_of, raising, statuses
from tests.support.doubles import until

HEADER = '{"journal": "boxapis.batch", "version": 1}\n'
REFUSED = ValidationError("refused", status=400)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal is to be."""
    return tmp_path / "job.journal"


def name(item: int) -> str:
    """The key of an item."""
    return f"item-{item}"


def journaled(path: Path, job: Any, items: Any = range(4), **options: Any) -> Any:
    """A batch with a journal, one item at a time unless told otherwise."""
    return batch.run(job, items, **{"key": name, "journal": path, "concurrency": 1, **options})


def write(path: Path, *events: dict[str, Any]) -> None:
    """Lays a journal down."""
    lay(path, HEADER + "".join(json.dumps(event) + "\n" for event in events))


def lay(path: Path, text: "str | bytes") -> None:
    """Lays any file down."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def data(path: Path) -> bytes:
    """What stands in a file."""
    return path.read_bytes()


def rights(path: Path, wanted: int | None = None) -> int:
    """Who may do what with a file, which is made when they are given."""
    if wanted is not None:
        path.touch()
        path.chmod(wanted)
    return path.stat().st_mode & 0o777


def begun(item: int) -> dict[str, Any]:
    """The event before a call."""
    return {"event": "begun", "key": name(item)}


def done(item: int, **more: Any) -> dict[str, Any]:
    """The event after a call that went well."""
    return {"event": "done", "key": name(item), **more}


def lines(path: Path) -> list[dict[str, Any]]:
    """The events of a journal."""
    first, *rest = path.read_text().splitlines(keepends=True)
    assert first == HEADER
    assert all(line.endswith("\n") for line in rest)
    return [json.loads(line) for line in rest]


async def moody(item: int) -> dict[str, str]:
    """Something of everything."""
    match item:
        case 1:
            raise REFUSED
        case 2:
            message = "secret-in-an-error"
            raise OutcomeUnknownError(message)
    return {"id": str(item), "password": "secret-in-a-value"}


async def test_it_holds_keys_and_summaries_alone(path: Path) -> None:
    """Each event is a line; of an error there is the name, of a value what the caller allows."""
    await outcomes_of(journaled(path, moody, summary=lambda value: {"id": value["id"]}))
    assert lines(path) == [
        begun(0),
        done(0, summary={"id": "0"}),
        begun(1),
        {"event": "failed", "key": "item-1", "error": "ValidationError"},
        begun(2),
        {"event": "unknown", "key": "item-2", "error": "OutcomeUnknownError"},
        begun(3),
        done(3, summary={"id": "3"}),
    ]
    assert b"secret" not in data(path)


@pytest.mark.parametrize("before", [None, 0o666])
async def test_it_is_for_its_owner_alone(path: Path, before: int | None) -> None:
    """Whether it is new or was there with other rights."""
    if before is not None:
        assert rights(path, before) == before
    await outcomes_of(journaled(path, Job()))
    assert rights(path) == 0o600


@pytest.mark.parametrize(("changing", "syncs"), [(True, 1 + 2 * 4), (False, 0)])
async def test_each_event_is_on_the_disk_in_time(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    changing: bool,  # noqa: FBT001 - a case
    syncs: int,
) -> None:
    """``begun`` before the call, the end before the outcome is told; reads do without the disk."""
    synced: list[bytes] = []

    def note(descriptor: int) -> None:
        """Notes what is on the disk."""
        if os.fstat(descriptor).st_ino == path.stat().st_ino:
            synced.append(path.read_bytes())

    async def look(item: int) -> None:
        """Checks the disk from within the call."""
        now = data(path)
        assert now.endswith(json.dumps(begun(item)).encode() + b"\n")
        assert synced[-1:] == [now] * changing

    monkeypatch.setattr("os.fsync", note)
    async with journaled(path, look, changing=changing) as outcomes:
        async for outcome in outcomes:
            assert outcome.ok, outcome.error
            assert json.dumps(done(outcome.index)).encode() in data(path)
    assert len(synced) == syncs


async def test_events_share_writes_to_the_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes while the disk is busy goes there together."""
    pulled, synced, free = [0], [0], threading.Event()

    def note(descriptor: int) -> None:
        """Notes it, and waits until the disk is free."""
        synced[0] += os.fstat(descriptor).st_size > len(HEADER)
        assert free.wait(10)

    def items() -> Any:
        """Twenty, and then the disk is free again."""
        for item in range(20):
            pulled[0] += 1
            yield item
        free.set()

    job = Job(held=True)
    monkeypatch.setattr("boxapis.batch._log_file._sync_folder", lambda _: None)
    lay(path, HEADER)
    monkeypatch.setattr("os.fsync", note)
    async with journaled(path, job, items(), concurrency=30) as outcomes:
        await until(lambda: len(job.begun) == 20)
        assert synced[0] <= 3
        job.let_end(*range(20))
        assert len([outcome async for outcome in outcomes]) == 20
    assert len(lines(path)) == 40


async def test_a_second_run_does_what_is_left(path: Path) -> None:
    """Done is skipped, failed tried again, begun without an end reported and left alone."""
    write(
        path, begun(0), done(0, summary=7), begun(1), {"event": "failed", "key": "item-1"}, begun(2)
    )
    job = Job()
    told: list[batch.Progress] = []
    found = await outcomes_of(journaled(path, job, ordered=True, on_progress=told.append))
    assert statuses(found) == {
        "item-0": "skipped",
        "item-1": "done",
        "item-2": "unknown",
        "item-3": "done",
    }
    assert job.begun == [1, 3]
    assert [(outcome.attempts, outcome.summary) for outcome in found] == [
        (1, 7),
        (2, None),
        (1, None),
        (1, None),
    ]
    assert isinstance(found[2].error, OutcomeUnknownError)
    last = told[-1]
    assert (last.skipped, last.done, last.unknown, last.finished, last.left) == (1, 2, 1, 4, 0)
    again = await outcomes_of(journaled(path, job, ordered=True))
    assert [outcome.status for outcome in again] == ["skipped", "skipped", "unknown", "skipped"]
    assert job.begun == [1, 3]


@pytest.mark.parametrize(
    ("repeat", "repeated"), [(True, [1, 2]), (False, []), (lambda item: item == 2, [2])]
)
async def test_unknown_is_repeated_on_demand(path: Path, repeat: Any, repeated: list[int]) -> None:
    """For all items, for none, or for those a function says yes to."""
    write(path, begun(1), begun(2), {"event": "unknown", "key": "item-2"})
    job = Job()
    await outcomes_of(journaled(path, job, [1, 2], repeat_unknown=repeat))
    assert job.begun == repeated


async def test_where_nothing_changes_nothing_is_unknown(path: Path) -> None:
    """A read that was killed is simply made again."""
    write(path, begun(1))
    job = Job()
    await outcomes_of(journaled(path, job, [1], changing=False))
    assert job.begun == [1]


async def test_another_round(path: Path) -> None:
    """With *again* what was done is done once more, and its summary is known; unknown stays so."""
    write(path, begun(0), done(0, summary=7), begun(1))
    job = Job()
    found = await outcomes_of(journaled(path, job, [0, 1], ordered=True, repeat_done=True))
    assert [outcome.status for outcome in found] == ["done", "unknown"]
    assert job.begun == [0]
    write(path, begun(0), done(0, summary=7), begun(1), {"event": "again"})
    assert read_journal(path) == {
        "item-0": JournalEntry(status=None, summary=7, attempts=1),
        "item-1": JournalEntry(status="unknown", attempts=1),
    }


async def test_a_torn_line_is_dropped(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill may cut the file anywhere: no item that it calls done is done twice, all get done."""
    monkeypatch.setattr("os.fsync", lambda _: None)
    await outcomes_of(journaled(path, Job(), summary=str))
    whole = data(path)
    ends = [length for length in range(len(whole)) if b"\n" in whole[length - 1 : length + 1]]
    for length in {*range(0, len(whole), 7), *ends}:
        lay(path, whole[:length])
        known = {line for line in whole[:length].split(b"\n")[:-1] if b'"done"' in line}
        job = Job()
        found = await outcomes_of(journaled(path, job, repeat_unknown=True))
        assert len(job.begun) == 4 - len(known)
        assert {outcome.ok for outcome in found} == {True}
        assert {entry.status for entry in read_journal(path).values()} == {"done"}


@pytest.mark.parametrize(
    "line",
    [
        "\0\0\0",
        "[]",
        "7",
        '{"event": "begun"}',
        '{"event": "gone", "key": "a"}',
        '{"event": "begun", "key": 1}',
    ],
)
async def test_a_damaged_journal_is_refused(path: Path, line: str) -> None:
    """A line in the middle that means nothing could be a "done": rather nothing is begun."""
    lay(path, f"{HEADER}{json.dumps(begun(0))}\n{line}\n{json.dumps(done(0))}\n")
    job, before = Job(), data(path)
    with pytest.raises(ConfigurationError, match="damaged in line 3"):
        await outcomes_of(journaled(path, job))
    with pytest.raises(ConfigurationError, match="damaged in line 3"):
        read_journal(path)
    assert (job.begun, data(path)) == ([], before)


@pytest.mark.parametrize(
    "text", ["id,carrier\n", "{}", '{"journal": "boxapis.batch", "version": 2}\n']
)
async def test_a_foreign_file_is_left_alone(path: Path, text: str) -> None:
    """What is no journal, or one of another version, is neither read nor written."""
    lay(path, text)
    job = Job()
    with pytest.raises(ConfigurationError, match="is none"):
        await outcomes_of(journaled(path, job))
    assert (job.begun, data(path)) == ([], text.encode())


async def test_what_cannot_be_opened_is_refused(path: Path, tmp_path: Path) -> None:
    """A folder, a device, a path that leads nowhere: each is said before anything is begun."""
    for wrong in (tmp_path, Path(os.devnull), tmp_path / "no" / "folder"):
        with pytest.raises(ConfigurationError, match="cannot be opened"):
            await outcomes_of(journaled(wrong, Job()))
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_journal(tmp_path)
    assert read_journal(path) == {}


async def test_one_run_at_a_time(path: Path) -> None:
    """A second run with the same journal is refused while the first one has it, and no longer."""
    job = Job(held=True)
    async with journaled(path, job) as outcomes:
        await until(lambda: job.begun == [0])
        assert read_journal(path)["item-0"].status == "unknown"
        with pytest.raises(ConfigurationError, match="another run is using it"):
            await outcomes_of(journaled(path, Job()))
        job.let_end(*range(4))
        assert len([outcome async for outcome in outcomes]) == 4
    assert len(await outcomes_of(journaled(path, job))) == 4


@pytest.mark.parametrize("writes", range(1, 6))
async def test_what_cannot_be_recorded_is_not_begun(
    path: Path, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    """With a full disk the batch ends: outcomes first, then the error; no call without a record."""
    real, left = os.write, [writes]

    def full(descriptor: int, data: bytes) -> int:
        """A disk with room for so many writes."""
        if not left[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        left[0] -= 1
        return real(descriptor, data)

    lay(path, HEADER)
    monkeypatch.setattr("boxapis.batch._log_file.os.write", full)
    job = Job()
    found: list[str] = []
    asked: list[int] = []

    def name_and_note(item: int) -> str:
        """Notes how far the source was read."""
        asked.append(item)
        return name(item)

    with pytest.raises(OSError, match="No space left"):
        async with journaled(path, job, range(40), key=name_and_note) as outcomes:
            async for outcome in outcomes:
                found.append(outcome.status)  # noqa: PERF401 - it raises under way
    recorded = [line["key"] for line in lines(path) if line["event"] == "begun"]
    assert [name(item) for item in job.begun] == recorded
    assert found == ["done"] * len(recorded)
    assert outcomes.progress.left == 40 - len(recorded)
    assert len(asked) <= len(recorded) + 2


async def test_a_write_cut_short_is_completed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that takes a few bytes at a time gets the rest, too."""
    real = os.write
    monkeypatch.setattr("boxapis.batch._log_file.os.write", lambda file, data: real(file, data[:5]))
    await outcomes_of(journaled(path, Job()))
    assert {entry.status for entry in read_journal(path).values()} == {"done"}
    assert len(lines(path)) == 8


async def test_a_summary_that_is_no_json(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A secret is none, for instance: it is not kept, and the item is done all the same."""
    options = {"summary": lambda _: Secret("secret-in-a-summary")}
    with caplog.at_level(logging.WARNING, "boxapis"):
        (outcome,) = await outcomes_of(journaled(path, Job(), [0], **options))
    assert outcome.status == "done"
    assert lines(path) == [begun(0), done(0)]
    assert "of type Secret is not JSON" in caplog.text


async def test_keys_that_cannot_be_told_apart(path: Path) -> None:
    """The second item of a key is refused: the journal would take it for the first."""
    job = Job()
    first, second = await outcomes_of(journaled(path, job, [1, 1], ordered=True))
    assert (first.status, second.status, type(second.error)) == (
        "done",
        "failed",
        ConfigurationError,
    )
    assert job.begun == [1]
    assert len(lines(path)) == 2


async def test_an_end_is_recorded_even_under_cancellation(path: Path) -> None:
    """What a call has come to is known, so it is written down before the task is let go."""

    async def cancel_and_end(_: int) -> None:
        """Ends as if nothing had happened."""
        task.cancel()

    async def consume() -> None:
        """Runs the batch."""
        await outcomes_of(journaled(path, cancel_and_end, [0]))

    task = asyncio.create_task(consume())
    with pytest.raises(asyncio.CancelledError):
        await task
    assert read_journal(path)["item-0"].status == "done"


async def test_a_call_that_was_cut_off_is_unknown(path: Path) -> None:
    """The next run says so, and does not make it again."""
    job = Job(held=True)
    task = asyncio.create_task(outcomes_of(journaled(path, job, [0])))
    await until(lambda: job.begun == [0])
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert lines(path) == [begun(0)]
    (outcome,) = await outcomes_of(journaled(path, raising(REFUSED), [0]))
    assert (outcome.status, outcome.attempts) == ("unknown", 1)


def test_after_a_broken_write_nothing_is_appended(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or half a line would come to stand in the middle of the file."""
    file = LogFile(path)
    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", lambda _: os.close(-1))
        with pytest.raises(OSError, match="Bad file"):
            file.append(b"first\n", durable=True)
    with pytest.raises(OSError, match="earlier"):
        file.append(b"second\n", durable=True)
    assert file.read() == b"first\n"
    file.close()


def test_a_file_that_cannot_be_locked_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some network file systems have no locks: two runs at once could not be kept apart there."""

    def fail(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", fail)
    with pytest.raises(ConfigurationError, match="No locks available"):
        LogFile(path)
