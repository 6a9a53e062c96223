"""The service on one screen. Start it with ``python -m serving quality_events.main:create``."""

from fastapi import FastAPI

from contracts import topics_of
from quality_events.audits.api import audits, remarking
from quality_events.audits.surveillance import planning
from quality_events.batches.api import batches, reviewing
from quality_events.capas.api import capas
from quality_events.capas.model import Capa
from quality_events.changes.api import applied, changes, filing
from quality_events.consumers import subscriptions
from quality_events.deviations.api import deviations
from quality_events.deviations.model import Deviation
from quality_events.findings.api import findings
from quality_events.findings.model import AuditFinding
from quality_events.holds.api import holds, lifting
from quality_events.oos_investigations.api import investigations
from quality_events.recalls.api import exercising, recall_parts, recalls
from quality_events.recalls.commands import late_children
from runtime.deadlines import overdue_timer
from runtime.settings import Settings
from serving.service import service

timers = [
    *(overdue_timer(Deviation, Deviation.fall_overdue), overdue_timer(Capa, Capa.fall_overdue)),
    *(overdue_timer(AuditFinding, AuditFinding.fall_overdue), planning),
    late_children,
]


def create(settings: Settings | None = None) -> FastAPI:
    """The quality-events app."""
    return service(
        "quality-events",
        about="What happened to batches and at sites: holds, deviations, OOS, CAPAs, audits, changes, recalls.",
        settings=settings or Settings(),
        routers=[
            *(batches.router, reviewing, holds.router, lifting),
            *(deviations.router, investigations.router, capas.router),
            *(audits.router, remarking, findings.router),
            *(changes.router, filing, applied),
            *(exercising, recalls.router, recall_parts.router),
        ],
        subscriptions=subscriptions,
        publishes=topics_of("quality-events"),
        timers=timers,
    )
