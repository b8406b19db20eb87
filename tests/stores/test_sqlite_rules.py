"""The steps of the SQLite store, compared with the pure rules on the same sequence."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from boxapis.stores import SQLiteStore
from boxapis.stores import _sqlite as module
from tests.stores.sequences import Moment, PureStore, sequences


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Path]:
    """A folder whose files are numbered."""
    return (tmp_path / f"{number}.db" for number in range(1_000_000))


@given(moments=sequences())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_same_steps_get_the_same_answers(
    files: Iterator[Path], moments: list[Moment], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any sequence of steps, at any times, is answered as the pure rules say."""
    path, pure, clock = next(files), PureStore(), [1_700_000_000_000]
    monkeypatch.setattr(module, "_advance", lambda _: clock[0])

    async def main() -> list[object]:
        async with SQLiteStore(path) as store:
            answers: list[object] = []
            for passed, step in moments:
                clock[0] += passed
                answers.append(await store.run(step))
            return answers

    expected = []
    now = clock[0]
    for passed, step in moments:
        now += passed
        expected.append(pure.apply(step, now))
    assert asyncio.run(main()) == expected
