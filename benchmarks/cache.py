"""How much of a prompt comes from the prompt cache: of the ticket notes after twelve turns, and in a long session.

The real Anthropic client talks to a server on localhost that follows the documented rules of the prompt cache.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from benchmarks.common import Figure, run
from benchmarks.desk import AppDesk, desk
from benchmarks.support import long_session
from benchmarks.support.anthropic_wire import Answer, AnthropicWire, SeenRequest, lane

SAID: Final = (
    "Nobody in Accounting can print since this morning. The printer is PRT-ACC-01, a shared device of eleven people, "
    "and it hangs on the print server PRINT02. It shows Ready on its display, there is paper in all three trays, and "
    "they have switched it off and on twice. Two people say that the jobs simply vanish from the window after they "
    "press Print, the others see them stay there. The ticket came in at 8:10 from the head of the department, who "
    "has to send out the invoices before noon.",
    "All four pings came back, 1 ms each. The queue on PRINT02 holds 14 jobs and the oldest one is from 7:40, it "
    "belongs to m.ortiz and says Error - Printing. Somebody from the night shift told me that the server was patched "
    "and restarted around 3:00, and that the restart took longer than it usually does. Nobody has looked at the "
    "server since then. The other printers on the same server seem fine, at least nobody else has called so far.",
    "The spooler was stopped when I looked. I started it with Start-Service Spooler, it ran for about a minute, the "
    "first two jobs left the queue, and then it stopped again without any message on the screen. In the System log "
    "there is event 7031 from the Service Control Manager, The Print Spooler service terminated unexpectedly, four "
    "times by now. In the PrintService Admin log there is event 372 for the document of m.ortiz, several times, with "
    "the driver name KX DRIVER 8.3 for the failing job. Do you want me to look for anything else in there?",
    "Yes, the driver 61.310 came with last night's patches, before that it was 61.290 on this server. I emptied the "
    "spool folder as you said, all 14 files are gone and people will have to print again. The spooler still stops "
    "after about a minute, as soon as the first new job comes in, and the log shows event 372 once more, this time "
    "for a test page of my own from Notepad. So it cannot be one damaged document.",
    "The old driver 61.290 is back: I removed the package with pnputil, took the one from the driver share, and set "
    "it for the queue PRT-ACC-01. Then I started the spooler again. It has been running for five minutes now, my "
    "test page came out, and the head of the department has just printed an invoice of three pages. The other two "
    "queues on this server with the same driver are still on 61.310, I have not touched them yet.",
    "I have changed the two other queues too and printed a test page on each of them. Everybody in Accounting prints "
    "again, I called three of them to be sure. The patch group for the print servers now excludes this driver until "
    "the vendor has answered, and I have opened a case with them, the number is in the ticket. I think that we are "
    "done here and that I can close it. Is there anything that I should keep an eye on during the next days?",
)
"""What the engineer says in the six exchanges."""

WRITTEN: Final = (
    "Since the printer answers and says Ready, the fault is most likely **between the workstation and the device**: "
    "on the print server, its queue or its driver. Jobs that stay in the window and jobs that vanish are both what "
    "people see when the spooler on the server stops or restarts, so I would look there first.",
    "None of these checks changes anything, and each takes a minute. If the service is stopped, **start it once and "
    "watch how long it runs**: a spooler that stops again within a minute or two nearly always chokes on one job, one "
    "driver or one port monitor, and the event log of the service tells which of the three it is.",
    "Before you empty the spool folder, tell the department: **every job in the queue is lost** and has to be printed "
    "again, which matters with the invoices. You get back by restoring the folder's copy, so make one first. When it "
    "keeps stopping with an empty queue, the driver is what is left, and the former one is the way back.",
)
"""What the assistant says: one, two or three of these paragraphs, so 300 to 900 characters; at the end it is one."""

CROWD: Final = 30
"""Messages between two replies: more than the API looks back."""

NOTES: Final = (
    "## Problem Summary\nNobody in Accounting could print to PRT-ACC-01.\n\n"
    "## Steps Taken\n- Found the spooler of PRINT02 stopping with event 372.\n- Emptied the spool folder.\n"
    "- Put driver 61.290 back.\n\n## Resolution\nDriver 61.310 made the spooler stop.\n\n## Next Steps\nNone"
)


async def measure(quick: bool) -> list[Figure]:
    """Hold the session twice, the second time resolved on a long reply with open tasks, and then a long one."""
    usual = await requests(closing=True)
    abrupt = await requests(closing=False)
    worst = _share("the same, resolved on a long reply with open tasks", abrupt, at_least=90)
    exchanges, budget = (40, 20_000) if quick else (250, long_session.BUDGET)
    crowd = _of_before("read of the request before, after 30 messages that were only recorded", await crowded())
    return [*_calls(usual), *_verdict(usual), worst, crowd, *await long_session.measure(exchanges, budget)]


async def requests(*, closing: bool) -> list[SeenRequest]:
    """Hold a session of six exchanges, resolve it, and return what the model was asked, without the warm-up."""
    async with AnthropicWire() as wire:
        wire.default = partial(answer, closing)
        async with desk(tasklane_provider="anthropic", anthropic_api_key="key", anthropic_base_url=wire.url) as at_work:
            await play(at_work)
        return [seen for seen in wire.requests if seen.body.get("system")]


async def crowded() -> list[SeenRequest]:
    """Let three people talk in the thread of a session, and return what the model was asked, without the warm-up."""
    async with AnthropicWire() as wire:
        wire.default = partial(answer, False)
        async with desk(tasklane_provider="anthropic", anthropic_api_key="key", anthropic_base_url=wire.url) as at_work:
            people = [at_work.slack.person(name) for name in ("Ben", "Dana")]
            card = await at_work.start(at_work.slack.person("Ana"), SAID[0])
            for number in range(CROWD):
                await people[number % 2].say(card.channel, f"Colleague {number}: here too.", thread=card)
            await at_work.quiet()
            await people[0].say(card.channel, "@Tasklane and now?", thread=card)
            await at_work.quiet()
        return [seen for seen in wire.requests if seen.body.get("system")]


def answer(closing: bool, seen: SeenRequest) -> Answer:
    """Answer as the system text asks for: ticket notes, the next step, or at the end a word with nothing left to do."""
    messages = seen.body["messages"]
    if "Write its ticket notes" in _text(messages[-1]):
        return Answer(text=lane(NOTES, title=None, summary=None, questions=(), actions=()))
    number = len(messages) // 2 + 1
    last = closing and number == len(SAID)
    count = 1 if last else (number - 1) % len(WRITTEN) + 1
    return Answer(
        text=lane(
            f"Step {number}. " + "\n\n".join(WRITTEN[:count]),
            title="Accounting prints nothing" if number == 1 else None,
            summary="Nobody in Accounting can print since this morning." if number == 1 else None,
            questions=() if last else ((f"What does the log say at step {number}?", "It tells driver from queue."),),
            actions=() if last else ((f"List the newest events, step {number}", "Get-WinEvent -LogName System"),),
        )
    )


async def play(at_work: AppDesk) -> None:
    """Hold the dialogue and resolve it."""
    ana = at_work.slack.person("Ana")
    card = await at_work.start(ana, SAID[0])
    for text in SAID[1:]:
        await ana.say(card.channel, text, thread=card)
        await at_work.quiet()
    assert (await ana.command(card.channel, "/resolve The old driver is back")).ok
    await at_work.quiet()
    assert any(m.bot and "Next Steps" in m.text_view() for m in card.replies), "the notes are not there"


def _calls(calls: Sequence[SeenRequest]) -> list[Figure]:
    figures = []
    for number, seen in enumerate(calls, start=1):
        name = "notes" if number == len(calls) else f"reply {number}"
        for what, tokens in (
            ("input", seen.counted.input),
            ("cache read", seen.counted.cache_read),
            ("cache write", seen.counted.cache_write),
        ):
            figures.append(Figure(what=f"{name}: {what}", value=tokens, unit="tokens"))
    return figures


def _verdict(calls: Sequence[SeenRequest]) -> list[Figure]:
    told = [_text(message) for message in calls[-1].body["messages"][:-1]]
    said = sum(text in told for text in SAID)
    answered = sum(any(f"Step {n}. " in text for text in told) for n in range(1, len(SAID) + 1))
    return [
        _share("notes: share of the prompt read from the cache", calls, at_least=90),
        Figure(what="turns in the notes' request", value=said + answered, unit="", at_least=2 * len(SAID)),
        Figure(what="requests besides the warm-up", value=len(calls), unit="", at_most=len(SAID) + 1),
    ]


def _share(what: str, calls: Sequence[SeenRequest], *, at_least: float | None = None) -> Figure:
    counted = calls[-1].counted
    prompt = counted.input + counted.cache_read + counted.cache_write
    return Figure(what=what, value=100 * counted.cache_read / prompt, unit="%", at_least=at_least)


def _of_before(what: str, calls: Sequence[SeenRequest]) -> Figure:
    """Say how much of what the request before had comes from the cache."""
    before, last = calls[-2].counted, calls[-1].counted
    return Figure(what=what, value=100 * last.cache_read / before.prompt, unit="%", at_least=100)


def _text(message: dict[str, Any]) -> str:
    content = message["content"]
    return content if isinstance(content, str) else "".join(block["text"] for block in content)


if __name__ == "__main__":
    run("Prompt cache", measure)
