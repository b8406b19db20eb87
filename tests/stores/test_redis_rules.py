"""The scripts of the Redis store, compared with the pure rules on the same sequence."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, given, settings

from boxapis.stores import RedisStore
from boxapis.stores import _redis as module
from tests.engines.redis import RedisServer
from tests.stores.sequences import Moment, sequences

# The clock is a key, and lifetimes are counted on it.
MOVED_CLOCK = """
local now = tonumber(redis.call('GET', 'now'))
local expires = redis.call('GET', 'expires ' .. KEYS[1])
if expires and tonumber(expires) <= now then redis.call('DEL', KEYS[1]) end
local real = redis
local redis = {call = function(command, key, ...)
  if command == 'PEXPIRE' then
    return real.call('SET', 'expires ' .. key, string.format('%.0f', now + ...))
  end
  return real.call(command, key, ...)
end}
"""

CHANGES = [
    ("claim", "record_fence > known", "record_fence >= known"),
    ("claim", "fence + 1, ", ""),
    ("claim", ", now)", ")"),
    ("keep", "owner ~= claimer or ", ""),
    ("keep", " or fence ~= claimed", ""),
    ("land", "> claimed", ">= claimed"),
    ("land", "now - age", "now"),
    ("land", ", owner = ''", ""),
    ("touch", "record_fence < used_fence", "record_fence <= used_fence"),
    ("touch", "record == '' or ", ""),
    ("end", "record_fence ~= tonumber(ARGV[2])", "false"),
    ("end", "save({record = ''})", ""),
    ("slot", "math.max(0, now - used_at)", "now - used_at"),
    ("bucket", "capacity - 2", "capacity - 1"),
    ("bucket", "opens_at <= now", "opens_at < now"),
    ("draw", "redeem == epoch", "redeem ~= 0"),
    ("draw", "wait > most", "wait >= most"),
    ("draw", "math.ceil", "math.floor"),
    ("tell", "+ tolerance", "+ tolerance - 1"),
    ("tell", "math.min(value, trusted_level_factor * full)", "value"),
    ("tell", " and value == epoch", ""),
    ("tell", "level = stored_level", "level = 0"),
    ("save", "redis.call('PEXPIRE', KEYS[1], ARGV[1])", "redis.call('PEXPIRE', KEYS[1], 600000)"),
]
"""A script, a rule in it, and another rule."""


def compare(server: RedisServer) -> Callable[[list[Moment]], None]:
    """Returns what fails unless a sequence is answered as the pure rules say."""
    clock = server.client()

    def same(moments: list[Moment]) -> None:
        async def main() -> list[object]:
            async with RedisStore(server.url) as store:
                answers: list[object] = []
                for moment in moments:
                    clock.set("now", moment.now)
                    answers.append(await store.run(moment.step))
                return answers

        clock.flushall()
        try:
            assert asyncio.run(main()) == [moment.answer for moment in moments]
        finally:
            clock.close()

    return same


def test_the_same_steps_get_the_same_answers(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F211: any sequence of steps, at any times, is answered as the pure rules say."""
    monkeypatch.setattr(module, "_SCRIPTS", module._scripts(MOVED_CLOCK))
    given(sequences(may_go_back=True))(settings(max_examples=200)(compare(redis_server)))()


@pytest.mark.parametrize(("script", "rule", "other"), CHANGES, ids=lambda text: str(text)[:40])
def test_another_rule_is_noticed(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch, script: str, rule: str, other: str
) -> None:
    """F211: the comparison fails when a single rule in a script is another one."""
    source = module._source

    def changed(name: str) -> str:
        text = source(name)
        if name != script:
            return text
        assert rule in text
        return text.replace(rule, other)

    monkeypatch.setattr(module, "_source", changed)
    monkeypatch.setattr(module, "_SCRIPTS", module._scripts(MOVED_CLOCK))
    kind: Any = "buckets" if script in ("bucket", "draw", "tell") else "slots"
    long = sequences(kind, sizes=(30,), may_go_back=True)
    once = settings(max_examples=1_000, phases=[Phase.generate], derandomize=True, database=None)
    with pytest.raises(AssertionError):
        given(long)(once(compare(redis_server)))()
