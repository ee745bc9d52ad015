"""What real-looking replies, pastes, scripts and titles look like on every surface.

`CORPUS=rewrite pytest tests/unit/slack/views/test_corpus.py` writes what each shows anew; read it before you keep it.
The end of a file's name says whose words it holds: `md` the assistant's, `txt` a person's, `script` a command,
`title` a name for a session.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import errors
from bot.domain.ids import ChannelId, SessionId, TaskId, UserId
from bot.domain.lane import Kind, Lane, Mark, Task
from bot.domain.notes.record import NotesSource
from bot.domain.notes.sections import assemble, render, repair
from bot.domain.sessions import Session, Status
from bot.slack.views import answer, card, conclude, home, kit, lane, notes, notices, replies, scripts
from bot.slack.views.spans import plain
from tests.unit.slack.views import reading
from tests.unit.slack.views.samples import NOW, assert_sound, assert_sound_view, session

FOLDER = Path(__file__).parent / "corpus"
CASES = sorted(path.name for path in (FOLDER / "in").iterdir())
REWRITE = os.environ.get("CORPUS") == "rewrite"
LINK = "https://example.slack.com/archives/C1/p1"
Surface = tuple[str, str]


def _message(name: str, drawn: kit.Rendered | None) -> Surface:
    assert drawn is not None
    assert_sound(drawn)
    return name, reading.blocks(drawn.blocks)


def _view(name: str, drawn: kit.View) -> Surface:
    assert_sound_view(drawn)
    return name, reading.view(drawn)


def _tasks(*tasks: Task) -> Lane:
    return Lane(session=SessionId("s1"), tasks=tasks)


def _session(**changes: object) -> Session:
    usual = {"title": "Mail", "summary": "Mail is down.", "problem": "Mail is down.", "resolution": ""}
    return session(**{**usual, **changes})  # type: ignore[arg-type]


def _home(of: Lane, **changes: object) -> Surface:
    page = home.HomePage(active=((_session(**changes), of),), total_active=1)
    return _home_of(page)


def _home_of(page: home.HomePage, name: str = "App Home") -> Surface:
    """Draw App Home without its head, which is the same everywhere."""
    view = home.home(page, NOW)
    rule = next(at for at, block in enumerate(view["blocks"]) if block["type"] == "divider")
    head = [block for block in view["blocks"][:rule] if block["type"] in ("header", "context")]
    return _view(name, {**view, "blocks": [*head, *view["blocks"][rule:]]})


def of_the_model(text: str) -> Iterator[Surface]:
    """Show Markdown of the assistant's wherever it can stand."""
    yield _message("reply", replies.reply(text))
    asked = _tasks(Task(id=TaskId("t1"), kind=Kind.QUESTION, text=text, why="See *why*: `x_y`."))
    yield _message("lane", lane.lane(asked))
    yield _home(asked)
    yield _view("answer modal", answer.answer_modal(SessionId("s1"), asked.tasks[0]))
    written = render(repair(f"## Problem Summary\n\nx\n\n## Steps Taken\n\n{text}"))
    for piece in kit_parts(written):
        yield _message("notes", notes.final(_session(), piece, NotesSource.STREAMED))
    yield _view("View notes", notes.view_notes_modal(_session(), written))


def of_a_person(text: str) -> Iterator[Surface]:
    """Show what a person typed or pasted wherever it can stand."""
    yield _message("card", card.card(_session(summary="", problem=text), NOW))
    yield _message("card at the end", card.card(_session(status=Status.RESOLVED, resolution=text), NOW))
    done = _tasks(Task(id=TaskId("t1"), kind=Kind.QUESTION, text="What?", mark=Mark.ANSWERED, answer=text, draft=text))
    yield _message("lane", lane.lane(done))
    yield _home(done)
    yield _message("given back", notices.cannot_post(ChannelId("C1"), text, errors.NotInChannel()))
    gathered = assemble(_session(summary="", problem=text, resolution=text), done, ())
    assert gathered is not None
    written = render(gathered)
    yield _message("assembled notes", notes.final(_session(), written, NotesSource.ASSEMBLED))
    yield _view("View notes", notes.view_notes_modal(_session(), written, NotesSource.ASSEMBLED))


def of_a_script(text: str) -> Iterator[Surface]:
    """Show a script wherever it can stand."""
    action = Task(id=TaskId("t1"), kind=Kind.ACTION, text="Run it", command=text)
    yield _message("lane", lane.lane(_tasks(action)))
    yield _home(_tasks(action))
    yield _view("answer modal", answer.answer_modal(SessionId("s1"), action))
    yield _view("Show all", scripts.script_modal(SessionId("s1"), action))


def of_a_title(text: str) -> Iterator[Surface]:
    """Show a name wherever it can stand, as the assistant's and as a person's."""
    for name, titled in (("assistant's", True), ("person's", False)):
        of = _session(title=text.strip(), titled=titled)
        yield _message(f"{name}: card", card.card(of, NOW))
        yield _home_of(home.HomePage(active=((of, _tasks()),), total_active=1), f"{name}: App Home")
        yield _view(f"{name}: conclude", conclude.conclude_modal(of))
        yield _view(f"{name}: which", conclude.choose_modal([of], "tasks", now=NOW))
        yield _message(f"{name}: resolved", notices.resolved(of))
        yield _message(f"{name}: alert", conclude.escalation_alert(of, LINK))
        yield _message(f"{name}: team", notes.team_post(of, "Done.", 60.0, LINK, NotesSource.STREAMED, UserId("U9")))


SHOWN = {".md": of_the_model, ".txt": of_a_person, ".script": of_a_script, ".title": of_a_title}


def kit_parts(text: str) -> list[str]:
    """Cut notes into what one message holds, as the live message does."""
    return [text[at : at + 10_500] for at in range(0, len(text), 10_500)]


def told(name: str) -> str:
    """Write down what every surface shows of a case. Surfaces that read alike stand together."""
    path = FOLDER / "in" / name
    together: dict[str, list[str]] = {}
    for surface, text in SHOWN[path.suffix](path.read_text(encoding="utf-8").rstrip("\n")):
        together.setdefault(text, []).append(surface)
    return "\n\n".join(f"=== {', '.join(surfaces)} ===\n{text}" for text, surfaces in together.items()) + "\n"


@pytest.mark.parametrize("name", CASES)
def test_every_surface_shows_it_as_it_was_read(name: str) -> None:
    shown = "\n".join(line.rstrip() for line in told(name).split("\n"))
    path = FOLDER / "out" / f"{name}.shown"
    if REWRITE:
        path.write_text(shown, encoding="utf-8")
    assert path.exists(), f"there is no {path.name}: run with CORPUS=rewrite"
    assert shown == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in CASES if not name.endswith(".title")])
def test_no_word_is_lost_where_all_of_it_is_shown(name: str) -> None:
    path = FOLDER / "in" / name
    source = path.read_text(encoding="utf-8")
    wanted = set(re.findall(r"\w+", plain(source) if name.endswith(".md") else source))
    surfaces = dict(SHOWN[path.suffix](source.rstrip("\n")))
    whole = {".md": ("reply", "answer modal", "View notes"), ".txt": ("given back",), ".script": ("Show all",)}
    for surface in whole[path.suffix]:
        there = set(re.findall(r"\w+", re.sub("[«»‹›⌜⌟~]", "", surfaces[surface])))
        assert wanted <= there, (surface, sorted(wanted - there)[:20])


def test_there_are_sixty_of_all_kinds() -> None:
    assert len(CASES) >= 60
    assert {Path(name).suffix for name in CASES} == set(SHOWN)
    assert {path.name for path in (FOLDER / "out").iterdir()} == {f"{name}.shown" for name in CASES}
