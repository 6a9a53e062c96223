"""The service on one screen. Start it with ``python -m serving quality_events.main:create``."""

from fastapi import FastAPI

from contracts import topics_of
from quality_events.audits.api import audits, remarking
from quality_events.audits.surveillance import planning
from quality_events.batches.api import batches, reviewing
from quality_events.capas.api import capas
from quality_events.capas.model import Capa
from quality_events.changes.api import applied, changes, filing
from quality_events.complaints.api import complaints
from quality_events.consumers import subscriptions
from quality_events.deviations.api import deviations
from quality_events.deviations.model import Deviation
from quality_events.dispositions.api import dispositions, registers
from quality_events.dispositions.untold import telling
from quality_events.excursions.api import excursions
from quality_events.findings.api import findings
from quality_events.findings.model import AuditFinding
from quality_events.former_batches.api import former_batches
from quality_events.hold_proposals.api import hold_proposals
from quality_events.holds.api import holds, lifting
from quality_events.impacts.api import impacts
from quality_events.impacts.overdrawn import overdrawing
from quality_events.limit_explanations.api import limit_explanations
from quality_events.notifications.api import notifications
from quality_events.notifications.choosing import telling as notification_kinds
from quality_events.oos_investigations.api import investigations
from quality_events.oos_investigations.commands import phase_2
from quality_events.oot_investigations.api import trend_investigations
from quality_events.process_limits.api import process_limits
from quality_events.product_reviews.api import product_reviews
from quality_events.readiness.api import reading, statements
from quality_events.recalls.api import exercising, recall_parts, recalls
from quality_events.recalls.commands import late_children
from quality_events.settings import SponsorSettings
from quality_events.stages.api import stages
from runtime.deadlines import overdue_timer
from runtime.settings import Settings
from serving.service import service

timers = [
    *(
        overdue_timer(Deviation, Deviation.fall_overdue),
        overdue_timer(Capa, Capa.fall_overdue, also=Capa.has_action_to_report),
    ),
    *(overdue_timer(AuditFinding, AuditFinding.fall_overdue), planning),
    *(late_children, phase_2, telling, notification_kinds, overdrawing),
]


def create(settings: Settings | None = None) -> FastAPI:
    """The quality-events app."""
    SponsorSettings()  # one that names no time zone or calendar stops here, and not a complaint
    return service(
        "quality-events",
        about="What happened to a batch and at sites, and whether it is released: deviations, CAPAs, audits, changes.",
        settings=settings or Settings(),
        routers=[
            *(batches.router, reviewing, holds.router, lifting, hold_proposals.router),
            *(deviations.router, investigations.router, trend_investigations.router, capas.router),
            *(audits.router, remarking, findings.router),
            *(changes.router, filing, applied),
            *(complaints.router, notifications.router),
            *(reading, statements.router, dispositions.router),
            *(exercising, recalls.router, recall_parts.router),
            impacts.router,
            *(excursions.router, process_limits.router, limit_explanations.router, stages.router),
            former_batches.router,
            *(product_reviews.router, registers),
        ],
        subscriptions=subscriptions,
        publishes=topics_of("quality-events"),
        timers=timers,
    )
