"""Every figure moves when what it counts happens, and the dashboard and the alerts name only figures that there are."""

import json
import re
from pathlib import Path
from typing import Final

import aiohttp
import yaml
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import Metrics
from tests.scenario.stage import Stage, playing

DOCS: Final = Path(__file__).parents[2] / "docs"
NAME: Final = re.compile(r"\btasklane_[a-z_]+")
SUFFIX: Final = re.compile(r"_(bucket|sum|count|total|created)$")
NOT_ON_THIS_WAY: Final = {"tasklane_sockets", "tasklane_sockets_opened"}
"""They count Socket Mode, and the workspace here is served over HTTP."""


def families() -> set[str]:
    return {SUFFIX.sub("", metric.name) for metric in Metrics().registry.collect()}


async def read(stage: Stage) -> dict[str, Metric]:
    url = f"http://127.0.0.1:{stage.app.port}/metrics"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return {it.name: it for it in text_string_to_metric_families(await response.text())}


async def test_a_session_moves_every_figure(tmp_path: Path, postgres_url: str) -> None:
    async with playing(tmp_path, database_url=postgres_url) as stage:
        await stage.conclude(await stage.start())
        await stage.quiet()
        await stage.app._warming
        shown = await read(stage)
    still = {name for name in families() - NOT_ON_THIS_WAY if not shown[name].samples}
    assert still <= {"tasklane_loop_lag", "tasklane_slack_errors"}
    calls = [it for it in shown["tasklane_model_calls"].samples if it.name.endswith("_total")]
    assert {(it.labels["use"], it.labels["result"]) for it in calls} == {("chat", "complete"), ("notes", "complete")}
    methods = {sample.labels["method"] for sample in shown["tasklane_slack_calls"].samples}
    assert {"chat.postMessage", "chat.update", "views.publish"} <= methods
    assert not [method for method in methods if "/" in method or "http" in method]
    figures = ("tasklane_edits_used", "tasklane_edit_limit")
    (used, limit) = ({it.labels["method"]: it.value for it in shown[name].samples} for name in figures)
    assert 0 < used["chat.update"] <= limit["chat.update"]
    turns = {it.labels["author"]: it.value for it in shown["tasklane_turns"].samples if it.name.endswith("_total")}
    assert turns == {"member": 1.0, "assistant": 1.0}
    assert {sample.labels["state"] for sample in shown["tasklane_jobs_held"].samples} == {
        "waiting",
        "running",
        "failed",
    }
    assert sum(len(metric.samples) for metric in shown.values()) < 1200, "labels stay few"


async def test_what_slack_limits_is_counted(tmp_path: Path) -> None:
    async with playing(tmp_path) as stage:
        root = await stage.start()
        stage.slack.faults.ratelimited("chat.postMessage", 1)
        await stage.say(root, "And now?")
        calls = (await read(stage))["tasklane_slack_calls"].samples
    limited = [it for it in calls if it.labels["status"] == "429" and it.name.endswith("_total")]
    assert [(it.labels["method"], it.value) for it in limited] == [("chat.postMessage", 1.0)]


def expressions() -> list[str]:
    dashboard = json.loads((DOCS / "deploy" / "grafana.json").read_text())
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]] + [
        rule["expr"] for rule in rules()
    ]


def rules() -> list[dict[str, str]]:
    (group,) = yaml.safe_load((DOCS / "deploy" / "alerts.yml").read_text())["groups"]
    found: list[dict[str, str]] = group["rules"]
    return found


def test_the_dashboard_and_the_alerts_name_only_figures_that_there_are() -> None:
    named = {SUFFIX.sub("", name) for expression in expressions() for name in NAME.findall(expression)}
    assert named <= families(), sorted(named - families())
    assert families() <= named, f"on no panel and in no alert: {sorted(families() - named)}"


def test_every_alert_has_a_paragraph_in_the_runbook() -> None:
    sections = re.split(r"^## ", (DOCS / "runbook.md").read_text(), flags=re.MULTILINE)[1:]
    paragraphs = {section.split("\n", 1)[0].strip(): section.split("\n", 1)[1].strip() for section in sections}
    assert set(paragraphs) == {rule["alert"] for rule in rules()}
    for rule in rules():
        assert len(paragraphs[rule["alert"]]) > 100
        assert rule["annotations"]["runbook"] == f"docs/runbook.md#{rule['alert'].lower()}"
        assert rule["labels"]["severity"] in ("page", "ticket")
