"""The service on one screen. Start it with ``python -m serving quality_events.main:create``."""

from fastapi import FastAPI

from quality_events.batches.api import batches
from quality_events.consumers import subscriptions
from quality_events.deviations import overdue
from quality_events.deviations.api import deviations
from quality_events.oos_investigations.api import investigations
from runtime.settings import Settings
from serving.service import service


def create(settings: Settings | None = None) -> FastAPI:
    """The quality-events app."""
    return service(
        "quality-events",
        about="What happened to a batch: its making, deviations from it, and out-of-specification results.",
        settings=settings or Settings(),
        routers=[batches.router, deviations.router, investigations.router],
        subscriptions=subscriptions,
        publishes=["quality-events.batch", "quality-events.deviation", "quality-events.oos-investigation"],
        timers=[overdue.timer],
    )
