"""Log lines and spans, and where they go. Nothing here carries a secret, or a person's data beyond the subject id."""

import asyncio
import logging
import os
import re
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from serving.edge import BrokenOff
from telemetry.exporting import export_spans, with_trace

log = structlog.get_logger()
_VALUES = re.compile(
    r"(?<=\nDETAIL:).*?(?=\nHINT:|\n\nThe above|\n\nDuring|\Z)|(?<=input_value=).*?(?=, input_type=)", re.DOTALL
)
"""What PostgreSQL and pydantic repeat of somebody's record, in the text of an exception."""


def _without_values(_: Any, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if "exception" in entry:
        entry["exception"] = _VALUES.sub("...", entry["exception"])
    return entry


class _Library(logging.Handler):
    """Passes on what libraries say through ``logging``, so that every line is one of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, BrokenOff | asyncio.CancelledError):
            return  # told when it happened; and that a client left, or the process ends, is no error
        level = record.levelno // 10 * 10
        log.log(level, record.getMessage(), logger=record.name, exc_info=record.exc_info)


def configure(stream: TextIO | None = None) -> None:
    """JSON log lines, and spans to OTLP where the standard variables name an endpoint. Idempotent.

    The lines go to standard error, unless to a stream of the caller's.
    """
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            with_trace,
            structlog.processors.format_exc_info,  # without the frames' variables: they hold tokens and bodies
            _without_values,
            structlog.processors.JSONRenderer(default=str),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(os.environ.get("ENTENTE_LOG_LEVEL", "info")),
        logger_factory=structlog.WriteLoggerFactory(file=stream or open(2, "w", closefd=False)),  # noqa: SIM115
    )
    logging.getLogger().addHandler(_Library())
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # jobs say what they met, and what they do about it
    logging.captureWarnings(True)
    export_spans()
