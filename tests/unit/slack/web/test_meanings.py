"""Every error that Slack documents for the methods in use has a meaning of its own, and says what to do."""

import re
from pathlib import Path

import pytest

from bot import errors
from bot.errors import FaultKind
from bot.sandbox.webapi.documented import documented_errors
from bot.slack.web.faults import MEANINGS

ROOM = Path("bot/slack/web")
NOT_METHODS = {"response_url", "upload"}


def methods() -> set[str]:
    """Read which methods the client calls."""
    source = (ROOM / "client.py").read_text(encoding="utf-8")
    return set(re.findall(r'"((?:chat|views|users|usergroups|conversations|files)\.[A-Za-z.]+)"', source))


def test_the_methods_in_use_are_read_from_the_client() -> None:
    assert {"chat.postMessage", "chat.update", "views.publish", "files.delete", "users.info"} <= methods()


@pytest.mark.parametrize("method", sorted({*methods(), "auth.test", "apps.connections.open"}))
def test_every_documented_error_of_a_method_has_a_meaning(method: str) -> None:
    unknown = documented_errors(method) - MEANINGS.keys()
    assert not unknown, f"{method} may answer {sorted(unknown)}: say in bot/slack/web/faults.py what that means"


def test_what_a_person_can_mend_says_what_to_do() -> None:
    general = errors.SlackFault.user_text
    hidden = {errors.PersonNotThere}  # told elsewhere instead
    for fault in set(MEANINGS.values()) - hidden:
        if fault.kind in (FaultKind.PERSON, FaultKind.INSTALLATION):
            assert fault.user_text != general, fault.__name__


def test_one_error_has_one_meaning() -> None:
    source = (ROOM / "faults.py").read_text(encoding="utf-8")
    table = source[source.index("_TABLE") : source.index("MEANINGS")]
    names = [
        name for block in re.findall(r'"""(.*?)"""|: "([a-z_ ]+)"', table, re.DOTALL) for name in "".join(block).split()
    ]
    assert len(names) == len(set(names)), sorted({n for n in names if names.count(n) > 1})
