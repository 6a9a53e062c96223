"""The service on one screen. Start it with ``python -m serving sample_tracking.main:create``."""

from fastapi import FastAPI

from contracts import topics_of
from runtime.deadlines import overdue_timer
from runtime.settings import Settings
from sample_tracking.coas.api import coas
from sample_tracking.consumers import subscriptions
from sample_tracking.entitlements.api import entitlements
from sample_tracking.flags.api import flags
from sample_tracking.lots import whose
from sample_tracking.methods.api import methods
from sample_tracking.orders.api import orders
from sample_tracking.orders.model import TestOrder
from sample_tracking.results import measured
from sample_tracking.results.api import lots, results
from sample_tracking.sets.api import sets
from sample_tracking.settings import SpecificationSettings
from sample_tracking.specifications import commands as specifying
from sample_tracking.specifications.api import specifications
from sample_tracking.transcriptions.api import transcriptions
from serving.service import service

timers = [specifying.effective, overdue_timer(TestOrder, TestOrder.fall_overdue), measured.timer, whose.timer]


def create(settings: Settings | None = None) -> FastAPI:
    """The sample-tracking app."""
    SpecificationSettings()  # one that says neither yes nor no stops here
    return service(
        "sample-tracking",
        about="What a product must meet, and what laboratories found.",
        settings=settings or Settings(),
        routers=[
            *(specifications.router, results.router, lots, sets.router, coas.router),
            *(flags.router, methods.router, entitlements.router, orders.router, transcriptions.router),
        ],
        subscriptions=subscriptions,
        timers=timers,
        publishes=topics_of("sample-tracking"),
    )
