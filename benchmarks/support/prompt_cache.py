"""The documented prompt cache rules of the Messages API, with tokens that are counted roughly as a tokenizer does."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SMALLEST = 512
"""Tokens below which nothing is cached; the figure of the 5.5 models."""

LOOK_BACK = 20
"""Blocks that the search for a known prefix goes back from a marker."""

LIFETIMES = {"5m": 300.0, "1h": 3600.0}


def tokens(text: str) -> int:
    """Count pseudo tokens, the same for the same text: one for four characters of ASCII, and for each other one."""
    ascii_only = len(text.encode("ascii", "ignore"))
    return (ascii_only + 3) // 4 + len(text) - ascii_only


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptCount:
    """The prompt tokens of one request, as `usage` reports them."""

    input: int
    cache_read: int
    cache_write: int

    @property
    def prompt(self) -> int:
        """All of them."""
        return self.input + self.cache_read + self.cache_write


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    key: str
    """Names the whole prefix that ends with this block."""
    size: int
    """Tokens of that prefix."""
    lifetime: float | None
    """Set where the block carries a marker."""


class PromptCache:
    """Knows the prefixes it has seen. Reading one takes a marker just as writing does."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._entries: dict[str, tuple[float, float]] = {}
        """Prefix → (until when, lifetime)."""

    def count(self, body: Mapping[str, Any]) -> PromptCount:
        """Say what a request reads, writes and leaves uncached."""
        blocks = list(_blocks(body))
        marked = _marked(blocks)
        found = [self._find(blocks, index) for index in marked]
        read = max((block.size for block in found if block is not None), default=0)
        cached = max((blocks[index].size for index in marked), default=0)
        return PromptCount(input=blocks[-1].size - cached, cache_read=read, cache_write=cached - read)

    def store(self, body: Mapping[str, Any]) -> None:
        """Remember a request's prefixes, as the API does once its response begins."""
        blocks = list(_blocks(body))
        for index in _marked(blocks):
            marker = blocks[index]
            if (found := self._find(blocks, index)) is not None:
                self._keep(found.key, self._entries[found.key][1])
            self._keep(marker.key, marker.lifetime or 0.0)

    def _find(self, blocks: list[_Block], marker: int) -> _Block | None:
        """The longest live prefix that a marker finds."""
        for block in reversed(blocks[max(0, marker - LOOK_BACK) : marker + 1]):
            if self._entries.get(block.key, (0.0, 0.0))[0] > self._clock():
                return block
        return None

    def _keep(self, key: str, lifetime: float) -> None:
        self._entries[key] = (self._clock() + lifetime, lifetime)


def _marked(blocks: list[_Block]) -> list[int]:
    return [index for index, block in enumerate(blocks) if block.lifetime and block.size >= SMALLEST]


def _blocks(body: Mapping[str, Any]) -> Iterator[_Block]:
    """The cacheable blocks in the order of the prefix: system, then messages."""
    frame = {name: body.get(name) for name in ("model", "tools", "thinking", "output_config", "speed")}
    digest = hashlib.sha256(_json(frame).encode())
    size = tokens(_json(body.get("output_config"))) + tokens(_json(body.get("tools")))
    parts = [("system", block) for block in _content(body.get("system") or [])]
    for message in body["messages"]:
        parts += [(message["role"], block) for block in _content(message["content"])]
    for index, (role, block) in enumerate(parts):
        marker = block.get("cache_control")
        if index == len(parts) - 1:
            marker = marker or body.get("cache_control")
        bare = {name: value for name, value in block.items() if name != "cache_control"}
        digest.update(_json([role, bare]).encode())
        size += tokens(str(bare.get("text", _json(bare))))
        lifetime = LIFETIMES[marker.get("ttl", "5m")] if marker else None
        yield _Block(key=digest.hexdigest(), size=size, lifetime=lifetime)


def _content(content: Any) -> list[dict[str, Any]]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
