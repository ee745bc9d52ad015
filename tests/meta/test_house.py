"""The figures of the house are counted as they are meant."""

from typing import Final

from benchmarks import house
from benchmarks.house import Module

SERVICE: Final = '''
class Lanes:
    """Fold; reopen."""
    def __init__(self, database): ...
    async def fold(self, tenant, lane, *, at): ...
def helper(*parts, **more): ...
'''


def test_parameters_are_counted_without_self() -> None:
    assert house.mean_parameters([Module("bot/services/lane.py", SERVICE)]).value == "2.00"
    assert house.mean_parameters([Module("bot/services/lane.py", "def f(a, b, c): ...")]).kept is False
    assert house.mean_parameters([Module("bot/slack/lane.py", "def f(a, b, c): ...")]).kept


def test_signatures_with_a_tenant_are_counted_in_four_rooms() -> None:
    rooms = [
        "bot/services/a.py",
        "bot/slack/a.py",
        "bot/storage/a.py",
        "bot/app/a.py",
        "bot/jobs/a.py",
        "handlers/a.py",
    ]
    assert house.tenants([Module(path, SERVICE) for path in rooms]).value == "4"


def test_a_circle_is_found_however_it_is_imported() -> None:
    modules = [
        Module("bot/a/__init__.py", "from bot.a import b"),
        Module("bot/a/b.py", "def later():\n    from ..c import d"),
        Module("bot/c/__init__.py", ""),
        Module("bot/c/d.py", "import bot.a.e"),
        Module("bot/a/e.py", "from bot.a.b import x"),
    ]
    assert house.circles(house.imports(modules)) == [["bot.a.b", "bot.a.e", "bot.c.d"]]
    assert house.import_circles(modules[:4]).kept


def test_a_class_name_that_is_shared_needs_a_reason() -> None:
    once, again = Module("bot/a.py", "class Mark: ..."), Module("tests/b.py", "class Mark: ...")
    assert house.shared_names([once])[0].places == []
    shared, unexplained = house.shared_names([once, again])
    assert shared.kept
    assert shared.places == ["Mark: bot/a.py:1, tests/b.py:1"]
    assert not unexplained.kept


def test_docstrings_with_a_semicolon_are_a_share_of_all() -> None:
    assert house.semicolons([Module("bot/a.py", f'"""A module."""\n{SERVICE}')]).value == "50.0%"


def test_lines_of_the_sandbox_are_counted_apart() -> None:
    modules = [Module("bot/a.py", "x\n" * 3), Module("bot/sandbox/a.py", "x\n" * 5), Module("tests/a.py", "x\n" * 7)]
    assert [finding.value for finding in house.sizes(modules)] == ["3", "5", "7"]
