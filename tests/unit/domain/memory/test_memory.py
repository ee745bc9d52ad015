import pytest

from bot import errors
from bot.domain import memory as rules
from bot.domain.ids import ChannelId, MessageTs, SessionId, UserId
from bot.domain.memory import FoundMemory, Memory, Verdict

NOW = 1_800_000_000.0
DAY = 24 * 3600.0


def candidate(id: str, text: str, verdict: Verdict | None = None, age: float = 1.0) -> FoundMemory:
    memory = Memory(
        session=SessionId(id),
        channel=ChannelId("C1"),
        thread=MessageTs("1.1"),
        owner=UserId("U1"),
        title=id,
        fix="",
        verdict=verdict,
        at=NOW - age * DAY,
    )
    return FoundMemory(memory=memory, words=frozenset(rules.words(text)))


def test_words_have_no_case_and_no_accents_and_scripts_without_spaces_are_found_too() -> None:
    assert rules.words("Für PRT-ACC-01: für 0x80070005") == ("fur", "prt", "acc", "01", "0x80070005")
    assert rules.words("印刷できない") == ("印刷", "刷て", "てき", "きな", "ない")
    assert rules.words("café_café") == ("cafe",)


@pytest.mark.parametrize("text", ["", '""', "\"''” «»", "— …", "\x00 _ "])
def test_a_search_without_a_word_is_refused(text: str) -> None:
    with pytest.raises(errors.SearchEmpty):
        rules.asked(text)


def test_a_search_that_nobody_types_is_refused_and_one_of_common_words_alone_is_not() -> None:
    with pytest.raises(errors.SearchTooLong):
        rules.asked("printer " * 1_250)
    assert rules.asked("the printer of the user") == ("printer",)
    assert rules.asked("not working") == ("not", "working")


def test_of_a_problem_the_names_of_machines_and_errors_tell_most() -> None:
    told = rules.telling("Since this morning nobody in Accounting can print to PRT-ACC-01, event 372 on the server")
    assert set(told[:2]) == {"372", "01"}
    assert "morning" not in told
    assert "accounting" in told


def test_rare_words_count_more_and_what_has_helped_comes_first() -> None:
    common = [candidate(f"c{number}", "printer driver") for number in range(5)]
    rare = candidate("rare", "printer spooler")
    assert rules.ranked(("printer", "spooler"), [*common, rare], NOW, 8)[0].title == "rare"
    same = [candidate("plain", "printer"), candidate("old", "printer", Verdict.AS_SUGGESTED, age=900)]
    same += [candidate("helped", "printer", Verdict.AS_SUGGESTED), candidate("else", "printer", Verdict.SOMETHING_ELSE)]
    titles = [memory.title for memory in rules.ranked(("printer",), same, NOW, 8)]
    assert titles == ["helped", "plain", "old", "else"]


def test_what_shares_little_with_a_problem_is_not_similar() -> None:
    wanted = rules.telling("Outlook asks for credentials since the tenant change on NB-0815")
    alike = candidate("alike", "Outlook asks for credentials after the tenant change")
    other = candidate("other", "The change window of the firewall")
    assert [memory.title for memory in rules.similar(wanted, [alike, other], NOW, 3)] == ["alike"]
