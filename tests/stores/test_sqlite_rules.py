"""The steps of the SQLite store, compared with the pure rules on the same sequence."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from boxapis.stores import SQLiteStore
from boxapis.stores import _sqlite as module
from tests.stores.sequences import START, Moment, sequences


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Path]:
    """A folder whose files are numbered."""
    return (tmp_path / f"{number}.db" for number in range(1_000_000))


@given(moments=sequences())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_same_steps_get_the_same_answers(
    files: Iterator[Path], moments: list[Moment], monkeypatch: pytest.MonkeyPatch
) -> None:
    """F211: any sequence of steps, at any times, is answered as the pure rules say."""
    path, clock = next(files), [START]
    monkeypatch.setattr(module, "_advance", lambda _: clock[0])

    async def main() -> list[object]:
        async with SQLiteStore(path) as store:
            answers: list[object] = []
            for moment in moments:
                clock[0] = moment.now
                answers.append(await store.run(moment.step))
            return answers

    assert asyncio.run(main()) == [moment.answer for moment in moments]
