"""Notes whose headings are in another language, or called otherwise."""

import pytest

from bot.domain.notes.names import HEADINGS, HeadingLanguage
from bot.domain.notes.sections import SECTIONS, Notes, language_of, preview, render, repair

BODIES = ("Mail is down.", "- Restarted the spooler", "It was DNS.", "Watch it.")
WANTED = Notes(problem_summary=BODIES[0], steps_taken=BODIES[1], resolution=BODIES[2], next_steps=BODIES[3])

LANGUAGES = [
    ("Problembeschreibung", "Durchgeführte Maßnahmen", "Lösung", "Nächste Schritte"),
    ("Zusammenfassung des Problems", "Unternommene Schritte", "Problemlösung", "Weiteres Vorgehen"),
    ("Störungsbild", "Lösungsschritte", "Ursache und Lösung", "Empfohlene Maßnahmen"),
    ("Kurzbeschreibung", "Schritte zur Fehlerbehebung", "Ergebnis der Analyse", "Offene Punkte"),
    ("Résumé du problème", "Étapes effectuées", "Résolution", "Prochaines étapes"),
    ("Description de l'incident", "Étapes de résolution", "Cause et solution", "Actions recommandées"),
    ("Contexte", "Mesures prises", "Solution apportée", "Suivi"),
    ("Resumen del problema", "Pasos realizados", "Resolución", "Próximos pasos"),
    ("Descripción de la incidencia", "Acciones tomadas", "Solución aplicada", "Pasos a seguir"),
    ("Riepilogo del problema", "Azioni intraprese", "Soluzione", "Prossimi passi"),
    ("Resumo do problema", "Passos realizados", "Solução", "Próximos passos"),
    ("Samenvatting van het probleem", "Genomen stappen", "Oplossing", "Volgende stappen"),
    ("問題の概要", "実施した手順", "解決策", "次のステップ"),
    ("问题概述", "已采取的步骤", "解决方案", "后续步骤"),
    ("문제 요약", "수행한 단계", "해결 방법", "다음 단계"),
    ("What happened", "What we tried", "How it was fixed", "Still open"),
    ("Описание", "Что сделано", "Итог", "Дальше"),
    ("Co się stało", "Co zrobiono", "Jak się skończyło", "Co dalej"),
]


@pytest.mark.parametrize("names", LANGUAGES, ids=lambda names: names[0])
@pytest.mark.parametrize("style", ["## {}", "# {}", "### {}:", "**{}**", "**{}:**", "## **{}**", "## 1. {}"])
def test_headings_in_other_words_land_in_their_sections(names: tuple[str, ...], style: str) -> None:
    written = "\n\n".join(f"{style.format(name)}\n\n{body}" for name, body in zip(names, BODIES, strict=True))
    assert repair(written) == WANTED
    assert repair(f"# Ticket Notes\n\n{written}" if style.startswith("##") else written) == WANTED


@pytest.mark.parametrize("names", LANGUAGES[:13:2], ids=lambda names: names[0])
def test_sections_in_another_order_land_by_their_meaning(names: tuple[str, ...]) -> None:
    turned = [*zip(names, BODIES, strict=True)][::-1]
    assert repair("\n\n".join(f"## {name}\n\n{body}" for name, body in turned)) == WANTED


def test_one_name_that_nobody_knows_takes_the_place_that_is_left() -> None:
    names = ("Problem Summary", "Findings of the night shift", "Resolution", "Next Steps")
    written = "\n\n".join(f"## {name}\n\n{body}" for name, body in zip(names, BODIES, strict=True))
    assert repair(written) == WANTED


def test_a_section_too_many_is_part_of_the_one_above_it() -> None:
    names = ("Problem Summary", "Environment", "Steps Taken", "Resolution", "Next Steps")
    bodies = (BODIES[0], "Windows 11", *BODIES[1:])
    written = "\n\n".join(f"## {name}\n\n{body}" for name, body in zip(names, bodies, strict=True))
    assert repair(written).problem_summary == "Mail is down.\n\n**Environment**\n\nWindows 11"
    assert repair(written).bodies[1:] == BODIES[1:]


def test_a_smaller_heading_inside_a_section_stays_there() -> None:
    written = "## Problem\n\na\n\n## Vorgehen\n\n### Lösung am Server\n\nb\n\n## Ergebnis\n\nc\n\n## Ausblick\n\nd"
    assert repair(written).steps_taken == "**Lösung am Server**\n\nb"
    assert repair(written).resolution == "c"


@pytest.mark.parametrize("names", LANGUAGES[:13:3], ids=lambda names: names[0])
def test_what_is_still_written_appears_under_the_four_names(names: tuple[str, ...]) -> None:
    written = "\n\n".join(f"## {name}\n\n{body}\n" for name, body in zip(names, BODIES, strict=True))
    before = ""
    for end in range(0, len(written), 7):
        shown = preview(written[:end])
        headings = [line[3:] for line in shown.split("\n") if line.startswith("## ")]
        assert headings == list(SECTIONS[: len(headings)])
        assert len(shown) >= len(before) - 40
        before = shown
    assert preview(written + "\n") == render(WANTED)


@pytest.mark.parametrize("nothing", ["None", "Keine.", "Aucune", "*Ninguno*", "N/A", "なし"])
def test_a_section_that_says_there_is_nothing_is_empty(nothing: str) -> None:
    notes = repair(f"## Problem Summary\n\nx\n\n## Resolution\n\n{nothing}\n\n## Next Steps\n\n{nothing}")
    assert notes == Notes(problem_summary="x", next_steps="None")


@pytest.mark.parametrize("language", HeadingLanguage)
def test_notes_have_the_headings_of_the_chosen_language_whatever_the_model_wrote(language: HeadingLanguage) -> None:
    for names in (HEADINGS[language], SECTIONS, LANGUAGES[0]):
        written = "\n\n".join(f"## {name}\n\n{body}" for name, body in zip(names, BODIES, strict=True))
        shown = render(repair(written), language)
        assert [line[3:] for line in shown.split("\n") if line.startswith("## ")] == list(HEADINGS[language])
        assert preview(written + "\n", language) == shown
        assert language_of(shown) is language
        assert repair(shown) == WANTED


@pytest.mark.parametrize("language", HeadingLanguage)
def test_gaps_are_written_in_the_language_of_the_headings_and_read_back_as_gaps(language: HeadingLanguage) -> None:
    shown = render(Notes(problem_summary="Mail is down."), language)
    assert repair(shown) == Notes(problem_summary="Mail is down.", next_steps="None")
    assert render(repair(shown), language) == shown
