"""The service on one screen. Start it with ``python -m serving contracting.main:create``."""

from fastapi import FastAPI

from contracting.agreement_drafts.api import agreement_drafts
from contracting.agreement_versions.api import agreement_versions
from contracting.agreements import clock
from contracting.agreements.api import agreements
from contracting.clauses import api as catalogue
from contracting.consumers import subscriptions
from contracting.documents import api as documents
from contracting.documents.settings import DocumentSettings, settings_for
from contracting.joint_decisions.api import joint_decisions
from contracting.obligations import commands as judging
from contracting.obligations.api import obligations
from contracting.price_lists.api import price_lists
from contracting.responsibilities.api import coverage, own_clauses
from contracting.settings import SponsorSettings
from contracts import topics_of
from runtime.settings import Settings
from serving.service import service

timers = [clock.timer, judging.timer]


def create(settings: Settings | None = None, document_settings: DocumentSettings | None = None) -> FastAPI:
    """The contracting app."""
    SponsorSettings()  # one that names no time zone stops here, and not an agreement's clock
    settings = settings or Settings()
    kept = documents.keeping(document_settings or settings_for(settings))
    app = service(
        "contracting",
        about="What sponsor and partner agreed, from when until when, and whether it is kept.",
        settings=settings,
        routers=[
            *(agreements.router, agreement_versions.router, agreement_drafts.router, joint_decisions.router),
            *(documents.router, coverage, own_clauses.router, price_lists.router),
            *(obligations.router, catalogue.router),
        ],
        subscriptions=subscriptions,
        publishes=topics_of("contracting"),
        timers=timers,
    )
    app.state.documents = kept
    return app
