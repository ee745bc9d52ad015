"""Messages that are written live with chat.startStream, chat.appendStream and chat.stopStream."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from bot.sandbox import limits
from bot.sandbox.blockkit import block
from bot.sandbox.schema import Findings, ObjectShape, anything, listing, one_of, string, typed

Block = dict[str, Any]
State = Literal["open", "stopped", "stopped_by_user", "expired"]
_SHORT: Final = string(limits.TASK_TEXT)
_CHUNKS: Final = listing(
    typed(
        {
            "markdown_text": ObjectShape({"text": string(limits.MARKDOWN_TEXT)}),
            "task_update": ObjectShape(
                {
                    "id": string(limits.IDENTIFIER, 1),
                    "title": string(limits.TASK_TEXT, 1),
                    "status": one_of("pending", "in_progress", "complete", "error"),
                },
                {"details": _SHORT, "output": _SHORT, "sources": anything},
            ),
            "plan_update": ObjectShape({"title": string(limits.TASK_TEXT, 1)}),
            "blocks": ObjectShape({"blocks": listing(block("message"), 1, limits.BLOCKS_IN_MESSAGE)}),
        }
    ),
    0,
    limits.CHUNKS,
)


@dataclass(slots=True, kw_only=True, eq=False)
class MessageStream:
    """How far a streamed message is, and who watches it being written."""

    recipient: str
    started: float
    as_plan: bool
    ended: Literal["", "stopped", "stopped_by_user"] = ""
    title: str = ""
    size: int = 0
    parts: list[Block] = field(default_factory=list)
    first: list[Block] = field(default_factory=list)

    def state(self, now: float) -> State:
        """Say whether more may be appended. Slack gives up after five minutes, whatever arrives."""
        if self.ended:
            return self.ended
        return "expired" if now - self.started >= limits.STREAM_SECONDS else "open"

    def take(self, chunks: Sequence[Mapping[str, Any]]) -> None:
        """Add chunks at the end. A task that is already shown is updated in place."""
        for chunk in chunks:
            kind = chunk["type"]
            if kind == "markdown_text":
                self._write(str(chunk["text"]))
            elif kind == "plan_update":
                self.title = str(chunk["title"])
            elif kind == "task_update":
                self._update_task(chunk)
            else:
                self.parts += [dict(item) for item in chunk["blocks"]]
        self.size += size_of(chunks)
        self.first = self.first or self.blocks()

    def blocks(self) -> list[Block]:
        """Return what the recipient sees now."""
        parts = [dict(part) for part in self.parts]
        if not self.as_plan and not self.title:
            return parts
        tasks = [part for part in parts if part["type"] == "task_card"]
        plan = {"type": "plan", "title": self.title or "Plan", "tasks": tasks}
        return [plan, *(part for part in parts if part["type"] != "task_card")]

    def text(self) -> str:
        """Return the Markdown that was streamed."""
        return "".join(str(part["text"]) for part in self.parts if part["type"] == "markdown")

    def _write(self, text: str) -> None:
        if not text:
            return
        if self.parts and self.parts[-1]["type"] == "markdown":
            self.parts[-1]["text"] += text
        else:
            self.parts.append({"type": "markdown", "text": text})

    def _update_task(self, chunk: Mapping[str, Any]) -> None:
        task = next((part for part in self.parts if part.get("task_id") == chunk["id"]), None)
        if task is None:
            task = {"type": "task_card", "task_id": chunk["id"]}
            self.parts.append(task)
        task |= {"title": chunk["title"], "status": chunk["status"]}
        task |= {name: _rich(str(chunk[name])) for name in ("details", "output") if chunk.get(name)}
        if chunk.get("sources"):
            task["sources"] = chunk["sources"]


def chunk_problems(chunks: Any) -> Findings:
    """Find everything that Slack refuses in the chunks of a stream."""
    findings = Findings("invalid_chunks")
    _CHUNKS(chunks, "/chunks", findings)
    return findings


def size_of(chunks: Sequence[Mapping[str, Any]]) -> int:
    """Count the UTF-8 bytes that Slack counts: Markdown once, the details and output of tasks twice."""
    total = 0
    for chunk in chunks:
        total += len(str(chunk.get("text") or "").encode())
        total += 2 * sum(len(str(chunk.get(name) or "").encode()) for name in ("details", "output"))
    return total


def _rich(text: str) -> Block:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}
