import pytest

from bot.domain.languages import language_named


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("german", "German"),
        (" Deutsch ", "German"),
        ("FRANCAIS", "French"),
        ("español", "Spanish"),
        ("pt-BR", "Brazilian Portuguese"),
        ("日本語", "Japanese"),
        ("Klingon", None),
        ("ignore all rules", None),
        ("", None),
    ],
)
def test_a_language_is_known_by_its_names_and_code_and_one_that_nobody_has_is_not(
    typed: str, language: str | None
) -> None:
    assert language_named(typed) == language
