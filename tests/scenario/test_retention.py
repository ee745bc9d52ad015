"""What was concluded long ago is erased, and so is everything of a workspace that has removed the app."""

import json
import time
from pathlib import Path

import pytest

from bot.app import keeping
from bot.app.keeping import Subject
from bot.domain.jobs import Job
from bot.errors import ConfigurationError
from bot.jobs.queue import JobName
from bot.storage import installations
from tests.contract.storage.samples import KINDS, fresh
from tests.scenario.stage import Stage, playing, serving

DAY = 24 * 3600.0


async def problems(stage: Stage) -> list[str]:
    """List the problems of Ana's sessions."""
    exported = json.loads(await keeping.export(stage.app.settings, Subject(user=stage.ana.id)))
    return [row["problem"] for row in exported.get("sessions", ())]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_session_that_was_concluded_long_ago_is_erased_and_an_open_one_stays(kind: str, tmp_path: Path) -> None:
    with fresh(kind) as url:
        async with playing(tmp_path, database_url=url, tasklane_retention_days=3) as stage:
            await stage.conclude(await stage.start(problem="Long ago"))
            await stage.start(problem="Still open")
            await stage.quiet()
            await stage.app.stop(grace=0.5)
            for ahead, left in ((2 * DAY, ["Long ago", "Still open"]), (4 * DAY, ["Still open"])):
                settings = {"database_url": url, "tasklane_retention_days": 3}
                async with serving(stage.slack, tmp_path, ahead=ahead, **settings) as later:
                    await later.quiet()
                    assert sorted(await problems(later)) == left


async def test_a_workspace_may_keep_them_for_another_time_than_the_others(tmp_path: Path) -> None:
    async with playing(tmp_path, tasklane_retention_days=3) as stage:
        await stage.conclude(await stage.start(problem="Long ago"))
        await stage.quiet()
        settings, team = stage.app.settings, stage.tenant.team
        assert await keeping.retentions(settings) == [f"{team}: 3 days, as the configuration says"]
        with pytest.raises(ConfigurationError):
            await keeping.set_retention(settings, "T0ELSEWHERE", 9)
        for days, line, ahead, left in (
            (0, "for ever", 400 * DAY, ["Long ago"]),
            (9, "9 days", 8 * DAY, ["Long ago"]),
            (9, "9 days", 10 * DAY, []),
        ):
            assert await keeping.set_retention(settings, None, days) == team
            assert await keeping.retentions(settings) == [f"{team}: {line}"]
            await stage.app.stop(grace=0.5)
            async with serving(stage.slack, tmp_path, ahead=ahead, tasklane_retention_days=3) as later:
                await later.quiet()
                assert await problems(later) == left


async def test_a_workspace_that_removes_the_app_is_left_alone_and_erased_later(
    tmp_path: Path, postgres_url: str
) -> None:
    async with playing(tmp_path, database_url=postgres_url) as stage:
        await stage.start(problem="Left behind")
        stage.slack.uninstall()
        await stage.slack.until(lambda: stage.app.services.installations.get(stage.tenant.team) is None)
        await stage.quiet()
        calls = len([c for c in stage.slack.record.calls() if c.name != "auth.test"])
        async with stage.app.services.retention._database.write(stage.tenant) as work:
            await work.redraw_home(stage.ana.id)
        await stage.quiet()
        assert len([c for c in stage.slack.record.calls() if c.name != "auth.test"]) == calls
        assert await problems(stage) == ["Left behind"]

        async with stage.app.database.read(stage.tenant) as uow:
            left_at = await installations.left_at(uow)
        earlier, last = (Job(name=JobName.FORGET, tenant=stage.tenant, args={"left_at": at}) for at in (1, left_at))
        await stage.app.services.retention.forget(earlier)
        assert await problems(stage) == ["Left behind"]
        await stage.app.services.retention.forget(last)
        assert await problems(stage) == []


async def test_the_time_after_which_a_workspace_is_erased_survives_a_restart_and_an_installation_stops_it(
    tmp_path: Path,
) -> None:
    async with playing(tmp_path) as stage:
        await stage.start(problem="Installed again")
        await stage.app.services.retention.leave(stage.tenant, time.time())
        await stage.app.services.retention.leave(stage.tenant, time.time())
        await stage.quiet()
        await stage.app.stop(grace=0.5)
        async with serving(stage.slack, tmp_path, ahead=31 * DAY) as again:
            await again.quiet()
            assert await problems(again) == ["Installed again"]


async def test_a_token_that_a_person_revokes_changes_nothing(tmp_path: Path) -> None:
    async with playing(tmp_path) as stage:
        root = await stage.start()
        stage.slack.space.emit({"type": "tokens_revoked", "tokens": {"oauth": [stage.ana.id], "bot": []}})
        await stage.say(root, "And now?")
        assert len(stage.replies(root)) == 2
