"""A question and its answer, read together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.safety import asked_for, redact, redact_answer
from tests.unit.domain.safety.test_text import secret_text

ASKING = [
    "What is the local admin password?",
    "PIN?",
    "Password:",
    "What's the Wi-Fi key in the warehouse?",
    "Could you send me the password for the portal?",
    "Which password does the printer use?",
    "What did you set the password to?",
    "Please enter the BitLocker recovery key.",
    "Do you know the PIN of the SIM card?",
    "What should her new password be?",
    "Please check the cable. Then: what is the admin password?",
    "Is the light green? What is the password of the router? Thanks.",
    "Wie lautet das Kennwort?",
    "WLAN-Passwort?",
    "Können Sie mir das Kennwort nennen?",
    "Quel est le mot de passe ?",
    "¿Cuál es la contraseña del router?",
]
NOT_ASKING = [
    "When was the password last changed?",
    "Did you reset the password?",
    "Does the password work?",
    "Have you changed the password?",
    "What error appears after the password?",
    "How long must the password be?",
    "Which password policy applies?",
    "What happens when she enters the password?",
    "What does the password prompt say?",
    "Where is the password stored?",
    "Who knows the password?",
    "What is the BitLocker recovery key ID?",
    "Do not send me the password. Which printer is it?",
    "Please never post the password here.",
    "Wann wurde das Passwort geändert?",
    "Hat sie das Passwort geändert?",
    "Which version of Outlook is it?",
    "",
]
GIVING = [
    "bhale / «kitten»",
    "```\n«kitten»\n```",
    "«Lantern77Brook»",
    "«kitten»",
    "it's «kitten»",
    "I think it's «Summer2024!»",
    "Try «hunter2»",
    "'«blue horse»'",
    "«copper lantern river moss»",
    "«Lantern», all lower case",
    "sorry, here it is: «Bramble77»",
    "no idea why, but «Lantern77Brook» works",
    "es ist «Sommerwind»",
    "c'est «Lavande»",
    "es «Girasol»",
    "«83749283»",
    "still «Falcon»",
    "«Falcon».\nPlease change it afterwards.",
    "Hi Ben,\n«Kork7Segel»\nThanks",
]
EVADING = [
    "I don't know",
    "it was reset",
    "it was reset yesterday by the helpdesk",
    "same as before",
    "the same as for the VPN",
    "not set",
    "yes",
    "No",
    "none",
    "unknown",
    "blank",
    "n/a",
    "?",
    "",
    "she forgot it",
    "I don't have it, ask Ben",
    "It is in KeePass",
    "It is on the sticker below LT-0441",
    "see ticket 44121",
    "ask lena@woodgrove.example",
    "Not needed, we use Windows Hello",
    "I can't share that here",
    "It has 12 characters",
    "changed on 2030-11-02",
    "keine Ahnung",
    "weiß ich nicht",
    "wurde zurückgesetzt",
    "derselbe wie vorher",
    "siehe ITGlue",
    "je ne sais pas",
    "le même qu'avant",
    "no lo sé",
    "la misma de antes",
]
WORDS = st.sampled_from(
    ["it's", "the", "kitten", "Lantern77", "4711", "no", "reset", "is", "[removed]", "blue", "horse", ".", "yes", "\n"]
)
ANSWERS = secret_text | st.lists(WORDS, max_size=8).map(" ".join) | st.text(max_size=30)
QUESTIONS = st.sampled_from([*ASKING, *NOT_ASKING])


@pytest.mark.parametrize("question", ASKING)
def test_a_question_that_asks_for_a_secret_is_known(question: str) -> None:
    assert asked_for(question)


@pytest.mark.parametrize("question", NOT_ASKING)
def test_a_question_about_a_secret_asks_for_something_else(question: str) -> None:
    assert not asked_for(question)


@pytest.mark.parametrize("question", ["What is the local admin password?", "Wie lautet das Kennwort?"])
@pytest.mark.parametrize("marked", GIVING)
def test_the_value_goes_and_the_words_around_it_stay(question: str, marked: str) -> None:
    before, rest = marked.split("«")
    secret, behind = rest.split("»")
    assert redact_answer(question, before + secret + behind).text == f"{before}[removed]{behind}"


@pytest.mark.parametrize(
    ("answer", "kept"), [("4711", "[removed]"), ("it's 2023", "it's [removed]"), ("kitten", "kitten")]
)
def test_a_pin_is_a_number(answer: str, kept: str) -> None:
    assert redact_answer("PIN?", answer).text == kept


@pytest.mark.parametrize("question", ["What is the local admin password?", "Wie lautet das Kennwort?", "PIN?"])
@pytest.mark.parametrize("answer", EVADING)
def test_an_answer_that_names_no_value_stays(question: str, answer: str) -> None:
    assert redact_answer(question, answer).text == answer


@pytest.mark.parametrize("question", NOT_ASKING)
@pytest.mark.parametrize("answer", ["kitten", "LT-0441", "Tuesday", "4711"])
def test_other_answers_stay(question: str, answer: str) -> None:
    assert redact_answer(question, answer).text == answer


@given(QUESTIONS, ANSWERS)
def test_reading_an_answer_twice_changes_nothing_more(question: str, answer: str) -> None:
    once = redact_answer(question, answer).text
    assert redact_answer(question, once).text == once
    assert redact(once).text == once


@given(QUESTIONS, ANSWERS)
def test_a_question_never_brings_a_secret_back(question: str, answer: str) -> None:
    words = {word for word in redact(answer).text.split() if "[removed]" not in word}
    left = redact_answer(question, answer).text.split()
    assert {word for word in left if "[removed]" not in word} <= words
    assert len(left) <= len(redact(answer).text.split())


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_question_and_answer_can_be_read(question: str, answer: str) -> None:
    assert redact_answer(question, answer).count >= 0


def test_whoever_is_mentioned_in_an_answer_is_no_secret() -> None:
    kept = redact_answer("What is the local admin password?", "@Ben knows it, @Lantern77 is what he said in #help-desk")
    assert kept.text == "@Ben knows it, [removed] is what he said in #help-desk"
