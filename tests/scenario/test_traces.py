"""One trace leads from Slack's delivery through the jobs to the model and to each edit, and holds ids alone."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from benchmarks.support.app import MANIFEST, settings_for
from bot.app import Tasklane
from bot.app.doctor import examine
from bot.app.otel import MISSING
from bot.errors import ConfigurationError
from bot.sandbox import Sandbox
from tests.scenario.stage import PRINTER, playing


@asynccontextmanager
async def collector() -> AsyncIterator[tuple[str, list[Span]]]:
    """Run a place to which traces are sent over HTTP, as OpenTelemetry's own collector takes them."""
    spans: list[Span] = []

    async def take(request: web.Request) -> web.Response:
        sent = ExportTraceServiceRequest.FromString(await request.read())
        spans.extend(span for resource in sent.resource_spans for scope in resource.scope_spans for span in scope.spans)
        return web.Response(content_type="application/x-protobuf")

    app = web.Application()
    app.router.add_post("/v1/traces", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", spans
    finally:
        await runner.cleanup()


def values(span: Span) -> dict[str, str]:
    return {it.key: it.value.string_value or str(it.value.int_value) for it in span.attributes}


def above(span: Span, spans: list[Span]) -> Iterator[Span]:
    """Yield a step and everything it stands below."""
    while True:
        yield span
        parents = [it for it in spans if it.span_id == span.parent_span_id]
        if not parents:
            return
        (span,) = parents


async def test_one_trace_leads_from_the_delivery_to_the_last_edit(tmp_path: Path) -> None:
    async with collector() as (endpoint, spans):
        async with playing(tmp_path, otel_exporter_otlp_endpoint=endpoint) as stage:
            await stage.start()
        ways = {tuple(reversed([it.name for it in above(span, spans)])) for span in spans}
    assert ("delivery", "job open", "slack chat.postMessage") in ways
    reply = ("delivery", "job open", "job reply")
    assert {(*reply, "model"), (*reply, "slack chat.update")} <= ways
    assert (*reply, "job lane", "slack chat.postMessage") in ways
    assert len({span.trace_id for span in spans if span.name == "job reply"}) == 1
    (replied,) = [values(span) for span in spans if span.name == "job reply"]
    (model,) = [values(span) for span in spans if span.name == "model"]
    assert model["session"] == replied["session"]
    assert model["result"] == "complete"
    parents = {span.parent_span_id for span in spans}
    led_on = [values(span) for span in spans if span.name == "delivery" and span.span_id in parents]
    assert led_on
    assert all("delivery" in told for told in led_on), "what only acknowledges was not stored"
    known = {"transport", "status", "delivery", "team", "job", "session", "attempt", "provider", "use", "result"}
    assert {name for span in spans for name in values(span)} <= known | {"request", "error"}
    told = " ".join(value for span in spans for value in values(span).values())
    assert not [word for word in PRINTER.split() if len(word) > 3 and word in told]
    assert not [span.name for span in spans if span.events], "what an error says may be text"


async def test_without_the_extra_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    async with Sandbox(manifest=MANIFEST, limits="off") as slack:
        settings = settings_for(slack, tmp_path / "tasklane.db", otel_exporter_otlp_endpoint="http://127.0.0.1:9")
        with pytest.raises(ConfigurationError) as refused:
            await Tasklane.start(settings)
        assert refused.value.problems == [MISSING] == await examine(settings)


def test_nothing_of_it_is_loaded_for_who_keeps_no_traces() -> None:
    import subprocess

    program = "import sys, bot.app.tasklane, bot.app.otel; print([m for m in sys.modules if 'opentelemetry' in m])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
