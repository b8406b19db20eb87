"""Journals with versions and a scope: what is sent again, and whose journal is refused."""

from pathlib import Path

import pytest

from boxapis import ConfigurationError, batch
from boxapis.batch import JournalEntry, read_journal
from tests.support.batch_doubles import Job, outcomes_of, raising, statuses

MINE, OTHERS = {"service": "https://a", "user": "7"}, {"service": "https://a", "user": "8"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Path of a journal that does not exist yet."""
    return tmp_path / "job.journal"


def content(path: Path) -> str:
    """Returns the content of a file; a plain function, so that async tests may call it."""
    return path.read_text()


def write(path: Path, text: str) -> None:
    """Writes a file."""
    path.write_text(text)


async def test_a_changed_item_is_begun_again(path: Path) -> None:
    """An item is skipped only with the version it had when it was done; its summary is kept."""
    versions = {0: "a", 1: "b", 2: "c"}

    async def run(job: object) -> dict[str, str]:
        options = {"key": str, "journal": path, "version": versions.get, "summary": str}
        return statuses(await outcomes_of(batch.run(job, list(versions), **options)))  # type: ignore[arg-type]

    assert set((await run(Job())).values()) == {"done"}
    versions[1] = "b2"
    assert await run(raising(ConfigurationError("no"))) == {
        "0": "skipped",
        "1": "failed",
        "2": "skipped",
    }
    assert read_journal(path)["1"] == JournalEntry(
        status="failed", summary="value of 1", attempts=2, version="b2"
    )
    versions[1] = "b"
    job = Job()
    assert await run(job) == {"0": "skipped", "1": "done", "2": "skipped"}
    assert job.begun == [1]


async def test_an_unknown_item_stays_unknown_with_another_version(path: Path) -> None:
    """That the content has changed says nothing about whether the earlier call did its work."""
    write(
        path,
        '{"journal": "boxapis.batch", "version": 2}\n'
        '{"event": "begun", "key": "0", "version": "a"}\n',
    )
    running = batch.run(Job(), [0], key=str, journal=path, version=lambda _: "b")
    assert statuses(await outcomes_of(running)) == {"0": "unknown"}


async def test_a_version_must_be_text(path: Path) -> None:
    """Anything else fails the item alone."""
    running = batch.run(Job(), [0, 1], key=str, journal=path, version=lambda item: item or "a")  # type: ignore[arg-type,return-value]
    assert statuses(await outcomes_of(running)) == {"0": "done", "1": "failed"}


async def test_keys_are_compared_as_they_look(path: Path) -> None:
    """A name typed on another system, with combining accents, is the same name."""
    composed, combining = "caf\u00e9", "cafe\u0301"
    job = Job()
    for name in (composed, combining):
        found = await outcomes_of(batch.run(job, [0], key=lambda _, name=name: name, journal=path))  # type: ignore[misc]
    assert (job.begun, statuses(found)) == ([0], {composed: "skipped"})


@pytest.mark.parametrize("mine", [MINE, None])
async def test_a_journal_of_another_scope_is_refused(
    path: Path, mine: "dict[str, str] | None"
) -> None:
    """F178: both scopes are named, nothing is begun, and the file is not changed."""
    await outcomes_of(batch.run(Job(), [0], key=str, journal=path, scope=OTHERS))
    before, job = content(path), Job()
    with pytest.raises(ConfigurationError, match=r"job\.journal is the journal of .*user 8, not "):
        await outcomes_of(batch.run(job, [0, 1], key=str, journal=path, scope=mine))
    assert (job.begun, content(path)) == ([], before)
    with pytest.raises(ConfigurationError, match="user 8, not of user 7"):
        read_journal(path, scope=MINE)
    assert read_journal(path) == read_journal(path, scope=OTHERS)


async def test_a_journal_of_another_version_is_refused(path: Path) -> None:
    """F177: a journal of an earlier or later version of this package is named, never misread."""
    for version in (1, 3):
        write(path, f'{{"journal": "boxapis.batch", "version": {version}}}\n')
        job, before = Job(), content(path)
        with pytest.raises(ConfigurationError, match="job.journal .* another version .*: finish"):
            await outcomes_of(batch.run(job, [0], key=str, journal=path))
        assert (job.begun, content(path)) == ([], before)


async def test_a_header_that_was_cut_off_is_written_anew(path: Path) -> None:
    """A kill or a full disk within the first line leaves an empty journal."""
    await outcomes_of(batch.run(Job(), [0], key=str, journal=path, scope=MINE))
    header = content(path).partition("\n")[0]
    for length in range(len(header) + 1):
        write(path, header[:length])
        assert read_journal(path) == {}
        await outcomes_of(batch.run(Job(), [0], key=str, journal=path, scope=MINE))
        assert read_journal(path, scope=MINE)["0"].status == "done"
