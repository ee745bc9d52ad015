"""The table of rights, cell by cell."""

from typing import Final

import pytest

from bot.domain.ids import UserId
from bot.domain.rights import Member, Refusal, Verb, refusal, roles

OWNER: Final = UserId("U1")
OTHER: Final = UserId("U2")
YES: Final = None

PEOPLE: Final = {
    "owner": Member(user=OWNER),
    "guest who owns": Member(user=OWNER, guest=True),
    "stranger who owns": Member(user=OWNER, stranger=True, admin=True),
    "engineer": Member(user=OTHER),
    "admin": Member(user=UserId("U3"), admin=True),
    "member": Member(user=UserId("U4")),
    "guest": Member(user=OTHER, guest=True, admin=True),
    "stranger": Member(user=OTHER, stranger=True, admin=True),
    "deactivated": Member(user=OWNER, deactivated=True, admin=True),
    "bot": Member(user=OWNER, bot=True, admin=True),
    "unknown": Member(user=OWNER, unknown=True, admin=True),
}
ENGINEERS: Final = frozenset({OWNER, OTHER})
NOBODY, STRANGER, GUEST = Refusal.NOBODY, Refusal.STRANGER, Refusal.GUEST
NOT_OWNER, NOT_ENGINEER, NOT_ADMIN = Refusal.NOT_OWNER, Refusal.NOT_ENGINEER, Refusal.NOT_ADMIN

COLUMNS: Final = list(Verb)
TABLE: Final = {
    # talk, work, switch, catch_up, see_team, rate,
    # conclude, resume, take_over, write_notes, post, push, search, settings
    "owner": [*[YES] * 13, NOT_ADMIN],
    "guest who owns": [YES, YES, YES, YES, GUEST, GUEST, GUEST, YES, *[GUEST] * 6],
    "stranger who owns": [YES, YES, YES, YES, STRANGER, STRANGER, STRANGER, YES, *[STRANGER] * 6],
    "engineer": [YES, YES, NOT_OWNER, *[YES] * 3, NOT_OWNER, NOT_OWNER, YES, NOT_OWNER, *[YES] * 3, NOT_ADMIN],
    "admin": [YES, YES, NOT_OWNER, *[YES] * 4, NOT_OWNER, YES, NOT_OWNER, *[YES] * 4],
    "member": [
        *[YES, YES, NOT_OWNER, YES, NOT_ENGINEER, YES, NOT_OWNER, NOT_OWNER],
        *[NOT_ENGINEER, NOT_OWNER, YES, NOT_OWNER, YES, NOT_ADMIN],
    ],
    "guest": [YES, NOT_OWNER, *[GUEST] * 12],
    "stranger": [YES, NOT_OWNER, *[STRANGER] * 12],
    "deactivated": [YES, *[NOBODY] * 13],
    "bot": [NOBODY] * 14,
    "unknown": [YES, *[NOBODY] * 13],
}


@pytest.mark.parametrize(
    ("who", "verb", "answer"),
    [(who, verb, answer) for who, row in TABLE.items() for verb, answer in zip(COLUMNS, row, strict=True)],
)
def test_each_cell_of_the_table_says_who_may_do_what(who: str, verb: Verb, answer: Refusal | None) -> None:
    assert refusal(verb, roles(PEOPLE[who], owner=OWNER, engineers=ENGINEERS)) is answer


def test_without_user_groups_every_full_member_is_an_engineer() -> None:
    assert refusal(Verb.TAKE_OVER, roles(PEOPLE["member"], owner=OWNER)) is None
    assert refusal(Verb.TAKE_OVER, roles(PEOPLE["guest"], owner=OWNER)) is Refusal.GUEST


def test_an_owner_who_is_no_engineer_may_not_conclude() -> None:
    assert refusal(Verb.CONCLUDE, roles(PEOPLE["owner"], owner=OWNER, engineers={OTHER})) is Refusal.NOT_ENGINEER
