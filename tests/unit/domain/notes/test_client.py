"""What may stand in a text for a client, whoever wrote it."""

import pytest

from bot.domain.notes.client import ANOTHER, CLIENT_CHARS, for_client


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("## Update\n\nIt prints again.", "Update\n\nIt prints again."),
        ("As at contoso LTD last week.", f"As at {ANOTHER} last week."),
        ("Contosonia is a place.", "Contosonia is a place."),
        ("Contoso Ltd Berlin had it too.", f"{ANOTHER} had it too."),
        ("AB is too short a name to be looked for.", "AB is too short a name to be looked for."),
    ],
)
def test_names_of_other_clients_and_headings_are_taken_out(written: str, read: str) -> None:
    assert for_client(written, ["Contoso Ltd", "Contoso Ltd Berlin", "AB", " "]) == read


def test_secrets_are_taken_out_and_a_long_text_is_cut() -> None:
    assert "hunter2-hunter2" not in for_client("The password is hunter2-hunter2", [])
    assert len(for_client("word " * 2_000, [])) <= CLIENT_CHARS
