"""Logging: one line an event, ids only, as JSON or for a console."""

import logging
import re
import sys
from typing import Final

import structlog

_OURS: Final = ("bot", "handlers")
_BOLT: Final = ("slack_bolt", "tasklane")
"""Bolt's loggers, the second named after the app: they take the root's level, and their errors hold payloads."""


def _passes(record: logging.LogRecord) -> bool:
    """Let our own lines through. Libraries' may hold what people wrote, so only their warnings pass."""
    name = re.split(r"[.:]", record.name)[0]
    if name in _OURS:
        return True
    return record.levelno >= (logging.CRITICAL if name in _BOLT else logging.WARNING)


def configure(level: str, fmt: str) -> None:
    """Set logging up for the process. Called once, by the command line."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if fmt == "json" else structlog.dev.ConsoleRenderer()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    handler.addFilter(_passes)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
