"""The Messages API's double keeps the documented rules, so that what it proves is worth something."""

import itertools
from typing import Any

import pytest

from benchmarks.support.messages_rules import objection
from benchmarks.support.prompt_cache import PromptCache
from bot.domain.reply.reader import SCHEMA

SYSTEM = "word " * 600


class WireClock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def body(*texts: str, **changes: Any) -> dict[str, Any]:
    roles = itertools.cycle(("user", "assistant"))
    messages = [{"role": role, "content": text} for role, text in zip(roles, texts, strict=False)]
    request: dict[str, Any] = {
        "model": "claude-sonnet-5-5",
        "max_tokens": 100,
        "system": SYSTEM,
        "messages": messages,
        "cache_control": {"type": "ephemeral", "ttl": "1h"},
    }
    return {**request, **changes}


def read(cache: PromptCache, request: dict[str, Any]) -> int:
    """Tokens that a request reads. It is stored then."""
    counted = cache.count(request)
    cache.store(request)
    return counted.cache_read


def test_the_same_prefix_is_read_and_the_rest_written() -> None:
    cache = PromptCache(WireClock())
    first = cache.count(body("a"))
    assert (first.cache_read, first.input) == (0, 0)
    cache.store(body("a"))
    second = cache.count(body("a", "b", "c"))
    assert second.cache_read == first.cache_write
    assert 0 < second.cache_write < 10


@pytest.mark.parametrize(
    "change",
    [
        {"model": "claude-haiku-5-5"},
        {"system": SYSTEM + "!"},
        {"output_config": {"effort": "high"}},
        {"thinking": {"type": "adaptive"}},
        {"cache_control": None},
    ],
)
def test_a_changed_prefix_or_no_marker_reads_nothing(change: dict[str, Any]) -> None:
    cache = PromptCache(WireClock())
    read(cache, body("a"))
    assert read(cache, body("a", "b", "c", **change)) == 0


def test_below_512_tokens_nothing_is_cached() -> None:
    cache = PromptCache(WireClock())
    small = body("a", system="short")
    cache.store(small)
    assert cache.count(small).cache_read == cache.count(small).cache_write == 0


def test_an_entry_lives_its_lifetime_from_its_last_use() -> None:
    clock = WireClock()
    cache = PromptCache(clock)
    read(cache, body("a"))
    clock.now = 3_000
    assert read(cache, body("a")) > 0
    clock.now = 6_000
    assert read(cache, body("a")) > 0
    clock.now = 9_601
    assert read(cache, body("a")) == 0


def test_a_prefix_more_than_twenty_blocks_back_is_not_found() -> None:
    cache = PromptCache(WireClock())
    read(cache, body("a"))
    texts = ["a", *"b" * 20]
    assert cache.count(body(*texts)).cache_read > 0
    assert cache.count(body(*texts, "b", "b")).cache_read == 0


@pytest.mark.parametrize(
    "change",
    [
        {"temperature": 0},
        {"thinking": {"type": "disabled"}},
        {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "{"}]},
        {"messages": [{"role": "user", "content": ""}]},
        {"messages": []},
        {"max_tokens": 0, "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
        {"output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}}},
    ],
)
def test_what_the_api_rejects_is_rejected(change: dict[str, Any]) -> None:
    assert objection(body("a", **change)) is not None


def test_the_apps_schema_is_one_that_the_api_takes() -> None:
    assert objection(body("a", output_config={"format": {"type": "json_schema", "schema": SCHEMA}})) is None
