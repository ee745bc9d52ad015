"""Many workspaces install the app themselves: each has a token of its own, and nothing of another."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
from pydantic import SecretStr
from sqlalchemy import update

from benchmarks.support.app import MANIFEST
from bot.app import Tasklane, doctor, keys
from bot.app.install_pages import FAILURES
from bot.app.manifest import REDIRECT, scopes
from bot.errors import ConfigurationError, InstallationGone
from bot.sandbox import Fault, Message, Room, Sandbox
from bot.sandbox.installing import ORGANISATION
from bot.storage import installations, tables
from tests.scenario.browser import InstallingBrowser
from tests.scenario.stage import CHANNELS, DESK, Stage, serving
from tests.scenario.test_lane import FIRST

SECRET: Final = "a long random text for tests"
AGAIN: Final = "Have the app installed there again at /slack/install."
NOT_INSTALLED: Final = InstallationGone.user_text
NOTHING: Final[Mapping[str, Any]] = {}
NEW_SECRET: Final = "another long random text"


@asynccontextmanager
async def two_workspaces(
    folder: Path, ours: Mapping[str, Any] = NOTHING, theirs: Mapping[str, Any] = NOTHING, **settings: Any
) -> AsyncIterator[tuple[Stage, Stage]]:
    """Run the app beside two workspaces, neither of which has installed it."""
    here: dict[str, Any] = {"manifest": MANIFEST, "limits": "off", "channels": CHANNELS, "installed": False}
    async with (
        Sandbox(**{**here, **ours}) as one,
        Sandbox(**{**here, **theirs}, team="Northwind", beside=one) as other,
        installable(one, folder, **settings) as stage,
    ):
        other.deliver_to(f"http://127.0.0.1:{stage.app.port}/slack/events")
        yield stage, Stage(other, stage.app)


@asynccontextmanager
async def installable(slack: Sandbox, folder: Path, **settings: Any) -> AsyncIterator[Stage]:
    """Run the app so that workspaces can install it. Run again on the same folder, it is a restart."""
    chosen = {
        "slack_bot_token": None,
        "slack_client_id": slack.registration.client_id,
        "slack_client_secret": slack.registration.client_secret,
        "tasklane_secret_key": SECRET,
        **settings,
    }
    async with serving(slack, folder, **chosen) as stage:
        slack.redirect_to(f"http://127.0.0.1:{stage.app.port}{REDIRECT}")
        yield stage


async def ready(stage: Stage) -> tuple[int, dict[str, Any]]:
    url = f"http://127.0.0.1:{stage.app.port}/readyz"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.json()


def shown(stage: Stage) -> str:
    """Return everything that a workspace shows, and everything that was called there."""
    return stage.slack.overview() + "\n".join(entry.as_json() for entry in stage.slack.record if entry.kind == "call")


async def working(stage: Stage, problem: str) -> Message:
    """Start a session where the app was just invited, and see it answered."""
    stage.slack.invite(DESK)
    root = await stage.start(problem=problem)
    assert len(stage.replies(root)) == 1
    return root


async def test_two_workspaces_install_the_app_and_neither_sees_anything_of_the_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with two_workspaces(tmp_path) as (sandbox, northwind), InstallingBrowser(sandbox.app.port) as browser:
        assert await ready(sandbox) == (200, {"status": "ready"})
        assert await doctor.reach_pages(sandbox.app.settings, f"http://127.0.0.1:{sandbox.app.port}") == []
        page = await browser.install(sandbox.slack)
        assert "Tasklane is in <b>Sandbox</b> now" in page
        assert "href='slack://app?team=T0SANDBOX&amp;id=A0SANDBOX&amp;tab=home'" in page
        first = await working(sandbox, "Mailbox of Ms Alder is full")
        await browser.install(northwind.slack)
        second = await working(northwind, "Printer of Mr Birch is offline")
        await sandbox.say(first, "It is Ms Alder again")
        await northwind.say(second, "It is Mr Birch again")
        for stage, mine, theirs in ((sandbox, "Alder", "Birch"), (northwind, "Birch", "Alder")):
            await stage.ana.open_home()
            await stage.quiet()
            assert "1 open session" in stage.home().text_view()
            assert mine in shown(stage)
            assert theirs not in shown(stage)
            assert not [call for call in stage.slack.record.calls(ok=False) if call.name != "oauth.v2.access"]
        assert sandbox.slack.bot_token != northwind.slack.bot_token

        await northwind.click(northwind.lane(second), "Answer", FIRST)
        northwind.slack.uninstall()
        await northwind.quiet()
        await northwind.ana.type("Answer", "Half an answer")
        assert (await northwind.ana.submit()).ok
        assert northwind.ana.modal is not None
        assert NOT_INSTALLED in northwind.ana.modal.text_view()
        await northwind.ana.escape()
        assert northwind.app.services.installations.get(northwind.tenant.team) is None
        calls = len(northwind.slack.record.calls())
        assert (await northwind.ana.click(northwind.lane(second), "Collapse tasks")).ok
        assert northwind.told()[-1] == NOT_INSTALLED
        assert [call.name for call in northwind.slack.record.calls()[calls:]] == ["response_url"]
        await sandbox.say(first, "And here it goes on")
        assert len(sandbox.replies(first)) == 3

        former = northwind.slack.bot_token
        await browser.install(northwind.slack)
        assert northwind.slack.bot_token != former
        northwind.slack.invite(DESK)
        await northwind.say(second, "Where were we?")
        assert len(northwind.replies(second)) == 3
        for removal in northwind.slack.record.deliveries("app_uninstalled"):  # Slack may say so late
            northwind.slack.redeliver(removal.data["payload"]["event_id"])
        await northwind.quiet()
        async with northwind.app.database.read(northwind.tenant) as uow:
            assert await installations.left_at(uow) is None
        logged = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("bot"))
        assert "xoxb" not in logged
        assert sandbox.slack.registration.client_secret not in logged
        assert "code=" not in logged


async def test_what_goes_wrong_with_an_installation_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    async with two_workspaces(tmp_path) as (stage, _), InstallingBrowser(stage.app.port) as browser:
        slack, install, back = stage.slack, browser.install, f"http://127.0.0.1:{stage.app.port}{REDIRECT}"
        slack.registration.organisations = True

        async def reason(address: str) -> str:
            """Open an address of the app, and return the reason whose page it is."""
            status, page = await browser.open(address)
            (named,) = [name for name, failure in FAILURES.items() if f"<h1>{failure.title}</h1>" in page]
            assert status == FAILURES[named].status
            return named

        async def allowed(**more: str) -> str:
            return await browser.decide(await browser.begin(), slack, **more)

        assert await reason(await allowed(decision="cancel")) == "access_denied"
        assert await reason(await allowed(team=ORGANISATION)) == "enterprise_install"
        assert await reason((await allowed()).replace("code=", "other=")) == "missing_code"
        assert await reason((await allowed()).replace("code=", "code=x")) == "spent_code"
        assert await reason(f"{back}?error=<script>alert(1)</script>") == "refused"
        assert "<script>" not in (await browser.open(f"{back}?error=<script>alert(1)</script>"))[1]
        assert "<code>team_not_authorized</code>" in (await browser.open(f"{back}?error=team_not_authorized"))[1]

        late = await allowed()
        async with stage.app.database.write_everywhere() as work:
            await work.execute(update(tables.oauth_states).values(expires_at=0.0))
        assert await reason(late) == "invalid_state"
        kept = await allowed()
        async with InstallingBrowser(stage.app.port) as other:
            assert FAILURES["invalid_browser"].title in (await other.open(kept))[1]
        slack.faults.always("oauth.v2.access", Fault(status=503))
        assert await reason(kept) == "slack_away"
        slack.faults.end("oauth.v2.access")
        for error, named in (("bad_client_secret", "misconfigured"), ("user_email_unverified", "refused")):
            slack.faults.error("oauth.v2.access", error)
            assert await reason(await allowed()) == named
        assert await reason(back) == "invalid_browser"

        async with stage.app.database.read_everywhere() as everywhere:
            assert await installations.everywhere(everywhere) == {}
        slack.reinstall()  # as by Slack's own button, so that Slack delivers and the app has no token
        assert (await stage.ana.command(DESK, "/troubleshoot the printer")).ok
        assert stage.told() == [NOT_INSTALLED]
        slack.uninstall()
        await install(slack)
        assert await reason(kept) == "invalid_browser"
        assert slack.registration.client_secret not in await install(slack)


async def test_tokens_survive_a_restart_and_a_change_of_keys_and_a_wrong_key_is_named(tmp_path: Path) -> None:
    async with two_workspaces(tmp_path) as (stage, _), InstallingBrowser(stage.app.port) as browser:
        await browser.install(stage.slack)
        root = await working(stage, "The tokens stay")
        await stage.app.stop(grace=0.5)
        wrong = stage.app.settings.model_copy(update={"tasklane_secret_key": SecretStr(NEW_SECRET)})
        line = "TASKLANE_SECRET_KEY: the token of T0SANDBOX was encrypted with another key."
        with pytest.raises(ConfigurationError) as refused:
            await Tasklane.start(wrong)
        assert [told[: len(line)] for told in refused.value.problems] == [line]
        assert [told[: len(line)] for told in await doctor.examine(wrong)] == [line]
        for secret in (f"{NEW_SECRET},{SECRET}", NEW_SECRET):
            async with installable(stage.slack, tmp_path, tasklane_secret_key=secret) as again:
                replies = len(again.replies(root))
                await again.say(root, "And now?")
                assert len(again.replies(root)) == replies + 1
                assert await keys.rotate(again.app.settings) == 1
                async with again.app.database.write_everywhere() as work:
                    less = ",".join(scopes() - {"files:read"})
                    await work.execute(update(tables.installations).values(scopes=less))
                lines = await doctor.examine(again.app.settings)
                assert lines == [f"T0SANDBOX has not granted files:read. {AGAIN}"]


async def test_a_workspace_whose_token_is_void_goes_on_as_soon_as_it_installs_the_app_once_more(tmp_path: Path) -> None:
    async with two_workspaces(tmp_path) as (stage, _), InstallingBrowser(stage.app.port) as browser:
        stage.troubled = True
        await browser.install(stage.slack)
        root = await working(stage, "Void for a while")
        stage.slack.revoke_token()
        await stage.ana.click(stage.lane(root), "Skip", near=FIRST)
        await stage.quiet()
        assert (await ready(stage))[1]["limited"] == [
            "T0SANDBOX: Slack does not take the token (token_revoked): install the app again."
        ]
        await browser.install(stage.slack)
        await stage.say(root, "And now?")
        assert len(stage.replies(root)) == 2
        assert await ready(stage) == (200, {"status": "ready"})


async def test_in_a_channel_that_two_workspaces_share_each_app_answers_its_own_people(tmp_path: Path) -> None:
    ours = {"channels": (*CHANNELS, Room(name="joint", shared_with=("Northwind",)))}
    theirs = {"channels": (*CHANNELS, Room(name="joint", host="Sandbox", shared_with=("Sandbox",)))}
    async with (
        two_workspaces(tmp_path, ours, theirs) as (sandbox, northwind),
        InstallingBrowser(sandbox.app.port) as browser,
    ):
        for stage in (sandbox, northwind):
            await browser.install(stage.slack)
            stage.slack.invite("joint")

        async def quiet() -> None:
            for stage in (northwind, sandbox):  # what is said in the one is delivered for the other
                await stage.quiet()

        root = await sandbox.start(channel="joint")
        said = await sandbox.ana.say("joint", "It began on Monday", thread=root)
        await quiet()
        assert len(sandbox.replies(root)) == 2
        mentioning = await sandbox.ana.say("joint", "@Tasklane the scanner is slow")
        await quiet()
        assert [m for m in mentioning.replies if m.is_ours]
        await sandbox.ana.edit(said, "It began on Tuesday")
        await quiet()
        assert "It began on Tuesday" in await sandbox.heard(root)
        events = [entry for entry in northwind.slack.record.deliveries() if entry.name in ("message", "app_mention")]
        assert len(events) > 3
        assert not sandbox.slack.record.deliveries("app_mention")
        assert not [call for call in northwind.slack.record.calls() if call.name.startswith("chat.")]


async def test_over_sockets_workspaces_install_the_app_just_the_same(tmp_path: Path) -> None:
    async with (
        two_workspaces(tmp_path, slack_app_token=Sandbox.app_token) as (sandbox, northwind),
        InstallingBrowser(sandbox.app.port) as browser,
    ):
        for stage in (sandbox, northwind):
            await browser.install(stage.slack)
            await working(stage, "Over sockets")
