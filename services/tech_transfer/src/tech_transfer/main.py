"""The service on one screen. Start it with ``python -m serving tech_transfer.main:create``."""

from fastapi import FastAPI

from contracts import topics_of
from runtime.settings import Settings
from serving.service import service
from tech_transfer.actions.api import actions
from tech_transfer.closure.api import closure_reports
from tech_transfer.consumers import subscriptions
from tech_transfer.decisions.api import decisions
from tech_transfer.lessons.api import lessons
from tech_transfer.settings import SponsorSettings
from tech_transfer.statements.api import statements
from tech_transfer.submissions.api import submissions
from tech_transfer.timeline import delays
from tech_transfer.transfers.api import transfers

timers = [delays.timer]


def create(settings: Settings | None = None) -> FastAPI:
    """The tech-transfer app."""
    SponsorSettings()  # one that names no calendar stops here, and not a timeline
    return service(
        "tech-transfer",
        about="How a process or a method comes to another site: gates, what blocks them, and whose turn it is.",
        settings=settings or Settings(),
        routers=[
            *(transfers.router, decisions.router, actions.router, statements.router),
            *(submissions.router, lessons.router, closure_reports.router),
        ],
        subscriptions=subscriptions,
        publishes=topics_of("tech-transfer"),
        timers=timers,
    )
