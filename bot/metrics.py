"""Prometheus metrics. Labels hold names of things the app knows, never ids or text."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The metrics of one app, in a registry of their own so that two apps can live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.deliveries = Counter(
            "tasklane_deliveries_total",
            "Deliveries from Slack by kind and answer.",
            ("kind", "answer"),
            registry=self.registry,
        )
        self.jobs = Counter(
            "tasklane_jobs_total", "Jobs by name and result.", ("name", "result"), registry=self.registry
        )
        self.sockets = Gauge("tasklane_sockets", "Socket Mode connections that are up.", registry=self.registry)
        self.sockets_opened = Counter(
            "tasklane_sockets_opened_total", "Socket Mode connections that were opened.", registry=self.registry
        )
        self.job_seconds = Histogram("tasklane_job_seconds", "Seconds a job took.", ("name",), registry=self.registry)

    def text(self) -> bytes:
        """Render everything in Prometheus' text format."""
        return generate_latest(self.registry)
