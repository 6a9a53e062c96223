"""The service on one screen. Start it with ``python -m serving tech_transfer.main:create``."""

from fastapi import FastAPI

from contracts import topics_of
from runtime.settings import Settings
from serving.service import service
from tech_transfer.actions.api import actions
from tech_transfer.closure.api import closure_reports
from tech_transfer.comparabilities.api import comparabilities
from tech_transfer.consumers import subscriptions
from tech_transfer.cpps.api import cpps
from tech_transfer.cqas.api import cqas
from tech_transfer.decisions.api import decisions
from tech_transfer.gaps.api import gap_searches, gaps
from tech_transfer.lessons.api import lessons
from tech_transfer.method_transfers.api import method_transfer_results, method_transfers
from tech_transfer.package_items.api import listing, package_items
from tech_transfer.ppq_series.api import ppq_series
from tech_transfer.process_readings.api import process_readings
from tech_transfer.qbd_cells.api import cells
from tech_transfer.risks.api import risks
from tech_transfer.settings import SponsorSettings
from tech_transfer.statements.api import statements
from tech_transfer.submissions.api import submissions
from tech_transfer.target_profiles.api import target_profiles
from tech_transfer.timeline import delays
from tech_transfer.transfer_batches.api import transfer_batches
from tech_transfer.transfers.api import transfers
from tech_transfer.verifications.api import verifications

timers = [delays.timer]


def create(settings: Settings | None = None) -> FastAPI:
    """The tech-transfer app."""
    SponsorSettings()  # one that names no calendar stops here, and not a timeline
    return service(
        "tech-transfer",
        about="How a process or a method comes to another site: gates, what blocks them, and whose turn it is.",
        settings=settings or Settings(),
        routers=[
            *(listing, package_items.router, gaps.router, gap_searches.router),
            *(transfers.router, decisions.router, actions.router, statements.router, risks.router),
            *(target_profiles.router, cqas.router, cpps.router, cells.router, process_readings.router),
            *(submissions.router, lessons.router, closure_reports.router),
            *(method_transfers.router, method_transfer_results.router),
            *(transfer_batches.router, ppq_series.router, comparabilities.router, verifications.router),
        ],
        subscriptions=subscriptions,
        publishes=topics_of("tech-transfer"),
        timers=timers,
    )
