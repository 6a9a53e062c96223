"""The service on one screen. Start it with ``python -m serving tech_transfer.main:create``."""

from fastapi import FastAPI

from contracts import topics_of
from runtime.settings import Settings
from serving.service import service
from tech_transfer.actions.api import actions
from tech_transfer.comparabilities.api import comparabilities
from tech_transfer.consumers import subscriptions
from tech_transfer.decisions.api import decisions
from tech_transfer.ppq_series.api import ppq_series
from tech_transfer.statements.api import statements
from tech_transfer.transfer_batches.api import transfer_batches
from tech_transfer.transfers.api import transfers
from tech_transfer.verifications.api import verifications


def create(settings: Settings | None = None) -> FastAPI:
    """The tech-transfer app."""
    return service(
        "tech-transfer",
        about="How a process or a method comes to another site: gates, what blocks them, and whose turn it is.",
        settings=settings or Settings(),
        routers=[
            *(transfers.router, decisions.router, actions.router, statements.router),
            *(transfer_batches.router, ppq_series.router, comparabilities.router, verifications.router),
        ],
        subscriptions=subscriptions,
        publishes=topics_of("tech-transfer"),
    )
