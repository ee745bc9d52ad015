"""Prometheus metrics. Labels hold names of things the app knows, never ids or text."""

from collections.abc import Awaitable, Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ACKS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
"""Slack waits three seconds for an answer."""
_WAITS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 100.0)
_SHORT = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)


class Metrics:
    """The metrics of one app, in a registry of their own so that two apps can live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.before_reading: list[Callable[[], Awaitable[None]]] = []
        """What brings figures up to date that are only worth having when somebody asks."""
        self.deliveries = self._counter(
            "tasklane_deliveries_total", "Deliveries from Slack by kind and answer.", "kind", "answer"
        )
        self.ack_seconds = self._times(
            "tasklane_ack_seconds", "Seconds from a delivery to the answer to Slack.", _ACKS, "kind"
        )
        self.slack_errors = self._counter(
            "tasklane_slack_errors_total",
            "Calls that Slack refused, by method and Slack's name for what is wrong.",
            "method",
            "error",
        )
        self.model = self._counter(
            "tasklane_model_replies_total", "Replies of the model by use and how they ended.", "use", "ending"
        )
        self.jobs = self._counter("tasklane_jobs_total", "Jobs by name and result.", "name", "result")
        self.job_seconds = self._times("tasklane_job_seconds", "Seconds a job took.", _WAITS, "name")
        self.jobs_held = self._gauge("tasklane_jobs_held", "Jobs in the database by state.", "state")
        self.jobs_late = self._gauge(
            "tasklane_jobs_late_seconds", "Seconds by which the job that is longest due is late."
        )
        self.sockets = self._gauge("tasklane_sockets", "Socket Mode connections that are up.")
        self.sockets_opened = self._counter(
            "tasklane_sockets_opened_total", "Socket Mode connections that were opened."
        )
        self.slack_calls = self._counter(
            "tasklane_slack_calls_total", "Calls to Slack by method and HTTP status.", "method", "status"
        )
        self.slack_seconds = self._times("tasklane_slack_seconds", "Seconds a call to Slack took.", _WAITS, "method")
        self.live_behind = self._times(
            "tasklane_live_behind_seconds", "How old the oldest text was that an edit of a message brought.", _WAITS
        )
        self.live_last_word = self._times(
            "tasklane_live_last_word_seconds", "Seconds from the end of a text to its last word on the screen.", _WAITS
        )
        self.edit_limit = self._gauge("tasklane_edit_limit", "Calls of chat.update that Slack allows a minute.")
        self.model_calls = self._counter(
            "tasklane_model_calls_total", "Calls of the model by use and how they ended.", "use", "result"
        )
        self.model_seconds = self._times("tasklane_model_seconds", "Seconds a model call took.", _WAITS, "use")
        self.model_first_text = self._times(
            "tasklane_model_first_text_seconds", "Seconds from a call of the model to its first text.", _WAITS, "use"
        )
        self.model_tokens = self._counter(
            "tasklane_model_tokens_total",
            "Tokens by use and kind: input, output, cache_read, cache_write.",
            "use",
            "kind",
        )
        self.model_cost = self._counter(
            "tasklane_model_cost_dollars_total", "What the model has cost, in dollars, by public list prices.", "use"
        )
        self.database_seconds = self._times(
            "tasklane_database_seconds", "Seconds a statement took, by the kind of its transaction.", _SHORT, "kind"
        )
        self.loop_lag = self._times(
            "tasklane_loop_lag_seconds", "Seconds by which the event loop was late, looked at twice a second.", _SHORT
        )

    async def text(self) -> bytes:
        """Render everything in Prometheus' text format."""
        for refresh in self.before_reading:
            await refresh()
        return generate_latest(self.registry)

    def _counter(self, name: str, help: str, *labels: str) -> Counter:
        return Counter(name, help, labels, registry=self.registry)

    def _gauge(self, name: str, help: str, *labels: str) -> Gauge:
        return Gauge(name, help, labels, registry=self.registry)

    def _times(self, name: str, help: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(name, help, labels, registry=self.registry, buckets=buckets)
