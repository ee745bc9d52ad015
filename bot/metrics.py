"""Prometheus metrics. Labels hold names of things the app knows, never ids or text."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, Generic, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ACKS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
"""Slack waits three seconds for an answer."""
_WAITS: Final = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 100.0)
_SHORT: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)

M = TypeVar("M", Counter, Gauge, Histogram)


class Declared(Generic[M]):
    """A line of the table below. Each app has a metric of its own for it."""

    def __init__(self, kind: type[M], name: str, help: str, *labels: str, **options: Any) -> None:
        self.name = name
        self._make: Callable[[CollectorRegistry], M] = lambda registry: kind(
            name, help, labels, registry=registry, **options
        )

    def __set_name__(self, _owner: type, attribute: str) -> None:
        self._attribute = attribute

    def __get__(self, metrics: "Metrics", _owner: type | None = None) -> M:
        """Make the metric of an app. It is kept under the same name, where it is found first from then on."""
        made: M = self._make(metrics.registry)
        vars(metrics)[self._attribute] = made
        return made


def _counter(name: str, help: str, *labels: str) -> Declared[Counter]:
    return Declared(Counter, name, help, *labels)


def _gauge(name: str, help: str, *labels: str) -> Declared[Gauge]:
    return Declared(Gauge, name, help, *labels)


def _times(name: str, help: str, buckets: tuple[float, ...], *labels: str) -> Declared[Histogram]:
    return Declared(Histogram, name, help, *labels, buckets=buckets)


# fmt: off
class Metrics:
    """The metrics of one app, in a registry of their own so that two apps can live in one process."""

    deliveries = _counter("tasklane_deliveries_total", "Deliveries from Slack by kind and answer.", "kind", "answer")
    ack_seconds = _times("tasklane_ack_seconds", "Seconds from a delivery to the answer to Slack.", _ACKS, "kind")
    sockets = _gauge("tasklane_sockets", "Socket Mode connections that are up.")
    sockets_opened = _counter("tasklane_sockets_opened_total", "Socket Mode connections that were opened.")
    turns = _counter("tasklane_turns_total", "Turns of sessions by who wrote them: member or assistant.", "author")

    slack_calls = _counter(
        "tasklane_slack_calls_total", "Calls to Slack by method and HTTP status.", "method", "status")
    slack_seconds = _times("tasklane_slack_seconds", "Seconds a call to Slack took.", _WAITS, "method")
    slack_errors = _counter(
        "tasklane_slack_errors_total", "Calls that Slack refused, by method and Slack's name for what is wrong.",
        "method", "error")

    live_first_text = _times(
        "tasklane_live_first_text_seconds", "Seconds from the beginning of a message to its first text.", _WAITS)
    live_behind = _times(
        "tasklane_live_behind_seconds", "How old the oldest text was that an edit of a message brought.", _WAITS)
    live_last_word = _times(
        "tasklane_live_last_word_seconds", "Seconds from the end of a text to its last word on the screen.", _WAITS)
    edits_used = _gauge(
        "tasklane_edits_used", "Calls in the present window of Slack's limit, in the fullest workspace.", "method")
    edit_limit = _gauge(
        "tasklane_edit_limit", "Calls that a window may hold, in the same workspace, as learned from Slack.", "method")

    jobs = _counter("tasklane_jobs_total", "Jobs by name and result.", "name", "result")
    job_seconds = _times("tasklane_job_seconds", "Seconds a job took.", _WAITS, "name")
    jobs_held = _gauge("tasklane_jobs_held", "Jobs in the database by state.", "state")
    jobs_age = _gauge("tasklane_jobs_age_seconds", "Seconds since the oldest job of a state was stored.", "state")
    jobs_late = _gauge("tasklane_jobs_late_seconds", "Seconds by which the job that is longest due is late.")

    pushes = _gauge("tasklane_pushes", "Pushes to ticket systems in the database by state.", "state")

    model_calls = _counter(
        "tasklane_model_calls_total", "Requests to a model by provider, use and how they ended.",
        "provider", "use", "result")
    model_seconds = _times("tasklane_model_seconds", "Seconds an answer of a model took.", _WAITS, "provider", "use")
    model_first_text = _times(
        "tasklane_model_first_text_seconds", "Seconds from a request to its first text.", _WAITS, "provider", "use")
    model_tokens = _counter(
        "tasklane_model_tokens_total", "Tokens by use and kind: input, output, cache_read, cache_write.",
        "use", "kind")
    model_cost = _counter(
        "tasklane_model_cost_dollars_total", "What the model has cost, in dollars, by public list prices.", "use")

    database_seconds = _times(
        "tasklane_database_seconds", "Seconds a statement took, by the kind of its transaction.", _SHORT, "kind")
    loop_lag = _times(
        "tasklane_loop_lag_seconds", "Seconds by which the event loop was late, looked at twice a second.", _SHORT)
# fmt: on

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.before_reading: list[Callable[[], Awaitable[None]]] = []
        """What brings figures up to date that are only worth having when somebody asks."""
        for attribute, line in vars(Metrics).items():
            if isinstance(line, Declared):
                getattr(self, attribute)

    async def text(self) -> bytes:
        """Render everything in Prometheus' text format."""
        for refresh in self.before_reading:
            await refresh()
        return generate_latest(self.registry)
