"""The journal of a batch: its content, its durability, resuming from it, and files it refuses."""

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

HEADER = '{"journal": "boxapis.batch", "version": 2, "scope": {}}\n'
REFUSED = ValidationError("refused", status=400)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Path of a journal that does not exist yet."""
    return tmp_path / "job.journal"


def item_key(item: int) -> str:
    """Returns the key of an item."""
    return f"item-{item}"


def run_with_journal(path: Path, job: Any, items: Any = range(4), **options: Any) -> Any:
    """Returns a batch with a journal; by default one item at a time."""
    return batch.run(job, items, **{"key": item_key, "journal": path, "concurrency": 1, **options})


def write_journal(path: Path, *events: dict[str, Any]) -> None:
    """Writes a journal with these events."""
    write_file(path, HEADER + "".join(json.dumps(event) + "\n" for event in events))


def write_file(path: Path, text: "str | bytes") -> None:
    """Writes any file."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def content(path: Path) -> bytes:
    """Returns the content of a file; a plain function, so that async tests may call it."""
    return path.read_bytes()


def permissions(path: Path, wanted: int | None = None) -> int:
    """Returns the permission bits of a file, after creating it with ``wanted`` if given."""
    if wanted is not None:
        path.touch()
        path.chmod(wanted)
    return path.stat().st_mode & 0o777


def begun(item: int) -> dict[str, Any]:
    """Returns the event before a call."""
    return {"event": "begun", "key": item_key(item)}


def done(item: int, **more: Any) -> dict[str, Any]:
    """Returns the event after a successful call."""
    return {"event": "done", "key": item_key(item), **more}


def read_events(path: Path) -> list[dict[str, Any]]:
    """Returns the events of a journal, whose lines must all be complete."""
    first, *rest = path.read_text().splitlines(keepends=True)
    assert first == HEADER
    assert all(line.endswith("\n") for line in rest)
    return [json.loads(line) for line in rest]


async def mixed_results(item: int) -> dict[str, str]:
    """Returns, fails or leaves the outcome unknown, depending on the item."""
    match item:
        case 1:
            raise REFUSED
        case 2:
            message = "secret-in-an-error"
            raise OutcomeUnknownError(message)
    return {"id": str(item), "password": "secret-in-a-value"}


async def test_it_holds_only_keys_and_summaries(path: Path) -> None:
    """Each event is a line with the class name of an error or the caller's summary of a value."""
    await outcomes_of(
        run_with_journal(path, mixed_results, summary=lambda value: {"id": value["id"]})
    )
    assert read_events(path) == [
        begun(0),
        done(0, summary={"id": "0"}),
        begun(1),
        {"event": "failed", "key": "item-1", "error": "ValidationError"},
        begun(2),
        {"event": "unknown", "key": "item-2", "error": "OutcomeUnknownError"},
        begun(3),
        done(3, summary={"id": "3"}),
    ]
    assert b"secret" not in content(path)


@pytest.mark.parametrize("before", [None, 0o666])
async def test_only_its_owner_can_read_it(path: Path, before: int | None) -> None:
    """A new journal and one that had other permissions become private."""
    if before is not None:
        assert permissions(path, before) == before
    await outcomes_of(run_with_journal(path, Job()))
    assert permissions(path) == 0o600


@pytest.mark.parametrize(("changing", "syncs"), [(True, 1 + 2 * 4), (False, 0)])
async def test_each_event_is_on_the_disk_in_time(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    changing: bool,  # noqa: FBT001 - a case
    syncs: int,
) -> None:
    """``begun`` is synced before the call, the end before the outcome; reads are not synced."""
    synced: list[bytes] = []

    def note(descriptor: int) -> None:
        """Records what was synced."""
        if os.fstat(descriptor).st_ino == path.stat().st_ino:
            synced.append(path.read_bytes())

    async def look(item: int) -> None:
        """Checks from within the call what was synced."""
        now = content(path)
        assert now.endswith(json.dumps(begun(item)).encode() + b"\n")
        assert synced[-1:] == [now] * changing

    monkeypatch.setattr("os.fsync", note)
    async with run_with_journal(path, look, changing=changing) as outcomes:
        async for outcome in outcomes:
            assert outcome.ok, outcome.error
            assert json.dumps(done(outcome.index)).encode() in content(path)
    assert len(synced) == syncs


async def test_events_share_writes_to_the_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events that come while the disk is busy are written together."""
    pulled, synced, free = [0], [0], threading.Event()

    def note(descriptor: int) -> None:
        """Counts the sync, and waits until the disk is free."""
        synced[0] += os.fstat(descriptor).st_size > len(HEADER)
        assert free.wait(10)

    def items() -> Any:
        """Yields twenty items, then frees the disk."""
        for item in range(20):
            pulled[0] += 1
            yield item
        free.set()

    job = Job(held=True)
    monkeypatch.setattr("boxapis.batch._log_file._sync_folder", lambda _: None)
    write_file(path, HEADER)
    monkeypatch.setattr("os.fsync", note)
    async with run_with_journal(path, job, items(), concurrency=30) as outcomes:
        await until(lambda: len(job.begun) == 20)
        assert synced[0] <= 3
        job.release(*range(20))
        assert len([outcome async for outcome in outcomes]) == 20
    assert len(read_events(path)) == 40


async def test_a_second_run_does_the_rest(path: Path) -> None:
    """Done is skipped, failed is tried again, begun without an end is reported and left alone."""
    write_journal(
        path, begun(0), done(0, summary=7), begun(1), {"event": "failed", "key": "item-1"}, begun(2)
    )
    job = Job()
    reports: list[batch.Progress] = []
    found = await outcomes_of(run_with_journal(path, job, ordered=True, on_progress=reports.append))
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
    last = reports[-1]
    assert (last.skipped, last.done, last.unknown, last.finished, last.left) == (1, 2, 1, 4, 0)
    again = await outcomes_of(run_with_journal(path, job, ordered=True))
    assert [outcome.status for outcome in again] == ["skipped", "skipped", "unknown", "skipped"]
    assert job.begun == [1, 3]


@pytest.mark.parametrize(
    ("repeat", "repeated"), [(True, [1, 2]), (False, []), (lambda item: item == 2, [2])]
)
async def test_unknown_is_repeated_on_request(path: Path, repeat: Any, repeated: list[int]) -> None:
    """``repeat_unknown`` applies to all items, to none, or to those that a function accepts."""
    write_journal(path, begun(1), begun(2), {"event": "unknown", "key": "item-2"})
    job = Job()
    await outcomes_of(run_with_journal(path, job, [1, 2], repeat_unknown=repeat))
    assert job.begun == repeated


async def test_where_nothing_changes_nothing_is_unknown(path: Path) -> None:
    """A read that was killed is made again."""
    write_journal(path, begun(1))
    job = Job()
    await outcomes_of(run_with_journal(path, job, [1], changing=False))
    assert job.begun == [1]


async def test_done_is_repeated_on_request(path: Path) -> None:
    """With *repeat_done* done items are done again, summaries are kept, unknown stays unknown."""
    write_journal(path, begun(0), done(0, summary=7), begun(1))
    job = Job()
    found = await outcomes_of(run_with_journal(path, job, [0, 1], ordered=True, repeat_done=True))
    assert [outcome.status for outcome in found] == ["done", "unknown"]
    assert job.begun == [0]
    write_journal(path, begun(0), done(0, summary=7), begun(1), {"event": "again"})
    assert read_journal(path) == {
        "item-0": JournalEntry(status=None, summary=7, attempts=1),
        "item-1": JournalEntry(status="unknown", attempts=1),
    }


async def test_an_incomplete_line_is_dropped(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a kill cuts the file: no item recorded as done is repeated, and all get done."""
    monkeypatch.setattr("os.fsync", lambda _: None)
    await outcomes_of(run_with_journal(path, Job(), summary=str))
    whole = content(path)
    ends = [length for length in range(len(whole)) if b"\n" in whole[length - 1 : length + 1]]
    for length in {*range(0, len(whole), 7), *ends}:
        write_file(path, whole[:length])
        recorded = {line for line in whole[:length].split(b"\n")[:-1] if b'"done"' in line}
        job = Job()
        found = await outcomes_of(run_with_journal(path, job, repeat_unknown=True))
        assert len(job.begun) == 4 - len(recorded)
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
    """An unreadable line in the middle could have been a "done", so nothing is begun."""
    write_file(path, f"{HEADER}{json.dumps(begun(0))}\n{line}\n{json.dumps(done(0))}\n")
    job, before = Job(), content(path)
    with pytest.raises(ConfigurationError, match="damaged in line 3"):
        await outcomes_of(run_with_journal(path, job))
    with pytest.raises(ConfigurationError, match="damaged in line 3"):
        read_journal(path)
    assert (job.begun, content(path)) == ([], before)


@pytest.mark.parametrize(
    "text", ["id,carrier\n", "{}", "{}\n", '{"journal": "other", "version": 2}\n']
)
async def test_a_foreign_file_is_left_alone(path: Path, text: str) -> None:
    """A file that is no journal is not changed."""
    write_file(path, text)
    job = Job()
    with pytest.raises(ConfigurationError, match="is none"):
        await outcomes_of(run_with_journal(path, job))
    assert (job.begun, content(path)) == ([], text.encode())


async def test_a_file_that_cannot_be_opened_is_refused(path: Path, tmp_path: Path) -> None:
    """A folder, a device or a missing folder is an error before anything is begun."""
    for wrong in (tmp_path, Path(os.devnull), tmp_path / "no" / "folder"):
        with pytest.raises(ConfigurationError, match="cannot be opened"):
            await outcomes_of(run_with_journal(wrong, Job()))
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_journal(tmp_path)
    assert read_journal(path) == {}


async def test_one_run_at_a_time(path: Path) -> None:
    """A second run with the same journal is refused until the first one has ended."""
    job = Job(held=True)
    async with run_with_journal(path, job) as outcomes:
        await until(lambda: job.begun == [0])
        assert read_journal(path)["item-0"].status == "unknown"
        with pytest.raises(ConfigurationError, match="another run is using it"):
            await outcomes_of(run_with_journal(path, Job()))
        job.release(*range(4))
        assert len([outcome async for outcome in outcomes]) == 4
    assert len(await outcomes_of(run_with_journal(path, job))) == 4


@pytest.mark.parametrize("writes", range(1, 6))
async def test_an_item_that_cannot_be_recorded_is_not_begun(
    path: Path, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    """A full disk ends the batch: outcomes first, then the error; no call without a record."""
    real, left = os.write, [writes]

    def full(descriptor: int, data: bytes) -> int:
        """Writes until the given number of writes is used up."""
        if not left[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        left[0] -= 1
        return real(descriptor, data)

    write_file(path, HEADER)
    monkeypatch.setattr("boxapis.batch._log_file.os.write", full)
    job = Job()
    found: list[str] = []
    pulled: list[int] = []

    def key_and_note(item: int) -> str:
        """Records how far the source was read."""
        pulled.append(item)
        return item_key(item)

    with pytest.raises(OSError, match="No space left"):
        async with run_with_journal(path, job, range(40), key=key_and_note) as outcomes:
            async for outcome in outcomes:
                found.append(outcome.status)  # noqa: PERF401 - it raises under way
    recorded = [line["key"] for line in read_events(path) if line["event"] == "begun"]
    assert [item_key(item) for item in job.begun] == recorded
    assert found == ["done"] * len(recorded)
    assert outcomes.progress.left == 40 - len(recorded)
    assert len(pulled) <= len(recorded) + 2


async def test_a_write_cut_short_is_completed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that took only some of the bytes is followed by one for the rest."""
    real = os.write
    monkeypatch.setattr("boxapis.batch._log_file.os.write", lambda file, data: real(file, data[:5]))
    await outcomes_of(run_with_journal(path, Job()))
    assert {entry.status for entry in read_journal(path).values()} == {"done"}
    assert len(read_events(path)) == 8


async def test_a_summary_that_is_not_json(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A `Secret`, for instance, is not kept; the item is done all the same."""
    options = {"summary": lambda _: Secret("secret-in-a-summary")}
    with caplog.at_level(logging.WARNING, "boxapis"):
        (outcome,) = await outcomes_of(run_with_journal(path, Job(), [0], **options))
    assert outcome.status == "done"
    assert read_events(path) == [begun(0), done(0)]
    assert "of type Secret is not JSON" in caplog.text


async def test_duplicate_keys(path: Path) -> None:
    """A second item with the same key fails: the journal would take it for the first."""
    job = Job()
    first, second = await outcomes_of(run_with_journal(path, job, [1, 1], ordered=True))
    assert (first.status, second.status, type(second.error)) == (
        "done",
        "failed",
        ConfigurationError,
    )
    assert job.begun == [1]
    assert len(read_events(path)) == 2


async def test_an_end_is_recorded_even_under_cancellation(path: Path) -> None:
    """The result of a call that has ended is recorded before the task is cancelled."""

    async def cancel_and_end(_: int) -> None:
        """Cancels its own task, then returns normally."""
        task.cancel()

    async def consume() -> None:
        """Runs the batch."""
        await outcomes_of(run_with_journal(path, cancel_and_end, [0]))

    task = asyncio.create_task(consume())
    with pytest.raises(asyncio.CancelledError):
        await task
    assert read_journal(path)["item-0"].status == "done"


async def test_a_cancelled_call_is_unknown(path: Path) -> None:
    """The next run reports it as unknown and does not repeat it."""
    job = Job(held=True)
    task = asyncio.create_task(outcomes_of(run_with_journal(path, job, [0])))
    await until(lambda: job.begun == [0])
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert read_events(path) == [begun(0)]
    (outcome,) = await outcomes_of(run_with_journal(path, raising(REFUSED), [0]))
    assert (outcome.status, outcome.attempts) == ("unknown", 1)


def test_nothing_is_appended_after_a_failed_write(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise an incomplete line could stand in the middle of the file."""
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
    """Without locks, as on some network file systems, two runs could write at the same time."""

    def fail(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", fail)
    with pytest.raises(ConfigurationError, match="No locks available"):
        LogFile(path)
