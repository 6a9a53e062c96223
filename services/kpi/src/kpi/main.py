"""The service on one screen. Start it with ``python -m serving kpi.main:create``."""

from fastapi import FastAPI

from directory.copies import TABLES
from kpi.buckets import api as buckets
from kpi.consumers import subscriptions
from kpi.definitions import api as definitions
from kpi.facts import api as facts
from kpi.values import api as values
from kpi.values import measured
from runtime.settings import Settings
from serving.service import service

PROJECTIONS = (
    *("measured_fact", "bucket", "freshness"),
    *("batch_flaw", "superseded_result", "other_name", "last_said", "absorbed_partner"),
)
"""What is built from facts beside the copies that all services keep."""


def create(settings: Settings | None = None) -> FastAPI:
    """The kpi app."""
    return service(
        "kpi",
        about="How well the partnership performs: facts, KPIs and their ratings, each open down to its events.",
        settings=settings or Settings(),
        routers=[
            definitions.writing,
            definitions.reading,
            definitions.measures,
            values.router,
            facts.router,
            buckets.router,
        ],
        subscriptions=subscriptions,
        timers=[measured.timer],
        projections=[*PROJECTIONS, *TABLES],
    )
